"""XLSForm (.xlsx, .csv, Markdown) compiled to an XForm, and everything that is wrong with one said at once."""

from intake.xlsform.cache import compile_cached
from intake.xlsform.finding import Finding, FormRefused, Severity
from intake.xlsform.form import compile, format_of, lint
from intake.xlsform.sheets import Format, read_bytes, read_rows

__all__ = [
    "Finding",
    "FormRefused",
    "Format",
    "Severity",
    "compile",
    "compile_cached",
    "format_of",
    "lint",
    "read_bytes",
    "read_rows",
]
