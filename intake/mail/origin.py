"""Where a mail comes from: the letter it answers, and who is answering it (DESIGN.md, Identity)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from intake import identity, outbox, people
from intake.channels.email.codes import Code
from intake.channels.email.incoming import Mail
from intake.channels.email.message import identified, outbox_id_of
from intake.desk import Desk
from intake.mail import quoted
from intake.mail.visit import CHANNEL
from intake.people import CodeKind, Meaning
from intake.tables import Outbox, Person, Source

MOST_LETTERS = 10
"""Of one person or conversation, that are compared with what a mail quotes."""


@dataclass(frozen=True, slots=True)
class Respondent:
    """Who answers. `conversation_id`: the draft that goes on; `ours`: their own address, where earlier answers may
    be repeated; `new`: nobody we knew; `owner`: somebody else, whom the letter was written to."""

    person: Person
    conversation_id: int | None = None
    ours: bool = True
    new: bool = False
    owner: Person | None = None


def answered(session: Session, mail: Mail, body: bytes) -> Outbox | None:
    """The letter of ours that this mail answers: by its Message-ID; else, of the letters that its codes name or that
    went to the sender, the one it quotes, or the newest where it quotes none.

    Relays replace Message-IDs, and the replies then name ids that we never saw.
    """
    if (row := referred_to(session, mail)) is not None:
        return row
    letters = [row for code in mail.codes for row in _with(session, mail, code)]
    if not letters and mail.is_reply:
        letters = _to(session, mail.sender)
    return quoted.most(body, letters)


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


def _with(session: Session, mail: Mail, code: Code) -> list[Outbox]:
    """The letters that a code stands for, the newest first: all to the sender where they answer one with a code of
    theirs, else those about that conversation, or those that we began. A passed-on code names no letter."""
    meaning = people.by_code(session, code.value)
    if meaning is None or meaning.kind is CodeKind.PASSED_ON:
        return []
    sender = people.by_address(session, CHANNEL, mail.sender) if mail.is_reply else None
    if sender is not None and sender.id == meaning.person.id:
        return _to(session, mail.sender)
    if meaning.conversation is not None:
        return _newest(session, col(Outbox.conversation_id) == meaning.conversation.id)
    return _newest(session, col(Outbox.person_id) == meaning.person.id, col(Outbox.kind).in_(outbox.UNASKED))


def _to(session: Session, address: str) -> list[Outbox]:
    return _newest(session, col(Outbox.address) == people.normal(CHANNEL, address))


def _newest(session: Session, *conditions: ColumnElement[bool]) -> list[Outbox]:
    statement = select(Outbox).where(col(Outbox.channel) == CHANNEL, *conditions)
    return list(session.scalars(statement.order_by(col(Outbox.id).desc()).limit(MOST_LETTERS)))
