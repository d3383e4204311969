"""What must not be kept any longer: raw input, drafts, people who never answered (DESIGN.md, Time; DOMAIN.md 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, literal, select, update
from sqlmodel import Session, col

from intake import attachments, audit, invitations, privacy, referrals
from intake.desk import Desk
from intake.store import changed
from intake.tables import (
    DELETED,
    Attachment,
    Conversation,
    Inbox,
    InboxState,
    Nomination,
    NominationState,
    Person,
    Submission,
)

RAW_KEPT = timedelta(days=30)
"""After it was handled."""
DRAFTS_KEPT = timedelta(days=30)
"""After the deadline."""
NOMINATIONS_KEPT = timedelta(days=25)
"""The data of somebody who was suggested and never written to."""
AT_ONCE = 200
"""Rows deleted in one tick, so that nobody waits for it."""
ACTOR = "retention"


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many rows lost their data."""

    raw: int = 0
    drafts: int = 0
    nominations: int = 0
    people: int = 0

    @property
    def total(self) -> int:
        return self.raw + self.drafts + self.nominations + self.people


def is_time(now: datetime) -> bool:
    """Once an hour is often enough, at its first minute; a missed one is made up for by the next."""
    return now.minute == 0


def delete_due(session: Session, desk: Desk, now: datetime) -> Deleted:
    """Delete what is due at this instant, a bounded number of rows at a time; noted without the data."""
    found = Deleted(
        raw=_raw(session, now),
        drafts=_drafts(session, desk, now),
        nominations=_nominations(session, desk, now),
        people=_people(session, desk, now),
    )
    if found.total:
        counts = f"raw {found.raw}, drafts {found.drafts}, nominations {found.nominations}, people {found.people}"
        audit.note(session, now, ACTOR, "delete", "data no longer needed", counts)
    return found


def _raw(session: Session, now: datetime) -> int:
    due = (
        select(col(Inbox.id))
        .where(col(Inbox.state) == InboxState.HANDLED, col(Inbox.handled_at) < now - RAW_KEPT, col(Inbox.body) != b"")
        .limit(AT_ONCE)
    )
    return changed(session, update(Inbox).where(col(Inbox.id).in_(due)).values(body=b"", stream=""))


def _drafts(session: Session, desk: Desk, now: datetime) -> int:
    """Unfinished answers go, the row stays for the counts."""
    if now < desk.closes(session) + DRAFTS_KEPT:
        return 0
    submitted = exists().where(col(Submission.conversation_id) == col(Conversation.id))
    due = select(col(Conversation.id)).where(~submitted, col(Conversation.state) != DELETED).limit(AT_ONCE)
    emptied = {"state": DELETED, "session": ""}
    attachments.erase(session, col(Attachment.conversation_id).in_(due))
    return changed(session, update(Conversation).where(col(Conversation.id).in_(due)).values(**emptied))


def _nominations(session: Session, desk: Desk, now: datetime) -> int:
    due = (
        select(Nomination)
        .where(
            col(Nomination.state) == NominationState.WAITING,
            col(Nomination.created_at) < now - NOMINATIONS_KEPT,
            col(Nomination.email).is_not(None),
        )
        .limit(AT_ONCE)
    )
    found = session.scalars(due).all()
    for nomination in found:
        referrals.decline(session, desk, nomination, ACTOR, now)
    return len(found)


def _people(session: Session, desk: Desk, now: datetime) -> int:
    """When the letter said that they would be forgotten: `delete_by` for whoever never answered, else `keep_until`."""
    answered = exists().where(col(Conversation.person_id) == col(Person.id), col(Conversation.answered_at).is_not(None))
    all_over = literal(desk.campaign.local(now).date() > desk.campaign.controller.retention)
    due = select(Person).where(
        col(Person.forgotten_at).is_(None), ~answered & _kept_long_enough(session, desk, now) | all_over
    )
    forgotten = session.scalars(due.order_by(col(Person.id)).limit(AT_ONCE)).all()
    for person in forgotten:
        privacy.forget(session, desk, person, now, ACTOR, suppress=False)
    return len(forgotten)


def _kept_long_enough(session: Session, desk: Desk, now: datetime) -> ColumnElement[bool]:
    today, deadline = desk.campaign.local(now).date(), desk.campaign.local(desk.closes(session)).date()
    everybody = today > deadline + timedelta(days=invitations.DAYS_KEPT)
    days = timedelta(days=desk.campaign.referrals.days_to_answer + 1)
    referred = literal(today > deadline) | (col(Person.created_at) < now - days)
    return literal(everybody) | (col(Person.source).in_(invitations.REFERRED) & referred)
