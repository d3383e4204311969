"""Stop, pause, come back, be forgotten: honoured on every channel, acknowledged once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import outbox, people, privacy
from intake.desk import Desk
from intake.outbox import Message
from intake.tables import (
    Address,
    AuditEvent,
    Conversation,
    Inbox,
    InboxState,
    Matter,
    Nomination,
    Outbox,
    OutboxState,
    Person,
)

People = Callable[..., Person]


def waiting(session: Session, now: datetime, owner: Person, kind: str, channel: str = "email") -> None:
    address = "a@example.org" if channel == "email" else "5001"
    key = f"{kind}:{channel}"
    outbox.put(session, Message(channel, kind, key, address, {"text": "secret"}, now, person_id=owner.id), now)


def states(session: Session) -> dict[str, str]:
    session.expire_all()
    return {row.kind: str(row.state) for row in session.scalars(select(Outbox))}


def test_a_stop_holds_on_every_channel_with_one_acknowledgement(
    session: Session, desk: Desk, now: datetime, person: People
) -> None:
    anna = person("a@example.org")
    people.join(session, anna, "telegram", "5001", now)
    waiting(session, now, anna, "reminder")
    waiting(session, now, anna, "answer", "telegram")
    assert privacy.stop(session, desk, anna, now, channel="telegram", address="5001")
    assert privacy.stop(session, desk, anna, now, channel="email") is False
    assert states(session) == {"reminder": "suppressed", "answer": "suppressed", "stopped": "due"}
    assert outbox.stopped(session, "a@example.org", desk.key)
    assert outbox.stopped(session, "5001", desk.key)
    last = session.scalars(select(Outbox).where(col(Outbox.kind) == "stopped")).one()
    assert (last.channel, last.address) == ("telegram", "5001")


def test_the_acknowledgement_goes_where_they_can_be_reached(
    session: Session, desk: Desk, now: datetime, person: People
) -> None:
    anna = person("a@example.org")
    privacy.stop(session, desk, anna, now, channel="telegram")
    last = session.scalars(select(Outbox)).one()
    assert (last.channel, last.kind, last.address) == ("email", "stopped", "a@example.org")


def test_the_trail_names_nobody(session: Session, desk: Desk, now: datetime, person: People) -> None:
    anna = person("a@example.org", name="Anna Ozola")
    privacy.stop(session, desk, anna, now, channel="email")
    privacy.forget(session, desk, anna, now, "staff")
    for event in session.scalars(select(AuditEvent)):
        assert "example.org" not in event.subject + event.result
        assert "Anna" not in event.subject + event.result


def test_who_opens_the_chat_again_is_answered_there_only(
    session: Session, desk: Desk, now: datetime, person: People
) -> None:
    anna = person("a@example.org")
    people.join(session, anna, "telegram", "5001", now)
    privacy.stop(session, desk, anna, now, channel="telegram", address="5001")
    privacy.come_back(session, desk, anna, "5001", now)
    assert anna.stopped_at is None
    assert not outbox.stopped(session, "5001", desk.key)
    assert outbox.stopped(session, "a@example.org", desk.key)


def test_an_unclear_refusal_holds_what_we_begin_and_asks_the_staff(
    session: Session, desk: Desk, now: datetime, person: People
) -> None:
    anna = person("a@example.org")
    waiting(session, now, anna, "reminder")
    waiting(session, now, anna, "answer")
    privacy.pause(session, anna, now, None, "Mums šobrīd nav laika.")
    assert states(session) == {"reminder": "suppressed", "answer": "due"}
    assert session.scalars(select(col(Matter.kind))).all() == ["unclear_refusal"]


def test_forgetting_leaves_the_tree_and_no_person(
    session: Session, desk: Desk, now: datetime, person: People, conversation: Callable[..., Conversation]
) -> None:
    anna, juris = person("a@example.org", name="Anna Ozola", role="vadītāja"), person("j@example.org")
    juris.referred_by = anna.id
    waiting(session, now, anna, "answer")
    raw = {"channel": "email", "key": "1", "stream": "a@example.org", "body": b"Sveiki", "received_at": now}
    session.add(Inbox(**raw, person_id=anna.id, state=InboxState.HANDLED))
    session.add(Matter(kind="question", person_id=anna.id, text="Mans tālrunis ir 2000", created_at=now))
    draft = conversation(juris)
    nominated = {"email": "a@example.org", "person_name": "Anna Ozola", "person_id": anna.id, "created_at": now}
    session.add(Nomination(conversation_id=draft.id or 0, referrer_id=juris.id or 0, **nominated))
    session.flush()
    privacy.forget(session, desk, anna, now, "staff")
    session.flush()
    session.expire_all()
    left = " ".join(
        str(value)
        for table in (Person, Outbox, Inbox, Matter, Nomination, Address)
        for row in session.scalars(select(table))
        for name, value in vars(row).items()
        if name != "_sa_instance_state"
    )
    for word in ("Anna", "a@example.org", "vadītāja", "Sveiki", "2000", "secret"):
        assert word not in left
    assert session.get_one(Person, juris.id).referred_by == anna.id
    assert session.scalar(select(func.count()).select_from(Address)) == 1


def test_a_forgotten_address_is_not_written_to(session: Session, desk: Desk, now: datetime, person: People) -> None:
    anna = person("a@example.org")
    privacy.forget(session, desk, anna, now, "staff")
    assert outbox.stopped(session, "A@example.org ", desk.key)
    assert people.by_address(session, "email", "a@example.org") is None


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("stop", True),
        ("STOP!", True),
        ("Atteikties", True),
        ("atteikties.", True),
        ("“Atteikties”", True),
        ("nevēlos", True),
        ("Vairs nesūtiet!", True),
        ("стоп", True),
        ("/stop", True),
        ("Nevēlos atklāt finansējumu", False),
        ("stop motion animācija", False),
        ("", False),
        ("nē", False),
        ("s" * 100_000, False),
    ],
)
def test_a_stop_is_a_whole_message(text: str, stops: bool) -> None:
    assert privacy.is_stop(text) is stops


def test_a_second_stop_after_coming_back_is_acknowledged_again(
    session: Session, desk: Desk, now: datetime, person: People
) -> None:
    anna = person("a@example.org")
    people.join(session, anna, "telegram", "5001", now)
    for minute in range(2):
        at = now.replace(minute=minute)
        assert privacy.stop(session, desk, anna, at, channel="telegram", address="5001")
        privacy.come_back(session, desk, anna, "5001", at)
    rows = session.scalars(select(Outbox).where(col(Outbox.kind) == "stopped")).all()
    assert len(rows) == 2
    assert {row.state for row in rows} == {OutboxState.DUE}
