"""Answers with the number of their question in front: "3. b", "3) b, d", "3: Produkts", several on one line or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

_START = re.compile(
    r"\s*(?:[-*•]\s+)?(?:Nr\.?\s?|Q|J|#|\()?(?P<n>\d{1,3})(?P<d>\s?\)\.?|\s?\.|\s?:|\s?[-–—=])\s*(?=\S)", re.I
)
_INSIDE = re.compile(r"(?<=\s)(?P<n>\d{1,3})(?P<d>\s?\)|\s?\.|\s?:|\s?[-–—=])\s*(?=\S)")
_NOT_ITEM = re.compile(r"\d{1,2}\.(?:\d|\s|$)|\d{2}(?!\d)")
"""Behind the mark: the rest of a date or of a time of day."""

_MAX_ITEMS = 500
_MAX_MARKS = 60
"""Numbers on one line, at most."""


class Questions(Protocol):
    """What the numbers mean."""

    def has(self, number: int) -> bool: ...

    def fits(self, number: int, text: str) -> bool:
        """Whether `text` can be the answer."""

    def closed(self, number: int) -> bool:
        """Whether only certain answers are possible, no free text."""


@dataclass(slots=True)
class Item:
    """The text that was written behind a number."""

    number: int
    text: str


@dataclass(slots=True)
class Numbered:
    """What a text holds: numbered answers, and the lines that belong to none."""

    items: list[Item]
    prose: list[str]


def numbered(text: str, questions: Questions) -> Numbered:
    """Take numbered answers out of `text`; all numbers are followed by the same mark, or by what can only be the
    answer to a later question ("1. Saule", then "11) b")."""
    style = ""
    found = Numbered([], [])
    skipping, listed = 0, False
    for line in text.split("\n"):
        start = _start(line, questions, style) or (not listed and _other(line, questions, found)) or None
        listed = start is None and (listed or _START.match(line) is not None)
        if start and _restarts(start, found, skipping):
            skipping, start = int(start["n"]), None
        if start is None or len(found.items) > _MAX_ITEMS:
            _continue(found, line)
            continue
        style, skipping = style or _mark(start), 0
        found.items.extend(_split(int(start["n"]), line[start.end() :], questions, _mark(start)))
    return _settled(found)


def _mark(match: re.Match[str]) -> str:
    mark = match["d"].strip()
    return "-" if mark in "-–—=" else mark[:1]


def _other(line: str, questions: Questions, found: Numbered) -> re.Match[str] | None:
    """A number with another mark, outside of a list: only before what can be nothing but the answer to a later one."""
    match = _start(line, questions, "")
    number = int(match["n"]) if match else 0
    later = match is not None and bool(found.items) and number > found.items[-1].number and questions.closed(number)
    return match if match is not None and later and questions.fits(number, line[match.end() :]) else None


def _start(line: str, questions: Questions, style: str) -> re.Match[str] | None:
    match = _START.match(line)
    if match is None or not questions.has(int(match["n"])) or (style and _mark(match) != style):
        return None
    after = line[match.end() :]
    glued = match.end() == match.end("d")
    if glued and _mark(match) in ".:" and _NOT_ITEM.match(after) and not re.match(r"\d{3,4}\b", after):
        return None
    return match


def _restarts(start: re.Match[str], found: Numbered, skipping: int) -> bool:
    """A list inside an answer: numbering that begins again at 1, and goes on from there."""
    number = int(start["n"])
    return bool(found.items) and (number == 1 or (skipping > 0 and number == skipping + 1))


def _continue(found: Numbered, line: str) -> None:
    last = found.items[-1] if found.items else None
    if last is None:
        found.prose.append(line)
    elif not line.strip():
        last.text += "\n"
    else:
        last.text += "\n" + line


def _split(number: int, text: str, questions: Questions, style: str) -> list[Item]:
    """Several answers on one line: at wide gaps and semicolons, at a blank only where what it parts are answers."""
    marks = [match for match in _INSIDE.finditer(text) if questions.has(int(match["n"])) and _mark(match) == style]
    items = [Item(number, text)]
    begin = 0
    for index, match in enumerate(marks[:_MAX_MARKS]):
        following = int(match["n"])
        end = marks[index + 1].start() if index + 1 < len(marks) else len(text)
        before, after = text[begin : match.start()], text[match.end() : end]
        if following > items[-1].number and _parts(items[-1].number, before, following, after, questions):
            items[-1].text = before.rstrip(" ;\xa0\t")
            items.append(Item(following, text[match.end() :]))
            begin = match.end()
    return items


def _parts(number: int, before: str, following: int, after: str, questions: Questions) -> bool:
    """Whether two answers meet here."""
    if before.endswith(("  ", "\t", "; ", "\xa0 ", " \xa0", "\xa0")):
        return True
    return questions.fits(number, before) and (questions.closed(number) or questions.fits(following, after))


def _settled(found: Numbered) -> Numbered:
    """The last answer ends at a blank line; what comes after it is prose. An earlier one may have paragraphs."""
    if found.items:
        head, gap, tail = found.items[-1].text.strip("\n").partition("\n\n")
        found.items[-1].text = head
        if gap:
            found.prose.extend(["", *tail.split("\n")])
    for item in found.items:
        item.text = item.text.strip()
    return found
