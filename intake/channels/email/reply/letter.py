"""The letter that we sent, as the reader of a reply needs it: its lines, and which question each belongs to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from conversations.answers.folding import fold
from conversations.forms.definition import Question
from intake.channels import Unreadable
from intake.channels.email import mime
from intake.channels.email.reply.lines import Line
from intake.channels.email.reply.written import plain_first

_QUESTION = re.compile(r"\s*(\d{1,3})[.)]\s+(\S.*)")
_LABEL = re.compile(r"\s*(\w[\w ]{0,30}):\s*$")
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Letter:
    """`lines` with the subject first, because clients put the title on top; `names` of the sender."""

    lines: tuple[Line, ...]
    names: tuple[str, ...]


def read_letter(sent: bytes) -> Letter:
    """The stored letter; an empty one where it cannot be read."""
    try:
        message = mime.parse(sent)
    except Unreadable:
        return Letter((), ())
    name, address = parseaddr(mime.header(message, "From"))
    lines = (Line(mime.header(message, "Subject")), *plain_first(message))
    return Letter(lines, tuple(one for one in (name, address) if len(one) > 2))


def numbers(letter: Letter, asked: Mapping[int, Question] | None) -> list[int | None]:
    """For each line of the letter the number of the question in whose part it stands, up to its answer line."""
    label = _answer_label(letter.lines)
    found: list[int | None] = []
    current: int | None = None
    for line in letter.lines:
        current = _number(line.text, asked) or current
        found.append(current)
        if current is not None and label and fold(line.text) == label:
            current = None
    return found


def _number(text: str, asked: Mapping[int, Question] | None) -> int | None:
    match = _QUESTION.match(text)
    if match is None:
        return None
    number = int(match[1])
    if asked is None:
        return number
    question = asked.get(number)
    return number if question and _is_label(match[2], question) else None


def _is_label(text: str, question: Question) -> bool:
    """Whether the line is the question's label in some language; names filled into the label may differ."""
    words = set(fold(text).split())
    return any(_shared(words, set(fold(label).split())) > _HALF for label in question.labels.values())


def _shared(words: set[str], label: set[str]) -> float:
    return len(words & label) / len(label) if label else 0


def _answer_label(lines: Sequence[Line]) -> str:
    """The words of the answer line ("Atbilde:"): what most often stands alone before a colon."""
    labels = Counter(fold(match[1]) for line in lines if (match := _LABEL.match(line.text)))
    return labels.most_common(1)[0][0] if labels else ""
