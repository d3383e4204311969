"""Where a mail comes from: the letter it answers, and who is answering it (DESIGN.md, Identity)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from intake import identity, people
from intake.channels.email.incoming import Mail
from intake.channels.email.message import identified, outbox_id_of
from intake.desk import Desk
from intake.mail.visit import CHANNEL
from intake.people import CodeKind, Meaning
from intake.tables import Outbox, Person, Source


@dataclass(frozen=True, slots=True)
class Respondent:
    """Who answers. `conversation_id`: the draft that goes on; `ours`: their own address, where earlier answers may
    be repeated; `new`: nobody we knew; `owner`: somebody else, whom the letter was written to."""

    person: Person
    conversation_id: int | None = None
    ours: bool = True
    new: bool = False
    owner: Person | None = None


def answered(session: Session, mail: Mail) -> Outbox | None:
    """The letter of ours that this mail answers: by its Message-ID, else by a code, else the last one to the sender."""
    if (row := referred_to(session, mail)) is not None:
        return row
    for code in mail.codes:
        if (meaning := people.by_code(session, code.value)) is not None and (row := _by_meaning(session, meaning)):
            return row
    return _last_to(session, mail.sender) if mail.is_reply else None


def referred_to(session: Session, mail: Mail) -> Outbox | None:
    """The letter whose Message-ID the mail names; that cannot be guessed by somebody who did not receive it."""
    rows = (_by_message_id(session, reference) for reference in mail.answers)
    return next((row for row in rows if row is not None), None)


def respondent(session: Session, mail: Mail, letter: Outbox | None, now: datetime) -> Respondent | None:
    """Who answers; None for a stranger without a letter or a code of ours. Never takes over somebody's answers."""
    sender = people.by_address(session, CHANNEL, mail.sender, lock=True)
    if letter is not None and letter.person_id is not None:
        owner = people.lock(session, session.get_one(Person, letter.person_id))
        if owner == sender:
            return Respondent(owner, letter.conversation_id)
        if letter.kind == "answer" and letter.conversation_id is not None:
            return Respondent(owner, letter.conversation_id, ours=False)
        return _other(session, mail, sender, owner, now)
    for code in mail.codes:
        meaning = people.by_code(session, code.value)
        if meaning is not None:
            return _with_code(session, mail, sender, meaning, now)
    if sender is not None:
        return Respondent(sender)
    return None


def stranger(session: Session, desk: Desk, mail: Mail, now: datetime) -> Person:
    """Somebody who wrote by themselves."""
    person = people.add(
        session,
        now,
        source=Source.SELF,
        basis=identity.SELF_BASIS,
        name=mail.sender_name,
        language=desk.campaign.language,
        informed_at=now,
    )
    people.join(session, person, CHANNEL, mail.sender, now)
    return person


def _with_code(
    session: Session, mail: Mail, sender: Person | None, meaning: Meaning, now: datetime
) -> Respondent | None:
    owner = people.lock(session, meaning.person)
    if owner == sender:
        return Respondent(owner, meaning.conversation.id if meaning.conversation else None)
    if meaning.kind is CodeKind.CONVERSATION and meaning.conversation is not None:
        return Respondent(owner, meaning.conversation.id, ours=False)
    return _other(session, mail, sender, owner, now)


def _other(session: Session, mail: Mail, sender: Person | None, owner: Person, now: datetime) -> Respondent:
    """The letter was passed on: a new respondent of the next wave, or one we know answering for themselves."""
    if sender is not None:
        return Respondent(sender, owner=owner)
    person = people.passed_on(session, owner, now)
    person.name = mail.sender_name
    people.join(session, person, CHANNEL, mail.sender, now)
    return Respondent(person, new=True, owner=owner)


def _by_message_id(session: Session, message_id: str) -> Outbox | None:
    """Ours by the id in it, or the one a relay gave it."""
    if (number := outbox_id_of(message_id)) is not None:
        row = session.get(Outbox, number)
        if row is not None and row.payload and identified(row.payload, row.id).get("message_id") == message_id:
            return row
    return session.scalars(
        select(Outbox).where(col(Outbox.channel) == CHANNEL, col(Outbox.provider_id) == message_id)
    ).first()


def _by_meaning(session: Session, meaning: Meaning) -> Outbox | None:
    """The newest letter about that conversation, or the personal invitation. A passed-on code names no letter."""
    statement = select(Outbox).where(col(Outbox.channel) == CHANNEL)
    if meaning.conversation is not None:
        statement = statement.where(col(Outbox.conversation_id) == meaning.conversation.id)
    elif meaning.kind is CodeKind.PERSONAL:
        statement = statement.where(
            col(Outbox.person_id) == meaning.person.id, col(Outbox.kind).in_(("invitation", "referral"))
        )
    else:
        return None
    return session.scalars(statement.order_by(col(Outbox.id).desc()).limit(1)).first()


def _last_to(session: Session, address: str) -> Outbox | None:
    statement = select(Outbox).where(
        col(Outbox.channel) == CHANNEL, col(Outbox.address) == people.normal(CHANNEL, address)
    )
    return session.scalars(statement.order_by(col(Outbox.id).desc()).limit(1)).first()
