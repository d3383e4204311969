"""XLSForm (.xlsx, .csv, Markdown) compiled to an XForm, and everything that is wrong with one said at once."""

from intake.xlsform.cache import compile_cached
from intake.xlsform.changes import Change, changes, touched, version
from intake.xlsform.finding import Finding, FormRefused, Severity
from intake.xlsform.form import compile, format_of, lint
from intake.xlsform.sheets import Format, Workbook, read_bytes, read_rows
from intake.xlsform.spreadsheet_writer import as_xlsx
from intake.xlsform.types import files_of

__all__ = [
    "Change",
    "Finding",
    "FormRefused",
    "Format",
    "Severity",
    "Workbook",
    "as_xlsx",
    "changes",
    "compile",
    "compile_cached",
    "files_of",
    "format_of",
    "lint",
    "read_bytes",
    "read_rows",
    "touched",
    "version",
]
