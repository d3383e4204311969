"""Callback data there and back, and the layout of keyboards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.telegram.buttons import LONGEST_DATA, Action, Button, decode, encode, inline, rows, token


@given(
    st.builds(
        Button,
        st.sampled_from(Action),
        st.integers(0, 999_999),
        st.text(max_size=50).map(token) | st.just(""),
        st.integers(0, 999_999),
    )
)
def test_there_and_back(button: Button) -> None:
    data = encode(button)
    assert len(data.encode()) <= LONGEST_DATA
    assert decode(data) == button


@given(st.text(max_size=80))
def test_foreign_data_is_no_button(data: str) -> None:
    button = decode(data)
    assert button is None or decode(encode(button)) == button


@pytest.mark.parametrize("data", ["", "c", "Q1", "c1.abc.2", "c1.abcdef.", "c٣", "c1\n", "choose:name", "c-1"])
def test_no_button(data: str) -> None:
    assert decode(data) is None


def test_letters_are_different() -> None:
    assert len({str(action) for action in Action}) == len(Action)


def test_a_button_knows_its_question_and_submission() -> None:
    button = Button(Action.CHOOSE, 4, token("/data/form", "session-1"), 2)
    assert button.belongs("/data/form", "session-1")
    assert not button.belongs("/data/form", "session-2")
    assert not button.belongs("/data/other", "session-1")
    assert button.find(["/data/other", "/data/form"], "session-1") == "/data/form"
    assert button.find(["/data/other"], "session-1") is None


@pytest.mark.parametrize(
    ("labels", "shape"),
    [
        ([], []),
        (["Jā", "Nē", "Nezinu"], [3]),
        (["Jā", "Nē", "Nezinu", "Cits"], [3, 1]),
        (["Pakalpojums", "Produkts", "Cits"], [2, 1]),
        (["Pakalpojums cilvēkiem", "Cits"], [1, 1]),
    ],
)
def test_rows(labels: list[str], shape: list[int]) -> None:
    assert [len(row) for row in rows([inline(label, Button(Action.CHOOSE)) for label in labels])] == shape


def test_a_button_is_never_empty() -> None:
    assert inline("  ", Button(Action.CHOOSE))["text"].strip()
