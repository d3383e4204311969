"""Answers that a questionnaire begins with, where they can be none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from conversations.xpath import moment
from intake.xlsform.finding import Finding, Place, Severity, found
from intake.xlsform.sheets import Row, Workbook
from intake.xlsform.types import QuestionType

COMPUTED = re.compile(r"[${}()+*/]|\b(?:div|mod|and|or)\b")
"""An expression, which is computed when the conversation begins."""
SHAPES = {
    "integer": re.compile(r"-?[0-9]+"),
    "decimal": re.compile(r"-?[0-9]+(?:\.[0-9]+)?"),
    "range": re.compile(r"-?[0-9]+(?:\.[0-9]+)?"),
    "time": re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9].*)?"),
}
DAYS = frozenset(("date", "datetime"))


def defaults(book: Workbook, questions: Iterable[tuple[Row, QuestionType]], language: str) -> Iterator[Finding]:
    """Written values that are no number, no date or no choice of the list."""
    names: dict[str, set[str]] = {}
    for row in book.rows("choices"):
        names.setdefault(row.get("list_name"), set()).add(row.get("name"))
    for row, kind in questions:
        value = row.get("default")
        if value and not COMPUTED.search(value) and not _fits(value, kind, names):
            place = Place("survey", row.number, "default")
            yield found("bad_default", language, place, Severity.WARNING, value=value)


def _fits(value: str, kind: QuestionType, names: Mapping[str, set[str]]) -> bool:
    if kind.kind in SHAPES:
        return SHAPES[kind.kind].fullmatch(value) is not None
    if kind.kind in DAYS:
        return moment.read(value) is not None
    if kind.chooses and kind.list_name in names and not kind.or_other:
        chosen = [value] if kind.kind == "select_one" else value.split()
        return names[kind.list_name].issuperset(chosen)
    return True
