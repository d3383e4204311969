"""Workbooks compiled, and everything wrong with one named with sheet, row and column."""

from __future__ import annotations

import csv
import io
import zipfile
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from intake.xlsform import Finding, Format, FormRefused, Severity, compile, compile_cached, lint, read_rows
from intake.xlsform.limits import MAX_BYTES, MAX_ROWS, MAX_UNPACKED

INITIATIVE = (files("conversations") / "questionnaires" / "initiative.md").read_bytes()

SMALL = """\
| survey |
|  | type | name | label |
|  | text | title | What is it called? |
| settings |
|  | form_id | form_title |
|  | small | Small |
"""

FINDINGS = [
    (
        "types that cannot be asked, and one that would vanish",
        """\
| survey |
|  | type | name | label |
|  | barcode | code | Code |
# a comment between rows
|  | email | mail | E-mail |
|  | deviceid | device | |
|  | geo trace | way | Way |
""",
        [
            ("error", "survey", 3, "type", "The type “barcode” cannot be asked in a chat or a letter."),
            (
                "error",
                "survey",
                5,
                "type",
                "A question of type “email” would disappear: XLSForm reads it from the telephone instead of asking.",
            ),
            (
                "warning",
                "survey",
                6,
                "type",
                "“deviceid” is read from a telephone; in a chat or a letter the field stays empty.",
            ),
            ("error", "survey", 7, "type", "The type “geo trace” cannot be asked in a chat or a letter."),
        ],
    ),
    (
        "names",
        """\
| survey |
|  | type | name | label |
|  | text | one | One |
|  | text | one | One again |
|  | text | two words | Two |
|  | text |  | Three |
|  | text | four |  |
""",
        [
            ("error", "survey", 4, "name", "The name “one” is already used in row 3."),
            ("error", "survey", 5, "name", "The name “two words” is not allowed."),
            ("error", "survey", 6, "name", "The question has no name."),
            ("error", "survey", 7, "label", "The question has no text."),
        ],
    ),
    (
        "lists and choices",
        """\
| survey |
|  | type | name | label |
|  | select_one nowhere | one | One |
|  | select_multiple few | two | Two |
| choices |
|  | list_name | name | label |
|  | few | a | A |
|  | few | a | A again |
|  | few | b c | B |
|  | few |  | C |
|  |  | d | D |
""",
        [
            ("error", "survey", 3, "type", "There is no list of choices “nowhere” on the sheet “choices”."),
            ("error", "choices", 8, "name", "In the list “few” the code “a” is already used in row 7."),
            ("error", "choices", 9, "name", "The code “b c” of a choice contains a space."),
            ("error", "choices", 10, "name", "A choice of the list “few” has no code."),
            ("error", "choices", 11, "list_name", "The choice “d” belongs to no list."),
        ],
    ),
    (
        "a reference that is not closed",
        """\
| survey |
|  | type | name | label |
|  | text | one | One |
|  | text | two | Two ${one |
""",
        [("error", "survey", 4, "label", "A reference to a question is not written rightly.")],
    ),
    (
        "a scale with one step too long",
        """\
| survey |
|  | type | name | label | parameters |
|  | range | one | One | start=1 end=5 step=9 |
""",
        [("error", "survey", 3, "parameters", "The parameters of the scale do not fit.")],
    ),
    (
        "answers to begin with that can be none",
        """\
| survey |
|  | type | name | label | default |
|  | integer | one | One | many |
|  | date | two | Two | 31.12.2025 |
|  | select_one few | three | Three | c |
|  | select_multiple few | four | Four | a b |
|  | date | five | Five | today() |
|  | decimal | six | Six | -1.5 |
|  | text | seven | Seven | anything |
| choices |
|  | list_name | name | label |
|  | few | a | A |
|  | few | b | B |
""",
        [
            ("warning", "survey", 3, "default", "“many” can be no answer to this question."),
            ("warning", "survey", 4, "default", "“31.12.2025” can be no answer to this question."),
            ("warning", "survey", 5, "default", "“c” can be no answer to this question."),
        ],
    ),
    (
        "older headers, and a space in a list of which one is chosen",
        """\
| survey |
|  | type | name | label:Latviešu (lv) | label:English (en) |
|  | select_one few | two | Divi | |
| choices |
|  | list name | name | label:Latviešu (lv) | label:English (en) |
|  | few | b c | B | B |
""",
        [
            (
                "warning",
                "survey",
                3,
                "label::English (en)",
                "The text in this language is missing: English (en); a person would see “-”.",
            ),
            ("warning", "choices", 6, "name", "The code “b c” of a choice contains a space."),
        ],
    ),
    (
        "references in every column",
        """\
| survey |
|  | type | name | label | relevant |
|  | text | one | Hello ${nobody} | |
|  | text | two | Two | ${one} = 'a' and ${three} = 'b' |
| settings |
|  | form_id | instance_name |
|  | f | ${four} |
""",
        [
            ("error", "survey", 3, "label", "The questionnaire has no question “nobody”, which is referred to here."),
            ("error", "survey", 4, "relevant", "The questionnaire has no question “three”, which is referred to here."),
            (
                "error",
                "settings",
                7,
                "instance_name",
                "The questionnaire has no question “four”, which is referred to here.",
            ),
        ],
    ),
    (
        "translations",
        """\
| survey |
|  | type | name | label::Latviešu (lv) | label::English (en) | hint::Latviešu (lv) | hint::English (en) |
|  | text | one | Viens | | Padoms | |
|  | select_one yn or_other | two | Divi | Two | | |
| choices |
|  | list_name | name | label::Latviešu (lv) | label::English (en) |
|  | yn | yes | Jā | |
""",
        [
            (
                "warning",
                "survey",
                3,
                "label::English (en)",
                "The text in this language is missing: English (en); a person would see “-”.",
            ),
            (
                "warning",
                "survey",
                3,
                "hint::English (en)",
                "The text in this language is missing: English (en); a person would see “-”.",
            ),
            ("warning", "survey", 4, "type", "“or_other” adds a choice “Other” in English only."),
            (
                "warning",
                "choices",
                7,
                "label::English (en)",
                "The text in this language is missing: English (en); a person would see “-”.",
            ),
        ],
    ),
    (
        "what only pyxform sees keeps its row and is said in our words",
        """\
| survey |
|  | type | name | label | parameters |
# a comment between rows
|  | text | one | One | rows=0 |
|  | begin group | g | G | |
|  | text | two | Two | |
""",
        [("error", "survey", 5, "type", "A group or repeat begins here (begin_group) and never ends.")],
    ),
    (
        "columns",
        "| survey |\n|  | type | title |\n|  | text | one |\n",
        [
            ("error", "survey", None, "name", "The sheet “survey” has no column “name”."),
            ("error", "survey", 3, "label", "The question has no text."),
            ("error", "survey", 3, "name", "The question has no name."),
        ],
    ),
    (
        "a column twice",
        "| survey |\n|  | type | name | label | label |\n|  | text | one | One | Two |\n",
        [("error", "survey", None, "label", "The sheet “survey” has the column “label” more than once.")],
    ),
    (
        "groups without end",
        "| survey |\n|  | type | name | label |\n"
        + "".join(f"|  | begin group | g{number} | G |\n" for number in range(1000))
        + "|  | text | one | One |\n"
        + "|  | end group | | |\n" * 1000,
        [("error", "survey", 33, "name", "Groups are nested here in more than 30 levels.")],
    ),
    (
        "a hostile line",
        f"| survey |\n|  | type | name | label |\n|  | text | one | {'#' * 1_000_000}| x\n",
        [("error", None, None, None, "Row 3 of the sheet “survey” has a cell of more than 32767 characters.")],
    ),
    (
        "nothing that is a questionnaire",
        "| choices |\n|  | list_name | name |\n|  | a | b |\n",
        [("error", None, None, None, "The file has no sheet “survey” with questions.")],
    ),
]


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str | None, int | None, str | None, str]]:
    return [(str(f.severity), f.sheet, f.row, f.column, f.message) for f in findings]


