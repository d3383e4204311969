"""A workbook compiled to an XForm, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

from intake.xlsform.checks import check
from intake.xlsform.compiler import convert
from intake.xlsform.engine import engine_findings
from intake.xlsform.finding import Finding, FormRefused, Severity
from intake.xlsform.sheets import Format, read_rows

FORMATS: Mapping[str, Format] = {".xlsx": "xlsx", ".csv": "csv", ".md": "md"}


def format_of(suffix: str) -> Format | None:
    """The format that a file's suffix (".md") stands for."""
    return FORMATS.get(suffix.lower())


def compile(workbook: bytes, *, format: Format, language: str = "lv") -> str:
    """The XForm; raises FormRefused with all errors (and warnings) found. `language` is that of the findings."""
    xform, findings = _compile(workbook, format, None, language)
    if xform is None or any(finding.severity is Severity.ERROR for finding in findings):
        raise FormRefused(findings)
    return xform


def lint(
    workbook: bytes, *, format: Format, files: Mapping[str, bytes] | None = None, language: str = "lv"
) -> tuple[Finding, ...]:
    """Errors and warnings in the order of the sheets; with `files`, the CSV lists and the form engine are asked too."""
    return _compile(workbook, format, files, language)[1]


def _compile(
    workbook: bytes, format: Format, files: Mapping[str, bytes] | None, language: str
) -> tuple[str | None, tuple[Finding, ...]]:
    try:
        book = read_rows(workbook, format, language=language)
    except FormRefused as refused:
        return None, refused.findings
    findings = check(book, files, language)
    xform, more = convert(book, findings, language)
    findings = (*findings, *more)
    if xform is not None and files is not None and all(f.severity is not Severity.ERROR for f in findings):
        findings = (*findings, *engine_findings(xform, book, files, language))
    return xform, book.ordered(findings)
