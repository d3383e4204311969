"""A workbook as sheets of rows that know the number staff see, whatever the format, within fixed bounds."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from intake.xlsform.finding import Finding, refused
from intake.xlsform.limits import MAX_BYTES, MAX_CELL, MAX_COLUMNS, MAX_ROWS
from intake.xlsform.spreadsheet import spreadsheet_lines

Format = Literal["xlsx", "csv", "md"]

SHEETS = ("survey", "choices", "settings", "entities", "external_choices", "osm")

Line = tuple[int, tuple[str, ...]]
"""The number of a row and its cells, trimmed."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: Mapping[str, str]
    """By header as written; empty cells are left out."""

    def get(self, column: str) -> str:
        """The cell under the header that means `column`, without regard to case, spaces or XLSForm's older names."""
        return next((text for header, text in self.cells.items() if plain(header) == column), "")


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    sheets: Mapping[str, Sheet]

    def rows(self, sheet: str) -> tuple[Row, ...]:
        return self.sheets[sheet].rows if sheet in self.sheets else ()

    def headers(self, sheet: str) -> tuple[str, ...]:
        return self.sheets[sheet].headers if sheet in self.sheets else ()

    def number(self, sheet: str, counted: int) -> int:
        """The number staff see of the row that pyxform counts as `counted` (the headers are row 1)."""
        rows = self.rows(sheet)
        return rows[counted - 2].number if 2 <= counted < len(rows) + 2 else counted

    def row_of(self, question: str) -> Row | None:
        """The row of the survey that has this name."""
        return next((row for row in self.rows("survey") if row.get("name") == question), None)

    def ordered(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Findings in reading order: sheet by sheet, row by row."""
        order = {name: place for place, name in enumerate(SHEETS)}
        return tuple(sorted(findings, key=lambda f: (order.get(f.sheet or "", -1), f.row or 0)))


OLDER_NAMES = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "relevance": "relevant",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
    "list name": "list_name",
    "readonly": "read_only",
}


def plain(header: str) -> str:
    """A header as XLSForm compares it: lower case, the present name for an older one, the language kept."""
    column, colons, language = header.partition("::")
    column = column.strip().lower()
    column = OLDER_NAMES.get(column, column.replace(" ", "_"))
    return f"{column}::{language.strip()}" if colons else column


def read_rows(workbook: bytes, format: Format, *, language: str = "lv") -> Workbook:
    """Every sheet with its rows; raises FormRefused when the file is too big or not what it claims to be."""
    if len(workbook) > MAX_BYTES:
        raise refused("too_big", language, limit=MAX_BYTES // 1_000_000)
    lines = _lines(workbook, format, language)
    sheets = {}
    for name, content in lines.items():
        if len(content) > MAX_ROWS:
            raise refused("too_many_rows", language, sheet=name, limit=MAX_ROWS)
        sheets[name] = _sheet(name, content, language)
    if not sheets.get("survey") or not sheets["survey"].rows:
        raise refused("no_survey", language)
    return Workbook(sheets)


def read_bytes(path: Path) -> bytes:
    """The file, no more of it than shows that it is too big."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _lines(workbook: bytes, format: Format, language: str) -> Mapping[str, list[Line]]:
    if format == "xlsx":
        return spreadsheet_lines(workbook, language)
    try:
        text = workbook.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused("not_text", language) from None
    return _gather(_markdown(text) if format == "md" else _csv(text, language))


def _sheet(name: str, lines: list[Line], language: str) -> Sheet:
    if not lines:
        return Sheet(name, (), ())
    headers = _colons_doubled(lines[0][1])
    rows = (
        Row(number, {header: text for header, text in zip(headers, cells, strict=False) if header and text})
        for number, cells in lines[1:]
    )
    for number, cells in lines:
        if any(len(text) > MAX_CELL for text in cells):
            raise refused("long_cell", language, sheet=name, row=number, limit=MAX_CELL)
    return Sheet(name, tuple(filter(None, headers)), tuple(row for row in rows if row.cells))


def _colons_doubled(headers: tuple[str, ...]) -> tuple[str, ...]:
    """`label:English`, as older forms have it, is `label::English` where no header of the sheet has two colons."""
    if any("::" in header for header in headers):
        return headers
    return tuple(header if header.startswith("jr:") else header.replace(":", "::") for header in headers)


def _gather(lines: Iterable[tuple[str, Line | None]]) -> Mapping[str, list[Line]]:
    sheets: dict[str, list[Line]] = {}
    for sheet, line in lines:
        rows = sheets.setdefault(sheet, [])
        if line is not None and len(rows) <= MAX_ROWS:
            rows.append(line)
    return sheets


MARKDOWN_ROW = re.compile(r"\s*\|(.*)\|\s*")
MARKDOWN_RULE = re.compile(r"[|-]+")
UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")


def _markdown(text: str) -> Iterator[tuple[str, Line | None]]:
    """Rows as pyxform sees them (`_md_table_to_ss_structure`), with the number of their line."""
    sheet = ""
    for number, line in enumerate(text.split("\n"), 1):
        matched = None if line.lstrip().startswith("#") else MARKDOWN_ROW.match(_without_comment(line))
        if matched is None or MARKDOWN_RULE.fullmatch(matched[1]):
            continue
        first, *rest = (cell.strip().replace(r"\|", "|") for cell in UNESCAPED_PIPE.split(matched[1]))
        if first:
            sheet = first.lower()
            yield sheet, None
        if sheet and any(rest):
            yield sheet, (number, tuple(rest[:MAX_COLUMNS]))


def _without_comment(line: str) -> str:
    """Without a comment that follows the last cell."""
    row, pipe, tail = line.rpartition("|")
    return row + pipe + tail.partition("#")[0]


def _csv(text: str, language: str) -> Iterator[tuple[str, Line | None]]:
    """Rows of pyxform's CSV layout: a sheet's name in the first cell, its rows in the others."""
    reader = csv.reader(io.StringIO(text, newline=""))
    sheet = ""
    try:
        for row in reader:
            name, *cells = (cell.strip() for cell in row[: MAX_COLUMNS + 1]) if row else ("",)
            if name:
                sheet = name.lower()
                yield sheet, None
            if sheet and any(cells):
                yield sheet, (reader.line_num, tuple(cells))
    except csv.Error as error:
        raise refused("broken_csv", language, line=reader.line_num, reason=str(error)) from None
