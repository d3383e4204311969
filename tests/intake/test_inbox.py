"""What came in is there once, in order, sealed, and a bad one never stands in the way."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session, col

from intake import inbox
from intake.channels import Batch, Raw, Unreadable
from intake.inbox import SEALED, Vault
from intake.tables import Inbox, InboxState
from tests.intake.conftest import KEY

VAULT = Vault(KEY)


def record(session: Session, now: datetime, *keys: str, stream: str = "chat 1", mark: str | None = None) -> int:
    raws = tuple(Raw(key, stream, key.encode(), now) for key in keys)
    return inbox.record(session, "telegram", Batch(raws, mark), VAULT)


def handle(session: Session, now: datetime) -> str | None:
    row = inbox.take(session)
    if row is None:
        return None
    inbox.finish(row, now, "done")
    session.flush()
    return row.key


def test_a_key_comes_in_once(session: Session, now: datetime) -> None:
    assert record(session, now, "1", "2", mark="2") == 2
    assert record(session, now, "2", "3", mark="3") == 1
    assert inbox.mark(session, "telegram") == "3"
    assert inbox.mark(session, "email") is None


def test_the_same_key_on_another_channel_is_another_input(session: Session, now: datetime) -> None:
    record(session, now, "1")
    assert inbox.record(session, "email", Batch((Raw("1", "s", b"", now),)), VAULT) == 1


def test_a_known_input_is_not_changed_by_a_second_copy(session: Session, now: datetime) -> None:
    record(session, now, "1")
    assert handle(session, now) == "1"
    record(session, now, "1")
    assert inbox.take(session) is None


def test_in_order_of_receipt(session: Session, now: datetime) -> None:
    record(session, now, "1", "2")
    record(session, now, "3", stream="chat 2")
    assert [handle(session, now) for _ in range(4)] == ["1", "2", "3", None]


def test_a_bad_input_is_set_aside_and_the_next_one_handled(session: Session, now: datetime) -> None:
    record(session, now, "bad", "good")
    bad = inbox.take(session)
    assert bad is not None
    inbox.set_aside(session, bad.id or 0, now, "broken " * 200)
    assert handle(session, now) == "good"
    assert inbox.counts(session) == {"waiting": 0, "set_aside": 1}
    kept = session.get_one(Inbox, bad.id, populate_existing=True)
    assert (VAULT.open(kept.body), len(kept.outcome)) == (b"bad", 500)


def test_replay_tries_again_what_was_set_aside(session: Session, now: datetime) -> None:
    record(session, now, "bad")
    bad = inbox.take(session)
    assert bad is not None
    inbox.set_aside(session, bad.id or 0, now, "broken")
    assert (inbox.replay(session), inbox.replay(session)) == (1, 0)
    session.expire_all()
    assert handle(session, now) == "bad"


def test_what_was_handled_cannot_be_set_aside(session: Session, now: datetime) -> None:
    record(session, now, "1")
    row = inbox.take(session)
    assert row is not None
    inbox.finish(row, now, "done")
    session.flush()
    inbox.set_aside(session, row.id or 0, now, "late")
    assert session.scalars(select(col(Inbox.state))).all() == [InboxState.HANDLED]


@pytest.mark.parametrize("key", ["with\x00nul", "lone \ud800 surrogate", "ķ" * 500])
def test_any_key_is_recognised_again(session: Session, now: datetime, key: str) -> None:
    raw = Raw(key, "s", b"body", now)
    assert inbox.record(session, "email", Batch((raw,)), VAULT) == 1
    assert inbox.record(session, "email", Batch((raw,)), VAULT) == 0


@given(st.binary(max_size=2000))
def test_what_is_sealed_is_opened_again(body: bytes) -> None:
    sealed = VAULT.seal(body)
    assert VAULT.open(sealed) == body
    assert len(body) < 8 or body not in sealed.removeprefix(SEALED)


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(Unreadable):
        Vault(b"another").open(VAULT.seal(b"body"))


def test_what_was_never_sealed_is_read_as_it_is() -> None:
    assert VAULT.open(b"plain") == b"plain"
