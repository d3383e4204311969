"""What the staff chat is told: new submissions, suggestions that wait, matters that need a person, the day in numbers.

Numbers and organisations only, unless the campaign allows names (`[staff] names_in_chat`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from intake import digest, numbers, outbox, staff_chat, wording
from intake.channels.telegram import screens
from intake.channels.telegram.buttons import Action, Button, inline, token
from intake.chat.visit import CHANNEL
from intake.desk import Desk
from intake.initiatives import first_of
from intake.outbox import Message
from intake.store import upsert
from intake.tables import (
    Conversation,
    DigestRun,
    Initiative,
    Mark,
    Matter,
    Nomination,
    NominationState,
    Organisation,
    Person,
    Submission,
)

POSITION = "staff chat"
"""Up to where the rows have been announced, kept like the position in a channel's source."""
AT_ONCE = 20
"""Messages put in one tick (Telegram takes 20 a minute in a group)."""
LONGEST_QUOTE = 600
STAFF = "staff"


@dataclass(frozen=True, slots=True)
class News:
    """One message for the staff: `key` names its occurrence, `buttons` are label and meaning."""

    key: str
    text: str
    buttons: Sequence[tuple[str, Button]] = ()


def announce(session: Session, desk: Desk, now: datetime) -> int:
    """Put what is new since the last time; how many messages."""
    chat = staff_chat.current(session, desk)
    if chat is None:
        return 0
    before = position = _position(session)
    put = 0
    for name, find in _SOURCES.items():
        for number, news in find(session, desk, position.get(name, 0)):
            if put >= AT_ONCE:
                break
            put += _put(session, desk, chat, news, now)
            position = position | {name: number}
    if position != before:
        upsert(session, Mark, "channel", {"channel": POSITION, "position": json.dumps(position)})
    return put


def nomination_text(session: Session, desk: Desk, row: Nomination) -> str:
    """A suggestion without the address and the person's name."""
    told = digest.nomination(session, desk, row)
    text = _say(desk, "nomination", **told)
    return text if row.email else text + "\n" + _say(desk, "no_address")


def matter_text(session: Session, desk: Desk, row: Matter) -> str:
    """What waits, whose organisation, and how to read it; the words themselves only where that is allowed."""
    told = digest.matter(session, row, desk.campaign.language)
    text = _say(desk, "matter" if row.kind != "question" else "question", **told)
    if told["organisation"]:
        text += "\n" + told["organisation"]
    if desk.campaign.staff.names_in_chat and row.text:
        text += f"\n“{row.text[:LONGEST_QUOTE]}”"
    return text


def nomination_buttons(row: Nomination, *, hold: bool = True) -> list[tuple[str, Button]]:
    actions = [*([Action.APPROVE] if row.email else []), Action.DECLINE, *([Action.HOLD] if hold else [])]
    return [(action.name.lower(), staff_button(action, row.id or 0)) for action in actions]


def staff_button(action: Action, number: int) -> Button:
    return Button(action, number, token(STAFF, str(number)))


def keyboard(language: str, buttons: Sequence[tuple[str, Button]]) -> dict[str, Any]:
    """The staff's buttons in one row."""
    return {"inline_keyboard": [[inline(wording.text(language, f"team.{label}"), button) for label, button in buttons]]}


def day_text(session: Session, desk: Desk, now: datetime) -> str:
    """The digest in one message."""
    status = numbers.status(session)
    values = {name: status[name] for name in ("invited", "begun", "submitted", "needs_a_person")}
    return _say(
        desk, "day", date=f"{desk.campaign.local(now):%d.%m.}", waiting=status["referrals"]["nominated"], **values
    )


def _position(session: Session) -> dict[str, int]:
    row = session.get(Mark, POSITION)
    return json.loads(row.position) if row else {}


def _put(session: Session, desk: Desk, chat: int, news: News, now: datetime) -> bool:
    language = desk.campaign.language
    markup = keyboard(language, news.buttons) if news.buttons else None
    payload = screens.plain(news.text, markup)[-1]
    message = Message(CHANNEL, staff_chat.KIND, f"staff:{news.key}", str(chat), payload, now)
    return outbox.put(session, message, now)


Source = Callable[[Session, Desk, int], Iterator[tuple[int, News]]]


def _submissions(session: Session, desk: Desk, after: int) -> Iterator[tuple[int, News]]:
    statement = (
        select(Submission, first_of(col(Initiative.title)), first_of(col(Organisation.name)), Person)
        .join(Conversation, col(Conversation.id) == col(Submission.conversation_id))
        .join(Person, col(Person.id) == col(Submission.person_id))
        .where(col(Submission.id) > after)
        .order_by(col(Submission.id))
        .limit(AT_ONCE)
    )
    for submission, title, organisation, person in session.execute(statement):
        told = {
            "number": submission.conversation_id,
            "organisation": organisation or wording.text(desk.campaign.language, "digest.no_organisation"),
            "channel": wording.text(desk.campaign.language, f"digest.by_{submission.channel}"),
        }
        text = _say(desk, "corrected" if submission.revision > 1 else "submission", **told)
        if desk.campaign.staff.names_in_chat:
            text += f"\n“{title or submission.answers.get('title', '')}” – {person.name or '–'}"
        yield submission.id or 0, News(f"submission:{submission.id}", text)


def _nominations(session: Session, desk: Desk, after: int) -> Iterator[tuple[int, News]]:
    waiting = col(Nomination.id) > after, col(Nomination.state) == NominationState.WAITING
    for row in session.scalars(select(Nomination).where(*waiting).order_by(col(Nomination.id)).limit(AT_ONCE)):
        text = nomination_text(session, desk, row)
        yield row.id or 0, News(f"nomination:{row.id}", text, nomination_buttons(row))


def _matters(session: Session, desk: Desk, after: int) -> Iterator[tuple[int, News]]:
    waiting = col(Matter.id) > after, col(Matter.resolved_at).is_(None)
    for row in session.scalars(select(Matter).where(*waiting).order_by(col(Matter.id)).limit(AT_ONCE)):
        button = "resolve", staff_button(Action.RESOLVE, row.id or 0)
        yield row.id or 0, News(f"matter:{row.id}", matter_text(session, desk, row), (button,))


def _days(session: Session, desk: Desk, after: int) -> Iterator[tuple[int, News]]:
    """The day of a digest as a number: 20261125."""
    latest = session.scalars(select(DigestRun).where(col(DigestRun.sent).is_(True)).order_by(col(DigestRun.day).desc()))
    run = latest.first()
    number = int(run.day.replace("-", "")) if run else 0
    if run is not None and number > after:
        yield number, News(f"day:{run.day}", day_text(session, desk, run.at))


_SOURCES: dict[str, Source] = {
    "submission": _submissions,
    "nomination": _nominations,
    "matter": _matters,
    "day": _days,
}


def _say(desk: Desk, name: str, **values: object) -> str:
    return wording.text(desk.campaign.language, f"team.{name}", **values)
