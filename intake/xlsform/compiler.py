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
UNLABELLED = "has no label or hint"

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
    return found(
        "pyxform",
        language,
        Place(sheet, book.number(sheet, int(counted["row"])) if counted and sheet else None, place and place["column"]),
        severity,
        reason=message,
    )


def _told(finding: Finding, known: tuple[Finding, ...], *, errors_only: bool = True) -> bool:
    """Whether one of ours says the same: it is about the row, or (pyxform names no row) about the thing quoted."""
    quoted = [f"“{name}”" for name in QUOTED.findall(finding.message)]
    if UNLABELLED in finding.message and any(other.key == "no_label" for other in known):
        return True
    return any(
        (other.sheet, other.row) == (finding.sheet, finding.row)
        if finding.row is not None
        else any(name in other.message for name in quoted)
        for other in known
        if other.severity is Severity.ERROR or not errors_only
    )
