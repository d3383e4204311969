"""Stop, pause, come back, be forgotten: what a person may ask for, honoured on every channel at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, distinct, exists, func, select, update
from sqlmodel import Session, col

from conversations.reading.meaning import command
from intake import attachments, audit, letters, matters, outbox, people, personal
from intake.desk import Desk
from intake.store import insert_once
from intake.tables import (
    DELETED,
    Address,
    Attachment,
    Conversation,
    Inbox,
    Matter,
    Nomination,
    Organisation,
    Outbox,
    Person,
    Source,
    Submission,
    Suppression,
    Typed,
)


def stop(
    session: Session, desk: Desk, person: Person, now: datetime, *, channel: str, actor: str = "self", address: str = ""
) -> bool:
    """Nothing more to this person, on any channel; one acknowledgement, where the stop came from if possible.

    False when they had said so before: then there is no second acknowledgement.
    """
    if person.stopped_at is not None:
        return False
    person.stopped_at = now
    outbox.suppress(session, "stopped", person_id=person.id or 0)
    addresses = list(session.scalars(select(Address).where(col(Address.person_id) == person.id)))
    for row in addresses:
        suppress_address(session, desk, row.value, now)
    target = _acknowledge_to(session, person, channel, address)
    if target is not None:
        letters.acknowledge_stop(session, desk, person, target, now)
    audit.note(session, now, actor, "stop", f"person {person.id}")
    return True


def suppress_address(session: Session, desk: Desk, address: str, now: datetime, reason: str = "stop") -> bool:
    """Remember that this address said stop, whoever it belongs to."""
    row = {"digest": outbox.address_digest(address, desk.key), "reason": reason, "at": now}
    return insert_once(session, Suppression, row)


def come_back(session: Session, desk: Desk, person: Person, chat: str, now: datetime) -> None:
    """They opened the chat again themselves: the chat may answer, mail stays stopped."""
    session.execute(delete(Suppression).where(col(Suppression.digest) == outbox.address_digest(chat, desk.key)))
    person.stopped_at = None
    audit.note(session, now, "self", "come_back", f"person {person.id}")


def pause(session: Session, person: Person, now: datetime, inbox_id: int | None, text: str) -> None:
    """An unclear refusal: nothing that we begin goes out until the staff have read it."""
    person.paused_at = now
    outbox.suppress(session, "paused", person_id=person.id or 0, kinds=tuple(outbox.UNASKED))
    matters.open_matter(session, "unclear_refusal", now, person_id=person.id, inbox_id=inbox_id, text=text)


LONGEST_STOP = 40


def is_stop(text: str) -> bool:
    """Whether a chat message as a whole says stop: by the words that a mail says it with (DOMAIN.md 4, rule 5)."""
    found = command(text) if len(text) < LONGEST_STOP else None
    return found is not None and found.act == "stop"


def held(session: Session, person: Person) -> dict[str, str]:
    """What we hold about a person, in words for a sentence."""
    organisation = session.get(Organisation, person.organisation_id) if person.organisation_id else None
    rows = session.scalars(select(Address).where(col(Address.person_id) == person.id)).all()
    submitted = select(func.count(distinct(col(Submission.conversation_id)))).where(
        col(Submission.person_id) == person.id
    )
    return {
        "name": person.name or "–",
        "organisation": organisation.name if organisation else "–",
        "channels": ", ".join(row.value if row.channel == "email" else "Telegram" for row in rows) or "–",
        "submissions": str(session.scalar(submitted) or 0),
        "source": person.source_detail if person.source == Source.STAFF else person.source,
    }


def forget(session: Session, desk: Desk, person: Person, now: datetime, actor: str, *, suppress: bool = True) -> None:
    """Erase who it was (DOMAIN.md 4, rule 15): contact, chat, raw messages, letters, drafts, what answers say of it.

    What was submitted is kept otherwise, and the tree of referrals keeps its shape.

    `suppress`: they asked for it, so their addresses are never written to again.
    """
    for row in session.scalars(select(Address).where(col(Address.person_id) == person.id)).all():
        if suppress:
            suppress_address(session, desk, row.value, now, "erased")
    outbox.suppress(session, "erased", person_id=person.id or 0)
    session.execute(delete(Address).where(col(Address.person_id) == person.id))
    theirs = select(col(Conversation.id)).where(col(Conversation.person_id) == person.id)
    session.execute(delete(Typed).where(col(Typed.conversation_id).in_(theirs)))
    for conversation in session.scalars(select(Conversation).where(col(Conversation.person_id) == person.id)):
        _erase(session, desk, conversation)
    suggested_in = select(col(Nomination.conversation_id)).where(col(Nomination.person_id) == person.id)
    for conversation in session.scalars(select(Conversation).where(col(Conversation.id).in_(suggested_in))):
        personal.erase(session, desk, conversation, personal.about_suggested)
    attachments.erase(session, col(Attachment.person_id) == person.id)
    erased = {"address": "", "payload": {}, "reason": "erased"}
    session.execute(update(Outbox).where(col(Outbox.person_id) == person.id).values(**erased))
    session.execute(update(Inbox).where(col(Inbox.person_id) == person.id).values(body=b"", stream=""))
    session.execute(update(Matter).where(col(Matter.person_id) == person.id).values(text=""))
    session.execute(update(Nomination).where(col(Nomination.person_id) == person.id).values(email=None, person_name=""))
    person.name = person.salutation = person.role = person.source_detail = ""
    person.stopped_at, person.forgotten_at = person.stopped_at or now, now
    audit.note(session, now, actor, "forget", f"person {person.id}")


def _erase(session: Session, desk: Desk, conversation: Conversation) -> None:
    """What was submitted stays without the contact; what was not goes whole."""
    if session.scalar(select(exists().where(col(Submission.conversation_id) == conversation.id))):
        personal.erase(session, desk, conversation, personal.about_anybody)
    else:
        conversation.state, conversation.session = DELETED, ""


def _acknowledge_to(session: Session, person: Person, channel: str, address: str) -> tuple[str, str] | None:
    value = address or people.address(session, person.id or 0, channel)
    return (channel, value) if value else people.reach(session, person)
