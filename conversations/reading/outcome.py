"""What a reply came to: answers by question name, what could not be read, what is for the staff, what was meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Intent(StrEnum):
    """What a mail is, taken as a whole."""

    ANSWERS = "answers"
    REFUSAL = "refusal"
    QUESTION = "question"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    FORWARD = "forward"
    OTHER = "other"


class Place(StrEnum):
    """Where in the letter a piece of new text stands."""

    QUESTION = "question"
    """In the part of one question: under it, among its options, after its answer line."""
    MARKED = "marked"
    """Not typed at all: the only options that were left, or the highlighted ones."""
    DOUBTFUL = "doubtful"
    """Inside a letter that somebody handed on, perhaps by that person: never an answer, asked back."""
    TOP = "top"
    END = "end"
    BETWEEN = "between"
    """Among lines of the letter that belong to no question."""


@dataclass(frozen=True, slots=True)
class Piece:
    """New text of a reply; `anchor` is the number of the question in whose part of the letter it stands."""

    text: str
    anchor: int | None
    place: Place


@dataclass(frozen=True, slots=True)
class Unread:
    """Text that was meant as an answer and is none; `reason` is a key of the wording's [reasons]."""

    number: int | None
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Command:
    """A word of command ("labot 17"): what to do, and with which number or language."""

    act: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Answers by question name in stored form ("" = skipped), and all that is not an answer."""

    answers: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    remarks: tuple[str, ...] = ()
    intent: Intent = Intent.OTHER
    commands: tuple[Command, ...] = ()
    more: tuple[Reading, ...] = ()
    """What the same mail says about further initiatives."""
