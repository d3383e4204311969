"""Lines as words to compare: case, quotes, emphasis and spacing are no news; a dash that stands alone is a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.channels.email.reply.lines import Line

_TOKEN = re.compile(r"[^\W_]+|(?<![\w–—−-])[–—−-](?![\w–—−-])")
MAX_TOKENS = 40_000


@dataclass(frozen=True, slots=True)
class Token:
    """One word of one line."""

    word: str
    line: int
    start: int
    end: int
    after: str = ""
    """The marks behind it, up to the next word."""


def tokens(lines: Sequence[Line]) -> list[Token]:
    """All words in order, in lower case; diacritics stay, they tell words apart."""
    found: list[Token] = []
    for index, line in enumerate(lines):
        found.extend(_of_line(line.text, index))
        if len(found) > MAX_TOKENS:
            break
    return found


def _of_line(text: str, index: int) -> list[Token]:
    matches = list(_TOKEN.finditer(text))
    ends = [match.start() for match in matches[1:]] + [len(text)] if matches else []
    return [
        Token(_folded(m.group()), index, m.start(), m.end(), text[m.end() : end])
        for m, end in zip(matches, ends, strict=True)
    ]


def _folded(word: str) -> str:
    return "-" if word in "–—−-" else word.casefold()
