"""Workbooks made to hurt: refused with a sentence, after a bounded amount of work."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from intake.xlsform import Finding, Severity, lint, read_bytes
from intake.xlsform.finding import MOST_FINDINGS
from intake.xlsform.limits import MAX_BYTES, MAX_OFFERED, MAX_QUESTIONS, MAX_ROWS
from intake.xlsform.logic.reach import MOST_TRIES, never
from intake.xlsform.logic.survey import take_apart
from intake.xlsform.sheets import read_rows

HEAD = "| survey |\n|  | type | name | label | relevant | calculation |\n"
CHOICES = "| choices |\n|  | list_name | name | label |\n"


def told(markdown: str, files: dict[str, bytes] | None = None) -> tuple[Finding, ...]:
    return lint(markdown.encode(), format="md", files=files or {}, language="en")


@pytest.mark.parametrize("opened", ["(", "not(", "-(", "count-selected(", "string(["])
def test_a_thousand_parentheses(opened: str) -> None:
    (finding,) = told(f"{HEAD}|  | text | q | Q | {opened * 1000}1{')' * 1000} |  |\n")
    assert (finding.key, finding.row, finding.column) == ("expression", 3, "relevant")


def test_a_long_condition_is_given_up_rather_than_followed() -> None:
    pairs = " and ".join(f"(${{a}} != {number} or ${{b}} != {number})" for number in range(300))
    assert (
        told(f"{HEAD}|  | integer | a | A | | |\n|  | integer | b | B | | |\n|  | text | q | Q | {pairs} | |\n") == ()
    )


def test_a_chain_of_conditions_is_followed_only_so_far() -> None:
    rows = "".join(
        f"|  | integer | a{n} | A | ${{a{n - 1}}} > 3 or ${{a{max(0, n - 2)}}} < 2 | |\n" for n in range(1, 1500)
    )
    book = read_rows(f"{HEAD}|  | integer | a0 | A | | |\n{rows}".encode(), "md")
    reach = take_apart(book, {}, "en").reach
    assert list(never(reach)) == []
    assert reach.tries <= MOST_TRIES + 1


def test_a_great_circle_is_told_once() -> None:
    rows = "".join(f"|  | calculate | a{n} | | | ${{a{(n + 1) % 1000}}} + 1 |\n" for n in range(1000))
    (finding,) = told(f"{HEAD}|  | text | q | Q | | |\n{rows}")
    assert finding.key == "circle"
    assert len(finding.message) < 200


def test_no_more_findings_than_anybody_reads() -> None:
    rows = "".join(f"|  | text | q{number} |  | | |\n" for number in range(MOST_FINDINGS + 20))
    findings = told(HEAD + rows)
    assert len(findings) == MOST_FINDINGS + 1
    assert findings[-1].key == "more_findings"


@pytest.mark.parametrize(
    ("markdown", "key"),
    [
        (HEAD + "|  | text | q | Q | | |\n" * (MAX_QUESTIONS + 1), "too_many_questions"),
        (
            HEAD
            + "".join(f"|  | select_one l | q{n} | Q | | |\n" for n in range(MAX_OFFERED // 10_000 + 1))
            + CHOICES
            + "".join(f"|  | l | c{n} | C |\n" for n in range(10_000)),
            "too_many_offered",
        ),
        (HEAD + "|  | select_one l | q | Q | | |\n" + CHOICES + "|  | l | c | C |\n" * 100_000, "too_many_rows"),
    ],
    ids=["questions", "choices of many questions", "100,000 choices"],
)
def test_too_much_is_refused_before_it_is_compiled(markdown: str, key: str) -> None:
    assert [finding.key for finding in told(markdown)] == [key]


def test_a_code_list_of_100_000_rows_is_refused() -> None:
    rows = "".join(f"c{n},C,2020-01-01,2021-01-01,\n" for n in range(100_000))
    content = f"name,label,valid_from,valid_to,successor\n{rows}".encode()
    findings = told(HEAD + "|  | select_one_from_file a.csv | q | Q | | |\n", {"a.csv": content})
    (finding,) = (one for one in findings if one.severity is Severity.ERROR)
    assert finding.message == f"The file “a.csv” has more than {MAX_ROWS} rows."


def test_of_a_great_file_only_so_much_is_read(tmp_path: Path) -> None:
    path = tmp_path / "form.md"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert len(read_bytes(path)) == MAX_BYTES + 1
    (finding,) = lint(read_bytes(path), format="md", language="en")
    assert finding.key == "too_big"


def parts_of_a_workbook() -> dict[str, bytes]:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "survey"
    page.append(["type", "name", "label"])
    page.append(["text", "q", "Q"])
    packed = io.BytesIO()
    book.save(packed)
    with zipfile.ZipFile(packed) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = {
    "of another file": '<!ENTITY e SYSTEM "file:///etc/hostname">',
    "of another host": '<!ENTITY e SYSTEM "http://collector.example/">',
    "of entities": f'<!ENTITY l0 "ha">{LAUGHS}<!ENTITY e "&l9;">',
}


@pytest.mark.parametrize("declared", ENTITIES.values(), ids=ENTITIES)
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_entity_is_ever_resolved(part: str, declared: str, encoding: str) -> None:
    parts = parts_of_a_workbook()
    body = parts[part].decode().partition("?>")[2] or parts[part].decode()
    start, bracket, rest = body.partition(">")
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{declared}]>{start}{bracket}&e;{rest}'
    (finding,) = lint(packed({**parts, part: text.encode(encoding)}), format="xlsx", language="en")
    assert finding.key == "doctype"
    assert part in finding.message
