"""Several initiatives in one text: where the next one begins, by a heading or because answers start over."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

from conversations.answers.folding import fold

MOST = 20
"""Initiatives in one mail."""
LONGEST = 60_000
"""Characters of a text that is searched for several."""
_ORDINALS = {
    word: number
    for number, words in enumerate(
        ("pirma first один первая", "otra second вторая", "tresa third третья", "ceturta fourth", "piekta fifth"), 1
    )
    for word in words.split()
}
_THING = r"(?:iniciativa|projekts|initiative|project|инициатива|проект)"
_HEADINGS = (
    re.compile(rf"(?:nr )?(?P<n>\d{{1,2}}) {_THING}\b"),
    re.compile(rf"{_THING} (?:nr |no |number )?(?P<n>\d{{1,2}})\b"),
    re.compile(rf"(?P<word>{'|'.join(_ORDINALS)}) {_THING}\b"),
)
_LONGEST_HEADING = 160


@dataclass(frozen=True, slots=True)
class Mark:
    """What a line answers; `sure`: by a label, or because only certain answers fit, so that it is no item of a list."""

    number: int
    sure: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The text about one initiative; `name` is what its heading said behind the colon."""

    text: str
    name: str = ""


def parts(text: str, answers: Callable[[str], Mark | None]) -> list[Part]:
    """The text about each initiative, in order; one part where there is but one.

    `answers` says which question a line answers, by its number or label, None for any other line. Linear in the text.
    """
    if "\n" not in text or len(text) > LONGEST:
        return [Part(text)]
    lines = text.split("\n")
    found = _headed(lines)
    if len(found) < 2 and "\n\n" in text:
        found = _started_over(lines, [answers(line) for line in lines])
    return found if 1 < len(found) <= MOST else [Part(text)]


def _headed(lines: list[str]) -> list[Part]:
    """Cut at headings that count on ("1. iniciatīva", "2. iniciatīva: Dārzs"); what stands above is the first's."""
    cuts: list[tuple[int, str]] = []
    expected = 1
    for row, line in enumerate(lines):
        number = heading(line)
        if number is not None and (number == expected or (not cuts and number == 2 and _written(lines[:row]))):
            cuts.append((row, line.partition(":")[2].strip()))
            expected = number + 1
    if not cuts:
        return []
    above = "\n".join(lines[: cuts[0][0]])
    found = [Part(above)] if heading(lines[cuts[0][0]]) == 2 else []
    for index, (row, name) in enumerate(cuts):
        end = cuts[index + 1][0] if index + 1 < len(cuts) else len(lines)
        found.append(Part("\n".join(lines[row + 1 : end]), name))
    return found


def heading(line: str) -> int | None:
    """Which initiative a line announces; only a line that says nothing else before a colon."""
    if len(line) > _LONGEST_HEADING:
        return None
    folded = fold(line.partition(":")[0])
    for pattern in _HEADINGS:
        if (match := pattern.fullmatch(folded)) is not None:
            groups = match.groupdict()
            return int(groups["n"]) if groups.get("n") else _ORDINALS[groups["word"]]
    return None


def _written(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _started_over(lines: list[str], marks: list[Mark | None]) -> list[Part]:
    """Cut where the first question answered is answered again, behind a blank line.

    A list inside an answer starts over too: so something that is surely an answer must be answered on both sides, or
    the same numbers in the same order, which are not those of a list that counts on from 1.
    """
    rows = [row for row, mark in enumerate(marks) if mark is not None]
    cuts = rows[:1]
    for row in rows[1:]:
        again = _number(marks[row]) == _number(marks[cuts[0]]) and not lines[row - 1].strip()
        if again and (_sure(marks[cuts[-1] : row]) or _no_list(marks[cuts[-1] : row])):
            cuts.append(row)
    if len(cuts) < 2:
        return []
    ends = [*cuts[1:], len(lines)]
    stretches = [marks[begin:end] for begin, end in zip(cuts, ends, strict=True)]
    if not (_alike([_sure(one) for one in stretches]) or _same(stretches)):
        return []
    begins = [0, *cuts[1:]]
    return [Part("\n".join(lines[begin:end])) for begin, end in zip(begins, ends, strict=True)]


def _number(mark: Mark | None) -> int | None:
    return mark.number if mark is not None else None


def _sure(marks: list[Mark | None]) -> set[int]:
    return {mark.number for mark in marks if mark is not None and mark.sure}


def _alike(sure: list[set[int]]) -> bool:
    """Whether each part surely answers a question that the part before it answers too."""
    return all(one & other for one, other in itertools.pairwise(sure))


def _numbers(marks: list[Mark | None]) -> list[int]:
    return [mark.number for mark in marks if mark is not None]


def _no_list(marks: list[Mark | None]) -> bool:
    """Whether at least two numbers rise, and not one by one from 1 as those of a list do."""
    numbers = _numbers(marks)
    rising = all(one < other for one, other in itertools.pairwise(numbers))
    return len(numbers) > 1 and rising and numbers != list(range(1, len(numbers) + 1))


def _same(stretches: list[list[Mark | None]]) -> bool:
    """Whether each stretch answers the same questions in the same order, and is no list."""
    return all(_numbers(one) == _numbers(stretches[0]) and _no_list(one) for one in stretches)
