"""The database as the workers see it: a rule is a plain function of a session, run in one transaction.

SQLite has one writer: a thread that takes waiting functions together, runs each in a savepoint of one
`BEGIN IMMEDIATE` and commits once (facts: a group of 16 is six times as fast as single commits, and a deferred
`BEGIN` fails under several processes). PostgreSQL runs them side by side on a pool of threads.
An answer is given only after the commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    bindparam,
    create_engine,
    event,
    inspect,
    literal,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlmodel import Session, SQLModel

from intake import crash

log = structlog.get_logger()

T = TypeVar("T")
Rule = Callable[[Session], T]

GROUP = 16
THREADS = 8
RETRIES = 5
BUSY_TIMEOUT_MS = 20_000
LEADER_RETRY_S = 1.0
FIRST_PAUSE_S, LAST_PAUSE_S = 0.2, 10.0
TRANSIENT = ("40001", "40P01")  # serialization failure, deadlock: the loser may simply run again


class Store:
    """One database. `write` and `read` are for the event loop, `run` for commands and tests."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if self.sqlite:
            _make_folder(parsed.database)
            self.engine = _sqlite(url)
            self._writer: _Writer | None = _Writer(self.engine)
        else:
            self.engine = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_size=THREADS, max_overflow=2)
            self._writer = None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store")

    async def write(self, rule: Rule[T]) -> T:
        """Run `rule` in a transaction; its result is there once it is committed."""
        return await asyncio.wrap_future(self._submit(rule))

    async def insist(self, rule: Rule[T]) -> T:
        """`write`, again and again while the database cannot be reached or is locked."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return await self.write(rule)
            except (OperationalError, InterfaceError) as error:
                log.error("database", error=type(error.orig).__name__, again_in_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LAST_PAUSE_S)

    async def read(self, rule: Rule[T]) -> T:
        """Run `rule` on a snapshot; what it changes is not kept."""
        return await asyncio.wrap_future(self._threads.submit(self._look, rule))

    def run(self, rule: Rule[T]) -> T:
        """`write` without an event loop."""
        return self._submit(rule).result()

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        self._threads.shutdown()
        self.engine.dispose()

    @contextlib.asynccontextmanager
    async def leader(self, name: str) -> AsyncIterator[None]:
        """Wait until this process is the only one that does `name`. Saves work; unique keys carry safety."""
        lock = _file_lock(self.engine, name) if self.sqlite else _advisory_lock(self.engine, name)
        while not await asyncio.to_thread(lock.take):  # noqa: ASYNC110 - another process holds it: nothing to await
            await asyncio.sleep(LEADER_RETRY_S)
        try:
            yield
        finally:
            lock.release()

    def _submit(self, rule: Rule[T]) -> Future[T]:
        return self._writer.submit(rule) if self._writer else self._threads.submit(self._transact, rule)

    def _look(self, rule: Rule[T]) -> T:
        with self.engine.connect().execution_options(reading=True) as connection, _session(connection) as session:
            return rule(session)

    def _transact(self, rule: Rule[T]) -> T:
        for attempt in range(RETRIES):
            try:
                with self.engine.begin() as connection:
                    result = _alone(connection, rule)
                    crash.point("committing")
                return result
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", "") not in TRANSIENT or attempt == RETRIES - 1:
                    raise
        raise AssertionError("unreachable")


class _Writer:
    """SQLite's one writer: a thread and the queue before it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[tuple[Rule[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def submit(self, rule: Rule[T]) -> Future[T]:
        future: Future[T] = Future()
        self._queue.put((rule, future))
        return future

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            group, more = [first], True
            while len(group) < GROUP and more:
                more = False
                with contextlib.suppress(queue.Empty):
                    if (item := self._queue.get_nowait()) is None:
                        self._queue.put(None)
                    else:
                        group.append(item)
                        more = True
            self._commit([item for item in group if item[1].set_running_or_notify_cancel()])

    def _commit(self, group: list[tuple[Rule[Any], Future[Any]]]) -> None:
        results: list[tuple[Future[Any], Any, Exception | None]] = []
        try:
            with self._engine.begin() as connection:
                if len(group) == 1:
                    [(rule, future)] = group
                    results.append((future, _alone(connection, rule), None))
                else:
                    results.extend((future, *_attempt(connection, rule)) for rule, future in group)
                crash.point("committing")
        except Exception as error:  # the whole group failed: everybody is told
            results = [(future, None, error) for _, future in group]
        for future, result, failure in results:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)


