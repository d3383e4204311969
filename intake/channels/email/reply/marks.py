"""Options that a person marked instead of typing: ticked, highlighted, struck out, or left when the rest was deleted.

A tick is an answer. Anything else is a proposal, to be confirmed: clients change the looks of a letter by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversations.answers.folding import fold
from conversations.forms.definition import Question
from conversations.reading import Piece, Place
from intake.channels.email.reply.align import OPTION, Alignment
from intake.channels.email.reply.lines import Line
from intake.channels.email.reply.pieces import Block

_BOX = r"[\[(]\s*[xXvV✓✔✗✘+]\s*[\])]|[☑☒✅✔✓]"
_ARROW = r"[-=]{1,4}>|→|➔|⇒"
_TICK = re.compile(rf"\s*(?:[>*•·-]\s*)?(?:\w[.)]\s*)?(?:{_BOX}|{_ARROW})|\s*(?:[>*•·]\s*)?[xXvV+]\s+\w[.)]\s")
_TICK_BEHIND = re.compile(rf"\S\s*(?:{_BOX}|<[-=]{{1,4}}|←|⇐|\s\+)\s*$")
_TICKS = frozenset({"x", "v", "+", "✓", "✔", "✅", "☑", "[x]", "(x)", "[✓]", "[✔]", "←", "⇐"})
_SAID = frozenset({"jā", "ja", "yes", "да", "šis", "šo", "this", "šī"})
_EMPHASIS = re.compile(r"\s*(?:[*•·-]\s+)?([*_])\S.*\1\s*$")
_MARKS = ("bold", "lit", "coloured", "underlined")


@dataclass(frozen=True, slots=True)
class _Options:
    """The option lines of one question: rows of the letter, and for those that came back the line in the reply."""

    rows: tuple[int, ...]
    came: Mapping[int, Line]

    def with_mark(self, mark: str) -> list[int]:
        return [row for row, line in self.came.items() if mark in line.marks]

    def emphasised(self) -> list[int]:
        """Those between asterisks or underscores, which stand for bold and underlined letters in plain text."""
        return [row for row, line in self.came.items() if not line.marks and _EMPHASIS.match(line.text)]

    def told_apart(self, rows: list[int]) -> bool:
        """Whether some of the options are marked so, and not all: then clients did not do it."""
        return 0 < len(rows) < len(self.came)


def marked(
    alignment: Alignment, numbered: Sequence[int | None], asked: Mapping[int, Question], typed: set[int]
) -> list[Piece]:
    """Ticks and proposals for the questions at which nothing was typed."""
    letter = alignment.letter.lines
    returned = _returned(alignment)
    pieces = []
    for number, question in asked.items():
        part = [row for row, other in enumerate(numbered) if other == number]
        rows = tuple(row for row in part if OPTION.match(letter[row].text))
        if number in typed or not question.kind.chooses or len(rows) < 2:
            continue
        options = _Options(rows, {row: returned[row] for row in rows if row in returned})
        chosen, place = _chosen(options, whole=part[0] in returned and part[-1] in returned)
        if chosen:
            pieces.append(Piece("; ".join(letter[row].text.strip() for row in chosen), number, place))
    return pieces


def _returned(alignment: Alignment) -> dict[int, Line]:
    """Row of the letter -> the line of the reply in which it came back."""
    reply, ours = alignment.reply, alignment.letter
    return {ours.rows[letter]: reply.lines[reply.rows[word]] for word, letter in alignment.matches.items()}


def _chosen(options: _Options, *, whole: bool) -> tuple[list[int], Place]:
    """The rows that are meant; `whole` says that the letter came back on both sides of the options."""
    ticked = [row for row, line in options.came.items() if _TICK.match(line.text) or _TICK_BEHIND.search(line.text)]
    if options.told_apart(ticked) or (ticked and len(options.came) < len(options.rows)):
        return ticked, Place.QUESTION
    highlighted = [rows for mark in _MARKS if options.told_apart(rows := options.with_mark(mark))]
    lit = sorted({row for found in highlighted for row in found})
    for rows in (lit, options.emphasised(), _not_struck(options)):
        if options.told_apart(rows):
            return rows, Place.MARKED
    left = list(options.came)
    return (left if whole and 2 * len(left) <= len(options.rows) else []), Place.MARKED


def _not_struck(options: _Options) -> list[int]:
    struck = options.with_mark("struck")
    return [row for row in options.came if row not in struck] if struck else []


def leftover(block: Block, alignment: Alignment, numbered: Sequence[int | None]) -> bool:
    """Whether a quoted block is the only option lines left of its question; typed ones would not be quoted."""
    if not block.depth or block.after is None:
        return False
    letter = alignment.letter.lines
    rows = [
        row for row, number in enumerate(numbered) if number == numbered[block.after] and OPTION.match(letter[row].text)
    ]
    if block.after in rows or letter[block.after].text.rstrip().endswith(":"):
        return False
    texts = {fold(letter[row].text) for row in rows}
    return (
        all(fold(line.text) in texts for line in block.lines if not line.blank)
        and not _returned(alignment).keys() & rows
    )


def ticked(block: Block, alignment: Alignment) -> str | None:
    """The option behind which a tick stands ("b) Pakalpojums x"), where the block is that tick."""
    text = "".join(line.text for line in block.lines).lower().strip(" \xa0\t-–—=<!.")
    if block.after is None or (text not in _TICKS and not (text in _SAID and _behind_option(block, alignment))):
        return None
    option = alignment.letter.lines[block.after].text.strip()
    return option if OPTION.match(option) else None


def _behind_option(block: Block, alignment: Alignment) -> bool:
    """Whether the block begins in the same line of the reply as the option before it."""
    words = alignment.reply.of(block.rows[0])
    return any(
        alignment.letter.rows[alignment.matches[word]] == block.after for word in words if word in alignment.matches
    )
