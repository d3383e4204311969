"""What a person typed -> a value, or Rejected with the reason; the same for chat and mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from conversations.answers import contacts, dates, numbers
from conversations.answers.choices import Options
from conversations.answers.folding import clean, fold
from conversations.answers.outcome import Outcome, Parsed, Rejected
from conversations.answers.words import DONT_KNOW, NO, SKIP, SKIP_MARKS, UNKNOWN, YES
from conversations.forms.definition import Choice, Kind, Question

__all__ = ["MAX_LENGTH", "Parsed", "Rejected", "parse"]

MAX_LENGTH = 10_000
"""Characters of one answer; more is refused."""
_QUOTED_LENGTH = 300
_ATTACHED = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE})
_COORDINATES = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)[°\s,;]+(-?\d{1,3}(?:\.\d+)?)[°\s]*")


def parse(
    question: Question, text: str, *, language: str, now: datetime, shown: Sequence[Choice] | None = None
) -> Outcome:
    """Read `text` as an answer to `question`; `shown` are the choices offered now (all when None).

    Stored forms: choice names separated by a space, ISO dates, decimals with a dot, "OK" for an acknowledgement,
    "" for a skipped optional question. Linear in the length of `text`; never raises.
    """
    if len(text) > 4 * MAX_LENGTH:
        return Rejected("too_long", text=clean(text[:_QUOTED_LENGTH]))
    written = clean(text)
    outcome = _parse(question, written, language, now, question.choices if shown is None else tuple(shown))
    if isinstance(outcome, Rejected):
        return replace(outcome, text="" if outcome.reason == "personal_code" else written[:_QUOTED_LENGTH])
    return outcome


def _parse(question: Question, text: str, language: str, now: datetime, choices: tuple[Choice, ...]) -> Outcome:
    if len(text) > MAX_LENGTH:
        return Rejected("too_long")
    if contacts.personal_code(text):
        return Rejected("personal_code")
    options = Options.of(question, choices, language) if question.kind.chooses else None
    if options and (choice := options.exact(text)):
        return Parsed(choice.name)
    if _skips(text, choices):
        return Rejected("required") if question.required else Parsed("")
    if options:
        return options.read(text)
    return _plain(question, text, language, now)


def _skips(text: str, choices: tuple[Choice, ...]) -> bool:
    """Whether nothing is answered; "nezinu" is an answer where the list has an option named so."""
    if not text or text in SKIP_MARKS:
        return True
    folded = fold(text) if len(text) < 40 else ""
    return folded in SKIP or (folded in UNKNOWN and not any(choice.name == DONT_KNOW for choice in choices))


def _plain(question: Question, text: str, language: str, now: datetime) -> Outcome:
    match question.kind:
        case Kind.INTEGER:
            return numbers.number(text, language, whole=True)
        case Kind.DECIMAL | Kind.RANGE:
            return numbers.number(text, language, whole=False)
        case Kind.DATE:
            return dates.day(text, now)
        case Kind.TIME:
            return dates.clock(text, now)
        case Kind.DATETIME:
            return dates.instant(text, now)
        case Kind.ACKNOWLEDGE | Kind.NOTE:
            return _acknowledged(question, text)
        case Kind.GEOPOINT:
            return _place(text)
        case kind if kind in _ATTACHED:
            return Rejected("attachment")
    return _text(question, text)


def _text(question: Question, text: str) -> Outcome:
    if "email" in question.appearances:
        return contacts.email(text)
    if "phone" in question.appearances:
        return contacts.phone(text)
    if "regno" in question.appearances:
        return contacts.registration(text)
    return Parsed(text)


def _acknowledged(question: Question, text: str) -> Outcome:
    head = fold(text[:200])
    first = head.split(" ", 1)[0]
    if head in YES or first in YES:
        return Parsed("OK")
    if (head in NO or first in NO) and not question.required:
        return Parsed("")
    return Rejected("acknowledge")


def _place(text: str) -> Outcome:
    """Latitude and longitude in degrees, stored as ODK does: "56.9496 24.1052 0 0"."""
    match = _COORDINATES.fullmatch(text[:100])
    if match is None or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
        return Rejected("location")
    return Parsed(f"{match[1]} {match[2]} 0 0")
