"""What was understood, corrected where a confirmation shows it: the whole value as the reply has it, no few words."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.channels.email.reply.align import OPTION, Alignment
from intake.channels.email.reply.letter import Letter, answer_lines, quotes_back
from intake.channels.email.reply.lines import Line
from intake.channels.email.reply.pieces import Block, unwrapped
from intake.channels.email.reply.tokens import words

_LINKS = ("://", "www.")
_MARKS = " \t\xa0*_/?!.:;,)"
"""Behind a question, in its line."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A value that was edited in its place: the number of its question, the whole new text, the rows it stands in."""

    number: int
    text: str
    rows: range


def corrections(
    letter: Letter, alignment: Alignment, numbered: Sequence[int | None], blocks: Sequence[Block]
) -> list[Correction]:
    """The values that do not read as we wrote them; text typed on a line of its own is left to the blocks."""
    parts = _understood(letter, numbered)
    if not parts:
        return []
    back = {ours: theirs for theirs, ours in alignment.matches.items()}
    known = sorted(back)
    found = []
    for part in parts:
        correction = _correction(part, numbered[part.start] or 0, alignment, back, known)
        if correction is not None and not _typed_beside(part, correction, blocks, alignment):
            found.append(correction)
    return found


def _understood(letter: Letter, numbered: Sequence[int | None]) -> list[range]:
    """Rows of the questions that have a value below them, and no answer line."""
    asking = answer_lines(letter)
    parts, row = [], 0
    for number, group in itertools.groupby(numbered):
        part = range(row, row := row + len(list(group)))
        lines = letter.lines[part.start : part.stop]
        if not number or len(part) < 2 or not asking.isdisjoint(part) or quotes_back(lines[0].text):
            continue
        if not any(OPTION.match(line.text) for line in lines):
            parts.append(part)
    return parts


def _correction(
    part: range, number: int, alignment: Alignment, back: Mapping[int, int], known: Sequence[int]
) -> Correction | None:
    """The value below a question that came back, up to whatever of the letter follows, where it reads otherwise."""
    reply, ours = alignment.reply, alignment.letter
    title = [back[word] for word in ours.of(part.start) if word in back]
    following = bisect_left(known, ours.starts[part.stop])
    if 2 * len(title) < len(ours.of(part.start)) or following == len(known):
        return None
    begin, end = title[-1], back[known[following]]
    if end <= begin:
        return None
    rows = range(reply.rows[begin], reply.rows[end] + 1)
    lines = [_between(alignment, row, begin, end) for row in rows]
    told = [line for line in lines if line.depth == reply.lines[rows[0]].depth and not line.blank]
    value = [line for line in ours.lines[part.start + 1 : part.stop] if not line.blank]
    if not told or _same(told, value) or any(_same(some, value) for some in _whole_lines(told)):
        return None
    return Correction(number, unwrapped(told), rows)


def _between(alignment: Alignment, row: int, begin: int, end: int) -> Line:
    """What stands in a line of the reply behind one word and before another."""
    reply = alignment.reply
    line = reply.lines[row]
    start = reply.span(begin)[1] if reply.rows[begin] == row else 0
    stop = reply.span(end)[0] if reply.rows[end] == row else len(line.text)
    text = line.text[start:stop].lstrip(_MARKS if start else None).strip(" \t\xa0*_")
    return Line(text, line.depth, line.width if not start else 0)


def _whole_lines(told: Sequence[Line]) -> list[Sequence[Line]]:
    """The first lines, and the last ones: the value as it was, with something typed below or above it."""
    return [part for cut in range(1, len(told)) for part in (told[:cut], told[cut:])] if len(told) < 40 else []


def _same(told: Sequence[Line], value: Sequence[Line]) -> bool:
    """Whether the words are those of the value, wherever they were broken; rewritten links count as the same."""
    theirs, ours = words(told).words, "".join(words(value).words)
    if any(link in line.text for line in value for link in _LINKS):
        return all(word in ours for word in theirs)
    return "".join(theirs) == ours


def _typed_beside(part: range, correction: Correction, blocks: Sequence[Block], alignment: Alignment) -> bool:
    """Whether the person typed at this question outside the quotation, which then counts."""
    depth = alignment.reply.lines[correction.rows[0]].depth
    return any(block.after in part and block.depth != depth for block in blocks)
