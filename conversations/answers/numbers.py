"""Numbers as people type them: "1 200", "1,5", "divi", "2 tūkstoši", "2019. gadā"."""

from __future__ import annotations

import re
from decimal import Decimal

from conversations.answers.folding import Word, words
from conversations.answers.outcome import Outcome, Parsed, Rejected
from conversations.answers.words import NUMBER_LEADS, NUMBER_TAILS, ONES, SCALES

_DIGITS = re.compile(r"[-−–]?\d{1,18}(?:[ \u00a0\u202f\u2009'’]\d{3})*(?:[.,]\d{1,9})*(?!\d)")
_MAX_LENGTH = 24
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


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
    value = _decimal(match.group(), language, whole)
    scale, rest = _tail(text[match.end() :])
    return value * scale, rest


def _other_digits(text: str, match: re.Match[str]) -> bool:
    """A second number makes it unclear which one is meant; letters glued to the digits make it no number."""
    before, after = text[: match.start()], text[match.end() :]
    return any(c.isdigit() for c in before + after) or before[-1:].isalpha()


def _leads(before: str) -> bool:
    return all(word.text in NUMBER_LEADS for word in words(before))


def _tail(after: str) -> tuple[int, str]:
    """A scale word ("tūkstoši") and what remains; a full stop and "gadā" say nothing."""
    following = words(after)
    scale, used = 1, 0
    for word in following:
        if word.text in SCALES and scale == 1:
            scale, used = SCALES[word.text], word.end
        elif word.text in NUMBER_TAILS:
            used = word.end
        else:
            break
    return scale, after[used:].strip(" \t\n.,;:-–—")


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
    """A number in words at the beginning: "divdesmit pieci cilvēki"."""
    spoken = [word for word in words(text[:200]) if word.text not in ("un", "and")]
    while spoken and spoken[0].text in NUMBER_LEADS:
        spoken.pop(0)
    total, group, end = 0, 0, 0
    for word in spoken:
        if word.text in ONES:
            group += ONES[word.text]
        elif word.text in SCALES:
            total, group = _scaled(total, group, SCALES[word.text])
        else:
            break
        end = word.end
    return (Decimal(total + group), text[end:].strip(" .,;:")) if end and not _digit_words(spoken) else None


def _digit_words(spoken: list[Word]) -> bool:
    return any(word.text.isdigit() for word in spoken)


def _scaled(total: int, group: int, scale: int) -> tuple[int, int]:
    if scale == 100:
        return total, max(group, 1) * scale
    return total + max(group, 1) * scale, 0
