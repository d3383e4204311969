"""What is new in a reply, in pieces: each with the line of the letter after which it stands."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.channels.email.reply.align import Alignment
from intake.channels.email.reply.lines import Line
from intake.channels.email.reply.tokens import has_word

_FEW = 3
_MARKS = " \t\xa0!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”„«»‘’–—…•·○▪◦§"
_DECORATION = re.compile(rf"[\s{re.escape(_MARKS)}]*$")
"""What says nothing when it stands alone; a tick or a thumb does."""
_BEGINS = re.compile(r"\s*(?:[-*•–—·]\s|\w{1,2}[.)]\s|\d{1,3}\s?[-.):–]|[^\W\d_][\w -]{1,30}:\s)")
"""A line that begins an item of a list or a labelled answer."""
_EMPHASIS = re.compile(r"\s*([*_/])(?!\s)(.*\S)\1\s*$", re.DOTALL)
_GAPS = re.compile(r"\n{3,}")
_LOOSE = " \t\xa0*_/:\\"


@dataclass(slots=True)
class Block:
    """Consecutive lines of new text at one depth of quotation.

    `after`: index of the letter's line before it (None above the letter), `last`: nothing of the letter follows.
    """

    depth: int
    after: int | None
    lines: list[Line] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    """For each line its index in the reply."""
    last: bool = False

    def add(self, line: Line, row: int) -> None:
        self.lines.append(line)
        self.rows.append(row)

    def cut(self, index: int) -> None:
        """Keep the lines before `index`."""
        del self.lines[index:], self.rows[index:]

    def skip(self, index: int) -> None:
        """Keep the lines from `index` on."""
        del self.lines[:index], self.rows[:index]

    def keep(self, wanted: Sequence[bool]) -> None:
        """Keep these lines."""
        self.lines = list(itertools.compress(self.lines, wanted))
        self.rows = list(itertools.compress(self.rows, wanted))

    @property
    def blank(self) -> bool:
        return all(line.blank for line in self.lines)


def blocks(alignment: Alignment) -> list[Block]:
    """The new text of a reply, in the order of the reply."""
    collector = _Collector(alignment)
    touched = {alignment.reply.rows[index] for index in alignment.matches}
    starts = alignment.reply.starts
    for row, line in enumerate(alignment.reply.lines):
        collector.row = row
        if row in touched:
            collector.take(line, alignment.reply.of(row))
        else:
            has_words = row + 1 < len(starts) and starts[row] < starts[row + 1]
            collector.plain(line, is_new=has_words or _says_something(line.text))
    return collector.finish()


def _says_something(text: str) -> bool:
    """Whether there is more than marks; a dash alone is an answer."""
    return bool(text) and (text[0].isalnum() or not _DECORATION.match(text) or has_word(text))


@dataclass(slots=True)
class _Collector:
    alignment: Alignment
    found: list[Block] = field(default_factory=list)
    row: int = 0
    _open: Block | None = None
    _after: int | None = None

    def take(self, line: Line, indices: range) -> None:
        """A line with words of the letter in it."""
        matched = [i for i in indices if i in self.alignment.matches]
        if len(matched) == len(indices) and line.text.rstrip(_MARKS)[-1:].isalnum():
            self._open = None
            self._set_after(matched[-1])
        else:
            self._mixed(line, indices, matched)

    def finish(self) -> list[Block]:
        if self.found:
            self.found[-1].last = self._open is self.found[-1]
        return [block for block in self.found if not block.blank]

    def plain(self, line: Line, *, is_new: bool) -> None:
        """A new line, or a blank one, which belongs to new text on both sides of it only."""
        block = self._open
        if is_new and (block is None or block.depth != line.depth):
            block = self._open = Block(line.depth, self._after)
            self.found.append(block)
        if block is not None and block.depth == line.depth:
            block.add(line if is_new or _rule(line) else Line("", line.depth), self.row)

    def _mixed(self, line: Line, indices: range, matched: list[int]) -> None:
        """A line of the letter, perhaps with new text in front of it, in it or behind it."""
        head = [i for i in indices if i < matched[0]]
        tail = [i for i in indices if i > matched[-1]]
        if len(head) > 1:
            self._part(line, line.text[: self.alignment.reply.span(matched[0])[0]])
        self._open = None
        self._set_after(matched[-1])
        self._inner(line, matched)
        end = self.alignment.reply.span(matched[-1])[1]
        behind = line.text[end:]
        if (tail or not _DECORATION.match(behind)) and not _breaks_link(line.text[:end], behind):
            self._part(line, behind.lstrip(self._own_marks(matched[-1])))

    def _inner(self, line: Line, matched: list[int]) -> None:
        """New text between words of the letter, if it is more than a client's mark."""
        for left, right in itertools.pairwise(matched):
            if right - left > (1 if self._parts(left, right) else _FEW + 1):
                start, end = self.alignment.reply.span(left)[1], self.alignment.reply.span(right)[0]
                text = line.text[start:end]
                if not _repeats(text, line.text[:start]):
                    self._set_after(left)
                    self._part(line, text.strip(_LOOSE))
                    self._open = None
        self._set_after(matched[-1])

    def _parts(self, left: int, right: int) -> bool:
        """Whether an answer line ends and another line begins between two words of one line of the reply."""
        letter, matches = self.alignment.letter, self.alignment.matches
        row = letter.rows[matches[left]]
        return row != letter.rows[matches[right]] and letter.lines[row].text.rstrip().endswith(":")

    def _set_after(self, index: int) -> None:
        """The subject, which is the letter's first line here, stands in headers and titles: still above the letter."""
        self._after = self.alignment.letter.rows[self.alignment.matches[index]] or None

    def _part(self, line: Line, text: str) -> None:
        self._open = Block(line.depth, self._after)
        self._open.add(Line(text.strip(" \t"), line.depth, line.width, line.marks), self.row)
        self.found.append(self._open)

    def _own_marks(self, index: int) -> str:
        """Marks that stand behind this word in the letter too, and those that clients add."""
        return _LOOSE + self.alignment.letter.after(self.alignment.matches[index])


