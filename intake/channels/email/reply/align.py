"""A reply laid over the letter that it answers: which of its words are the letter's own, line by line.

The longest common subsequence of words finds everything that came back, however it was wrapped, marked or
shortened; it also matches by chance. So only runs count that are long, or that join a long one, and only lines of
the letter that came back for the most part; where the letter came back quoted, unquoted text is never the letter's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from intake.channels.email.reply.lines import Line
from intake.channels.email.reply.tokens import Token, tokens

LONG = 4
"""Words in a row that are no coincidence."""
NEAR = 3
_MAX_SLIDE = 60
_OPTION = re.compile(r"\s*[^\W\d_][.)]\s")


@dataclass(frozen=True, slots=True)
class Alignment:
    """`matches`: index of a word of the reply -> index of the letter's word that it is."""

    reply: Sequence[Token]
    letter: Sequence[Token]
    matches: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive words of the reply that are consecutive words of the letter."""

    reply: int
    letter: int
    length: int


def align(lines: Sequence[Line], letter: Sequence[Line]) -> Alignment:
    """Lay `lines` of a reply over the lines of the letter; linear in the reply for a letter of given length."""
    ours, theirs = tokens(letter), tokens(lines)
    everything = list(range(len(theirs)))
    options = frozenset(row for row, line in enumerate(letter) if _OPTION.match(line.text))
    matches = _match(everything, theirs, ours, options)
    if _quoted(matches, theirs, lines):
        inside = [i for i in everything if lines[theirs[i].line].depth]
        matches = _match(inside, theirs, ours, options)
        _fill(matches, lines, theirs, ours)
    return Alignment(theirs, ours, matches)


def _match(
    indices: list[int], theirs: Sequence[Token], ours: Sequence[Token], options: frozenset[int]
) -> dict[int, int]:
    words = [theirs[i].word for i in indices]
    blocks = LCSseq.opcodes([token.word for token in ours], words)
    runs = [_Run(op.dest_start, op.src_start, op.src_end - op.src_start) for op in blocks if op.tag == "equal"]
    line_of = [theirs[i].line for i in indices]
    kept = _trusted(_slid(runs, words, line_of), ours, options)
    return {indices[reply]: letter for reply, letter in kept.items()}


def _slid(runs: list[_Run], words: list[str], line_of: list[int]) -> list[_Run]:
    """Move each insertion, where its first and last words allow it, so that it begins and ends with a line."""
    slid = list(runs)
    for index in range(len(slid) - 1):
        before, after = slid[index], slid[index + 1]
        if before.letter + before.length != after.letter:
            continue
        shift = _best_shift(before, after, words, line_of)
        slid[index] = _Run(before.reply, before.letter, before.length + shift)
        slid[index + 1] = _Run(after.reply + shift, after.letter + shift, after.length - shift)
    return [run for run in slid if run.length > 0]


def _best_shift(before: _Run, after: _Run, words: list[str], line_of: list[int]) -> int:
    start, end = before.reply + before.length, after.reply
    shifts = [0]
    left = 0
    while left < min(before.length - 1, _MAX_SLIDE) and words[start - 1 - left] == words[end - 1 - left]:
        left += 1
        shifts.append(-left)
    right = 0
    while right < min(after.length - 1, _MAX_SLIDE) and words[start + right] == words[end + right]:
        right += 1
        shifts.append(right)
    return max(shifts, key=lambda shift: (_edges(start + shift, end + shift, line_of), -abs(shift)))


def _edges(start: int, end: int, line_of: list[int]) -> int:
    """2 for an insertion of whole lines, 1 for one that ends with its line."""
    begins = start == 0 or line_of[start - 1] != line_of[start]
    ends = end >= len(line_of) or line_of[end - 1] != line_of[end]
    return 2 * ends + begins


def _trusted(runs: list[_Run], ours: Sequence[Token], options: frozenset[int]) -> dict[int, int]:
    """Long runs, what joins them, and of these only lines of the letter that mostly came back."""
    good = [run.length >= LONG and not _options_only(run, ours, options) for run in runs]
    for order in (range(1, len(runs)), range(len(runs) - 2, -1, -1)):
        step = 1 if order.step < 0 else -1
        for index in order:
            if not good[index] and good[index + step]:
                good[index] = _joins(runs[index], runs[index + step])
    kept = {
        run.reply + k: run.letter + k
        for run, is_good in zip(runs, good, strict=True)
        if is_good
        for k in range(run.length)
    }
    return _whole_lines(kept, ours)


def _options_only(run: _Run, ours: Sequence[Token], options: frozenset[int]) -> bool:
    """Options without any other line of the letter: as likely typed for an answer."""
    return all(ours[index].line in options for index in range(run.letter, run.letter + run.length))


def _joins(run: _Run, other: _Run) -> bool:
    first, second = (run, other) if run.reply < other.reply else (other, run)
    letter_gap = second.letter - first.letter - first.length
    reply_gap = second.reply - first.reply - first.length
    return letter_gap <= NEAR and (reply_gap <= NEAR or letter_gap == 0)


def _whole_lines(kept: dict[int, int], ours: Sequence[Token]) -> dict[int, int]:
    sizes = Counter(token.line for token in ours)
    came = Counter(ours[letter].line for letter in kept.values())
    return {reply: letter for reply, letter in kept.items() if 2 * came[ours[letter].line] >= sizes[ours[letter].line]}


def _quoted(matches: dict[int, int], theirs: Sequence[Token], lines: Sequence[Line]) -> bool:
    """Whether nearly all of the letter came back at some depth of quotation."""
    depths = Counter(lines[theirs[i].line].depth > 0 for i in matches)
    return depths[True] > 3 * depths[False]


def _fill(matches: dict[int, int], lines: Sequence[Line], theirs: Sequence[Token], ours: Sequence[Token]) -> None:
    """Take unquoted lines for the letter's where they are just the words missing there: a quoted line badly wrapped."""
    start = 0
    while start < len(theirs):
        end = start
        while end < len(theirs) and theirs[end].line == theirs[start].line:
            end += 1
        if not lines[theirs[start].line].depth and start - 1 in matches:
            _fill_line(matches, range(start, end), theirs, ours)
        start = end


def _fill_line(matches: dict[int, int], span: range, theirs: Sequence[Token], ours: Sequence[Token]) -> None:
    first = matches[span.start - 1] + 1
    after = first + len(span)
    missing = [token.word for token in ours[first:after]]
    if missing == [theirs[i].word for i in span] and (len(span) >= LONG or matches.get(span.stop) == after):
        matches.update({i: first + k for k, i in enumerate(span)})
