"""Which of several letters a mail quotes, where nothing in its headers says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from intake.channels.email import mime
from intake.tables import Outbox

MOST_TEXT = 200_000
"""Characters of a mail that are looked at."""
MOST_LINES = 60
SHORTEST = 20
"""Letters and digits in a line that tells letters apart."""
_TAG = re.compile(r"<[^<>]{0,2000}>")
_REST = re.compile(r"[\W_]+")


def most(body: bytes, letters: Sequence[Outbox]) -> Outbox | None:
    """The letter of which most lines stand in the mail; of equals the first one. None only where there is none."""
    known = list({letter.id: letter for letter in letters if letter.payload}.values())
    if len(known) < 2:
        return next(iter(known), None)
    text = _text(body)
    return max(known, key=lambda letter: _share(letter, text))


def _share(letter: Outbox, text: str) -> float:
    """Which part of the letter's lines are in the text; a long letter holds lines of a short one."""
    lines = list(_lines(str(letter.payload.get("text", ""))))[:MOST_LINES]
    return sum(line in text for line in lines) / max(len(lines), 1)


def _lines(text: str) -> Iterable[str]:
    folded = (_folded(line) for line in text.split("\n"))
    return dict.fromkeys(line for line in folded if len(line) >= SHORTEST)


def _text(body: bytes) -> str:
    parts = (part for part in mime.leaves(mime.parse(body)) if part.get_content_maintype() == "text")
    return " ".join(_folded(_TAG.sub("", mime.text_of(part)[:MOST_TEXT])) for part in parts)[:MOST_TEXT]


def _folded(text: str) -> str:
    """Letters and digits alone: clients wrap and mark everything else."""
    return _REST.sub("", text).casefold()
