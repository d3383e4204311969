"""The letter that we sent, as the reader of a reply needs it: its lines, and which question each belongs to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from conversations.answers.folding import fold
from conversations.forms.definition import Question
from intake.channels import Unreadable
from intake.channels.email import mime
from intake.channels.email.reply.lines import Line
from intake.channels.email.reply.tokens import Words, words
from intake.channels.email.reply.written import plain_first

_QUESTION = re.compile(r"\s*(\d{1,3})[.)]\s+(\S.*)")
_NOT_UNDERSTOOD = re.compile(r"\s*(?:(?P<lv>\d{1,3})\. jautājums|Question (?P<en>\d{1,3})): [“\"]")
"""How a confirmation quotes what it could not read (templates/email/*/confirmation.md)."""
_LABEL = re.compile(r"\s*(\w[\w ]{0,30}):\s*$")
_HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """Its words, those of the subject first, because clients put the title on top; `names` of the sender."""

    words: Words
    names: tuple[str, ...]

    @property
    def lines(self) -> Sequence[Line]:
        return self.words.lines


NO_LETTER = Letter(words(()), ())
"""Where it is not known what is answered."""


@lru_cache(maxsize=16)
def read_letter(sent: bytes) -> Letter:
    """The stored letter; an empty one where it cannot be read."""
    try:
        message = mime.parse(sent)
    except Unreadable:
        return NO_LETTER
    name, address = mime.mailbox(message, "From")
    lines = (Line(mime.header(message, "Subject")), *plain_first(message))
    return Letter(words(lines), tuple(one for one in (name, address) if len(one) > 2))


@lru_cache(maxsize=16)
def question_lines(letter: Letter) -> tuple[int | None, ...]:
    """The numbers of a letter's lines where nothing is known of its questionnaire."""
    return tuple(numbers(letter, None))


def numbers(letter: Letter, asked: Mapping[int, Question] | None) -> list[int | None]:
    """For each line of the letter the number of the question in whose part it stands.

    A part ends with its answer line, or, where it has none (a list of what was understood), with its paragraph.
    """
    label = _answer_label(letter.lines)
    begins = [(row, number) for row, line in enumerate(letter.lines) if (number := _number(line.text, asked))]
    found: list[int | None] = [None] * len(letter.lines)
    for index, (row, number) in enumerate(begins):
        following = begins[index + 1][0] if index + 1 < len(begins) else len(letter.lines)
        end = _end(letter.lines, row, following, label)
        found[row:end] = [number] * (end - row)
    return found


@lru_cache(maxsize=16)
def answer_lines(letter: Letter) -> frozenset[int]:
    """The rows of all answer lines."""
    label = _answer_label(letter.lines)
    return frozenset(row for row, line in enumerate(letter.lines) if label and fold(line.text) == label)


def quotes_back(text: str) -> bool:
    """Whether a line shows what could not be read as the answer to a question."""
    return _NOT_UNDERSTOOD.match(text) is not None


def _end(lines: Sequence[Line], row: int, following: int, label: str) -> int:
    """Index behind the part of the question that begins at `row`."""
    for index in range(row + 1, following):
        if label and fold(lines[index].text) == label:
            return index + 1
    return next((index for index in range(row + 1, following) if lines[index].blank), following)


def _number(text: str, asked: Mapping[int, Question] | None) -> int | None:
    if asked is not None and (quoted := _NOT_UNDERSTOOD.match(text)):
        number = int(quoted["lv"] or quoted["en"])
        return number if number in asked else None
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
