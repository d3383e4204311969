"""An .xlsx workbook as rows, after a look at what it would unpack to."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from intake.xlsform.finding import refused
from intake.xlsform.limits import EMPTY_ROWS, MAX_COLUMNS, MAX_PARTS, MAX_ROWS, MAX_UNPACKED

PIECE = 64_000


def spreadsheet_lines(workbook: bytes, language: str) -> Mapping[str, list[tuple[int, tuple[str, ...]]]]:
    """Rows by sheet name in lower case; raises FormRefused for what is no workbook or unpacks to too much."""
    _refuse_bomb(workbook, language)
    try:
        _refuse_doctypes(workbook, language)
        book = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True, data_only=True)
        try:
            return {sheet.title.strip().lower(): list(_lines(sheet)) for sheet in book.worksheets}
        finally:
            book.close()
    except (InvalidFileException, KeyError, ValueError, TypeError, ParseError, zipfile.BadZipFile, OSError) as error:
        raise refused("broken_workbook", language, reason=type(error).__name__) from None


def _refuse_bomb(workbook: bytes, language: str) -> None:
    """A ZIP reader never unpacks more than the directory declares, so the directory is enough to judge by."""
    try:
        with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise refused("not_a_workbook", language) from None
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise refused("unpacks_too_big", language, limit=MAX_UNPACKED // 1_000_000)


class _Declared(Exception):
    """A part declares a document type."""


def _refuse_doctypes(workbook: bytes, language: str) -> None:
    """No spreadsheet program writes a document type; entities, of ours or of another file, come only with one."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
        for part in packed.infolist():
            if part.filename.endswith((".xml", ".rels", ".vml")):
                with packed.open(part) as content:
                    try:
                        _read_prolog(content)
                    except _Declared:
                        raise refused("doctype", language, part=part.filename) from None


def _read_prolog(content: IO[bytes]) -> None:
    """Up to the first element; what is not well-formed is left to the reader of workbooks."""
    begun = False

    def begin(*_: object) -> None:
        nonlocal begun
        begun = True

    def declare(*_: object) -> None:
        raise _Declared

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = begin, declare
    with contextlib.suppress(expat.ExpatError, ValueError):
        while not begun and (piece := content.read(PIECE)):
            parser.Parse(piece)


def _lines(sheet: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows that are not empty, up to a run of empty ones or one row more than is allowed."""
    empty = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), 1):
        cells = tuple(_text(value) for value in values)
        empty = 0 if any(cells) else empty + 1
        if not empty:
            yield number, cells
        if empty > EMPTY_ROWS or number > MAX_ROWS:
            return


def _text(value: object) -> str:
    """A cell's value as pyxform writes it (`xlsx_value_to_str`)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).replace("\u00a0", " ").strip()
