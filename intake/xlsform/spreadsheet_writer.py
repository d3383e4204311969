"""A questionnaire written as an .xlsx workbook that staff can edit and pyxform compiles to the same form."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from intake.xlsform.sheets import Row, Sheet, Workbook, plain

WIDTHS: Mapping[str, int] = {
    "type": 28, "name": 24, "list_name": 20, "label": 60, "hint": 40, "guidance_hint": 40, "relevant": 40,
    "constraint": 40, "constraint_message": 40, "required_message": 40, "calculation": 40, "choice_filter": 40,
    "form_title": 40,
}  # fmt: skip
OTHER_WIDTH = 18
KEPT_IN_SIGHT = {"survey": "C2", "choices": "C2"}
"""The cell below the headers and after the columns that stay when the sheet is scrolled."""
HEADER = Font(bold=True, color="FFFFFF")
HEADER_FILL = PatternFill("solid", fgColor="1F4E79")
HEADER_PLACE = Alignment(vertical="center", wrap_text=True)
TEXT_PLACE = Alignment(vertical="top", wrap_text=True)
SECTION_FILL = PatternFill("solid", fgColor="DDEBF7")


def as_xlsx(book: Workbook) -> bytes:
    """Every cell is text, also one that begins with "=": no spreadsheet program computes it."""
    written = openpyxl.Workbook(write_only=True)
    for name, sheet in book.sheets.items():
        _write(written.create_sheet(name), sheet)
    packed = io.BytesIO()
    written.save(packed)
    return packed.getvalue()


def _write(page: Any, sheet: Sheet) -> None:
    page.freeze_panes = KEPT_IN_SIGHT.get(sheet.name, "A2")
    for number, header in enumerate(sheet.headers, 1):
        column = plain(header).partition("::")[0]
        page.column_dimensions[get_column_letter(number)].width = WIDTHS.get(column, OTHER_WIDTH)
    if sheet.headers:
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.headers))}{len(sheet.rows) + 1}"
        page.append([_header(page, text) for text in sheet.headers])
    for row in sheet.rows:
        page.append([_cell(page, row, header) for header in sheet.headers])


def _header(page: Any, text: str) -> Any:
    cell = _text(page, text)
    cell.font, cell.fill, cell.alignment = HEADER, HEADER_FILL, HEADER_PLACE
    return cell


def _cell(page: Any, row: Row, header: str) -> Any:
    text = row.cells.get(header)
    section = row.get("type").lower().startswith(("begin", "end"))
    if text is None and not section:
        return None
    cell = _text(page, text or "")
    cell.alignment = TEXT_PLACE
    if section:
        cell.fill = SECTION_FILL
    return cell


def _text(page: Any, text: str) -> Any:
    """Characters that a workbook cannot hold are left out; so does the XForm."""
    cell = WriteOnlyCell(page)
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.value = text or None
    if text:
        cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    return cell
