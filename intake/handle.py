"""The worker that understands: takes an input, lets the rules change rows and write replies, all in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from intake import crash, inbox
from intake.bell import Bell
from intake.channels import Unreadable
from intake.clock import Clock
from intake.inbox import Vault
from intake.log import without_text
from intake.store import Store
from intake.tables import Inbox

log = structlog.get_logger()

Rule = Callable[[Session, Inbox, bytes], str]
"""What a channel's inputs cause: the outcome in a word, for the inbox row."""
TRIES = 3
"""Two processes may make the same new person at once; the loser runs again and finds them."""


@dataclass(slots=True)
class _Taken:
    """Which row a transaction had taken, known also when it failed."""

    id: int | None = None


async def handle(
    store: Store,
    clock: Clock,
    vault: Vault,
    rules: Mapping[str, Rule],
    heard: Bell,
    answered: Callable[[], None],
    *,
    at_once: int = 4,
) -> None:
    """Handle inputs for ever, those of one stream in order of receipt."""
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(_handle(store, clock, vault, rules, heard, answered))


async def _handle(
    store: Store, clock: Clock, vault: Vault, rules: Mapping[str, Rule], heard: Bell, answered: Callable[[], None]
) -> None:
    failures: dict[int, int] = {}
    while True:
        taken = _Taken()
        try:
            found = await store.insist(partial(_one, clock=clock, vault=vault, rules=rules, taken=taken))
        except Exception as error:  # a fault of ours, or a bad input: it is set aside and the next one handled
            await _fail(store, clock, taken, error, failures)
            continue
        if found:
            crash.point("handled")
            answered()
        else:
            await heard.wait()


def _one(session: Session, clock: Clock, vault: Vault, rules: Mapping[str, Rule], taken: _Taken) -> bool:
    row = inbox.take(session)
    if row is None:
        return False
    taken.id = row.id
    outcome = rules[row.channel](session, row, vault.open(row.body))
    inbox.finish(row, clock.now(), outcome, row.person_id)
    crash.point("handling")
    return True


async def _fail(store: Store, clock: Clock, taken: _Taken, error: Exception, failures: dict[int, int]) -> None:
    id_ = taken.id
    if id_ is None:
        raise error
    failures[id_] = failures.get(id_, 0) + 1
    if isinstance(error, IntegrityError) and failures[id_] < TRIES:
        return
    del failures[id_]
    expected = isinstance(error, Unreadable | DataError)
    log.error("set aside", inbox=id_, error=type(error).__name__, exc_info=None if expected else without_text(error))
    reason = str(error) if isinstance(error, Unreadable) else type(error).__name__
    await store.insist(lambda session: inbox.set_aside(session, id_, clock.now(), reason))
