"""The expressions of a questionnaire as written in its cells, parsed with ${name} put as a path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conversations.xpath import Expression, Reference, Start, XPathError, parse
from conversations.xpath import parser as xpath_parser
from conversations.xpath.errors import fault
from conversations.xpath.fault import Fault
from conversations.xpath.syntax import Syntax
from intake.xlsform.logic.outline import Item, Outline
from intake.xlsform.sheets import Workbook, plain

LONGEST = 20_000
"""Characters of one expression, as the engine allows."""
COLUMNS = ("relevant", "constraint", "calculation", "choice_filter", "repeat_count", "required", "read_only", "default")
WORDS = {"yes", "no", "true", "false", "true()", "false()", ""}
"""What stands in `required` and `read_only` without being an expression."""
TRUTHS = {
    word: truth
    for words, truth in (("yes Yes YES true True TRUE", "true()"), ("no No NO false False FALSE", "false()"))
    for word in words.split()
}
"""What pyxform makes of a word that stands alone."""
REFERENCE = re.compile(r"\$\{\s*(?P<last>last-saved#)?\s*(?P<name>[^}]*?)\s*\}")
CALL = re.compile(r"[\w.:-]\s*\(")


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """One cell: whose it is, in which column (as written and as XLSForm means it), and what it says."""

    item: Item
    header: str
    column: str
    text: str
    syntax: Syntax | None = None
    expression: Expression | None = None
    error: XPathError | None = None

    def paths(self) -> frozenset[str]:
        """Absolute paths that it reads, answers only; what may mean several names is left out."""
        if self.expression is None:
            return frozenset()
        return frozenset(self._path(one) for one in self.expression.references if _exact(one))

    def _path(self, reference: Reference) -> str:
        return reference.resolve(self.item.path)


def _exact(reference: Reference) -> bool:
    return reference.start is not Start.INSTANCE and not reference.wide


Cells = Mapping[tuple[str, str], Written]
"""By path of the item and column."""


def read_written(book: Workbook, outline: Outline) -> Cells:
    """Every expression of the survey."""
    found: dict[tuple[str, str], Written] = {}
    parsed: dict[str, tuple[Syntax | None, Expression | None, XPathError | None]] = {}
    for item in outline.items:
        for header, text in item.row.cells.items():
            column = plain(header)
            if column in COLUMNS and _is_expression(column, text):
                path_text = with_paths(text, outline)
                if path_text not in parsed:
                    parsed[path_text] = _parse(path_text)
                found.setdefault((item.path, column), Written(item, header, column, text, *parsed[path_text]))
    return found


def _is_expression(column: str, text: str) -> bool:
    if column in ("required", "read_only"):
        return text.lower() not in WORDS
    return column != "default" or "${" in text or CALL.search(text) is not None


def with_paths(text: str, outline: Outline) -> str:
    """${name} as an absolute path, as pyxform writes it outside repeats."""

    if text.strip() in TRUTHS:
        return TRUTHS[text.strip()]

    return REFERENCE.sub(lambda match: _path_of(match, outline), text)


def _path_of(reference: re.Match[str], outline: Outline) -> str:
    if reference["last"]:
        return f" instance('__last-saved'){outline.path(reference['name'])} "
    return f" {outline.path(reference['name'])} "


def in_cell(error: XPathError, text: str, outline: Outline) -> Fault:
    """What is wrong, with the position in the cell as written, where ${name} is shorter than its path."""
    if error.position is None or text.strip() in TRUTHS:
        return error.placed
    position, longer = error.position, 0
    for reference in REFERENCE.finditer(text):
        start, length = reference.start() + longer, len(_path_of(reference, outline))
        if position < start + length:
            position = min(position, start)
            break
        longer += length - len(reference[0])
    return XPathError(error.message, position - longer).placed


def _parse(text: str) -> tuple[Syntax | None, Expression | None, XPathError | None]:
    if len(text) > LONGEST:
        return None, None, XPathError(fault("too_long", limit=LONGEST))
    try:
        expression = parse(text)
        return xpath_parser.read(text), expression, next(iter(expression.problems), None)
    except XPathError as error:
        return None, None, error


def all_of(cells: Cells, *columns: str) -> Iterator[Written]:
    """The cells of these columns that could be parsed."""
    return (cell for cell in cells.values() if cell.column in columns and cell.syntax is not None)
