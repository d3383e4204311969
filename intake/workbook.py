"""Tables as a workbook for Excel or LibreOffice: a sheet each, and no cell is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""
WIDEST = 60
Sheet = tuple[Sequence[str], Iterable[Sequence[object]]]
"""Header and rows."""


def written(sheets: Mapping[str, Sheet]) -> bytes:
    """A workbook with these sheets, by name. The header stays in sight and can be filtered."""
    book = Workbook(write_only=True)
    for name, (header, rows) in sheets.items():
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, len(header)))}1"
        for number, title in enumerate(header, 1):
            sheet.column_dimensions[get_column_letter(number)].width = min(WIDEST, max(12, len(title) + 2))
        sheet.append([_cell(sheet, title, bold=True) for title in header])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, value: object, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value if isinstance(value, int | float) else _text(value))
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl takes whatever begins with = for a formula
    if bold:
        cell.font = Font(bold=True)
    return cell


def _text(value: object) -> str:
    text: str = ILLEGAL_CHARACTERS_RE.sub("\ufffd", "" if value is None else str(value))
    return text.encode("utf-8", "replace").decode()[:LONGEST]
