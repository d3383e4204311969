"""Cleaning what arrives, and cutting what leaves into valid HTML messages."""

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.channels.telegram.text import LONGEST_TEXT, Span, clean, pages, shorten
from intake.playground.bot_api.entities import read_html, utf16_length

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=300)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\x00b", "ab"),
        ("\ud83d a", " a"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("\x1b[31mred\x7f", "[31mred"),
        ("tab\tstays", "tab\tstays"),
        ("😀", "😀"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_clean_is_bounded() -> None:
    assert len(clean("a" * 1_000_000)) == LONGEST_TEXT
    assert clean("abc", 2) == "ab"


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Pakalpojums", 20, "Pakalpojums"),
        ("Pakalpojums cilvēkiem ar invaliditāti", 24, "Pakalpojums cilvēkiem…"),
        ("Nepārtrauktsgarumsbezatstarpēm", 10, "Nepārtrau…"),
        ("viens\n\ndivi", 20, "viens divi"),
        ("", 5, ""),
    ],
)
def test_shorten(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


@settings(deadline=None)  # the machine may be busy
@given(ANY_TEXT, st.integers(2, 60))
def test_shorten_fits(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


def test_one_message_when_it_fits() -> None:
    assert pages([Span("1 < 2 & 3\n"), Span("Kā <sauc>?", "b")]) == ["1 &lt; 2 &amp; 3\n<b>Kā &lt;sauc&gt;?</b>"]


def test_nothing_to_say_is_no_message() -> None:
    assert pages([Span("  \n"), Span("\x00", "b")]) == []


def test_cut_between_paragraphs_then_lines_then_words() -> None:
    assert pages([Span("aaaa bbbb\n\ncccc dddd")], 26) == ["aaaa bbbb", "cccc dddd"]
    assert pages([Span("aaaa bbbb\ncccc dddd")], 24) == ["aaaa bbbb", "cccc dddd"]
    assert pages([Span("aaaa bbbb cccc")], 18) == ["aaaa bbbb", "cccc"]
    assert pages([Span("a" * 25)], 17) == ["a" * 10, "a" * 10, "a" * 5]


def test_a_style_is_opened_again_in_the_next_message() -> None:
    assert pages([Span("viens divi", "b")], 20) == ["<b>viens</b>", "<b>divi</b>"]


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(
        st.builds(Span, st.text(st.sampled_from("a &<>\n😀ā\x00\ud800"), max_size=200), st.sampled_from(["", "b", "i"]))
    ),
    st.sampled_from([40, 100, LONGEST_TEXT]),
)
def test_every_message_is_valid_and_nothing_is_lost(spans: list[Span], limit: int) -> None:
    messages = pages(spans, limit)
    for message in messages:
        assert message == message.strip()
        assert 0 < utf16_length(message) <= limit
        read_html(message)  # raises for what Telegram would refuse
    shown = "".join(re.sub(r"<[^>]*>", "", message) for message in messages)
    meant = "".join(clean(span.text) for span in spans)
    assert re.sub(r"\s", "", unescape(shown)) == re.sub(r"\s", "", meant)


def test_linear_time() -> None:
    assert len(pages([Span("& " * 40_000), Span("b" * 80_000, "b")])) < 120
