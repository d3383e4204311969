"""A message goes out once, in order, never after a stop, and doubt is said aloud."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from intake import outbox, privacy
from intake.channels import Gone, Moved, NotYet, Refused, SendFailed, TryLater, Unknown
from intake.desk import Desk
from intake.outbox import Message
from intake.tables import Address, AddressState, CampaignState, Matter, Outbox, OutboxState, Person
from tests.intake.conftest import KEY

SECOND = timedelta(seconds=1)


def put(session: Session, now: datetime, key: str = "k", **changed: object) -> int:
    values = {"channel": "email", "kind": "invitation", "key": key, "address": "a@example.org", "payload": {}}
    message = Message(**values | {"due_at": now} | changed)  # type: ignore[arg-type]
    assert outbox.put(session, message, now)
    return session.scalars(select(col(Outbox.id)).where(col(Outbox.key) == message.key)).one() or 0


def sending(session: Session, id_: int, now: datetime) -> Outbox:
    assert outbox.lease(session, "email", now, 10) == [id_]
    assert outbox.begin_sending(session, id_, now, KEY) is not None
    return row(session, id_)


def row(session: Session, id_: int) -> Outbox:
    return session.get_one(Outbox, id_, populate_existing=True)


def test_a_key_exists_once(session: Session, now: datetime) -> None:
    put(session, now, "invitation:1")
    again = Message("email", "invitation", "invitation:1", "b@example.org", {}, now)
    assert outbox.put(session, again, now) is False
    assert session.scalars(select(col(Outbox.address))).all() == ["a@example.org"]


def test_the_way_of_a_message(session: Session, now: datetime) -> None:
    id_ = put(session, now)
    assert sending(session, id_, now).state == OutboxState.SENDING
    outbox.sent(session, id_, now, "<1@example.org>")
    assert (row(session, id_).state, row(session, id_).provider_id) == (OutboxState.SENT, "<1@example.org>")
    assert outbox.lease(session, "email", now, 10) == []


def test_one_at_a_time_to_an_address_and_in_order(session: Session, now: datetime) -> None:
    first, second = put(session, now, "1"), put(session, now, "2")
    other = put(session, now, "3", address="b@example.org")
    assert outbox.lease(session, "email", now, 10) == [first, other]
    assert outbox.lease(session, "email", now, 10) == []
    assert outbox.begin_sending(session, first, now, KEY) is not None
    assert outbox.lease(session, "email", now, 10) == []
    outbox.sent(session, first, now, "x")
    assert outbox.lease(session, "email", now, 10) == [second]


def test_what_waits_for_its_hour_does_not_hold_up_an_answer(session: Session, now: datetime) -> None:
    put(session, now, "later", due_at=now + timedelta(days=1))
    answer = put(session, now, "answer", kind="answer")
    assert outbox.lease(session, "email", now, 10) == [answer]


def test_a_message_that_is_tried_again_keeps_its_place(session: Session, now: datetime) -> None:
    first = put(session, now, "1", kind="answer")
    sending(session, first, now)
    put(session, now, "2", kind="answer")
    outbox.failed(session, first, now, TryLater("later"))
    assert outbox.lease(session, "email", now + SECOND, 10) == []
    assert outbox.lease(session, "email", now + timedelta(minutes=1), 10) == [first]


def test_what_waits_at_an_address_that_is_another_now_goes_there(session: Session, now: datetime) -> None:
    first = put(session, now, "1", kind="answer", payload={"kind": "message", "text": "x"})
    sending(session, first, now)
    second = put(session, now, "2", kind="answer", payload={"kind": "message", "text": "y"})
    edit = put(session, now, "3", kind="answer", payload={"kind": "edit", "message_id": 1, "text": "z"})
    outbox.failed(session, first, now, Moved("b@example.org"))
    assert [(row(session, id_).address, row(session, id_).state) for id_ in (first, second, edit)] == [
        ("b@example.org", OutboxState.DUE),
        ("b@example.org", OutboxState.DUE),
        ("b@example.org", OutboxState.SUPPRESSED),
    ]
    assert session.scalars(select(Matter)).all() == []


@pytest.mark.parametrize(("channel", "limit", "found"), [("telegram", 10, 0), ("email", 2, 2), ("email", 10, 3)])
def test_only_this_channel_and_as_many_as_asked(
    session: Session, now: datetime, channel: str, limit: int, found: int
) -> None:
    for number in range(3):
        put(session, now, str(number), address=f"{number}@example.org")
    assert len(outbox.lease(session, channel, now, limit)) == found


@pytest.mark.parametrize("kind", ["invitation", "reminder", "referral"])
@pytest.mark.parametrize("address", ["a@example.org", "b@example.org"])
def test_a_pause_holds_what_we_begin_and_no_answer(session: Session, now: datetime, kind: str, address: str) -> None:
    session.add(CampaignState(id=1, paused_at=now))
    put(session, now, kind=kind, address="a@example.org")
    answer = put(session, now, "answer", kind="answer", address=address)
    assert outbox.lease(session, "email", now, 10) == [answer]


def test_a_stop_between_lease_and_sending(
    session: Session, desk: Desk, now: datetime, person: Callable[..., Person]
) -> None:
    anna = person("a@example.org")
    id_ = put(session, now, person_id=anna.id)
    assert outbox.lease(session, "email", now, 10) == [id_]
    assert privacy.stop(session, desk, anna, now, channel="email")
    assert outbox.begin_sending(session, id_, now, KEY) is None
    assert row(session, id_).state == OutboxState.SUPPRESSED


def test_only_the_acknowledgement_goes_out_after_a_stop(
    session: Session, desk: Desk, now: datetime, person: Callable[..., Person]
) -> None:
    anna = person("a@example.org")
    privacy.stop(session, desk, anna, now, channel="email")
    put(session, now, "after", kind="answer", person_id=anna.id, address="other@example.org")
    out = []
    for _ in range(3):
        for id_ in outbox.lease(session, "email", now, 10):
            if outbox.begin_sending(session, id_, now, KEY):
                out.append(row(session, id_).kind)
                outbox.sent(session, id_, now, "x")
    assert out == ["stopped"]


@pytest.mark.parametrize(
    ("failure", "kind", "state", "matter"),
    [
        (TryLater("busy"), "invitation", OutboxState.DUE, None),
        (Refused("no"), "invitation", OutboxState.FAILED, "undelivered"),
        (Gone("unknown mailbox"), "answer", OutboxState.FAILED, "undelivered"),
        (Gone("unknown mailbox"), "digest", OutboxState.FAILED, None),
        (Unknown("lost"), "invitation", OutboxState.UNKNOWN, "unknown_delivery"),
        (Unknown("lost"), "reminder", OutboxState.UNKNOWN, "unknown_delivery"),
        (Unknown("lost"), "answer", OutboxState.DUE, None),
    ],
)
def test_what_becomes_of_a_failure(
    session: Session, now: datetime, failure: SendFailed, kind: str, state: OutboxState, matter: str | None
) -> None:
    id_ = put(session, now, kind=kind)
    sending(session, id_, now)
    outbox.failed(session, id_, now, failure)
    assert row(session, id_).state == state
    assert session.scalars(select(col(Matter.kind))).all() == ([matter] if matter else [])


def test_an_answer_in_doubt_is_sent_once_more_and_no_more(session: Session, now: datetime) -> None:
    id_ = put(session, now, kind="answer")
    for expected in (OutboxState.DUE, OutboxState.UNKNOWN):
        sending(session, id_, now)
        outbox.failed(session, id_, now, Unknown("lost"))
        assert row(session, id_).state == expected


def test_trying_again_comes_to_an_end(session: Session, now: datetime) -> None:
    id_, at = put(session, now), now
    for _ in range(outbox.ATTEMPTS):
        sending(session, id_, at)
        outbox.failed(session, id_, at, TryLater("busy"))
        at += timedelta(hours=2)
    assert row(session, id_).state == OutboxState.FAILED


def test_our_own_pace_is_no_attempt(session: Session, now: datetime) -> None:
    """Hundreds of letters to one domain wait for one another for hours."""
    id_, at = put(session, now), now
    for _ in range(outbox.ATTEMPTS + 1):
        sending(session, id_, at)
        outbox.failed(session, id_, at, NotYet("too many letters at once", "pace", after_s=60))
        at += timedelta(seconds=60)
    assert (row(session, id_).state, row(session, id_).due_at, row(session, id_).attempts) == (OutboxState.DUE, at, 0)


def test_the_provider_says_when(session: Session, now: datetime) -> None:
    id_ = put(session, now)
    sending(session, id_, now)
    outbox.failed(session, id_, now, TryLater("slow down", after_s=17))
    assert row(session, id_).due_at == now + 17 * SECOND


def test_gone_closes_the_address(session: Session, now: datetime, person: Callable[..., Person]) -> None:
    anna = person("a@example.org")
    id_ = put(session, now, person_id=anna.id)
    sending(session, id_, now)
    outbox.failed(session, id_, now, Gone("unknown mailbox"))
    found = session.scalars(select(Address).execution_options(populate_existing=True)).one()
    assert found.state == AddressState.BOUNCED


@pytest.mark.parametrize(
    ("begun", "kind", "state"),
    [
        (False, "invitation", OutboxState.DUE),
        (True, "invitation", OutboxState.UNKNOWN),
        (True, "answer", OutboxState.DUE),
    ],
)
def test_after_a_crash(session: Session, now: datetime, begun: bool, kind: str, state: OutboxState) -> None:
    id_ = put(session, now, kind=kind)
    outbox.lease(session, "email", now, 10)
    if begun:
        outbox.begin_sending(session, id_, now, KEY)
    assert outbox.recover(session, now + SECOND) == 0
    assert outbox.recover(session, now + timedelta(minutes=5)) == 1
    assert row(session, id_).state == state


def test_suppress_counts_and_leaves_what_goes_out_now(
    session: Session, now: datetime, person: Callable[..., Person]
) -> None:
    anna = person("a@example.org")
    going = put(session, now, "1", person_id=anna.id)
    sending(session, going, now)
    put(session, now, "2", person_id=anna.id, kind="reminder")
    put(session, now, "3", person_id=anna.id, kind="stopped")
    assert outbox.suppress(session, "test", person_id=anna.id or 0, kinds=("reminder",)) == 1
    assert outbox.suppress(session, "test", person_id=anna.id or 0) == 0
    expected = {"due": 1, "sending": 1, "sent": 0, "failed": 0, "suppressed": 1, "unknown": 0}
    assert outbox.counts(session) == expected


def test_two_spellings_of_one_address_stop_together() -> None:
    assert outbox.address_digest(" Anna@Example.org ", KEY) == outbox.address_digest("anna@example.org", KEY)
    assert outbox.address_digest("anna@example.org", KEY) != outbox.address_digest("anna@example.org", b"other")
