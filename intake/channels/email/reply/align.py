"""A reply laid over the letter that it answers: which of its words are the letter's own, line by line.

The longest common subsequence of words finds everything that came back, however it was wrapped, marked or
shortened; it also matches by chance. So only runs count that are long, or that join a long one, and only lines of
the letter that came back for the most part; where the letter came back quoted, unquoted text is never the letter's.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from intake.channels.email.reply.lines import Line
from intake.channels.email.reply.tokens import Words, words

LONG = 4
"""Words in a row that are no coincidence."""
NEAR = 3
_MAX_SLIDE = 60
_REST = 4
"""Rows of a quoted line that a client wrapped without quoting the rest of it, at most."""
_ENOUGH = 4 / 3
"""A letter of which three quarters came back quoted was quoted, whatever stands outside the quotation."""
OPTION = re.compile(r"\s*[^\W\d_][.)]\s")


@dataclass(frozen=True, slots=True)
class Alignment:
    """`matches`: index of a word of the reply -> index of the letter's word that it is."""

    reply: Words
    letter: Words
    matches: dict[int, int]


class _Run(NamedTuple):
    """Consecutive words of the reply that are consecutive words of the letter."""

    reply: int
    letter: int
    length: int


def align(lines: Sequence[Line], ours: Words) -> Alignment:
    """Lay `lines` of a reply over the words of the letter; linear in the reply for a letter of given length."""
    shown = _shown(ours)
    near = _about_quotation(lines)
    theirs = words(lines, near)
    matches = _match([index for row in sorted(near) if lines[row].depth for index in theirs.of(row)], theirs, shown)
    if _ENOUGH * len(matches) < shown.before[-1]:
        whole = words(lines)
        everywhere = _match(range(len(whole.words)), whole, shown)
        if not _quoted(everywhere, whole):
            return Alignment(whole, ours, everywhere)
    _fill(matches, theirs, ours)
    return Alignment(theirs, ours, matches)


def _about_quotation(lines: Sequence[Line]) -> set[int]:
    """The quoted rows, and those so close behind one that they may be the rest of it, badly wrapped."""
    quoted = [row for row, line in enumerate(lines) if line.depth]
    return {near for row in quoted for near in range(row, min(row + _REST, len(lines)))}


def _match(indices: Sequence[int], theirs: Words, shown: _Shown) -> dict[int, int]:
    """Match the given words of the reply."""
    if not indices:
        return {}
    chosen = [theirs.words[i] for i in indices]
    blocks = LCSseq.opcodes(shown.words.words, chosen)
    runs = [_Run(op.dest_start, op.src_start, op.src_end - op.src_start) for op in blocks if op.tag == "equal"]
    rows = [theirs.rows[i] for i in indices]
    trusted = _trusted(_whole_options(_slid(runs, chosen, rows), rows, shown), shown)
    trusted.update(_left_over(trusted, chosen, [theirs.lines[row] for row in rows], shown))
    return {indices[reply]: letter for reply, letter in trusted.items()}


@dataclass(frozen=True, slots=True)
class _Shown:
    """The letter's words without the addresses of links, which a quoted HTML part does not show."""

    words: Words
    rows: Sequence[int]
    """For each word its line, -1 for those in a link."""
    before: Sequence[int]
    """For each word how many shown words stand before it."""
    sizes: Mapping[int, int]
    """For each line how many shown words it has."""
    options: frozenset[int]
    """Lines that are an option."""
    marks: frozenset[int]
    """Words that are the letter of an option."""

    @classmethod
    def of(cls, ours: Words) -> _Shown:
        links = ours.links()
        options = frozenset(row for row, line in enumerate(ours.lines) if OPTION.match(line.text))
        rows = [-1 if link else row for row, link in zip(ours.rows, links, strict=True)]
        sizes = Counter(rows)
        before = [0, *itertools.accumulate(not link for link in links)]
        return cls(ours, rows, before, sizes, options, frozenset(ours.starts[row] for row in options))

    def gap(self, first: _Run, second: _Run) -> int:
        """How many shown words stand between two runs."""
        return self.before[second.letter] - self.before[first.letter + first.length]


@lru_cache(maxsize=16)
def _shown(ours: Words) -> _Shown:
    """Of a letter that many replies answer."""
    return _Shown.of(ours)


def _slid(runs: list[_Run], chosen: list[str], rows: list[int]) -> list[_Run]:
    """Move each insertion, where its first and last words allow it, so that it begins and ends with a line."""
    slid = list(runs)
    for index in range(len(slid) - 1):
        before, after = slid[index], slid[index + 1]
        if before.letter + before.length != after.letter:
            continue
        shift = _best_shift(before, after, chosen, rows)
        slid[index] = _Run(before.reply, before.letter, before.length + shift)
        slid[index + 1] = _Run(after.reply + shift, after.letter + shift, after.length - shift)
    return [run for run in slid if run.length > 0]


def _whole_options(runs: list[_Run], rows: list[int], shown: _Shown) -> list[_Run]:
    """Without the letters of options that stand in another line than their option: words such as "a" in typed text."""
    torn = {
        index
        for index, (run, after) in enumerate(itertools.pairwise(runs))
        if run.length == 1 and run.letter in shown.marks and run.reply + 1 < after.reply
        if run.letter + 1 == after.letter and rows[run.reply] != rows[after.reply]
    }
    return [run for index, run in enumerate(runs) if index not in torn] if torn else runs


