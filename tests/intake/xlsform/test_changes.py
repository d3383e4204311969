"""What changed between two versions of a questionnaire, told in plain words."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.xlsform import Change, changes, read_rows, touched, version
from intake.xlsform.changes import Version

FOLDER = files("conversations") / "questionnaires"
OLD = """\
| survey |
|  | type | name | label::Latviešu (lv) | label::English (en) | relevant | constraint |
|  | text | title | Kā sauc? | What is it called? | | |
|  | select_one stage | stage | Kurā posmā? | At which stage? | ${title} != '' | |
|  | integer | year | Kurā gadā? | In which year? | ${stage} = 'ready' | . > 1990 |
|  | begin_group | contact | Kontakti | Contact | | |
|  | text | email | E-pasts | E-mail | | |
|  | end_group | | | | | |
|  | note | thanks | Paldies! | Thank you! | | |
| choices |
|  | list_name | name | label::Latviešu (lv) | label::English (en) |
|  | stage | idea | Ideja | Idea |
|  | stage | ready | Gatavs | Ready |
| settings |
|  | form_id | version |
|  | f | 1 |
"""

EMAIL = "|  | text | email | E-pasts | E-mail | | |\n"


def read(markdown: str) -> Version:
    return version(read_rows(markdown.encode(), "md"))


def told(new: str) -> list[str]:
    return [change.sentence("en") for change in changes(read(OLD), read(new))]


CASES = [
    ("nothing", [], []),
    (
        "a label",
        [("What is it called?", "Its name?")],
        ["The text of “title” (label::English (en)) has changed from “What is it called?” to “Its name?”."],
    ),
    ("a version", [("| f | 1 |", "| f | 2 |")], ["The setting “version” has changed from “1” to “2”."]),
    (
        "a list of entities",
        [("|  | f | 1 |", "|  | f | 1 |\n| entities |\n|  | list_name | label |\n|  | initiatives | ${title} |")],
        ["The list of entities “initiatives” is new."],
    ),
    (
        "a type",
        [("| integer | year", "| text | year")],
        ["The type of “year” has changed from “integer” to “text”."],
    ),
    (
        "a rule",
        [(". > 1990", ". > 2000")],
        ["The rule of “year” (constraint) has changed from “. > 1990” to “. > 2000”."],
    ),
    ("blanks in a rule", [("${stage} = 'ready'", "${stage}='ready'")], []),
    (
        "another name, and those who refer to it",
        [("| title |", "| heading |"), ("${title}", "${heading}")],
        ["The question “title” is now called “heading”."],
    ),
    (
        "a question gone, another come",
        [("| note | thanks | Paldies! | Thank you! |", "| text | remark | Kas vēl? | Anything else? |")],
        ["New question “remark”: Kas vēl?", "The question “thanks” is gone: Paldies!"],
    ),
    (
        "the order",
        [
            ("|  | text | title | Kā sauc? | What is it called? | | |\n", ""),
            ("|  | note", "|  | text | title | Kā sauc? | What is it called? | | |\n|  | note"),
        ],
        ["The question “title” has moved to another place."],
    ),
    (
        "a group",
        [(EMAIL, ""), ("|  | note", f"{EMAIL}|  | note")],
        ["The question “email” has moved from the group “contact” to “”."],
    ),
    (
        "choices",
        [("|  | stage | idea | Ideja | Idea |\n", ""), ("| Ready |", "| Done |\n|  | stage | dead | Beigts | Ended |")],
        [
            "The text of the choice “ready” of the list “stage” (label::English (en)) has changed "
            "from “Ready” to “Done”.",
            "The list “stage” has a new choice “dead”: Beigts",
            "The list “stage” no longer has the choice “idea”: Ideja",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "sentences"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_difference_is_one_sentence(edits: list[tuple[str, str]], sentences: list[str]) -> None:
    new = OLD
    for before, after in edits:
        assert before in new
        new = new.replace(before, after)
    assert told(new) == sentences


def test_every_sentence_exists_in_both_languages() -> None:
    for what, kinds in {
        "question": ("added", "removed", "renamed", "moved", "regrouped", "retyped", "text", "logic", "other"),
        "choice": ("added", "removed", "text", "other"),
        "list": ("added", "removed", "moved"),
        "setting": ("other",),
        "entity": ("added", "removed", "other"),
    }.items():
        for kind in kinds:
            assert Change(kind, what, "l/c", "column", "a", "b").sentence("lv")
            assert Change(kind, what, "l/c", "column", "a", "b").sentence("en")


@pytest.mark.parametrize("name", ["initiative", "detail", "case_study"])
def test_a_questionnaire_is_the_same_as_itself(name: str) -> None:
    one = version(read_rows((FOLDER / f"{name}.md").read_bytes(), "md"))
    assert changes(one, one) == ()


def test_rows_of_code_lists_are_compared() -> None:
    form = b"| survey |\n|  | type | name | label |\n|  | select_one_from_file p.csv | q | Q |\n"
    old = version(read_rows(form, "md"), {"p.csv": b"name,label,valid_to,successor\na,A,,\n"})
    new = version(read_rows(form, "md"), {"p.csv": b"name,label,valid_to,successor\na,A,2026-06-30,b\nb,B,,\n"})
    assert [(one.kind, one.name, one.column) for one in changes(old, new)] == [
        ("other", "p.csv/a", "valid_to"),
        ("other", "p.csv/a", "successor"),
        ("added", "p.csv/b", ""),
    ]


def test_what_is_touched_are_names_of_the_old_version() -> None:
    new = OLD.replace("| title |", "| heading |").replace("${title}", "${heading}").replace(". > 1990", ". > 2000")
    new = new.replace("|  | stage | idea | Ideja | Idea |\n", "").replace("Thank you!", "Thanks!")
    old = read(OLD)
    assert touched(changes(old, read(new)), old) == {"title", "year", "stage"}


@given(st.permutations(["a", "b", "c", "d", "e"]))
def test_no_more_than_needed_has_moved(order: list[str]) -> None:
    def form(names: list[str]) -> Version:
        rows = "".join(f"|  | text | {name} | {name * 9} |\n" for name in names)
        return read(f"| survey |\n|  | type | name | label |\n{rows}")

    found = changes(form(sorted(order)), form(order))
    assert all(change.kind == "moved" for change in found)
    rest = [name for name in order if name not in {change.name for change in found}]
    assert rest == sorted(rest)


def test_when_an_entity_is_made() -> None:
    sheet = "| entities |\n|  | list_name | label | create_if |\n|  | trees | ${title} | {when} |\n"
    old, new = (read(OLD + sheet.replace("{when}", when)) for when in ("", "${year} > 2000"))
    assert [one.sentence("en") for one in changes(old, new)] == [
        "The list of entities “trees” has another create_if: “${year} > 2000” instead of “”."
    ]
    assert [one.kind for one in changes(old, read(OLD))] == ["removed"]
