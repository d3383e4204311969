"""Formatted text: what Telegram would keep of it, by properties."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.playground.bot_api.entities import read_html, trimmed, typed, utf16_length
from intake.playground.bot_api.errors import Refusal

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(TEXT)
def test_escaped_text_is_itself(text: str) -> None:
    assert read_html(html.escape(text)) == (html.unescape(html.escape(text)), [])


@given(TEXT.filter(bool), TEXT)
def test_an_entity_covers_its_text_in_utf16_units(bold: str, before: str) -> None:
    text, (entity,) = read_html(f"{html.escape(before)}<b>{html.escape(bold)}</b>")
    cut = text.encode("utf-16-le")[entity["offset"] * 2 :]
    assert cut.decode("utf-16-le") == bold
    assert entity["length"] == utf16_length(bold)


@given(st.text("<>/abi& \"'=#;x-👍"))
def test_nothing_but_a_refusal_comes_of_bad_html(source: str) -> None:
    try:
        text, entities = read_html(source)
    except Refusal:
        return
    assert all(entity["offset"] + entity["length"] <= utf16_length(text) for entity in entities)


def test_white_space_is_cut_and_entities_move() -> None:
    text, entities = trimmed(*read_html("  <b> Labdien </b> "))
    assert text == "Labdien"
    assert entities == [{"type": "bold", "offset": 0, "length": 7}]


def test_long_input_takes_linear_time() -> None:
    for source in ("<b>" * 100_000, "<" * 300_000, "<a " + "a " * 100_000, "<b " + "x=" * 100_000):
        with pytest.raises(Refusal):
            read_html(source)


def test_what_a_client_marks() -> None:
    assert typed("👍 /start x https://example.org/a") == [
        {"type": "bot_command", "offset": 3, "length": 6},
        {"type": "url", "offset": 12, "length": 21},
    ]
