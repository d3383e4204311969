"""What the form engine cannot do, told with the row of the question it was met at."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conversations.forms import FormError, read
from intake.xlsform.finding import Finding, Place, found
from intake.xlsform.sheets import Row, Workbook

REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}|(?:\.\./)*(?:/?[\w.-]+/)+([\w.-]+)")
"""A reference as written, ${name}, or as pyxform compiles it, /data/group/name."""


def engine_findings(xform: str, book: Workbook, files: Mapping[str, bytes], language: str) -> tuple[Finding, ...]:
    """Problems that `conversations.forms.read` has with a form that pyxform compiled."""
    try:
        read(xform, files=files)
    except FormError as error:
        return tuple(
            _finding(problem.question, problem.expression, problem.message, book, language)
            for problem in error.problems
        )
    return ()


def _finding(question: str, expression: str, message: str, book: Workbook, language: str) -> Finding:
    row = book.row_of(question.rpartition("/")[2])
    place = Place("survey", row.number, _column(row, expression)) if row else Place()
    name = "" if row or not question else f"{question}: "
    return found("expression", language, place, reason=name + message)


def _column(row: Row, expression: str) -> str | None:
    """The column whose cell became the expression; pyxform replaces ${name} by a path, so blanks and paths differ."""
    bare = _bare(expression)
    return next((header for header, text in row.cells.items() if bare and _bare(text) == bare), None)


def _bare(expression: str) -> str:
    references = REFERENCE.sub(lambda match: match[1] or match[2], expression)
    return "".join(references.split())
