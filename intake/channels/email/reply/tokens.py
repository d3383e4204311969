"""Lines as words to compare: case, quotes, emphasis and spacing are no news; a dash that stands alone is a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.channels.email.reply.lines import Line

_WORD = re.compile(r"[^\W_]+|(?<![\w-])-(?![\w-])")
_LINK = re.compile(r"(?:https?://|tg://|mailto:)\S+")
MAX_WORDS = 40_000


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of all lines in order, in lower case; diacritics stay, they tell words apart."""

    lines: Sequence[Line]
    words: list[str]
    rows: list[int]
    """For each word the index of its line."""
    starts: list[int]
    """For each line the index of its first word; one more at the end."""
    _spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _links: list[bool] = field(default_factory=list)

    def of(self, row: int) -> range:
        """The words of a line."""
        return range(self.starts[row], self.starts[row + 1]) if row + 1 < len(self.starts) else range(0)

    def links(self) -> list[bool]:
        """For each word whether it is part of a link's address, which HTML does not show."""
        if not self._links:
            self._links.extend([False] * len(self.words))
            for row in range(len(self.starts) - 1):
                for link in _LINK.finditer(self.lines[row].text):
                    for word in self.of(row):
                        self._links[word] |= link.start() <= self.span(word)[0] < link.end()
        return self._links

    def span(self, word: int) -> tuple[int, int]:
        """Where a word stands in its line."""
        row = self.rows[word]
        if row not in self._spans:
            self._spans[row] = [match.span() for match in _WORD.finditer(_comparable(self.lines[row].text))]
        return self._spans[row][word - self.starts[row]]

    def after(self, word: int) -> str:
        """The marks behind a word, up to the next one in its line."""
        row = self.rows[word]
        end = self.span(word + 1)[0] if word + 1 < self.starts[row + 1] else None
        return self.lines[row].text[self.span(word)[1] : end]


def words(lines: Sequence[Line]) -> Words:
    """Split lines into words, MAX_WORDS at most."""
    found: list[str] = []
    rows: list[int] = []
    starts = [0]
    for row, line in enumerate(lines):
        here = _WORD.findall(_comparable(line.text))
        found.extend(here)
        rows.extend([row] * len(here))
        starts.append(len(found))
        if len(found) > MAX_WORDS:
            break
    return Words(lines, found, rows, starts)


def _comparable(text: str) -> str:
    """Lower case where that keeps every letter in its place, plain hyphens for dashes."""
    if not text.isascii():
        text = text.replace("–", "-").replace("—", "-").replace("−", "-")
    if text.lstrip()[:2] == "- ":  # a bullet
        text = text.replace("-", " ", 1)
    lower = text.lower()
    return lower if len(lower) == len(text) else text
