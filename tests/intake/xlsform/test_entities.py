"""Mistakes in what is saved to entities, each told at its cell with a way out."""

from __future__ import annotations

from importlib.resources import files

import pytest

from intake.xlsform import Finding, FormRefused, Severity, compile, lint

SURVEY = """\
| survey |
|  | type | name | label | save_to |
|  | text | title | Title? | {title} |
|  | text | place | Place? | {place} |
|  | begin_repeat | others | Others | {others} |
|  | text | who | Who? | {who} |
|  | end_repeat |  |  | {end} |
|  | text | last | Last? | {last} |
| settings |
|  | form_id | form_title |
|  | small | Small |
"""
HEAD = "|  | list_name | label | create_if | update_if | entity_id |"
BOTH = "|  | initiatives | ${title} |  |  |  |\n|  | referrals | ${who} |  |  |  |"
ONE = "|  | initiatives | ${title} |  |  |  |"
Told = list[tuple[str, str, str | None, int | None, str | None]]


def found(entities: str, head: str = HEAD, **saved: str) -> tuple[Finding, ...]:
    cells = dict.fromkeys(("title", "place", "others", "who", "end", "last"), "") | saved
    sheet = f"| entities |\n{head}\n{entities}\n" if entities else ""
    return lint((SURVEY.format(**cells) + sheet).encode(), format="md", files={}, language="en")


@pytest.mark.parametrize(
    ("entities", "saved", "told"),
    [
        (BOTH, {"title": "initiatives#title", "who": "referrals#organisation", "last": "initiatives#stage"}, []),
        (ONE, {"title": "title", "place": "municipality"}, []),
        ("", {"who": "stage"}, [("no_sheet", "survey", 6, "save_to")]),
        (BOTH, {"title": "title"}, [("no_prefix", "survey", 3, "save_to")]),
        (BOTH, {"title": "iniciatives#title"}, [("unknown_list", "survey", 3, "save_to")]),
        (ONE, {"title": "places#title"}, [("unknown_list", "survey", 3, "save_to")]),
        (ONE, {"title": "titel"}, [("property_near", "survey", 3, "save_to")]),
        (ONE, {"title": "Stage"}, [("property_near", "survey", 3, "save_to")]),
        (ONE, {"title": "soil"}, [("property_unknown", "survey", 3, "save_to")]),
        ("|  | trees | ${title} |  |  |  |", {"title": "soil"}, [("list_elsewhere", "entities", 14, "list_name")]),
        ("|  | initatives | ${title} |  |  |  |", {}, [("list_near", "entities", 14, "list_name")]),
        (ONE, {"title": "name"}, [("reserved", "survey", 3, "save_to")]),
        (ONE, {"title": "LABEL"}, [("reserved", "survey", 3, "save_to")]),
        (ONE, {"title": "__version"}, [("reserved", "survey", 3, "save_to")]),
        (ONE, {"title": "two words"}, [("property_name", "survey", 3, "save_to")]),
        (ONE, {"title": "initiatives#a#b"}, [("property_name", "survey", 3, "save_to")]),
        (ONE, {"title": "initiatives#"}, [("property_name", "survey", 3, "save_to")]),
        (ONE, {"title": "stage", "last": "stage"}, [("property_twice", "survey", 8, "save_to")]),
        (ONE, {"others": "stage"}, [("group", "survey", 5, "save_to")]),
        (ONE, {"end": "stage"}, [("group", "survey", 7, "save_to")]),
        (ONE, {"title": "title", "last": "need", "who": "stage"}, [("inside_repeat", "survey", 6, "save_to")]),
        (BOTH, {"title": "referrals#email", "who": "referrals#person"}, [("wrong_repeat", "survey", 3, "save_to")]),
        ("|  | initiatives | ${who} |  |  |  |", {"title": "title"}, [("reads_repeat", "entities", 14, "label")]),
        ("|  | referrals | ${title} |  |  |  |", {"who": "email"}, []),
        ("|  | initiatives |  |  |  |  |", {}, [("no_label", "entities", 14, "label")]),
        ("|  | initiatives | ${title} |  | true() |  |", {}, [("no_id", "entities", 14, "entity_id")]),
        ("|  | initiatives | ${title} | true() |  | ${place} |", {}, [("no_update_if", "entities", 14, "update_if")]),
        ("|  | initiatives |  |  |  | ${place} |", {"title": "stage"}, []),
        ("|  | initiatives | ${title} | true() | true() | ${place} |", {}, []),
        (f"{ONE}\n{ONE}", {}, [("list_twice", "entities", 15, "list_name")]),
        ("|  | a.b | ${title} |  |  |  |", {}, [("list_name", "entities", 14, "list_name")]),
        ("|  | __a | ${title} |  |  |  |", {}, [("list_name", "entities", 14, "list_name")]),
        ("|  |  | ${title} |  |  |  |", {}, [("list_name", "entities", 14, "list_name")]),
    ],
)  # fmt: skip
def test_each_mistake_is_told_at_its_cell(entities: str, saved: dict[str, str], told: Told) -> None:
    findings = found(entities, **saved)
    assert [(one.key, one.sheet, one.row, one.column) for one in findings] == [
        (f"entity_{key}", *place) for key, *place in told
    ]
    assert all(one.message and one.remedy for one in findings)


@pytest.mark.parametrize("cell", ["concat(", "${title} and", "nosuch(${title})"])
def test_expressions_of_the_sheet_are_read(cell: str) -> None:
    (finding,) = found(f"|  | initiatives | {cell} |  |  |  |")
    assert (finding.key, finding.sheet, finding.row, finding.column) == ("expression", "entities", 14, "label")


def test_a_column_that_means_nothing() -> None:
    (finding,) = found("|  | initiatives | ${title} | x |", head="|  | list_name | label | repeat |")
    assert (finding.key, finding.sheet, finding.row, finding.column) == ("entity_column", "entities", None, "repeat")


def test_everything_at_once_and_the_compiler_is_not_heard_besides() -> None:
    saved = {"title": "title", "place": "referrals#name", "others": "referrals#x", "who": "places#x", "last": "a#b"}
    keys = [one.key for one in found(BOTH, **saved)]
    assert keys == ["entity_no_prefix", "entity_reserved", "entity_group", "entity_unknown_list", "entity_unknown_list"]


def test_what_compiles_elsewhere_is_no_error() -> None:
    """Another list, another property: their entities stay with the submission."""
    assert all(one.severity is Severity.WARNING for one in found("|  | trees | ${title} |  |  |  |", title="soil"))
    assert all(one.severity is Severity.WARNING for one in found(ONE, title="soil"))


@pytest.mark.parametrize("name", ["initiative", "detail", "case_study"])
def test_the_built_in_questionnaires_save_without_a_remark(name: str) -> None:
    folder = files("conversations") / "questionnaires"
    lists = {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(".csv")}
    assert lint((folder / f"{name}.md").read_bytes(), format="md", files=lists) == ()


def test_the_form_is_refused_in_our_words() -> None:
    text = (
        SURVEY.format(title="stage", place="stage", others="", who="", end="", last="")
        + f"| entities |\n{HEAD}\n{ONE}\n"
    )
    with pytest.raises(FormRefused) as refused:
        compile(text.encode(), format="md", language="en")
    assert [one.key for one in refused.value.findings] == ["entity_property_twice"]
