"""The trail of acts: who did what to which row, without personal data."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from intake.tables import AuditEvent


def note(session: Session, now: datetime, actor: str, act: str, subject: str = "", result: str = "done") -> None:
    """Add an event; `subject` is an id such as `nomination 12`."""
    session.add(AuditEvent(at=now, actor=actor, act=act, subject=subject, result=result))
