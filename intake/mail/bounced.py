"""A returned mail: which address it means, and what is closed because of it (DOMAIN.md 4, rule 24)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from intake import matters, outbox, people
from intake.channels.email.bounces import Bounce
from intake.mail.visit import CHANNEL
from intake.tables import Address, Outbox

MOST_SOFT = 2
"""Soft bounces after which an address is given up."""


def note(session: Session, bounce: Bounce, now: datetime) -> str:
    """Count the bounce at its address. Only an address that a letter of ours went to can be closed by it."""
    row = session.get(Outbox, bounce.outbox_id) if bounce.outbox_id is not None else None
    recipient = people.normal(CHANNEL, row.address if row is not None else bounce.recipient)
    found = session.scalars(
        select(Address).where(col(Address.channel) == CHANNEL, col(Address.value) == recipient).with_for_update()
    ).first()
    if found is None:
        return "bounce of a stranger"
    if bounce.kind == "soft":
        found.soft_bounces += 1
    if bounce.kind == "hard" or found.soft_bounces >= MOST_SOFT:
        outbox.close_address(session, CHANNEL, found.value)
        matters.open_matter(session, "bounced", now, person_id=found.person_id)
    return f"bounce {bounce.kind}"
