"""The codes that a mail carries: in our address, in the subject, in a line of the body, in a link to the chat."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from intake.channels.email.addresses import read_verp, tag_of

MAX_CODES = 20
_CODE = r"(?P<code>(?:[A-Za-z]{2}-)?[0-9A-Za-z]{6,16})"
_TAG = re.compile(_CODE)
_SUBJECT = re.compile(r"\[SI-(?P<code>[0-9A-Za-z]{6,16})\]", re.IGNORECASE)
_LABELS = ("atsauces kods", "reference code")
MAX_LABELS = 100
_LINE = re.compile("(?:" + "|".join(_LABELS) + r")\s{0,3}:[\s*_]{0,5}" + _CODE + r"\b", re.IGNORECASE)
_LINK = re.compile(r"\bt(?:elegram)?\.me/[A-Za-z0-9_]{1,40}\?start=(?P<code>[0-9A-Za-z_-]{6,64})")


class Place(StrEnum):
    """Where a code stood; the order is that of trust."""

    ADDRESS = "address"
    SUBJECT = "subject"
    LINE = "line"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it would be looked up (upper case, without `SI-`), and where it stood."""

    value: str
    place: Place


def find_codes(addresses: Iterable[str], own: str | None, subject: str, texts: Iterable[str]) -> tuple[Code, ...]:
    """All codes, the most trustworthy place first, each value once for each place; whether they exist is not known."""
    found = [*_in_addresses(addresses, own), *_in(_SUBJECT, subject, Place.SUBJECT)]
    links: list[Code] = []
    for text in texts:
        found.extend(_in_lines(text))
        links.extend(_in(_LINK, text, Place.LINK) if "?start=" in text else ())
    return tuple(dict.fromkeys([*found, *links]))[:MAX_CODES]


def _in_addresses(addresses: Iterable[str], own: str | None) -> Iterator[Code]:
    for address in addresses:
        tag = tag_of(address, own)
        if tag and not read_verp(tag) and (match := _TAG.fullmatch(tag)):
            yield _code(match, Place.ADDRESS)


def _in_lines(text: str) -> Iterator[Code]:
    """Behind each label; found by plain search first, since a pattern that ignores case is slow over a whole mail."""
    lower = text.lower()
    for label in _LABELS if len(lower) == len(text) else ():
        begin = lower.find(label)
        for _ in range(MAX_LABELS):
            if begin < 0:
                break
            if match := _LINE.match(text, begin):
                yield _code(match, Place.LINE)
            begin = lower.find(label, begin + 1)


def _in(pattern: re.Pattern[str], text: str, place: Place) -> list[Code]:
    return [_code(match, place) for _, match in zip(range(MAX_CODES), pattern.finditer(text), strict=False)]


def _code(match: re.Match[str], place: Place) -> Code:
    return Code(match["code"].upper().removeprefix("SI-"), place)
