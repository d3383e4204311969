"""What is wrong with the logic of a questionnaire: what can never be asked, met, chosen or computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from intake.xlsform.finding import Finding, Severity
from intake.xlsform.logic import codelists, engines, entities, filters, names, order, repeats, support
from intake.xlsform.logic.reach import never
from intake.xlsform.logic.survey import Survey, take_apart
from intake.xlsform.sheets import Workbook

CHECKS = (
    support.expressions,
    support.constructs,
    support.choice_names,
    order.later_questions,
    order.circles,
    engines.differences,
    filters.filters,
    repeats.counts,
    names.twins,
    names.unused_lists,
    names.unknown_columns,
    names.languages,
    codelists.dated_lists,
    entities.headers,
    entities.declarations,
    entities.saved,
    entities.scopes,
)


def check_logic(book: Workbook, files: Mapping[str, bytes] | None, language: str) -> tuple[Finding, ...]:
    """All findings about expressions and lists; without `files`, lists that are files are taken to be right."""
    survey = take_apart(book, files, language)
    findings = [finding for check in CHECKS for finding in check(survey)]
    return (*findings, *_impossible(survey))


def _impossible(survey: Survey) -> Iterator[Finding]:
    """A choice that does not exist is the reason why a condition cannot hold: it is told once, as the error it is."""
    hopeless = {(verdict.cell.item.row.number, verdict.cell.header): verdict for verdict in never(survey.reach)}
    explained = set()
    for finding in filters.unknown_choices(survey):
        place = finding.row or 0, finding.column or ""
        explained.add(place)
        yield replace(finding, severity=Severity.ERROR) if place in hopeless else finding
    for place, verdict in hopeless.items():
        if place not in explained:
            key = {"constraint": "never_valid", "relevant": "never_relevant"}[verdict.cell.column]
            others = ", ".join(verdict.others[:5])
            yield survey.at(verdict.cell, f"{key}_with" if others else key, others=others)
