"""What needs a person: opened by the rules, shown in the digest by number, resolved by the staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from intake import audit
from intake.tables import Matter


def open_matter(
    session: Session,
    kind: str,
    now: datetime,
    *,
    person_id: int | None = None,
    inbox_id: int | None = None,
    text: str = "",
) -> None:
    """Tell the staff; `text` stays in the database, the digest shows kind and number only."""
    session.add(Matter(kind=kind, person_id=person_id, inbox_id=inbox_id, text=text[:20_000], created_at=now))


def settle(session: Session, outbox_id: int, now: datetime) -> None:
    """What was reported about a message has been made good by another one."""
    about = col(Matter.outbox_id) == outbox_id, col(Matter.resolved_at).is_(None)
    session.execute(update(Matter).where(*about).values(resolved_at=now, resolved_by="service"))


def waiting(session: Session) -> list[Matter]:
    """Everything open, oldest first."""
    return list(session.scalars(select(Matter).where(col(Matter.resolved_at).is_(None)).order_by(col(Matter.id))))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Matter).where(col(Matter.resolved_at).is_(None))) or 0


def resolve(session: Session, number: int, actor: str, now: datetime) -> bool:
    """The staff have dealt with it; False when there is no such open matter."""
    matter = session.get(Matter, number)
    if matter is None or matter.resolved_at is not None:
        return False
    matter.resolved_at, matter.resolved_by = now, actor
    audit.note(session, now, actor, "resolve", f"matter {number}")
    return True
