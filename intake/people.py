"""Who it is: a person and their addresses, found by address or by code, made when somebody new comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from intake import codes
from intake.store import insert_once
from intake.tables import Address, AddressState, Conversation, Person, Source


class CodeKind(StrEnum):
    """What a code stands for."""

    PERSONAL = "personal"
    PASSED_ON = "passed_on"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code says: whose it is, and of which kind."""

    kind: CodeKind
    person: Person
    conversation: Conversation | None = None


def add(session: Session, now: datetime, *, source: Source, basis: str, **known: Any) -> Person:
    """A new person with codes of their own. `source` and `basis` say by what right we hold the data."""
    person = Person(
        source=source,
        basis=basis,
        code=codes.new(),
        pass_code=codes.new(),
        created_at=now,
        **{"obtained_at": now, **known},
    )
    session.add(person)
    session.flush()
    return person


def passed_on(session: Session, source: Person, now: datetime) -> Person:
    """Somebody who received another's letter or link: a new respondent of the next wave."""
    return add(
        session,
        now,
        source=Source.FORWARD,
        source_detail=f"person {source.id}",
        basis=source.basis,
        wave=source.wave + 1,
        referred_by=source.id,
        language=source.language,
        informed_at=now,
    )


_BY_ADDRESS = (
    select(Person)
    .join(Address, col(Address.person_id) == col(Person.id))
    .where(col(Address.channel) == bindparam("on"), col(Address.value) == bindparam("address"))
)
_BY_ADDRESS_LOCKED = _BY_ADDRESS.with_for_update(of=Person)


def by_address(session: Session, channel: str, value: str, *, lock: bool = False) -> Person | None:
    """The person who has this address, locked against other inputs of theirs when they are to be changed."""
    statement = _BY_ADDRESS_LOCKED if lock else _BY_ADDRESS
    return session.scalars(statement, {"on": channel, "address": normal(channel, value)}).first()


def lock(session: Session, person: Person) -> Person:
    """The same person, read again under a lock: inputs of one person are handled one after the other."""
    return session.get_one(Person, person.id, with_for_update=True, populate_existing=True)


def join(session: Session, person: Person, channel: str, value: str, now: datetime) -> bool:
    """Give the person an address; False when somebody has it already."""
    row = {
        "person_id": person.id,
        "channel": channel,
        "value": normal(channel, value),
        "state": AddressState.ACTIVE,
        "soft_bounces": 0,
        "created_at": now,
    }
    return insert_once(session, Address, row)


def address(session: Session, person_id: int | None, channel: str) -> str | None:
    """Where the person can be reached on this channel now, or None."""
    statement = select(col(Address.value)).where(
        col(Address.person_id) == person_id,
        col(Address.channel) == channel,
        col(Address.state) == AddressState.ACTIVE,
    )
    return session.scalars(statement.order_by(col(Address.id))).first()


def reach(session: Session, person: Person) -> tuple[str, str] | None:
    """Channel and address for a message we begin: where they were last, else any that works."""
    order = [person.last_channel, *(name for name in ("email", "telegram") if name != person.last_channel)]
    found = ((name, address(session, person.id, name)) for name in order)
    return next(((name, value) for name, value in found if value), None)


def by_code(session: Session, text: str) -> Meaning | None:
    """What a code stands for, or None when it is no code of ours."""
    code = codes.read(text)
    if code is None:
        return None
    person = session.scalars(select(Person).where((col(Person.code) == code) | (col(Person.pass_code) == code))).first()
    if person is not None:
        kind = CodeKind.PERSONAL if person.code == code else CodeKind.PASSED_ON
        return Meaning(kind, now_known_as(session, person))
    conversation = session.scalars(select(Conversation).where(col(Conversation.code) == code)).first()
    if conversation is None:
        return None
    return Meaning(CodeKind.CONVERSATION, session.get_one(Person, conversation.person_id), conversation)


def now_known_as(session: Session, person: Person) -> Person:
    """Whom they were united with, else themselves: what was sent to them before still leads somewhere."""
    return person if person.united_with is None else session.get_one(Person, person.united_with)


def normal(channel: str, value: str) -> str:
    """The form in which addresses are compared."""
    return value.strip().lower() if channel == "email" else value.strip()


def reopen(session: Session, channel: str, value: str) -> None:
    """The address takes messages again."""
    session.execute(
        update(Address)
        .where(col(Address.channel) == channel, col(Address.value) == value)
        .values(state=AddressState.ACTIVE, soft_bounces=0)
    )
