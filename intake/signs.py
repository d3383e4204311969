"""The worker that shows "typing…" where an answer is later than people wait without wondering (decision 0080)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlalchemy import Select, exists, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from intake import outbox, people
from intake.channels import Outgoing, SendFailed
from intake.channels.telegram import TelegramChannel
from intake.clock import Clock
from intake.desk import Desk
from intake.store import Store
from intake.tables import Inbox, InboxState, Outbox

LOOK_S = 0.2
"""Between two signs: at most five a second, however many wait; answers are worth more."""
CHANNEL = "telegram"
SIGN = {"kind": "action", "action": "typing"}


async def show(channel: TelegramChannel, store: Store, desk: Desk, clock: Clock) -> None:
    """For ever. A sign is no message: it is neither stored nor sent again, and nothing waits for it."""
    while True:
        await channel.unanswered.some.wait()
        await asyncio.sleep(LOOK_S)
        with suppress(DBAPIError, SendFailed):
            await _show_one(channel, store, partial(answer_comes, desk=desk, now=clock.now()))


async def _show_one(channel: TelegramChannel, store: Store, comes: Callable[..., bool]) -> None:
    """To whoever has waited longest; those to whom nothing will be said are let go."""
    unanswered, now = channel.unanswered, asyncio.get_running_loop().time()
    while (found := unanswered.longest(now)) is not None:
        chat, wait = found
        if not await store.read(partial(comes, chat=chat, recorded=wait.recorded)):
            unanswered.answered(chat)
        elif chat in unanswered:
            await channel.send(Outgoing(0, chat, SIGN))
            return


def answer_comes(session: Session, *, desk: Desk, chat: str, now: datetime, recorded: bool) -> bool:
    """Whether an input of the chat is still to be handled or an answer to be sent; never to whoever said stop."""
    person = people.by_address(session, CHANNEL, chat)
    if outbox.stopped(session, chat, desk.key) or (person is not None and person.stopped_at is not None):
        return False
    return not recorded or bool(session.scalar(_still_open(chat, now)))


def _still_open(chat: str, now: datetime) -> Select[tuple[bool]]:
    waiting = exists().where(col(Inbox.stream) == f"tg:{chat}", col(Inbox.state) == InboxState.WAITING)
    going = exists().where(
        col(Outbox.channel) == CHANNEL,
        col(Outbox.address) == chat,
        col(Outbox.state).in_(outbox.OPEN),
        col(Outbox.kind).not_in(outbox.UNASKED),
        col(Outbox.due_at) <= now,
    )
    return select(waiting | going)
