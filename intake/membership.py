"""Who is in the staff chat: asked of Telegram before an act of theirs counts, and remembered for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from intake.store import insert_once
from intake.tables import Inbox, InboxState, StaffMember

ASKED = "asked whether a member"
"""The outcome of an act that waits."""
HOLDS = timedelta(minutes=10)
"""Whoever was removed from the chat can do nothing any more after this time."""


def known(session: Session, user_id: int, now: datetime) -> bool | None:
    """Whether the user is a member; None when Telegram has to be asked (again)."""
    row = session.get(StaffMember, user_id)
    if row is None or row.checked_at is None or now - row.checked_at > HOLDS:
        return None
    return row.member


def ask(session: Session, user_id: int, inbox_id: int) -> None:
    """Let the act in `inbox_id` wait until Telegram has said whether the user is a member."""
    row = {"user_id": user_id, "member": False, "checked_at": None, "inbox_id": inbox_id}
    if not insert_once(session, StaffMember, row):
        asked = session.get_one(StaffMember, user_id, with_for_update=True, populate_existing=True)
        asked.checked_at, asked.inbox_id = None, min(asked.inbox_id or inbox_id, inbox_id)


def next_question(session: Session, now: datetime) -> int | None:
    """A user whose membership somebody waits for."""
    waiting = select(col(StaffMember.user_id)).where(col(StaffMember.inbox_id).is_not(None))
    return session.scalars(waiting.limit(1)).first()


def learn(session: Session, user_id: int, member: bool, now: datetime) -> None:
    """What Telegram said; what waited since the first question is handled once more."""
    row = session.get_one(StaffMember, user_id)
    if row.inbox_id is not None:
        waiting = col(Inbox.id) >= row.inbox_id, col(Inbox.outcome) == ASKED, col(Inbox.state) == InboxState.HANDLED
        again = {"state": InboxState.WAITING, "handled_at": None, "outcome": ""}
        session.execute(update(Inbox).where(*waiting).values(**again))
    row.member, row.checked_at, row.inbox_id = member, now, None
