"""What the form engine cannot do, told with the row of the question it was met at."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conversations.forms import FormError, read
from conversations.forms.problem import Problem
from intake.xlsform.finding import Finding, Place, found
from intake.xlsform.sheets import Row, Workbook, plain

XPATH = "conversations.xpath"
OF_EXPRESSIONS = frozenset(
    ("circle", "long_expression", "no_named_list", "reads_unknown", "relevance_of_itself", "value_of_itself")
)
"""What the engine has against an expression; the rest it has against a question or the whole form."""
INSTANCE_NAME = "instanceName"
COUNT = "_count"
"""What pyxform adds to the name of a repeat for the field that holds its computed count."""

REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}|(?:\.\./)*(?:/?[\w.-]+/)+([\w.-]+)")
"""A reference as written, ${name}, or as pyxform compiles it, /data/group/name."""


def engine_findings(xform: str, book: Workbook, files: Mapping[str, bytes], language: str) -> tuple[Finding, ...]:
    """Problems that `conversations.forms.read` has with a form that pyxform compiled."""
    try:
        read(xform, files=files)
    except FormError as error:
        return tuple(_finding(problem, book, language) for problem in error.problems)
    return ()


def _finding(problem: Problem, book: Workbook, language: str) -> Finding:
    question = problem.question.rpartition("/")[2]
    row = book.row_of(question)
    counted = None if row else book.row_of(question.removesuffix(COUNT))
    place = Place("survey", row.number, _column(row, problem.expression)) if row else _in_settings(problem, book)
    if counted is not None and counted.get("repeat_count"):
        place = Place("survey", counted.number, "repeat_count")
    name = "" if place.row or not problem.question else f"{problem.question}: "
    of_expression = problem.message.package == XPATH or problem.message.key in OF_EXPRESSIONS
    key = "expression" if of_expression else "no_form"
    return found(key, language, place, reason=name + problem.message.told(language))


def _in_settings(problem: Problem, book: Workbook) -> Place:
    """The name of a submission is computed by an expression on the sheet `settings`."""
    for row in book.rows("settings"):
        for header, text in row.cells.items():
            if problem.question == INSTANCE_NAME and plain(header) == "instance_name" and text:
                return Place("settings", row.number, header)
    return Place()


def _column(row: Row, expression: str) -> str | None:
    """The column whose cell became the expression; pyxform replaces ${name} by a path, so blanks and paths differ."""
    bare = _bare(expression)
    return next((header for header, text in row.cells.items() if bare and _bare(text) == bare), None)


def _bare(expression: str) -> str:
    references = REFERENCE.sub(lambda match: match[1] or match[2], expression)
    return "".join(references.split())
