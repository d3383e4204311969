"""What we begin ourselves: invitations once, reminders to those who have not finished, and the plan of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Select, String, cast, exists, literal, select
from sqlmodel import Session, col

from conversations.turn import Ask, outstanding, summary
from intake import drafts, invitations, letters, matters, outbox, people, wording
from intake.channels.email.dates import long_date
from intake.channels.telegram import screens
from intake.desk import Desk
from intake.invitations import REFERRED, Printed
from intake.outbox import Message
from intake.tables import Address, AddressState, Conversation, Outbox, OutboxState, Person, Source, Submission

ACTIVE = timedelta(minutes=30)
"""Somebody who wrote within this time is not interrupted."""
FALLS_BACK_WITHIN = timedelta(days=3)
"""A reminder that could not be delivered in a chat is worth a letter for this long."""
AT_LEAST_BETWEEN = timedelta(days=2)
"""Between the invitation and a reminder."""
AT_ONCE = 50
"""Letters written in one transaction: answers wait for no longer than that takes."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that will go out."""

    at: datetime
    kind: str
    person_id: int
    channel: str
    address: str


def to_invite(session: Session, most: int | None = None) -> list[Person]:
    """Contacts with a mailbox that have no invitation yet, `most` of them."""
    invited = exists().where(col(Outbox.person_id) == col(Person.id), col(Outbox.kind).in_(("invitation", "referral")))
    statement = select(Person).where(
        col(Person.source).in_((Source.STAFF, Source.REGISTER)),
        col(Person.stopped_at).is_(None),
        ~invited,
        _has_address("email"),
    )
    return list(session.scalars(statement.order_by(col(Person.id)).limit(most)))


def invite_all(session: Session, desk: Desk, now: datetime, most: int | None = None) -> list[tuple[int, str]]:
    """Invite every contact once, `most` of them now; (person, address) of those whose letter was put."""
    invited = [person for person in to_invite(session, most) if invitations.invite(session, desk, person, now)]
    return [(person.id or 0, people.address(session, person.id or 0, "email") or "") for person in invited]


def remind(session: Session, desk: Desk, now: datetime) -> int:
    """Put the reminders that are due now, a bounded number; how many. Keys make each one happen once."""
    due = islice(due_reminders(session, desk, now), AT_ONCE)
    return sum(_remind(session, desk, person, days, now) for person, days in due)


def fall_back(session: Session, desk: Desk, now: datetime) -> int:
    """Reminders whose chat is gone go to the mailbox, once, under another key; how many."""
    gone = (
        select(Outbox)
        .where(
            col(Outbox.state) == OutboxState.FAILED,
            col(Outbox.channel) == "telegram",
            col(Outbox.kind) == "reminder",
            col(Outbox.reason).startswith("Gone"),
            col(Outbox.created_at) > now - FALLS_BACK_WITHIN,
        )
        .order_by(col(Outbox.id))
    )
    return sum(_by_mail_instead(session, desk, row, now) for row in session.scalars(gone).all())


def _by_mail_instead(session: Session, desk: Desk, row: Outbox, now: datetime) -> bool:
    key = f"{row.key}:mail"
    person = session.get(Person, row.person_id) if row.person_id else None
    if person is None or outbox.has(session, key) or now >= desk.closes(session):
        return False
    address = people.address(session, person.id, "email")
    unwanted = person.stopped_at or person.paused_at or person.declined_reminders_at
    if address is None or unwanted or outbox.paused(session):
        return False
    matters.settle(session, row.id or 0, now)
    return _remind_by_mail(session, desk, person, address, key, now)


def due_reminders(session: Session, desk: Desk, now: datetime) -> Iterator[tuple[Person, int]]:
    """(person, working days before the deadline) of the reminders whose time has come and that were not put yet."""
    closes = desk.closes(session)
    if now >= closes or outbox.paused(session) or desk.campaign.next_sending(now) != now:
        return
    for days, instant, referred in instants(desk, closes):
        if instant <= now and not _overtaken(desk, closes, days, referred, now):
            for person in session.scalars(_to_remind(days, referred, now)).all():
                yield person, days


def instants(desk: Desk, closes: datetime) -> Iterator[tuple[int, datetime, bool]]:
    """(working days before the deadline, instant, for referred people) of every reminder."""
    reminders, day = desk.campaign.reminders, desk.campaign.local(closes).date()
    for referred, numbers in (
        (False, reminders.working_days_before_deadline),
        (True, reminders.referred_working_days_before_deadline),
    ):
        for days in numbers:
            at = desk.campaign.working_instant(desk.campaign.working_days_before(day, days), reminders.at)
            yield days, at, referred


def plan(session: Session, desk: Desk, now: datetime) -> list[Planned]:
    """What will go out when, as things stand now: what waits in the outbox and the reminders to come."""
    waiting = select(Outbox).where(col(Outbox.state) == OutboxState.DUE, col(Outbox.person_id).is_not(None))
    found = [
        Planned(row.due_at, row.kind, row.person_id or 0, row.channel, row.address) for row in session.scalars(waiting)
    ]
    closes = desk.closes(session)
    for days, instant, referred in instants(desk, closes):
        if instant > now or not _overtaken(desk, closes, days, referred, now):
            found.extend(
                _planned(session, person, days, max(instant, now))
                for person in _planned_for(session, referred)
                if not outbox.has(session, _key(person, days))
            )
    return sorted(found, key=lambda item: (item.at, item.person_id))


