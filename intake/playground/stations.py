"""The instants at which something happens by itself: where a jump of the clock stops on its way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from intake import outreach
from intake.desk import Desk
from intake.tables import Outbox, OutboxState

FARTHEST = timedelta(days=400)


def between(session: Session, desk: Desk, since: datetime, until: datetime) -> list[datetime]:
    """Reminders, mornings of digests and messages that wait for their hour, after `since` and up to `until`."""
    found = {until, *reminders(session, desk), *_waiting(session), *_digests(desk, since, until)}
    return sorted(instant for instant in found if since < instant <= until)


def reminders(session: Session, desk: Desk) -> list[datetime]:
    """When reminders go out, whoever is reminded."""
    return sorted({instant for _, instant, _ in outreach.instants(desk, desk.closes(session))})


def next_reminder(session: Session, desk: Desk, now: datetime) -> datetime | None:
    return next((instant for instant in reminders(session, desk) if instant > now), None)


def next_digest(desk: Desk, now: datetime) -> datetime | None:
    """The next morning on which a digest would go out; None without staff."""
    if not desk.staff:
        return None
    return next(_digests(desk, now, now + timedelta(days=31)), None)


def parse(desk: Desk, text: str) -> datetime | None:
    """An instant as the page's field gives it (`2026-12-01T10:00`), in the campaign's zone."""
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return typed if typed.tzinfo else typed.replace(tzinfo=desk.campaign.zone)


def _digests(desk: Desk, since: datetime, until: datetime) -> Iterator[datetime]:
    at: time = desk.campaign.staff.digest_at
    day, last = desk.campaign.local(since).date(), desk.campaign.local(until).date()
    while day <= last and desk.staff:
        instant = desk.campaign.working_instant(day, at)
        if desk.campaign.works(day) and since < instant <= until:
            yield instant
        day += timedelta(days=1)


def _waiting(session: Session) -> list[datetime]:
    return list(session.scalars(select(col(Outbox.due_at)).where(col(Outbox.state) == OutboxState.DUE).distinct()))