@pytest.mark.parametrize(("markdown", "expected"), [case[1:] for case in FINDINGS], ids=[case[0] for case in FINDINGS])
def test_findings(markdown: str, expected: list[tuple[str, str | None, int | None, str | None, str]]) -> None:
    assert told(lint(markdown.encode(), format="md", language="en")) == expected


@pytest.mark.parametrize("markdown", [case[1] for case in FINDINGS if any(f[0] == "error" for f in case[2])])
def test_errors_refuse_the_form_with_all_of_them(markdown: str) -> None:
    with pytest.raises(FormRefused) as refused:
        compile(markdown.encode(), format="md")
    assert refused.value.findings == lint(markdown.encode(), format="md")
    assert all(finding.message and finding.message in str(refused.value) for finding in refused.value.findings)


def test_warnings_do_not_refuse() -> None:
    translations = next(case[1] for case in FINDINGS if case[0] == "translations")
    assert "<h:html" in compile(translations.encode(), format="md")


@pytest.mark.parametrize(
    ("appearance", "warned"), [("", True), ("core", True), ("autocomplete", False), ("core minimal", False)]
)
def test_long_lists_are_code_lists_or_warned_of(appearance: str, warned: bool) -> None:
    head = f"| survey |\n|  | type | name | label | appearance |\n|  | select_one l | q | Q | {appearance} |\n"
    rows = "| choices |\n|  | list_name | name | label |\n" + "".join(f"|  | l | c{n} | C{n} |\n" for n in range(21))
    findings = lint((head + rows).encode(), format="md", language="en")
    expected = "The list “l” has 21 choices, but a letter can mark at most 20 with letters."
    assert told(findings) == ([("warning", "survey", 3, "appearance", expected)] if warned else [])