def _rule(line: Line) -> bool:
    return line.text.strip(" ") in ("--", "---", "-- ")


def _breaks_link(before: str, behind: str) -> bool:
    """Whether a line ends inside the address of a link: it was wrapped there."""
    return not re.search(r"\s", behind.rstrip()) and re.search(r"(?:://|mailto:)\S*$", before[-2_000:]) is not None


def _repeats(text: str, before: str) -> bool:
    """A link written out once more behind itself."""
    words = re.findall(r"\w+", text.casefold())
    return bool(words) and "://" in before and all(word in before.casefold() for word in words)


def unwrapped(lines: Sequence[Line]) -> str:
    """The text of a block as it was typed: a client's hard wraps undone, paragraphs and lists kept."""
    widest = max((line.width or len(line.text) for line in lines), default=0)
    limit = max(60, min(widest, 80))
    parts: list[str] = []
    previous: Line | None = None
    for line in lines:
        text = line.text
        if previous is not None:
            full = previous.width + len(text) >= limit  # no other line can have been wrapped
            parts.append(" " if full and text and _wraps(previous, line, limit) else "\n")
        parts.append(text.strip())
        previous = line
    text = "".join(parts)
    text = text.strip("\n")
    return plain(_GAPS.sub("\n\n", text) if "\n\n\n" in text else text)


def _wraps(line: Line, following: Line, limit: int) -> bool:
    """Whether the next word would not have fitted into the line."""
    first = following.text.split(maxsplit=1)[:1]
    if not first or not line.width or line.blank:
        return False
    return line.width + 1 + len(first[0]) > limit and not _BEGINS.match(following.text)


def plain(text: str) -> str:
    """Text without the emphasis marks that a client put around the whole of it."""
    match = _EMPHASIS.match(text)
    if match is None or match[1] in match[2]:
        return text.strip()
    return match[2].strip()
