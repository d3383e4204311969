"""The logic of questionnaires: tables of mistakes, and forms that are right."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from intake.forms import code_lists
from intake.xlsform import Finding, Severity, compile, lint
from tests.intake.xlsform.logic_cases import CASES, Case, form, row

FORMS = Path(__file__).parents[2] / "conformance" / "forms"
BUILT_IN = Path(str(files("conversations") / "questionnaires"))
USED = row("select_one town", "used")


def keys(findings: tuple[Finding, ...]) -> list[tuple[str, str | None, int | None, str | None]]:
    return sorted((f.key, f.sheet, f.row, f.column) for f in findings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_each_mistake_is_told_at_its_cell(case: Case) -> None:
    assert keys(lint(form(case.rows), format="md", files={}, language="en")) == sorted(case.found)


@pytest.mark.parametrize("language", ["lv", "en"])
def test_all_mistakes_are_told_at_once_with_a_way_out(language: str) -> None:
    broken = [case for case in CASES if len(case.found) == 1 and case.rows.count("\n") == 1]
    rows = "".join(case.rows.replace("| q |", f"| q{number} |") for number, case in enumerate(broken))
    findings = lint(form(rows), format="md", files={}, language=language)
    told = {(finding.key, finding.row) for finding in findings}
    missing = [
        case.says
        for number, case in enumerate(broken)
        if (case.found[0][0], (case.found[0][2] or 0) + number) not in told
    ]
    assert missing == []
    assert all((finding.message and finding.remedy) or finding.key == "expression" for finding in findings)


@pytest.mark.parametrize(
    ("relevant", "severity"), [("${a} = 'maybe'", Severity.ERROR), ("${a} = 'maybe' or ${a} = 'yes'", Severity.WARNING)]
)
def test_an_unknown_choice_is_an_error_where_nothing_else_can_hold(relevant: str, severity: Severity) -> None:
    (finding,) = lint(form(row("text", "q", relevant=relevant)), format="md", files={}, language="en")
    assert finding.severity is severity
    assert str(finding) == "survey:10:relevant: “maybe” is no choice of “a”. Its choices are: yes, no."


def test_a_circle_names_its_questions() -> None:
    circle = row("calculate", "x", calculation="${y}") + row("calculate", "y", calculation="${x}")
    (finding,) = lint(form(circle), format="md", files={}, language="lv")
    assert "x → y → x" in finding.message


def test_a_contradiction_names_the_others() -> None:
    rows = row("text", "why", relevant="${a} = 'yes'") + row("text", "q", relevant="${a} = 'no' and ${why} != ''")
    (finding,) = lint(form(rows), format="md", files={}, language="en")
    assert "conditions of why" in finding.message


def test_what_can_never_be_asked_still_compiles() -> None:
    assert compile(form(row("text", "q", relevant="${n} > 5 and ${n} < 3")), format="md")


@pytest.mark.parametrize("path", sorted(BUILT_IN.glob("*.md")), ids=lambda path: path.stem)
def test_the_built_in_questionnaires_are_clean(path: Path) -> None:
    assert lint(path.read_bytes(), format="md", files=code_lists(BUILT_IN)) == ()


EXPECTED = {
    "choice_labels": {"space_in_choice"},
    "calculations": {"engines_max"},
    "constraints": {"engines_date_text"},
    "entities": {"entity_property_unknown"},
    "media": {"pyxform"},
    "or_other": {"or_other"},
    "repeat_hidden": {"count_unbounded"},
    "repeat_mixed": {"count_unbounded"},
    "translations": {"pyxform"},
}
"""Warnings of the forms of the conformance suite; the others have none."""


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.md")), ids=lambda path: path.stem)
def test_the_forms_run_side_by_side_with_other_engines_have_no_errors(path: Path) -> None:
    findings = lint(path.read_bytes(), format="md", files=code_lists(FORMS), language="en")
    assert [str(finding) for finding in findings if finding.severity is Severity.ERROR] == []
    assert {finding.key for finding in findings} <= EXPECTED.get(path.stem, set())


def sheet(survey: str, choices: str = "", settings: str = "") -> bytes:
    return (
        f"| survey |\n{survey}"
        + (f"| choices |\n{choices}" if choices else "")
        + (f"| settings |\n{settings}" if settings else "")
    ).encode()


SHEETS = [
    (
        "a list nobody uses, and twins",
        sheet(
            "|  | type | name | label |\n|  | select_one a | q | Q |\n",
            "|  | list_name | name | label |\n|  | a | x | X |\n|  | a | X | X |\n|  | b | y | Y |\n",
        ),
        [("case_twin", "choices", 7, "name"), ("unused_list", "choices", 8, "list_name")],
    ),
    (
        "columns",
        sheet("|  | type | name | label | constrain | image |\n|  | text | q | Q | . > 1 | a.png |\n"),
        [("media_column", "survey", None, "image"), ("unknown_column", "survey", None, "constrain")],
    ),
    (
        "languages",
        sheet(
            "|  | type | name | label | label::English (en) |\n|  | text | q | Q | Q |\n",
            settings="|  | form_id | default_language |\n|  | f | Latviešu (lv) |\n",
        ),
        [("default_language", "settings", 6, "default_language"), ("label_without_language", "survey", None, "label")],
    ),
    (
        "settings of a server",
        sheet(
            "|  | type | name | label |\n|  | text | q | Q |\n",
            settings="|  | form_id | public_key |\n|  | f | abc |\n",
        ),
        [("ignored_setting", "settings", 6, "public_key")],
    ),
    (
        "lists of expressions",
        sheet(
            "|  | type | name | label | relevant |\n|  | text | q | Q | count(instance('nowhere')/root/item) > 1 |\n"
        ),
        [("no_instance", "survey", 3, "relevant")],
    ),
    (
        "searches",
        sheet("|  | type | name | label | appearance |\n|  | text | q | Q | search('places') |\n"),
        [("search_appearance", "survey", 3, "appearance")],
    ),
]


@pytest.mark.parametrize(("markdown", "expected"), [case[1:] for case in SHEETS], ids=[case[0] for case in SHEETS])
def test_sheets(markdown: bytes, expected: list[tuple[str, str, int | None, str]]) -> None:
    assert keys(lint(markdown, format="md", files={}, language="en")) == expected


FILTER = "valid_from <= today() and (valid_to = '' or valid_to >= today())"
DATED = sheet(
    "|  | type | name | label | choice_filter |\n|  | select_one_from_file places.csv | q | Q | " + FILTER + " |\n"
)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("a,A,2020-01-01,,\n", []),
        ("a,A,2020-01-01,2021-06-30,b\nb,B,2021-07-01,,\n", []),
        ("a,A,2020-01-01,2021-06-30,b c\nb,B,2021-07-01,,\nc,C,2021-07-01,,\n", []),
        ("a,A,2020-01-01,2021-06-30,\nb,B,2021-07-01,,\n", [("no_successor", "places.csv", 2, "successor")]),
        ("a,A,2020-01-01,2021-06-30,c\nb,B,2021-07-01,,\n", [("unknown_successor", "places.csv", 2, "successor")]),
        (
            "a,A,2020-01-01,2021-06-30,b\nb,B,2021-07-01,2022-01-01,a\n",
            [("successor_circle", "places.csv", 2, "successor"), ("successor_circle", "places.csv", 3, "successor")],
        ),
        ("a,A,01.01.2020,,\n", [("bad_date", "places.csv", 2, "valid_from")]),
        (
            "a,A,2021-01-01,2020-01-01,b\nb,B,2020-01-01,,\n",
            [("ends_before_it_begins", "places.csv", 2, "valid_to")],
        ),
    ],
)
def test_dated_code_lists(rows: str, expected: list[tuple[str, str, int, str]]) -> None:
    places = f"name,label,valid_from,valid_to,successor\n{rows}".encode()
    assert keys(lint(DATED, format="md", files={"places.csv": places}, language="en")) == expected


def test_filters_read_the_dates_of_a_list() -> None:
    places = b"name,label,valid_from,valid_to,successor\na,A,2020-01-01,,\n"
    undated = DATED.replace(FILTER.encode(), b"")
    (finding,) = lint(undated, format="md", files={"places.csv": places}, language="en")
    assert (finding.key, finding.row, finding.column) == ("dates_not_filtered", 3, "choice_filter")
    assert "valid_from, valid_to" in finding.message
