"""What the answers of a questionnaire can be, and the lists they are chosen from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from intake.xlsform.limits import MAX_ROWS
from intake.xlsform.logic.outline import Item, Outline
from intake.xlsform.logic.variables import Variable
from intake.xlsform.sheets import Row, Workbook

KINDS = {
    "integer": "whole", "decimal": "number", "range": "number", "date": "date", "today": "date", "text": "text",
    "select_one": "one", "select_one_from_file": "one", "select_multiple": "multiple",
    "select_multiple_from_file": "multiple", "acknowledge": "one", "calculate": "text", "hidden": "text",
}  # fmt: skip
ACKNOWLEDGED = "OK"
SCALE = {"start": "1", "end": "10", "step": "1"}
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: its columns, and its rows with the number staff see; `sheet` is where: "choices" or a file's name."""

    sheet: str
    columns: frozenset[str]
    rows: tuple[Row, ...]
    whole: bool = True
    """Whether all rows are here: of a file that is too long only the first are."""

    def values(self, column: str) -> dict[str, None]:
        """What stands in a column, in order, each once."""
        return dict.fromkeys(text for row in self.rows if (text := cell(row, column)))


def cell(row: Row, column: str) -> str:
    """A cell as expressions read it: by the header as written, or by XLSForm's name for it."""
    return row.cells.get(column) or (row.get(column) if column in ("name", "list_name") else "")


Listings = Mapping[str, Listing]


def read_listings(book: Workbook, files: Mapping[str, bytes] | None) -> Listings:
    """The lists of the sheet `choices` by name, and those of the files by file name."""
    grouped: dict[str, list[Row]] = {}
    for row in book.rows("choices"):
        if row.get("list_name"):
            grouped.setdefault(row.get("list_name"), []).append(row)
    headers = frozenset(book.headers("choices")) | {"name"}
    found = {name: Listing("choices", headers, tuple(rows)) for name, rows in grouped.items()}
    wanted = {name: content for name, content in (files or {}).items() if name.endswith(".csv")}
    return found | {name: read_file(name, content) for name, content in wanted.items()}


def read_file(name: str, content: bytes) -> Listing:
    """The rows of a CSV file with the line they stand on; what cannot be read is left to the engine to say."""
    text = content.decode("utf-8-sig", errors="replace")
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    rows: list[Row] = []
    try:
        header = [column.strip() for column in next(reader, [])]
        for cells in reader:
            if len(rows) == MAX_ROWS:
                return Listing(name, frozenset(header), tuple(rows), whole=False)
            if any(cells):
                pairs = zip(header, (one.strip() for one in cells), strict=False)
                rows.append(Row(reader.line_num, {column: one for column, one in pairs if column and one}))
    except csv.Error:
        return Listing(name, frozenset(), ())
    return Listing(name, frozenset(header), tuple(rows))


def variables(outline: Outline, listings: Listings) -> dict[str, Variable]:
    """By path, what every question, calculation and hidden field can hold."""
    names = {name: listing.values("name") for name, listing in listings.items()}
    return {item.path: _variable(item, names) for item in outline.items if item.type.kind in KINDS}


def _variable(item: Item, names: Mapping[str, dict[str, None]]) -> Variable:
    kind = KINDS[item.type.kind]
    if item.row.get("calculation") and item.asked:
        return Variable("text")
    if item.type.kind == "acknowledge":
        return Variable(kind, {ACKNOWLEDGED: None})
    if item.type.chooses:
        return Variable(kind, _choices(item, names))
    if item.type.kind == "range":
        return _scale(item.row.get("parameters"))
    return Variable(kind)


def _scale(parameters: str) -> Variable:
    """What can be marked on a scale; from 1 to 10 where nothing else is said (XLSForm, Range)."""
    given = dict(part.split("=", 1) for part in re.split(r"[\s,;]+", parameters.lower()) if "=" in part)
    start, end, step = (_number(given.get(name, usual)) for name, usual in SCALE.items())
    if start is None or end is None or step is None:
        return Variable("number")
    kind = "whole" if start.is_integer() and step.is_integer() else "number"
    return Variable(kind, lowest=min(start, end), highest=max(start, end))


def _choices(item: Item, names: Mapping[str, dict[str, None]]) -> dict[str, None] | None:
    parameters = item.row.get("parameters")
    found = None if "value" in parameters else names.get(item.type.list_name)
    return {**found, OTHER: None} if found is not None and item.type.or_other else found


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