def test_files_are_looked_into() -> None:
    form = (
        b"| survey |\n|  | type | name | label |\n"
        b"|  | select_one_from_file a.csv | a | A |\n|  | select_one_from_file b.csv | b | B |\n"
    )
    findings = lint(form, format="md", files={"b.csv": b"name,title\nx,X\n"}, language="en")
    assert [(f.row, f.message) for f in findings] == [
        (3, "The questionnaire comes without the file “a.csv”."),
        (4, "The file “b.csv” lacks the columns: label."),
    ]
    assert lint(form, format="md", language="en") == ()


def as_xlsx(markdown: bytes) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, sheet in read_rows(markdown, "md").sheets.items():
        page = book.create_sheet(name)
        page.append(sheet.headers)
        for row in sheet.rows:
            page.append([row.cells.get(header) for header in sheet.headers])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def as_csv(markdown: bytes) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    for name, sheet in read_rows(markdown, "md").sheets.items():
        writer.writerow([name])
        writer.writerow(["", *sheet.headers])
        writer.writerows(["", *(row.cells.get(header, "") for header in sheet.headers)] for row in sheet.rows)
    return text.getvalue().encode()


def test_the_three_formats_compile_to_the_same_form() -> None:
    xform = compile(INITIATIVE, format="md")
    assert compile(as_xlsx(INITIATIVE), format="xlsx") == xform
    assert compile(as_csv(INITIATIVE), format="csv") == xform


def test_what_pyxform_reads_itself_is_the_same_but_for_quotes() -> None:
    """It makes typographic quotes straight; in what people read they stay as they were written."""
    ours = compile(INITIATIVE, format="md")
    assert "“NVO fonds”" in ours
    straight = ours.translate(str.maketrans("“”‘’", "\"\"''"))
    for workbook, file_type in ((INITIATIVE, ".md"), (as_xlsx(INITIATIVE), ".xlsx")):
        theirs = convert(workbook, file_type=file_type, form_name="data").xform
        assert theirs.replace("&quot;", '"') == straight.replace("&quot;", '"')


def test_expressions_the_engine_refuses_name_their_cell() -> None:
    form = b"""\
| survey |
|  | type | name | label | relevant | constraint | calculation |
|  | text | one | One | | . = 'a' and | |
|  | begin group | g | G | | | |
|  | text | two | Two | ${one} = foo('a') | | |
|  | calculate | three | | | | area(${two}) |
|  | end group | | | | | |
"""
    findings = lint(form, format="md", files={}, language="en")
    assert [(f.sheet, f.row, f.column) for f in findings] == [
        ("survey", 3, "constraint"),
        ("survey", 5, "relevant"),
        ("survey", 6, "calculation"),
    ]
    assert "foo()" in findings[1].message


def test_rows_of_a_spreadsheet_are_its_own() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "Survey"
    for row in (["type", "name", "label"], ["text", "one", "One"], [], ["barcode", "two", "Two"], ["integer", 3, 4.0]):
        page.append(row)
    packed = io.BytesIO()
    book.save(packed)
    findings = lint(packed.getvalue(), format="xlsx", language="en")
    assert [(f.sheet, f.row, f.column) for f in findings] == [("survey", 4, "type"), ("survey", 5, "name")]


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", bytes(MAX_UNPACKED + 1))
    return packed.getvalue()


def other_archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return packed.getvalue()


