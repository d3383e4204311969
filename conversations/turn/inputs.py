"""What can happen to a session: every input carries the instant it happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Happening:
    """What every input has: the instant, aware, given by name."""

    now: datetime = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Answer(Happening):
    """A text typed at the open question."""

    text: str


@dataclass(frozen=True, slots=True)
class Choose(Happening):
    """A choice tapped: `index` as the option carried it. Of several choices a tap toggles; of one it answers."""

    path: str
    index: int


@dataclass(frozen=True, slots=True)
class Done(Happening):
    """The toggled choices are the answer."""

    path: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A piece of a mail that could not be taken as an answer; `reason` is a key of the wording's [reasons]."""

    number: int | None
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fill(Happening):
    """Answers of a mail, by question name, in their stored form, and what could not be read."""

    values: Mapping[str, str]
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Attach(Happening):
    """A file arrived, kept by the host as `reference`. Without a path it answers the open question."""

    path: str | None
    reference: str


@dataclass(frozen=True, slots=True)
class Locate(Happening):
    """A place on the map, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Back(Happening):
    """To the question before."""


@dataclass(frozen=True, slots=True)
class Skip(Happening):
    """Leave the open question without an answer, or with the one it has."""


@dataclass(frozen=True, slots=True)
class Jump(Happening):
    """To a question, by name, by path or by the number that letters print."""

    target: str


@dataclass(frozen=True, slots=True)
class Review(Happening):
    """Show all answers."""


@dataclass(frozen=True, slots=True)
class Submit(Happening):
    """The answers are final."""


@dataclass(frozen=True, slots=True)
class Pause(Happening):
    """Later."""


@dataclass(frozen=True, slots=True)
class Resume(Happening):
    """Begin, or go on after a pause or at another channel: what is open is said again."""


@dataclass(frozen=True, slots=True)
class Withdraw(Happening):
    """No more questions, for good."""


@dataclass(frozen=True, slots=True)
class Language(Happening):
    """Go on in another language of the form."""

    code: str


@dataclass(frozen=True, slots=True)
class Tick(Happening):
    """Time passes: nothing expires, what is open is asked again."""


@dataclass(frozen=True, slots=True)
class AddRepeat(Happening):
    """Yes to "add another?"."""

    path: str


@dataclass(frozen=True, slots=True)
class EndRepeat(Happening):
    """No to "add another?"."""

    path: str


Input = (
    Answer
    | Choose
    | Done
    | Fill
    | Attach
    | Locate
    | Back
    | Skip
    | Jump
    | Review
    | Submit
    | Pause
    | Resume
    | Withdraw
    | Language
    | Tick
    | AddRepeat
    | EndRepeat
)