def _best_shift(before: _Run, after: _Run, chosen: list[str], rows: list[int]) -> int:
    start, end = before.reply + before.length, after.reply
    shifts = [0]
    left = right = 0
    while left < min(before.length, _MAX_SLIDE) and chosen[start - 1 - left] == chosen[end - 1 - left]:
        left += 1
        shifts.append(-left)
    while right < min(after.length, _MAX_SLIDE) and chosen[start + right] == chosen[end + right]:
        right += 1
        shifts.append(right)
    return max(shifts, key=lambda shift: (_edges(start + shift, end + shift, rows), -abs(shift)))


def _edges(start: int, end: int, rows: list[int]) -> int:
    """3 for an insertion of whole lines, 2 for one that ends with its line, 1 for one that begins a line."""
    begins = start == 0 or rows[start - 1] != rows[start]
    ends = end >= len(rows) or rows[end - 1] != rows[end]
    return 2 * ends + begins


def _trusted(runs: list[_Run], shown: _Shown) -> dict[int, int]:
    """Long runs, what joins them, and of these only lines of the letter that mostly came back."""
    good = [run.length >= LONG and not _options_only(run, shown) for run in runs]
    for order, step in ((range(1, len(runs)), -1), (range(len(runs) - 2, -1, -1), 1)):
        for index in order:
            if not good[index] and good[index + step]:
                good[index] = _joins(runs[index], runs[index + step], shown)
    trusted = (run for run, is_good in zip(runs, good, strict=True) if is_good)
    kept = {run.reply + k: run.letter + k for run in trusted for k in range(run.length)}
    return _whole_lines(kept, shown)


def _options_only(run: _Run, shown: _Shown) -> bool:
    """Options without any other line of the letter: as likely typed for an answer."""
    rows = shown.words.rows
    return all(rows[index] in shown.options for index in range(run.letter, run.letter + run.length))


def _joins(run: _Run, other: _Run, shown: _Shown) -> bool:
    first, second = (run, other) if run.reply < other.reply else (other, run)
    letter_gap = shown.gap(first, second)
    reply_gap = second.reply - first.reply - first.length
    return letter_gap <= NEAR and (reply_gap <= NEAR or letter_gap == 0)


def _left_over(
    trusted: Mapping[int, int], chosen: Sequence[str], lines: Sequence[Line], shown: _Shown
) -> dict[int, int]:
    """Options that stand alone where their neighbours were deleted: whole lines, in their place in the letter.

    `lines` holds for each chosen word its line.
    """
    found: dict[int, int] = {}
    for (reply, letter), (next_reply, next_letter) in itertools.pairwise(sorted(trusted.items())):
        if next_reply - reply > 1 and next_letter - letter > 2:
            gap = [i for i in range(reply + 1, next_reply) if lines[i] not in (lines[reply], lines[next_reply])]
            found.update(_options_between(gap, (letter + 1, next_letter), chosen, lines, shown.words))
    return found


def _options_between(
    gap: Sequence[int], letter: tuple[int, int], chosen: Sequence[str], lines: Sequence[Line], ours: Words
) -> dict[int, int]:
    """Match lines of the reply with options of the stretch of the letter that is missing there.

    Without its letter a line is the option only where it is quoted: else somebody typed it.
    """
    begin = ours.rows[letter[0]]
    options = [row for row in range(begin, ours.rows[letter[1] - 1] + 1) if OPTION.match(ours.lines[row].text)]
    labels = {tuple(ours.words[ours.starts[row] + 1 : ours.starts[row + 1]]): row for row in reversed(options)}
    found: dict[int, int] = {}
    for line, group in itertools.groupby(gap, lines.__getitem__):
        indices = list(group)
        told = tuple(chosen[index] for index in indices)
        for skipped in (0, 1):
            row = labels.get(told[skipped:], -1)
            if row < begin:
                continue
            lettered = bool(skipped) and told[0] == ours.words[ours.starts[row]]
            if lettered or (line.depth and (not skipped or told[0].isdigit())):
                found.update(zip(indices[skipped:], ours.of(row)[1:], strict=True))
                begin = row + 1
                break
    return found


def _whole_lines(kept: dict[int, int], shown: _Shown) -> dict[int, int]:
    """Without the words of lines of which less than half came back."""
    rows = shown.words.rows
    came = Counter(map(shown.rows.__getitem__, kept.values()))
    lost = {row for row in set(map(rows.__getitem__, kept.values())) if 2 * came[row] < shown.sizes[row]}
    return {reply: letter for reply, letter in kept.items() if rows[letter] not in lost} if lost else kept


def _quoted(matches: dict[int, int], theirs: Words) -> bool:
    """Whether nearly all of the letter came back at some depth of quotation."""
    depths = Counter(theirs.lines[theirs.rows[i]].depth > 0 for i in matches)
    return depths[True] > 3 * depths[False]


def _fill(matches: dict[int, int], theirs: Words, ours: Words) -> None:
    """Take unquoted lines for the letter's where they are just the words missing there: a quoted line badly wrapped."""
    came = set(matches.values())
    starts, lines = theirs.starts, theirs.lines
    for row in _rows(theirs):
        if starts[row] - 1 in matches and not lines[row].depth and starts[row] < starts[row + 1]:
            span = theirs.of(row)
            first = matches[span.start - 1] + 1
            if came.isdisjoint(range(first, first + len(span))):
                _fill_line(matches, span, first, theirs, ours)


def _rows(theirs: Words) -> range:
    """The lines whose words are known."""
    return range(len(theirs.starts) - 1)


def _fill_line(matches: dict[int, int], span: range, first: int, theirs: Words, ours: Words) -> None:
    after = first + len(span)
    missing = ours.words[first:after] == theirs.words[span.start : span.stop]
    if missing and (len(span) >= LONG or matches.get(span.stop) == after):
        matches.update({i: first + k for k, i in enumerate(span)})
