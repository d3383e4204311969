"""Answers in a table, a row for each: "3 | b, e", "Kā sauc iniciatīvu?  Dārzs", cells parted by tabs, bars or gaps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversations.answers.folding import fold
from conversations.forms.definition import Question
from conversations.reading.numbered import Item, Questions

_CELLS = re.compile(r"\s*(?:\t|\|)\s*| {2,}")
_NUMBER = re.compile(r"(?P<n>\d{1,3})\s?[.)]?")
_NUMBERED = re.compile(r"(?:\d{1,3}\s?[.)]\s+)?(?P<label>.+)")
_RULE = re.compile(r"[\s|:+=-]{3,}")
_HEADINGS = re.compile(r"(?:(?:nr|no|jautajum[si]|jusu|atbildes?|questions?|your|answers?)(?: |$)){2,7}")
_SPACED = re.compile(r"\s{0,8}(?P<n>\d{1,3}) (?P<text>[\w“„\"«].{0,2000}|[-–—])$")
_SURELY = 3
"""Lines with a number and a blank that are no chance."""
_LONGEST = 4_000
"""Characters of a row."""


@dataclass(frozen=True, slots=True)
class Table:
    """The answers, and the text without their rows."""

    items: tuple[Item, ...]
    rest: str


def table(text: str, asked: Mapping[int, Question]) -> Table:
    """Take the rows of a table out of `text`; rows parted by mere gaps count from the second one on."""
    lines = text.split("\n")
    found = {row: item for row, line in enumerate(lines) if (item := _row(line, asked)) is not None}
    if not found or (len(found) < 2 and not any(mark in lines[row] for row in found for mark in "\t|")):
        return Table((), text)
    rest = [line for row, line in enumerate(lines) if row not in found and not _frames(line, asked)]
    return Table(tuple(item for item in found.values() if item.text), "\n".join(rest))


def spaced(text: str, questions: Questions) -> Table:
    """Take lines such as "3 b" out of `text`, where the numbers go up and every answer from a list is one."""
    lines = text.split("\n")
    rows = {row: (int(match["n"]), match["text"]) for row, line in enumerate(lines) if (match := _SPACED.match(line))}
    numbers = [number for number, _ in rows.values()]
    if len(numbers) < _SURELY or numbers != sorted(set(numbers)) or not all(map(questions.has, numbers)):
        return Table((), text)
    closed = [item for item in rows.values() if questions.closed(item[0])]
    if len(closed) < 2 or not all(questions.fits(number, said) for number, said in closed):
        return Table((), text)
    items = tuple(Item(number, said.strip()) for number, said in rows.values())
    return Table(items, "\n".join(line for row, line in enumerate(lines) if row not in rows))


def _row(line: str, asked: Mapping[int, Question]) -> Item | None:
    """The answer of one row; its first cells are the number of a question, its label, or both."""
    if len(line) > _LONGEST or ("\t" not in line and "|" not in line and "  " not in line):
        return None
    cells = [cell for cell in _CELLS.split(line.strip(" \t|\xa0")) if cell]
    if not cells:
        return None
    match = _NUMBER.fullmatch(cells[0])
    number = int(match["n"]) if match else _labelled(cells[0], asked)
    if number is None or number not in asked:
        return None
    rest = cells[1:]
    if match and rest and _labels(rest[0], asked[number]):
        rest = rest[1:]
    return Item(number, " ".join(rest)) if _plain(rest) else None


def _plain(cells: Sequence[str]) -> bool:
    """Whether no further number follows: several answers on a line are no row."""
    return not any(_NUMBER.fullmatch(cell) and not cell.isdigit() for cell in cells)


def _labelled(cell: str, asked: Mapping[int, Question]) -> int | None:
    match = _NUMBERED.fullmatch(cell)
    return next((number for number, one in asked.items() if match and _labels(match["label"], one)), None)


def _labels(cell: str, question: Question) -> bool:
    folded = fold(cell)
    return bool(folded) and any(fold(label) == folded for label in question.labels.values())


def _frames(line: str, asked: Mapping[int, Question]) -> bool:
    """Whether a line says nothing in a table: its heading, a rule, a question left without an answer."""
    if len(line) > _LONGEST or not line.strip():
        return False
    if ("|" in line and _RULE.fullmatch(line)) or _HEADINGS.fullmatch(fold(line)):
        return True
    cell = line.strip(" \t|\xa0")
    return _NUMBER.fullmatch(cell) is not None or _labelled(cell, asked) is not None
