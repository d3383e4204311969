"""A returned mail or a complaint: which address it means, and what is closed because of it (DOMAIN.md 4, rule 24)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from intake import audit, matters, outbox, people, privacy
from intake.channels.email.bounces import Bounce
from intake.channels.email.message import identified
from intake.desk import Desk
from intake.mail.visit import CHANNEL
from intake.tables import Address, Outbox, OutboxState, Person

MOST_SOFT = 2
"""Soft bounces in a row after which an address is given up."""


def note(session: Session, desk: Desk, bounce: Bounce, now: datetime) -> str:
    """Count the bounce at its address. Only an address that a letter of ours went to can be closed by it."""
    row = _letter(session, bounce)
    recipient = people.normal(CHANNEL, row.address if row is not None else bounce.recipient)
    found = session.scalars(
        select(Address).where(col(Address.channel) == CHANNEL, col(Address.value) == recipient).with_for_update()
    ).first()
    if found is None:
        return f"{bounce.kind} of a stranger"
    if bounce.kind == "complaint":
        return _complained(session, desk, found, row, now)
    if bounce.kind == "soft":
        _reset(session, found, row)
        found.soft_bounces += 1
    if bounce.kind == "hard" or found.soft_bounces >= MOST_SOFT:
        outbox.close_address(session, CHANNEL, found.value)
        matters.open_matter(session, "bounce", now, person_id=found.person_id)
    return f"bounce {bounce.kind}"


def delivered(session: Session, sender: str) -> None:
    """A person wrote from this address, so it takes mail: what bounced before is forgotten."""
    value = people.normal(CHANNEL, sender)
    statement = select(Address).where(col(Address.channel) == CHANNEL, col(Address.value) == value)
    found = session.scalars(statement).first()
    if found is not None and found.soft_bounces:
        people.reopen(session, CHANNEL, value)


def _letter(session: Session, bounce: Bounce) -> Outbox | None:
    """The letter that came back: by the number in it, if the secret beside the number is right."""
    row = session.get(Outbox, bounce.outbox_id) if bounce.outbox_id is not None else None
    if row is None or row.channel != CHANNEL or not row.payload:
        return None
    ours = identified(row.payload, row.id).get("message_id")
    return row if bounce.token == row.payload.get("token") or bounce.message_id == ours else None


def _reset(session: Session, found: Address, row: Outbox | None) -> None:
    """Letters that went out since the last soft bounce and did not come back: it was a passing fault."""
    if row is None or not found.soft_bounces:
        return
    earlier = select(col(Outbox.id)).where(
        col(Outbox.channel) == CHANNEL,
        col(Outbox.address) == found.value,
        col(Outbox.state) == OutboxState.SENT,
        col(Outbox.id) < row.id,
    )
    if len(session.scalars(earlier.limit(MOST_SOFT + found.soft_bounces)).all()) > found.soft_bounces:
        found.soft_bounces = 0


def _complained(session: Session, desk: Desk, found: Address, row: Outbox | None, now: datetime) -> str:
    """Somebody pressed "this is spam": they hear nothing more, not even an acknowledgement (RFC 5965)."""
    matters.open_matter(session, "complaint", now, person_id=found.person_id)
    if row is None:
        return "complaint unproven"
    person = session.get_one(Person, found.person_id, with_for_update=True)
    person.stopped_at = person.stopped_at or now
    outbox.suppress(session, "stopped", person_id=person.id or 0)
    for value in session.scalars(select(col(Address.value)).where(col(Address.person_id) == person.id)):
        privacy.suppress_address(session, desk, value, now, "complaint")
    audit.note(session, now, "self", "complaint", f"person {person.id}")
    return "complaint"
