"""What a turn has to say: plain text in the session's language; a channel decides how it looks."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.forms import Kind


@dataclass(frozen=True, slots=True)
class Notice:
    """A note of the form, or the label of a group of questions that begins."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """`index` is what `Choose` takes, the same whatever a filter shows; `letter` is "" in a code list."""

    index: int
    letter: str
    label: str
    picked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a code list to look through, such as the municipalities of a region."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question. `total` counts the questions that apply now, `position` is the place among them.

    `error` says what was wrong with the last answer, `example` how letters may be given. Of a code list, and of a long
    list in which an answer fits several, the options are only the candidates; `groups` is a whole code list in parts.
    """

    path: str
    number: int | None
    kind: Kind
    label: str
    hint: str
    required: bool
    options: tuple[Option, ...]
    position: int
    total: int
    error: str | None = None
    example: str | None = None
    code_list: bool = False
    can_go_back: bool = False
    present: str = ""
    """The answer it has now, in words: shown when a question is asked again."""
    groups: tuple[Group, ...] = ()
    errors: int = 0
    """In a row at this question."""
    phone: bool = False
    """Whether a telephone number is asked for (a text of the appearance `phone`)."""


@dataclass(frozen=True, slots=True)
class AskRepeat:
    """ "Add one?" (`count` 0) or "add another?"."""

    path: str
    label: str
    count: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the engine's own; `key` names it in the wording file."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer taken; an empty `value_text` is a question passed over."""

    path: str
    label: str
    value_text: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """What was written and why it is no answer; `number` is the question it was meant for, if that is known."""

    number: int | None
    text: str
    reason_text: str


@dataclass(frozen=True, slots=True)
class Item:
    """An answer as the person should see it again."""

    path: str
    number: int | None
    label: str
    value_text: str


@dataclass(frozen=True, slots=True)
class ReviewList:
    """All answers; `missing` are required questions without a valid answer."""

    items: tuple[Item, ...]
    missing: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Submitted:
    """The state became submitted."""


Prompt = Notice | Ask | AskRepeat | Said | Accepted | NotUnderstood | ReviewList | Submitted
