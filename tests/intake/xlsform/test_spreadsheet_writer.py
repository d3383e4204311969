"""Questionnaires written as workbooks: what Excel opens, and what pyxform makes of it."""

from __future__ import annotations

import io
from importlib.resources import files
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import openpyxl
import pytest
from pyxform.xls2xform import convert

from intake.xlsform import as_xlsx, compile, read_rows

FOLDER = files("conversations") / "questionnaires"
FORMS = sorted((Path(__file__).parents[2] / "conformance" / "forms").glob("*.md"))
BUILT_IN = ["initiative", "detail", "case_study"]


def built_in(name: str) -> bytes:
    return (FOLDER / f"{name}.md").read_bytes()


@pytest.mark.parametrize("name", BUILT_IN)
def test_pyxform_compiles_the_workbook_to_the_same_form(name: str) -> None:
    workbook = as_xlsx(read_rows(built_in(name), "md"))
    from_markdown = convert(built_in(name), file_type=".md", form_name="data").xform
    from_workbook = convert(workbook, file_type=".xlsx", form_name="data").xform
    assert canonicalize(from_workbook) == canonicalize(from_markdown)


@pytest.mark.parametrize("form", [*map(built_in, BUILT_IN), *(path.read_bytes() for path in FORMS)])
def test_there_and_back_every_row_is_the_same(form: bytes) -> None:
    book = read_rows(form, "md")
    back = read_rows(as_xlsx(book), "xlsx")
    assert {name: [row.cells for row in sheet.rows] for name, sheet in back.sheets.items()} == {
        name: [row.cells for row in sheet.rows] for name, sheet in book.sheets.items()
    }
    assert compile(as_xlsx(book), format="xlsx") == compile(form, format="md")


def test_headers_stay_in_sight_and_columns_are_wide_enough() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(read_rows(built_in("initiative"), "md"))))
    assert book.sheetnames == ["survey", "choices", "settings", "entities"]
    survey = book["survey"]
    assert survey.freeze_panes == "C2"
    assert all(cell.font.bold and cell.fill.fgColor.rgb == "001F4E79" for cell in survey[1])
    widths = {cell.value: survey.column_dimensions[cell.column_letter].width for cell in survey[1]}
    assert widths["label::Latviešu (lv)"] == 60
    assert min(widths.values()) >= 18


@pytest.mark.parametrize("text", ["=1+1", "=HYPERLINK('http://collector.example')", "+1", "-5", "@a", "'=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    form = f"| survey |\n|  | type | name | label | default |\n|  | text | q | {text} | {text} |\n"
    packed = as_xlsx(read_rows(form.encode(), "md"))
    cells = openpyxl.load_workbook(io.BytesIO(packed))["survey"][2]
    assert [(cell.value, cell.data_type) for cell in cells[2:4]] == [(text, "s")] * 2
    assert read_rows(packed, "xlsx").rows("survey")[0].cells["label"] == text
