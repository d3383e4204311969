"""What is wrong with a questionnaire, where, and what to do about it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files

MOST_FINDINGS = 500


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the workbook; what is not known stays None."""

    sheet: str | None = None
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. `row` is the number staff see: a spreadsheet's row, or the line of a Markdown or CSV file."""

    message: str
    remedy: str = ""
    severity: Severity = Severity.ERROR
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    key: str = field(default="", compare=False)
    """Under which it is worded: for programs, and for what gives way to what."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.sheet, self.row, self.column) if part is not None)
        return " ".join(part for part in (place and f"{place}:", self.message, self.remedy) if part)


class FormRefused(Exception):
    """The workbook is no questionnaire that can be run: `findings` lists every reason."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


@cache
def _wording(language: str) -> Mapping[str, Mapping[str, str]]:
    folder = files("intake.xlsform") / "wording"
    return tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


def found(
    key: str, language: str, place: Place | None = None, severity: Severity = Severity.ERROR, **values: str | int
) -> Finding:
    """The finding worded under `key` in wording/LANGUAGE.toml."""
    words, place = _wording(language)[key], place or Place()
    return Finding(
        message=words["message"].format(**values),
        remedy=words.get("remedy", "").format(**values),
        severity=severity,
        sheet=place.sheet,
        row=place.row,
        column=place.column,
        key=key,
    )


def worded(key: str, language: str, **values: str | int) -> str:
    """The sentence under `key`."""
    return _wording(language)[key]["message"].format(**values)


def refused(key: str, language: str, **values: str | int) -> FormRefused:
    return FormRefused((found(key, language, None, Severity.ERROR, **values),))


def limited(findings: tuple[Finding, ...], language: str) -> tuple[Finding, ...]:
    """No more than anybody reads, errors before warnings where there are too many; then how many are left out."""
    if len(findings) <= MOST_FINDINGS:
        return findings
    kept = sorted(range(len(findings)), key=lambda place: findings[place].severity is not Severity.ERROR)
    shown = sorted(kept[:MOST_FINDINGS])
    left = found("more_findings", language, None, Severity.WARNING, count=len(findings) - MOST_FINDINGS)
    return (*(findings[place] for place in shown), left)
