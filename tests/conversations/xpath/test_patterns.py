"""The pattern matcher agrees with Python's on what both know, and never takes more than linear time."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.xpath import XPathError
from conversations.xpath.patterns import compile_pattern

ATOMS = st.sampled_from(
    r"""a b . [ab] [^a] [a-b1] (a|b) (?:ab) (?<n>a) \w \d \s \W \D ^ $ \b \B a* b+ (ab)* a? (a|b)* a{2,3} a{2} a{1,}
    (a*)* b{0,2} (a|ab)+ () | a*? \. \- [\]] [\d-] \x61 \u0062""".split()  # noqa: SIM905
)


@given(st.lists(ATOMS, max_size=6).map("".join), st.text("ab1 .-]\n", min_size=1, max_size=10))
def test_agrees_with_python(pattern: str, text: str) -> None:
    # Python 3.11 finds no \\B in an empty text, which JavaScript does: texts here have a letter.
    theirs = re.sub(r"\$", r"\\Z", pattern).replace("(?<n>", "(?:")
    assert compile_pattern(pattern).found_in(text) is (re.search(theirs, text, re.ASCII) is not None)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_pattern_raises_anything_but_an_xpath_error(pattern: str, text: str) -> None:
    with contextlib.suppress(XPathError):
        compile_pattern(pattern).found_in(text)


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|a)*$", "^(a*)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "^a*a*a*a*a*a*$"])
def test_patterns_that_hang_elsewhere_do_not_here(pattern: str) -> None:
    assert not compile_pattern(pattern).found_in("a" * 5_000 + "!")


WRONG = [
    ("(", "without its"),
    (")", "without its"),
    ("[a", "without its"),
    ("*a", "nothing for"),
    ("a**", "repeats a repeat"),
    ("a{3,1}", "wrong way round"),
    ("[z-a]", "wrong way round"),
    ("a{2000}", "more than 1,000"),
    ("(?=a)", "looks ahead"),
    ("(?<!a)", "looks ahead"),
    (r"(a)\1", "refers back"),
    ("a\\", "backslash"),
    ("(" * 50 + ")" * 50, "nested too deeply"),
    ("((a{100}){100}){100}", "too large"),
    ("((){1000}){1000}", "too large"),
    ("a" * 2_001, "too long"),
]


@pytest.mark.parametrize(("pattern", "reason"), WRONG, ids=[pattern[:12] for pattern, _ in WRONG])
def test_what_is_refused_is_named(pattern: str, reason: str) -> None:
    with pytest.raises(XPathError, match=reason):
        compile_pattern(pattern)


def test_a_text_too_long_for_its_pattern_is_refused() -> None:
    with pytest.raises(XPathError, match="too long"):
        compile_pattern("a{1000}b{1000}").found_in("a" * 10_000)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a{,2}", "a{,2}", True),
        ("x{", "x{", True),
        (r"^\p{L}+$", "Ķekava", True),
        (r"^\P{L}+$", "123", True),
        (r"^\s$", "\u00a0", True),
        (r"^.$", "\n", False),
        (r"^\d$", "२", False),
        (r"[^\s]", " \t", False),
        (r"[\b]", "\b", True),
        (r"[]a]", "a]", False),
        (r"[^]", "x", True),
        (r"^\w+@\w+\.\w{2,}$", "anna@example.org", True),
    ],
)
def test_details_of_javascript(pattern: str, text: str, found: bool) -> None:
    assert compile_pattern(pattern).found_in(text) is found
