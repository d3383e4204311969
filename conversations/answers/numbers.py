"""Numbers as people type them: "1 200", "1,5", "divi", "2 tūkstoši", "2019. gadā"."""

from __future__ import annotations

import re
from decimal import Decimal

from conversations.answers.folding import Word, words
from conversations.answers.outcome import Outcome, Parsed, Rejected
from conversations.answers.words import (
    HALVES,
    NUMBER_LEADS,
    NUMBER_TAILS,
    ONE_AND_A_HALF,
    ONES,
    SCALES,
    UNCLEAR_UNITS,
)

_DIGITS = re.compile(r"[-−–]?\d{1,18}(?:[ \u00a0\u202f\u2009'’]\d{3})*(?:[.,]\d{1,9})*(?!\d)")
_MAX_LENGTH = 24
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_BOUND = re.compile(r"[<>≤≥]")
_NOTHING = " \t\n.,;:-–—%€"
"""Marks after a number that say nothing more."""


def number(text: str, language: str, *, whole: bool) -> Outcome:
    """One number in `text`; decimals are stored with a dot, whole numbers without."""
    found = _digits(text, language, whole) or _spelled(text)
    if found is None:
        return Rejected("integer" if whole else "number", text=text)
    value, rest = found
    if whole and value != value.to_integral_value():
        return Rejected("integer", text=text)
    return Parsed(_plain(value), rest)


def _plain(value: Decimal) -> str:
    if value == value.to_integral_value():
        return str(int(value))
    return format(value.normalize(), "f")


def _digits(text: str, language: str, whole: bool) -> tuple[Decimal, str] | None:
    match = _DIGITS.search(text)
    if (
        match is None
        or len(match.group()) > _MAX_LENGTH
        or _other_digits(text, match)
        or not _leads(text[: match.start()])
    ):
        return None
    tail = _tail(text[match.end() :])
    if tail is None:
        return None
    # A scale makes the number no whole one, whatever is asked for: "1,200 milj." is 1.2 million.
    return _decimal(match.group(), language, whole and tail[0] == 1) * tail[0], tail[1]


def _other_digits(text: str, match: re.Match[str]) -> bool:
    """A second number makes it unclear which one is meant; letters glued to the digits make it no number."""
    before, after = text[: match.start()], text[match.end() :]
    return any(c.isdigit() for c in before + after) or before[-1:].isalpha()


def _leads(before: str) -> bool:
    """Only words that change nothing; "> 20" is no number yet."""
    return _BOUND.search(before) is None and all(word.text in NUMBER_LEADS for word in words(before))


def _tail(after: str) -> tuple[int, str] | None:
    """A scale word ("tūkstoši") and what remains; a full stop and "gadā" say nothing; None where it is unclear."""
    following = words(after)
    if following and (following[0].text in UNCLEAR_UNITS or _half(after)):
        return None
    scale, used = 1, 0
    for word in following:
        if word.text in SCALES and scale == 1:
            scale, used = SCALES[word.text], word.end
        elif word.text in NUMBER_TAILS:
            used = word.end
        else:
            break
    return scale, after[used:].strip(_NOTHING)


def _half(after: str) -> str:
    """ "ar pusi" as it is written, where it follows a number."""
    found = words(after)
    return next((after[: found[len(half.split()) - 1].end] for half in HALVES if _begins(found, half.split())), "")


def _begins(found: tuple[Word, ...], spoken: list[str]) -> bool:
    return [word.text for word in found[: len(spoken)]] == spoken


def _decimal(digits: str, language: str, whole: bool) -> Decimal:
    """The comma is a decimal one but in English; groups of three after it are thousands for a whole number."""
    plain = re.sub(r"[ \u00a0\u202f\u2009'’]", "", digits).replace("−", "-").replace("–", "-")
    grouped = _GROUPED.fullmatch(plain.lstrip("-")) is not None
    several = plain.count(",") + plain.count(".") > 1
    if grouped and (whole or several or (language == "en" and "," in plain)):
        plain = plain.replace(",", "").replace(".", "")
    elif several:
        head, _, tail = plain.replace(",", ".").rpartition(".")
        plain = f"{head.replace('.', '')}.{tail}"
    return Decimal(plain.replace(",", "."))


def _spelled(text: str) -> tuple[Decimal, str] | None:
    """A number in words at the beginning: "divdesmit pieci cilvēki", "divi ar pusi"."""
    spoken = [word for word in words(text[:200]) if word.text not in ("un", "and")]
    while spoken and spoken[0].text in NUMBER_LEADS:
        spoken.pop(0)
    if spoken and spoken[0].text in ONE_AND_A_HALF:
        return _halves(Decimal("1.5"), text[spoken[0].end :])
    total, group, end = 0, 0, 0
    for word in spoken:
        if word.text in ONES:
            group += ONES[word.text]
        elif word.text in SCALES and len(word.text) > 1:
            total, group = _scaled(total, group, SCALES[word.text])
        else:
            break
        end = word.end
    if not end or _digit_words(spoken):
        return None
    half = _half(text[end:])
    return _halves(Decimal(total + group) + Decimal("0.5" if half else 0), text[end + len(half) :])


def _halves(value: Decimal, after: str) -> tuple[Decimal, str] | None:
    """ "pusotrs miljons", "divi ar pusi tūkstoši"."""
    tail = _tail(after)
    return None if tail is None else (value * tail[0], tail[1])


def _digit_words(spoken: list[Word]) -> bool:
    return any(word.text.isdigit() for word in spoken)


def _scaled(total: int, group: int, scale: int) -> tuple[int, int]:
    if scale == 100:
        return total, max(group, 1) * scale
    return total + max(group, 1) * scale, 0