def _alone(connection: Connection, rule: Rule[T]) -> T:
    """Run one rule as the whole of a transaction; its failure is raised and undoes everything."""
    with Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False) as session:
        result = rule(session)
        session.commit()
    return result


def _attempt(connection: Connection, rule: Rule[T]) -> tuple[T | None, Exception | None]:
    """Run one rule in a savepoint, so that its failure costs its neighbours nothing."""
    try:
        with _session(connection) as session:
            result = rule(session)
            session.commit()
        return result, None
    except Exception as error:
        return None, error


def _session(connection: Connection) -> Session:
    return Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False, autoflush=True)


def _make_folder(database: str | None) -> None:
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


class _FileLock:
    def __init__(self, path: Path) -> None:
        self._file = path.open("a")

    def take(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        self._file.close()


class _AdvisoryLock:
    """Held by a connection of its own: PostgreSQL lets go when the process dies."""

    def __init__(self, engine: Engine, key: int) -> None:
        self._engine, self._key = engine, key
        self._connection: Connection | None = None

    def take(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}):
            self._connection = connection
            return True
        connection.close()
        return False

    def release(self) -> None:
        if self._connection:
            with contextlib.suppress(DBAPIError):
                self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": self._key})
            self._connection.close()


def _file_lock(engine: Engine, name: str) -> _FileLock:
    folder = Path(engine.url.database or ".").parent
    return _FileLock(folder / f".{_digest(name):x}.lock")


def _advisory_lock(engine: Engine, name: str) -> _AdvisoryLock:
    return _AdvisoryLock(engine, _digest(name) - 2**63)


def _digest(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])


def insert_once(session: Session, table: type[SQLModel], row: Mapping[str, Any]) -> bool:
    """Insert `row` unless one of its unique keys is taken; whether it is new."""
    session.flush()  # the row may refer to objects that were only added so far
    statement = _inserting(session.get_bind().dialect.name, table, tuple(row))
    return session.connection().execute(statement, dict(row)).first() is not None


def upsert(session: Session, table: type[SQLModel], key: str, row: Mapping[str, Any]) -> None:
    """Insert `row`, or give the row with the same `key` its values."""
    statement = _INSERT[session.get_bind().dialect.name](table).values(**row)
    session.execute(statement.on_conflict_do_update(index_elements=[key], set_=dict(row)))


def changed(session: Session, statement: Executable) -> int:
    """Execute a change; how many rows it touched."""
    result = session.execute(statement)
    return max(result.rowcount, 0) if isinstance(result, CursorResult) else 0


_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""The dialect's own INSERT, the only one that knows ON CONFLICT."""


@cache
def _inserting(dialect: str, table: type[SQLModel], columns: tuple[str, ...]) -> Executable:
    """Built once: to build a statement costs more than to run it."""
    given: dict[str, Any] = {name: bindparam(name) for name in columns}
    insert = _INSERT[dialect](inspect(table).local_table).values(**given).on_conflict_do_nothing()
    # RETURNING, not rowcount: PostgreSQL's driver returns the new id anyhow, and then says -1 about the rows
    statement: Executable = insert.returning(literal(1))
    return statement


@contextlib.contextmanager
def opened(url: str) -> Iterator[Store]:
    """A store for the length of a command."""
    store = Store(url)
    try:
        yield store
    finally:
        store.close()
