"""Transactions on SQLite and PostgreSQL: whole or not at all, and side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from intake import audit, inbox, outbox
from intake.channels import Batch, Raw
from intake.inbox import Vault
from intake.outbox import Message
from intake.store import Store, insert_once, upsert
from intake.tables import AuditEvent, Mark, Outbox, Suppression

NOW = datetime(2026, 1, 20, 8, tzinfo=UTC)


def note(session: Session, act: str = "test") -> None:
    audit.note(session, NOW, "test", act)


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def fail(session: Session) -> None:
    note(session)
    session.flush()
    raise LookupError("on purpose")


async def test_a_failed_rule_leaves_nothing_and_costs_its_neighbours_nothing(store: Store) -> None:
    rules: list[Callable[[Session], None]] = [note, fail, note, fail, note]
    results = await asyncio.gather(*(store.write(rule) for rule in rules), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), LookupError, type(None), LookupError, type(None)]
    assert await store.read(events) == 3


async def test_what_is_done_while_reading_is_not_kept(store: Store) -> None:
    await store.read(note)
    assert await store.read(events) == 0


async def test_many_writers_at_once(store: Store) -> None:
    await asyncio.gather(*(store.write(partial(note, act=str(number))) for number in range(60)))
    assert await store.read(events) == 60


async def test_two_processes_on_one_database(store: Store) -> None:
    """A second store is what a second process is: nothing is shared but the database."""
    url = store.engine.url.render_as_string(hide_password=False)
    other = Store(url.replace("postgresql+psycopg", "postgresql"))
    try:
        writes = [s.write(partial(note, act=str(number))) for number in range(30) for s in (store, other)]
        await asyncio.gather(*writes)
    finally:
        other.close()
    assert await store.read(events) == 60


async def test_one_of_two_racing_inserts_is_new(store: Store) -> None:
    row = {"digest": "d" * 64, "reason": "stop", "at": NOW}
    won = await asyncio.gather(*(store.write(lambda s: insert_once(s, Suppression, row)) for _ in range(8)))
    assert sorted(won) == [False] * 7 + [True]


async def test_a_message_is_leased_by_one_of_several_workers(store: Store) -> None:
    def put(session: Session) -> None:
        for number in range(40):
            message = Message("email", "answer", str(number), f"{number}@example.org", {}, NOW)
            outbox.put(session, message, NOW)

    await store.write(put)
    leased = await asyncio.gather(*(store.write(lambda s: outbox.lease(s, "email", NOW, 10)) for _ in range(8)))
    ids = [id_ for group in leased for id_ in group]
    assert len(ids) == len(set(ids)) == 40


async def test_inputs_of_one_stream_are_taken_one_after_the_other(store: Store) -> None:
    vault, order = Vault(b"key"), []
    raws = tuple(Raw(str(number), f"chat {number % 3}", b"", NOW) for number in range(30))
    await store.write(lambda s: inbox.record(s, "telegram", Batch(raws), vault))

    def take(session: Session) -> bool:
        row = inbox.take(session)
        if row is not None:
            inbox.finish(row, NOW, "done")
            session.flush()
            order.append((row.stream, int(row.key)))
        return row is not None

    async def work() -> None:
        idle = 0
        while idle < 3:
            idle = 0 if await store.write(take) else idle + 1

    await asyncio.gather(*(work() for _ in range(4)))
    while await store.write(take):
        pass
    for stream in range(3):
        taken = [key for name, key in order if name == f"chat {stream}"]
        assert taken == sorted(taken)
    assert len({key for _, key in order}) == len(order) == 30


def test_upsert_gives_the_row_its_new_values(store: Store) -> None:
    for position in ("1", "2"):
        store.run(partial(upsert, table=Mark, key="channel", row={"channel": "email", "position": position}))
    assert store.run(lambda s: s.scalars(select(col(Mark.position))).all()) == ["2"]


@pytest.mark.parametrize("offset_h", [-5, 0, 2, 3])
def test_instants_come_back_as_they_were(store: Store, offset_h: int) -> None:
    at = datetime(2026, 3, 29, 3, 30, 15, 123456, tzinfo=timezone(timedelta(hours=offset_h)))
    store.run(lambda s: audit.note(s, at, "test", "instant"))
    assert store.run(lambda s: s.scalars(select(col(AuditEvent.at))).one()) == at


def test_an_instant_without_a_zone_is_a_fault(store: Store) -> None:
    with pytest.raises(Exception, match="aware"):
        store.run(lambda s: (audit.note(s, datetime(2026, 1, 1), "test", "naive"), s.flush()))  # noqa: DTZ001


@pytest.mark.parametrize("text", ["a\x00b", "a\ud83db", "ok"])
def test_what_a_database_cannot_hold_is_replaced(store: Store, text: str) -> None:
    store.run(lambda s: audit.note(s, NOW, text, "words"))
    stored = store.run(lambda s: s.scalars(select(col(AuditEvent.actor))).one())
    assert stored == text.replace("\x00", "\ufffd").replace("\ud83d", "\ufffd")


async def test_one_leader_at_a_time(store: Store) -> None:
    first_has_it, first_may_end, order = asyncio.Event(), asyncio.Event(), []

    async def first() -> None:
        async with store.leader("poll"):
            first_has_it.set()
            await first_may_end.wait()
            order.append("first ends")

    async def second() -> None:
        await first_has_it.wait()
        first_may_end.set()
        async with store.leader("poll"):
            order.append("second begins")

    await asyncio.wait_for(asyncio.gather(first(), second()), 30)
    assert order == ["first ends", "second begins"]


def test_a_database_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    store = Store("postgresql://nobody@127.0.0.1:1/none")
    try:
        with pytest.raises(OperationalError):
            store.run(events)
    finally:
        store.close()


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a' / 'b' / 'new.db'}")
    store.close()
    assert (tmp_path / "a" / "b").is_dir()


def test_a_message_written_with_a_failed_rule_is_not_there(store: Store) -> None:
    def rule(session: Session) -> None:
        outbox.put(session, Message("email", "answer", "k", "a@example.org", {}, NOW), NOW)
        raise LookupError("on purpose")

    with pytest.raises(LookupError):
        store.run(rule)
    assert store.run(lambda s: s.scalar(select(func.count()).select_from(Outbox))) == 0
