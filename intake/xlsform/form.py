"""A workbook compiled to an XForm, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

from intake.xlsform.amount import refuse_what_is_too_much
from intake.xlsform.checks import check
from intake.xlsform.compiler import convert
from intake.xlsform.engine import engine_findings
from intake.xlsform.finding import Finding, FormRefused, Severity, limited
from intake.xlsform.logic import check_logic
from intake.xlsform.sheets import Format, Workbook, read_rows

FORMATS: Mapping[str, Format] = {".xlsx": "xlsx", ".csv": "csv", ".md": "md"}


def format_of(suffix: str) -> Format | None:
    """The format that a file's suffix (".md") stands for."""
    return FORMATS.get(suffix.lower())


def compile(workbook: bytes, *, format: Format, language: str = "lv") -> str:
    """The XForm; raises FormRefused with what `lint` finds. `language` is that of the findings."""
    _, xform, findings = _compile(workbook, format, None, language)
    if xform is None or any(finding.severity is Severity.ERROR for finding in findings):
        raise FormRefused(lint(workbook, format=format, language=language))
    return xform


def lint(
    workbook: bytes, *, format: Format, files: Mapping[str, bytes] | None = None, language: str = "lv"
) -> tuple[Finding, ...]:
    """Errors and warnings in the order of the sheets; with `files`, the CSV lists and the form engine are asked too.

    It says more than `compile` refuses for: a question that can never be asked is an error here, and compiles.
    """
    book, xform, findings = _compile(workbook, format, files, language)
    if book is None:
        return findings
    findings = _together(findings, check_logic(book, files, language))
    if xform is not None and files is not None and not any(map(_refuses, findings)):
        findings = (*findings, *engine_findings(xform, book, files, language))
    return limited(book.ordered(findings), language)


def _compile(
    workbook: bytes, format: Format, files: Mapping[str, bytes] | None, language: str
) -> tuple[Workbook | None, str | None, tuple[Finding, ...]]:
    """The workbook, None when it is not looked into any further; the XForm, None when there is none."""
    try:
        book = read_rows(workbook, format, language=language)
        refuse_what_is_too_much(book, language)
    except FormRefused as refused:
        return None, None, refused.findings
    findings = check(book, files, language)
    xform, more = convert(book, findings, language)
    return book, xform, (*findings, *more)


def _together(findings: tuple[Finding, ...], logic: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What is said better of the same cell takes the place of what could be said before, or what pyxform says."""
    placed = [finding for finding in logic if finding.row is not None]
    cells = {(finding.sheet, finding.row, finding.column) for finding in placed if _refuses(finding)}
    rows = {(one.sheet, one.row, severity) for one in placed for severity in (one.severity, Severity.WARNING)}
    entities = any(one.key.startswith("entity_") and _refuses(one) for one in logic)
    kept = (
        one
        for one in findings
        if not (one.key == "expression" and (one.sheet, one.row, one.column) in cells)
        and not (one.key == "pyxform" and (one.sheet, one.row, one.severity) in rows)
        and not (one.key == "pyxform" and entities and (one.column == "save_to" or one.sheet == "entities"))
    )
    return (*kept, *logic)


def _refuses(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR
