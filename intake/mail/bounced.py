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
from intake.tables import Address, AddressState, Outbox, OutboxState, Person

MOST_SOFT = 2
"""Soft bounces in a row after which an address is given up."""
DELAYED, RETURNED = "delayed on the way", "came back for now"
"""What is noted at a letter that was sent and caused such a notice."""


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
        _count(session, found, row, bounce)
    if bounce.kind == "hard" or found.soft_bounces >= MOST_SOFT:
        outbox.close_address(session, CHANNEL, found.value)
        matters.open_matter(session, "bounce", now, person_id=found.person_id)
    return f"bounce {bounce.kind}"


def delivered(session: Session, sender: str) -> None:
    """A person wrote from this address, so it takes mail: what bounced before is forgotten."""
    value = people.normal(CHANNEL, sender)
    statement = select(Address).where(col(Address.channel) == CHANNEL, col(Address.value) == value)
    found = session.scalars(statement).first()
    if found is not None and (found.soft_bounces or found.state == AddressState.BOUNCED):
        people.reopen(session, CHANNEL, value)


def _letter(session: Session, bounce: Bounce) -> Outbox | None:
    """The letter that came back: by the number in it, if the secret beside the number is right; by the id that a
    relay gave it."""
    row = session.get(Outbox, bounce.outbox_id) if bounce.outbox_id is not None else None
    if row is None and bounce.message_id:
        row = session.scalars(select(Outbox).where(col(Outbox.provider_id) == bounce.message_id)).first()
    if row is None or row.channel != CHANNEL or not row.payload:
        return None
    ours = identified(row.payload, row.id).get("message_id"), row.provider_id
    return row if bounce.token == row.payload.get("token") or bounce.message_id in ours else None


def _count(session: Session, found: Address, row: Outbox | None, bounce: Bounce) -> None:
    """One more letter in a row that did not arrive. While a server only tries on, a letter counts once, whatever
    number of notices it causes; when it gives up in the end, that is still the same letter."""
    if row is None:
        found.soft_bounces += 0 if bounce.delayed and found.soft_bounces else 1
        return
    known = row.reason if row.reason in (DELAYED, RETURNED) else ""  # or why it was not sent at once
    row.reason = known or DELAYED if bounce.delayed else RETURNED
    if known == DELAYED or (bounce.delayed and known):
        return
    if not known and _arrived_before(session, row):
        found.soft_bounces = 0
    found.soft_bounces += 1


def _arrived_before(session: Session, row: Outbox) -> bool:
    """Whether the letter before this one came to the same address: then an earlier fault was a passing one."""
    others = select(col(Outbox.reason)).where(
        col(Outbox.channel) == CHANNEL, col(Outbox.address) == row.address, col(Outbox.state) == OutboxState.SENT
    )
    before = session.scalars(others.where(col(Outbox.id) < row.id).order_by(col(Outbox.id).desc()).limit(1)).first()
    after = session.scalars(others.where(col(Outbox.id) > row.id, col(Outbox.reason).in_((DELAYED, RETURNED)))).first()
    return before not in (DELAYED, RETURNED) and after is None


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
