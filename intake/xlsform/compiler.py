"""The only door to pyxform: a workbook compiled, its complaints told as findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from intake.xlsform.finding import Finding, Place, Severity, found
from intake.xlsform.sheets import SHEETS, Workbook

COUNTED_ROW = re.compile(r"\[row\s*:\s*(?P<row>\d+)\]\s*")
PLACE = re.compile(r"On the '(?P<sheet>\w+)' sheet, the (?:'(?P<column>[^']*)' value|entity declaration) is invalid\. ")
QUOTED = re.compile(r"'([^']+)'")
WARNED_ELSEWHERE = re.compile(r"or_other|not available in the following language|missing translation", re.IGNORECASE)
"""What our own checks say better, with row and column."""
SAID_BETTER: Mapping[str, tuple[re.Pattern[str], str]] = {
    "unmatched_begin": (re.compile(r"Unmatched 'begin_(?P<what>\w+)'"), "type"),
    "unmatched_end": (re.compile(r"Unmatched 'end_(?P<what>\w+)'"), "type"),
    "no_calculation": (re.compile(r"Missing calculation"), "calculation"),
    "reserved_name": (re.compile(r"The name '(?P<name>[^']+)' is reserved"), "name"),
    "reference_form": (re.compile(r"Reference variables must start with"), ""),
    "ambiguous_reference": (re.compile(r"Reference variables names must be unique.*The name '(?P<name>[^']+)'"), ""),
    "bad_scale": (re.compile(r"For the 'range' question type"), "parameters"),
    "bad_parameter": (
        re.compile(r"accepted parameter keys for this question type are '(?P<known>[^']*)'"),
        "parameters",
    ),
    "bad_randomize": (re.compile(r"randomize must be set|randomize=true to use a seed"), "parameters"),
    "choice_without_label": (re.compile(r"Choices should have a label"), "label"),
    "same_column": (re.compile(r"different names for the same column"), ""),
}
"""Complaints of pyxform that staff meet most, under the key of our own sentence, and the column that is to blame."""
TOLD_AS = {"has no label or hint": "no_label", "There should be a choices sheet": "no_list"}
"""What pyxform says of the whole form, and the key under which our checks have said it of each row."""

SAID = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
"""Columns that people read."""
_HIDE = str.maketrans("“”‘’", "\ue001\ue002\ue003\ue004")
_SHOW = str.maketrans("\ue001\ue002\ue003\ue004", "“”‘’")
"""pyxform makes every typographic quote a straight one, which helps in expressions and spoils sentences."""


def convert(book: Workbook, known: tuple[Finding, ...], language: str) -> tuple[str | None, tuple[Finding, ...]]:
    """The XForm (None when pyxform refuses) and what pyxform found that is not `known` of the same row."""
    # Only here: importing it costs a command more than everything else, and compiled forms are kept.
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert as pyxform_convert

    try:
        result = pyxform_convert(_sheets(book), form_name="data")
    except PyXFormError as error:
        finding = _finding(str(error), book, Severity.ERROR, language)
        return None, () if _told(finding, known) else (finding,)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        # pyxform trips over some malformed sheets instead of naming them (it indexes missing columns).
        told = any(finding.severity is Severity.ERROR for finding in known)
        return None, () if told else (found("pyxform_broke", language, reason=f"{type(error).__name__}: {error}"),)
    warnings = (_finding(text, book, Severity.WARNING, language) for text in result.warnings)
    return result.xform.translate(_SHOW), tuple(
        w for w in warnings if not WARNED_ELSEWHERE.search(w.message) and not _told(w, known, errors_only=False)
    )


def _sheets(book: Workbook) -> dict[str, Any]:
    """The workbook as pyxform's own readers give it (`DefinitionData`), so that no file is parsed twice."""
    sheets: dict[str, Any] = {"sheet_names": list(book.sheets)}
    for name in SHEETS:
        if name in book.sheets:
            sheets[name] = [_cells(row.cells) for row in book.rows(name)]
            sheets[f"{name}_header"] = [dict.fromkeys(book.headers(name))]
    return sheets


def _cells(cells: Mapping[str, str]) -> dict[str, str]:
    return {header: text.translate(_HIDE) if _is_said(header) else text for header, text in cells.items()}


def _is_said(header: str) -> bool:
    return header.partition(":")[0].strip().lower().removeprefix("jr:").replace(" ", "_") in SAID


def _finding(text: str, book: Workbook, severity: Severity, language: str) -> Finding:
    counted, place = COUNTED_ROW.search(text), PLACE.search(text)
    sheet = place["sheet"] if place else "survey" if counted else None
    message = PLACE.sub("", COUNTED_ROW.sub("", text)).strip()
    number = book.number(sheet, int(counted["row"])) if counted and sheet else None
    column = place["column"] if place else None
    for key, (pattern, usual) in SAID_BETTER.items():
        if said := pattern.search(message):
            where = Place(sheet, number, column or usual or None)
            return found(key, language, _row_of_parameter(key, book) or where, severity, **said.groupdict())
    return found("pyxform", language, Place(sheet, number, column), severity, reason=message)


def _row_of_parameter(key: str, book: Workbook) -> Place | None:
    """The first row that shuffles its choices, of which pyxform tells no row."""
    if key != "bad_randomize":
        return None
    written = (row for row in book.rows("survey") if re.search(r"randomize|seed", row.get("parameters")))
    return next((Place("survey", row.number, "parameters") for row in written), None)


def _told(finding: Finding, known: tuple[Finding, ...], *, errors_only: bool = True) -> bool:
    """Whether one of ours says the same: it is about the row, or (pyxform names no row) about the thing quoted."""
    quoted = [f"“{name}”" for name in QUOTED.findall(finding.message)]
    keys = {key for part, key in TOLD_AS.items() if part in finding.message}
    if any(other.key in keys for other in known):
        return True
    return any(
        (other.sheet, other.row) == (finding.sheet, finding.row)
        if finding.row is not None
        else any(name in other.message for name in quoted)
        for other in known
        if other.severity is Severity.ERROR or not errors_only
    )
