"""What comes of reading an answer: a value, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.forms.definition import Choice


@dataclass(frozen=True, slots=True)
class Parsed:
    """The value in its stored form ("" = skipped), and what was written beyond it."""

    value: str
    rest: str = ""
    """What followed a choice: "Cits: jaunieši" -> "jaunieši"; belongs to the follow-up question or is a remark."""
    doubt: str = ""
    """Reason key of a warning that does not block, such as a failed checksum."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a text is no answer: a key of the wording's [reasons], the choices it could mean, and the text, shortened.

    A text that holds a personal code is never repeated: `text` is then empty.
    """

    reason: str
    candidates: tuple[Choice, ...] = ()
    text: str = ""


Outcome = Parsed | Rejected