def many_choices() -> bytes:
    return (SMALL + "| choices |\n|  | list_name | name | label |\n" + "|  | l | c | C |\n" * 100_000).encode()


@pytest.mark.parametrize(
    ("workbook", "format", "message"),
    [
        pytest.param(b"hello", "xlsx", "This is not an Excel workbook (.xlsx).", id="no archive"),
        pytest.param(other_archive(), "xlsx", "The workbook cannot be read (KeyError).", id="another archive"),
        pytest.param(bomb(), "xlsx", "The workbook would unpack to more than 40 MB.", id="bomb"),
        pytest.param(b" " * (MAX_BYTES + 1), "md", "The file is larger than 10 MB.", id="big"),
        pytest.param(many_choices(), "md", "The sheet “choices” has more than 20000 rows.", id="choices"),
        pytest.param(b"\xff\xfe\x00", "csv", "The file is not text in UTF-8.", id="no text"),
        pytest.param(b"", "md", "The file has no sheet “survey” with questions.", id="empty"),
        pytest.param(b'survey\n,"' + b"a" * 200_000, "csv", None, id="long field"),
    ],
)
def test_what_is_no_workbook_is_refused(workbook: bytes, format: Format, message: str | None) -> None:
    (finding,) = lint(workbook, format=format, language="en")
    assert finding.severity is Severity.ERROR
    if message:
        assert finding.message == message


def test_a_spreadsheet_of_many_rows_is_refused() -> None:
    book = openpyxl.Workbook(write_only=True)
    survey, choices = book.create_sheet("survey"), book.create_sheet("choices")
    survey.append(["type", "name", "label"])
    survey.append(["text", "one", "One"])
    for number in range(MAX_ROWS + 1):
        choices.append(["l", number])
    packed = io.BytesIO()
    book.save(packed)
    (finding,) = lint(packed.getvalue(), format="xlsx", language="en")
    assert finding.message == "The sheet “choices” has more than 20000 rows."


@given(st.binary(max_size=300), st.sampled_from(["xlsx", "csv", "md"]))
def test_no_bytes_do_more_than_be_refused(workbook: bytes, format: Format) -> None:
    assert any(finding.severity is Severity.ERROR for finding in lint(workbook, format=format))


@given(
    st.lists(st.lists(st.sampled_from(["text", "a", "${a}", "begin group", "select_one l", "", "name"]), max_size=5)),
    st.lists(st.lists(st.sampled_from(["l", "a", "", "b"]), max_size=4)),
)
def test_any_rows_are_compiled_or_refused(survey: list[list[str]], choices: list[list[str]]) -> None:
    lines = ["| survey |", "|  | type | name | label | relevant |", *(f"|  | {' | '.join(row)} |" for row in survey)]
    lines += ["| choices |", "|  | list_name | name | label |", *(f"|  | {' | '.join(row)} |" for row in choices)]
    workbook = "\n".join(lines).encode()
    findings = lint(workbook, format="md")
    if any(finding.severity is Severity.ERROR for finding in findings):
        with pytest.raises(FormRefused):
            compile(workbook, format="md")
    else:
        assert compile(workbook, format="md")


def test_wording_is_complete_in_both_languages() -> None:
    import tomllib

    folder = files("intake.xlsform") / "wording"
    lv, en = (tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8")) for code in ("lv", "en"))
    assert {key: set(words) for key, words in lv.items()} == {key: set(words) for key, words in en.items()}


def test_compiled_once_for_each_content(tmp_path: Path) -> None:
    form, cache = tmp_path / "form.md", tmp_path / "cache"
    form.write_text(SMALL, encoding="utf-8")
    xform = compile_cached(form, cache)
    (kept,) = cache.iterdir()
    kept.write_text("kept", encoding="utf-8")
    assert compile_cached(form, cache) == "kept"
    form.write_text(SMALL.replace("called", "named"), encoding="utf-8")
    assert compile_cached(form, cache) == xform.replace("called", "named")
    assert len(list(cache.iterdir())) == 2


def test_what_is_refused_is_not_cached(tmp_path: Path) -> None:
    form, cache = tmp_path / "form.md", tmp_path / "cache"
    form.write_text(SMALL.replace("text", "barcode"), encoding="utf-8")
    with pytest.raises(FormRefused):
        compile_cached(form, cache)
    assert not cache.exists()
    with pytest.raises(FormRefused, match=r"\.txt"):
        compile_cached(tmp_path / "form.txt", cache)
