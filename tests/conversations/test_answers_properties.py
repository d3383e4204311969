"""Properties of reading answers: no text raises, labels mean their choice, stored values are stable, time is linear."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.answers import MAX_LENGTH, Parsed, Rejected, parse
from conversations.answers.folding import fold
from conversations.forms.definition import Choice, Kind, Question

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LETTERS = st.characters(codec="utf-8", categories=["Lu", "Ll", "Zs", "Po", "Pd"])
LABELS = st.lists(st.text(LETTERS, min_size=1, max_size=30).map(str.strip), min_size=2, max_size=9, unique_by=fold)
KINDS = st.sampled_from(list(Kind))


def asking(kind: Kind, labels: list[str], required: bool = True) -> Question:
    choices = tuple(Choice(f"c{i}", {"lv": label}) for i, label in enumerate(labels))
    return Question("q", "/data/q", 1, kind, {"lv": "?"}, choices=choices, required=required)


def read(question: Question, text: str) -> Parsed | Rejected:
    return parse(question, text, language="lv", now=NOW)


@given(KINDS, LABELS, st.text(max_size=300), st.booleans())
def test_no_text_raises(kind: Kind, labels: list[str], text: str, required: bool) -> None:
    outcome = read(asking(kind, labels, required), text)
    assert isinstance(outcome, Parsed | Rejected)


@given(st.text("abcd123., un/()+-:;\n\tvaijāCitsh", max_size=60))
def test_lists_of_options_never_raise(text: str) -> None:
    asked = asking(Kind.SELECT_MULTIPLE, ["Cits", "Ābols un bumbieris", "1–20", "Jā"])
    outcome = read(asked, text)
    if isinstance(outcome, Parsed):
        assert set(outcome.value.split()) <= {"c0", "c1", "c2", "c3"}


@given(LABELS, st.data())
def test_a_label_is_its_choice(labels: list[str], data: st.DataObject) -> None:
    spoken = [label for label in labels if fold(label)]
    if not spoken:
        return
    label = data.draw(st.sampled_from(spoken))
    typed = data.draw(st.sampled_from([label, label.upper(), f"  {label}\n", f"“{label}”"]))
    if fold(typed) != fold(label):  # upper case may be longer: "ß"
        return
    for kind in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE):
        assert read(asking(kind, labels), typed) == Parsed(f"c{labels.index(label)}")


@given(st.sets(st.integers(0, 6), min_size=1), st.sampled_from([", ", " un ", "; ", " ", "/", "\n"]))
def test_letters_and_numbers_are_their_choices(chosen: set[int], joint: str) -> None:
    asked = asking(Kind.SELECT_MULTIPLE, ["Zeme", "Ūdens", "Gaiss", "Uguns", "Metāls", "Koks", "Stikls"])
    expected = Parsed(" ".join(f"c{i}" for i in sorted(chosen)))
    assert read(asked, joint.join("abcdefg"[i] for i in sorted(chosen))) == expected
    assert read(asked, joint.join(str(i + 1) for i in sorted(chosen))) == expected


@given(st.sampled_from([Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.ACKNOWLEDGE]), st.text(max_size=80))
def test_what_is_stored_reads_as_itself(kind: Kind, text: str) -> None:
    asked = asking(kind, [], required=False)
    first = read(asked, text)
    if isinstance(first, Parsed):
        assert read(asked, first.value) == Parsed(first.value)


@given(st.integers(-(10**9), 10**9))
def test_whole_numbers(number: int) -> None:
    assert read(asking(Kind.INTEGER, []), str(number)) == Parsed(str(number))


@given(st.dates(min_value=datetime(1000, 1, 1, tzinfo=UTC).date()))
def test_dates(day: object) -> None:
    assert read(asking(Kind.DATE, []), f"{day:%d.%m.%Y.}") == Parsed(f"{day:%Y-%m-%d}")


@pytest.mark.parametrize("piece", ["a, ", "Ābols un ", "x ", "1 ", "(", "27.", "cits: ", "@", "a.", "- "])
def test_long_texts_take_bounded_time(piece: str) -> None:
    text = (piece * MAX_LENGTH)[:MAX_LENGTH]
    began = time.perf_counter()
    for kind in (Kind.SELECT_MULTIPLE, Kind.DECIMAL, Kind.DATE, Kind.TEXT):
        read(asking(kind, ["Ābols un bumbieris", "Cits", "Viens", "Divi"]), text)
    assert time.perf_counter() - began < 2
