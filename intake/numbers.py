"""How the campaign stands, in counts: the same numbers for `atsauce status`, the digest and the report."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, distinct, func, select
from sqlmodel import Session, col

from intake import inbox, matters, outbox, wording
from intake.tables import (
    Address,
    AddressState,
    Conversation,
    Initiative,
    Nomination,
    NominationState,
    Outbox,
    OutboxState,
    Person,
    Source,
    Submission,
)

INVITING = ("invitation", "referral")
REFERRED = (Source.REFERRAL, Source.FORWARD)
FEW = 10
"""A share of fewer than so many is said as "3 no 7", not per cent (DOMAIN.md 5)."""


def status(session: Session) -> dict[str, Any]:
    """The counts named in DESIGN.md, "Public names"."""
    return {
        "contacts": _count(session, Person.id, col(Person.source).in_((Source.STAFF, Source.REGISTER))),
        "invited": _invited(session),
        "begun": _count(session, distinct(col(Conversation.person_id)), col(Conversation.answered_at).is_not(None)),
        "submitted": _count(session, distinct(col(Submission.conversation_id))),
        "initiatives": _count(session, Initiative.id),
        "referrals": _referrals(session),
        "stopped": _count(session, Person.id, col(Person.stopped_at).is_not(None)),
        "bounced": _count(session, Address.id, col(Address.state) == AddressState.BOUNCED),
        "inbox": inbox.counts(session),
        "outbox": outbox.counts(session),
        "needs_a_person": matters.count(session),
    }


def channels(session: Session) -> dict[str, int]:
    """Submissions by the channel they came through."""
    rows = select(col(Submission.channel), func.count(distinct(col(Submission.conversation_id))))
    return dict(session.execute(rows.group_by(col(Submission.channel))).all())


def share(part: int, whole: int, language: str) -> str:
    """`3 no 7`, or `43 % (12 no 28)` where the whole is large enough for a percentage to mean something."""
    key = "of_few" if whole < FEW else "of_many"
    percent = round(100 * part / whole) if whole else 0
    return wording.text(language, f"digest.{key}", part=part, whole=whole, percent=percent)


def _referrals(session: Session) -> dict[str, int]:
    answered = select(col(Submission.person_id))
    return {
        "nominated": _count(session, Nomination.id),
        "approved": _count(session, Nomination.id, col(Nomination.state) == NominationState.APPROVED),
        "invited": _invited(session, "referral"),
        "answered": _count(session, Person.id, col(Person.source).in_(REFERRED), col(Person.id).in_(answered)),
    }


def _invited(session: Session, *kinds: str) -> int:
    sent = col(Outbox.state) == OutboxState.SENT
    return _count(session, distinct(col(Outbox.person_id)), col(Outbox.kind).in_(kinds or INVITING), sent)


def _count(session: Session, what: Any, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(what)).where(*where)) or 0
