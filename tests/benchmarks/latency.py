"""How long a person waits at a steady pace, and how much memory the service takes with many open conversations."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, make_url
from sqlmodel import SQLModel

from tests.benchmarks.child import ATSAUCE, Child, module, running
from tests.benchmarks.place import Place
from tests.benchmarks.turns import FIRST_QUESTION, TEXTS, migrate

CHATS, A_SECOND, SECONDS = 1_000, 30, 20
BATCH = 100
"""Chats begun at a time."""
CONVERSATIONS = 100_000
TURNED, MODEL_TURNS = 100, 8
"""Chats that talk with the full database, and how far the conversation got that it is filled with."""
MEDIAN_MS, P99_MS, RSS_MB = 25, 100, 200
_NUMBERS = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :many)"


@dataclass(frozen=True, slots=True)
class Latency:
    """`empty_rss_mb` is what the service held before the database was filled, with the paced turns behind it."""

    turns: int
    median_ms: float
    p99_ms: float
    cpu_ms: float
    empty_rss_mb: float
    rss_mb: float
    peak_mb: float

    def lines(self) -> str:
        return (
            f"From update to next question, {A_SECOND} updates a second over {CHATS:,} chats, SQLite (FULL),"
            f" {self.turns} turns, CPU each {self.cpu_ms:.1f} ms:\n"
            f"  median {self.median_ms:.0f} ms (aim: {MEDIAN_MS}), p99 {self.p99_ms:.0f} ms (aim: {P99_MS})\n"
            f"Memory (RSS) of the service beside {CONVERSATIONS:,} open conversations, after {TURNED} chats talked:\n"
            f"  {self.rss_mb:.0f} MB, {self.peak_mb:.0f} MB at most (aim: {RSS_MB});"
            f" {self.empty_rss_mb:.0f} MB without them"
        )


def measure(place: Place, tell: Callable[[str], None]) -> Latency:
    """One run: chats begin, talk at the pace, and once more after the database was filled."""
    url = place.kinds[0].fresh("empty", migrate)
    with running(module("bot_server")) as server:
        address = server.line()
        with _service(place, url, address) as service:
            _begin(server, tell)
            tell(f"latency: {A_SECOND} updates a second for {SECONDS} s")
            before = service.cpu_s()
            waits = server.ask(first=1, chats=CHATS, pace=A_SECOND, seconds=SECONDS, say=TEXTS)["waits_s"]
            cpu_s, empty_mb = service.cpu_s() - before, service.memory_mb()[0]
            model = CHATS + 1
            server.ask(first=model, chats=1, open="/start", until=FIRST_QUESTION)
            server.ask(first=model, chats=1, say=TEXTS[:MODEL_TURNS])
        tell(f"latency: {CONVERSATIONS:,} open conversations are written")
        fill(str(make_url(url).database), str(model), CONVERSATIONS)
        with _service(place, url, address) as service:
            tell(f"latency: {TURNED} chats talk beside them")
            server.ask(first=CHATS - TURNED + 1, chats=TURNED, say=TEXTS[:2])
            rss_mb, peak_mb = service.memory_mb()
    waits.sort()
    middle, late = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    return Latency(len(waits), middle * 1e3, late * 1e3, cpu_s / len(waits) * 1e3, empty_mb, rss_mb, peak_mb)


@contextmanager
def _service(place: Place, url: str, address: Mapping[str, str]) -> Iterator[Child]:
    settings = {"ATSAUCE_TELEGRAM_API_URL": address["url"], "ATSAUCE_TELEGRAM_TOKEN": address["token"]}
    with running([ATSAUCE, "run"], place.settings(url, **settings)) as service:
        service.until("ready")
        yield service


def _begin(server: Child, tell: Callable[[str], None]) -> None:
    for first in range(1, CHATS + 1, BATCH):
        tell(f"latency: {first - 1} of {CHATS} chats have begun")
        server.ask(first=first, chats=BATCH, open="/start", until=FIRST_QUESTION)


def fill(database: str, chat: str, many: int) -> None:
    """Copy the person, the address and the conversation of one chat `many` times, each under keys of its own."""
    with closing(sqlite3.connect(database)) as connection, connection:
        query = "SELECT id, person_id FROM address WHERE channel = 'telegram' AND value = ?"
        address, person = connection.execute(query, (chat,)).fetchone()
        (conversation,) = connection.execute("SELECT id FROM conversation WHERE person_id = ?", (person,)).fetchone()
        (base,) = connection.execute("SELECT max(id) FROM person").fetchone()
        owner, code = f"{base} + n", "printf('%s%08d', :prefix, n)"
        _copy(connection, "person", person, many, {"id": owner, "code": code, "pass_code": code})
        _copy(connection, "address", address, many, {"person_id": owner, "value": "1000000000 + n"})
        _copy(connection, "conversation", conversation, many, {"person_id": owner, "code": code})


def _copy(connection: sqlite3.Connection, name: str, one: int, many: int, own: Mapping[str, str]) -> None:
    """Rows like row `one`; `own` says in SQL what is different in each."""
    table: Table = SQLModel.metadata.tables[name]
    columns = [column.name for column in table.columns if column.name != "id" or "id" in own]
    values = [own.get(column, f"{name}.{column}") for column in columns]
    statement = (
        f"{_NUMBERS} INSERT INTO {name} ({', '.join(columns)})"
        f" SELECT {', '.join(values)} FROM {name}, number WHERE {name}.id = :one"
    )
    given: dict[str, Any] = {"many": many, "one": one, "prefix": "copy"}
    connection.execute(statement, given)
