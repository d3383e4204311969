"""Who is in the staff chat: asked of Telegram before an act of theirs counts, and remembered for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from intake.store import insert_once
from intake.tables import Inbox, InboxState, StaffMember

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
        session.execute(
            update(StaffMember).where(col(StaffMember.user_id) == user_id).values(inbox_id=inbox_id, checked_at=None)
        )


def next_question(session: Session, now: datetime) -> int | None:
    """A user whose membership somebody waits for."""
    waiting = select(col(StaffMember.user_id)).where(col(StaffMember.inbox_id).is_not(None))
    return session.scalars(waiting.limit(1)).first()


def learn(session: Session, user_id: int, member: bool, now: datetime) -> None:
    """What Telegram said; the act that waited is handled once more."""
    row = session.get_one(StaffMember, user_id)
    if row.inbox_id is not None:
        again = {"state": InboxState.WAITING, "handled_at": None}
        session.execute(update(Inbox).where(col(Inbox.id) == row.inbox_id).values(**again))
    row.member, row.checked_at, row.inbox_id = member, now, None