def _planned_for(session: Session, referred: bool) -> list[Person]:
    found = session.scalars(_unfinished(referred).order_by(col(Person.id)))
    return [person for person in found if people.reach(session, person) is not None]


def _planned(session: Session, person: Person, days: int, at: datetime) -> Planned:
    channel, address = people.reach(session, person) or ("", "")
    return Planned(at, f"reminder d-{days}", person.id or 0, channel, address)


def _overtaken(desk: Desk, closes: datetime, days: int, referred: bool, now: datetime) -> bool:
    """Whether a later reminder of the same people is due already: after a long absence only the last one goes out."""
    return any(one < days and at <= now for one, at, other in instants(desk, closes) if other == referred)


def _unfinished(referred: bool) -> Select[Person]:
    """Who was invited or has begun, has not submitted anything, and was not in the previous survey."""
    invited = exists().where(
        col(Outbox.person_id) == col(Person.id),
        col(Outbox.kind).in_(("invitation", "referral")),
        col(Outbox.state) == OutboxState.SENT,
    )
    begun = exists().where(col(Conversation.person_id) == col(Person.id), col(Conversation.answered_at).is_not(None))
    withdrawn = exists().where(col(Conversation.person_id) == col(Person.id), col(Conversation.state) == "withdrawn")
    submitted = exists().where(col(Submission.person_id) == col(Person.id))
    return select(Person).where(
        invited | begun,
        ~submitted,
        ~withdrawn,
        col(Person.previous_survey).is_(False),
        col(Person.stopped_at).is_(None),
        col(Person.paused_at).is_(None),
        col(Person.declined_reminders_at).is_(None),
        col(Person.source).in_(REFERRED) if referred else col(Person.source).not_in(REFERRED),
    )


def _to_remind(days: int, referred: bool, now: datetime) -> Select[Person]:
    """Of those, who has no such reminder yet, is not active now, was invited long enough ago and can be reached.

    Asked at every tick, so the database looks, by the outbox's key, and only those left are loaded.
    """
    key = literal("reminder:") + cast(col(Person.id), String) + literal(f":d-{days}")
    put = exists().where(col(Outbox.key) == key)
    just_invited = exists().where(
        col(Outbox.person_id) == col(Person.id),
        col(Outbox.kind).in_(("invitation", "referral")),
        col(Outbox.sent_at) > now - AT_LEAST_BETWEEN,
    )
    active = col(Person.last_input_at) > now - ACTIVE
    wanted = ~put, ~just_invited, col(Person.last_input_at).is_(None) | ~active, _has_address("email", "telegram")
    return _unfinished(referred).where(*wanted).order_by(col(Person.id)).limit(AT_ONCE)


def _has_address(*channels: str) -> ColumnElement[bool]:
    return exists().where(
        col(Address.person_id) == col(Person.id),
        col(Address.channel).in_(channels),
        col(Address.state) == AddressState.ACTIVE,
    )


def _key(person: Person, days: int) -> str:
    """The one occurrence of this reminder, also when the deadline is moved after it went out."""
    return f"reminder:{person.id}:d-{days}"


def _remind(session: Session, desk: Desk, person: Person, days: int, now: datetime) -> bool:
    key = _key(person, days)
    if outbox.has(session, key):
        return False
    channel, address = people.reach(session, person) or ("", "")
    if channel == "telegram":
        draft = drafts.current(session, desk, person)
        half_done = draft is not None and draft.row.answered_at is not None
        return _remind_in_chat(session, desk, person, address, key, half_done=half_done, now=now)
    return _remind_by_mail(session, desk, person, address, key, now)


def _remind_by_mail(session: Session, desk: Desk, person: Person, address: str, key: str, now: datetime) -> bool:
    draft = drafts.current(session, desk, person)
    half_done = draft is not None and draft.row.answered_at is not None
    questions: tuple[Printed | Ask, ...] = invitations.core_questions(session, desk, person.language, now)
    if draft is not None and half_done:
        questions = outstanding(draft.form, draft.answers, now)
    deadline = desk.campaign.local(desk.closes(session)).date()
    values = letters.person_values(desk, person) | {
        "questions": questions,
        "days_left": (deadline - desk.campaign.local(now).date()).days,
        "answered": len(summary(draft.form, draft.answers, now)) if draft else 0,
    }
    if draft is not None and half_done:
        values["code"] = letters.printed(draft.row.code)
    return letters.put(
        session,
        desk,
        template="reminder_half_done" if half_done else "reminder_not_begun",
        kind="reminder",
        key=key,
        address=address,
        language=person.language,
        values=values,
        now=now,
        person=person,
        conversation=draft.row if draft and half_done else None,
        numbers=tuple(question.number or 0 for question in questions),
    )


def _remind_in_chat(
    session: Session, desk: Desk, person: Person, chat: str, key: str, *, half_done: bool, now: datetime
) -> bool:
    deadline = desk.campaign.local(desk.closes(session)).date()
    name = "reminder_half_done" if half_done else "reminder_not_begun"
    text = wording.text(person.language, f"chat.{name}", deadline=long_date(deadline, person.language, "dative"))
    first = screens.reminder(text, person.language)[-1]
    return outbox.put(session, Message("telegram", "reminder", key, chat, first, now, person.id), now)
