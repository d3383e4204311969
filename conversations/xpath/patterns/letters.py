"""Sets of letters in a pattern: single ones, ranges, classes, categories of Unicode."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_LINE_ENDS = "\n\r\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Letters:
    """A set of letters; `plain` is the letter itself where the set has only one that was written as such."""

    has: Callable[[str], bool]
    plain: str = ""


def one(letter: str) -> Letters:
    return Letters(lambda given: given == letter, letter)


def span(first: str, last: str) -> Letters:
    return Letters(lambda given: first <= given <= last)


def join(parts: list[Letters], inverted: bool) -> Letters:
    """Letters of any of the parts, or, inverted, of none of them."""
    tests = [part.has for part in parts]
    return Letters(lambda given: any(test(given) for test in tests) is not inverted)


def category(name: str, inverted: bool) -> Letters:
    """Letters of a general category of Unicode: `L`, `Lu`, `Nd`."""
    return Letters(lambda given: unicodedata.category(given).startswith(name) is not inverted)


def is_word(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter == "_")


def _is_digit(letter: str) -> bool:
    return "0" <= letter <= "9"


def _is_space(letter: str) -> bool:
    return letter in "\t\n\v\f\r \xa0\ufeff\u2028\u2029" or unicodedata.category(letter) == "Zs"


any_letter = Letters(lambda given: given not in _LINE_ENDS)
CLASSES = {
    "d": Letters(_is_digit),
    "D": Letters(lambda given: not _is_digit(given)),
    "w": Letters(is_word),
    "W": Letters(lambda given: not is_word(given)),
    "s": Letters(_is_space),
    "S": Letters(lambda given: not _is_space(given)),
}
