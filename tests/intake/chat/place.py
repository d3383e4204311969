"""The real service on SQLite beside a local Bot API server, in one process: people act, and the chat comes to rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

from sqlmodel import Session, col, func, select

from intake import app, campaign_files, contacts, outreach, schedule
from intake.app import Role, Service
from intake.clock import Clock
from intake.playground.bot_api import BotApi, Person
from intake.settings import Settings
from intake.tables import Attachment, AttachmentState, Inbox, InboxState, Outbox, OutboxState, StaffMember

T = TypeVar("T")
MORNING = datetime.fromisoformat("2026-11-25T09:30:00+02:00")
"""A Wednesday within the sending hours."""
WINDOW = campaign_files.Window(MORNING.date(), datetime.fromisoformat("2026-12-18T00:00:00+02:00").date())
STAFF_CHAT = -100200
WORKING = (Role.RECEIVE, Role.HANDLE, Role.DELIVER)
"""The clock's worker is left out: a test says when it ticks."""
REST_S = 0.004
PATIENCE_S = 60.0


@dataclass
class Place:
    """A running service and the people who may write to it."""

    service: Service
    api: BotApi

    def person(self, number: int, name: str = "Anna", language: str = "lv") -> Person:
        return self.api.person(number, name, language)

    @property
    def now(self) -> datetime:
        return self.service.clock.now()

    def wait(self, time: timedelta) -> None:
        self.service.clock.offset += time

    async def tick(self) -> None:
        """What the clock's worker does once a second."""
        desk, clock = self.service.desk, self.service.clock
        await self.service.store.write(lambda session: schedule.tick(session, desk, clock))
        await self.settle()

    async def settle(self) -> None:
        """Until every update is handled and every message that is due is sent."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self._rests():
                self.service.ring_out()
                await asyncio.sleep(REST_S)

    async def _rests(self) -> bool:
        return not len(self.api.account.updates) and not await self.look(self._open)

    def _open(self, session: Session) -> int:
        waiting = select(func.count()).select_from(Inbox).where(col(Inbox.state) == InboxState.WAITING)
        files = select(func.count()).select_from(Attachment).where(col(Attachment.state) == AttachmentState.WAITING)
        members = select(func.count()).select_from(StaffMember).where(col(StaffMember.inbox_id).is_not(None))
        return sum(session.exec(count).one() for count in (waiting, files, members)) + self._going(session)

    def _going(self, session: Session) -> int:
        """Messages that can be sent now: not those behind one that Telegram has asked to wait with."""
        open_ones = select(Outbox).where(
            col(Outbox.channel) == "telegram",
            col(Outbox.state).in_((OutboxState.DUE, OutboxState.LEASED, OutboxState.SENDING)),
        )
        going, held = 0, set[str]()
        for row in session.exec(open_ones.order_by(col(Outbox.id))):
            if row.state == OutboxState.DUE and row.due_at > self.now:
                held |= {row.address} if row.attempts else set()
            else:
                going += row.address not in held
        return going

    async def look(self, rule: Callable[[Session], T]) -> T:
        return await self.service.store.read(rule)

    async def change(self, rule: Callable[[Session], T]) -> T:
        return await self.service.store.write(rule)

    async def rows(self, table: type[T]) -> list[T]:
        return await self.look(lambda session: list(session.exec(select(table))))

    async def invite(self, *people: dict[str, str]) -> None:
        """Import contacts and put their letters into the outbox, as sent."""
        given = {"source": "izdomāts saraksts", "basis": "GDPR 6(1)(e)", "obtained_at": "2026-11-01"}
        desk, now = self.service.desk, self.now

        def rule(session: Session) -> None:
            contacts.load(session, desk, iter(enumerate(people, 2)), given, now)
            outreach.invite_all(session, desk, now)
            for row in session.exec(select(Outbox).where(col(Outbox.channel) == "email")):
                row.state, row.sent_at = OutboxState.SENT, now

        await self.change(rule)


@cache
def campaign_folder() -> Path:
    """The built-in campaign, written once for all tests of a run."""
    folder = Path(mkdtemp()) / "campaign"
    campaign_files.write(folder, WINDOW)
    return folder


@asynccontextmanager
async def opened(folder: Path, campaign: Path | None = None, **settings: Any) -> AsyncIterator[Place]:
    """A service that works until the end of the block."""
    clock = Clock(MORNING)
    async with BotApi(clock=clock.now) as api:
        given = {
            "campaign": campaign or campaign_folder(),
            "data": folder,
            "telegram_token": api.token,
            "telegram_api_url": api.url,
            "mail_address": "anketa@example.org",
            "staff": "fonds@example.org",
            "secret": "a secret of the tests",
            "clock": clock.now(),
        }
        async with app.opened(Settings(_env_file=None, **given | settings), clock) as service:
            ready = asyncio.Event()
            running = asyncio.create_task(app.run(service, WORKING, ready.set))
            await ready.wait()
            try:
                yield Place(service, api)
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
