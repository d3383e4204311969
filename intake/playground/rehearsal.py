"""The campaign as it runs in the playground: the real service in this process, its clock, its people, its form."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import app, contacts, outbox, outreach, schedule
from intake.acts import Act, Result, Verb, perform
from intake.app import Service
from intake.clock import Clock
from intake.opening import NotReady
from intake.playground import stations
from intake.playground.residents import Resident
from intake.settings import Settings
from intake.tables import Inbox, InboxState, Outbox
from intake.wording.refusal import sentence

T = TypeVar("T")

ACTOR = "playground"
SETTLE_S, LOOK_AGAIN_S = 5.0, 0.02
BASIS = {"source": "izdomāts saraksts", "basis": "GDPR 6(1)(e)"}


class Closed(Settings):
    """Settings that nothing of the environment or of `.env` can change."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


class Rehearsal:
    """Start it, and it runs until `close`; `restart` takes up a changed campaign folder."""

    def __init__(self, settings: Settings, clock: Clock, on_running: Callable[[], None] = lambda: None) -> None:
        if outside := settings.outside():
            raise NotReady(sentence("outside", names=", ".join(outside)))
        self.settings, self.clock = settings, clock
        self._on_running = on_running
        self._running: asyncio.Future[Service] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None
        self.moving = asyncio.Lock()
        """Held while the clock jumps."""
        self._steady = asyncio.Lock()
        """Held while somebody uses the service's database, and while the service is replaced by another."""
        self.fault: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        """What ended the service when nobody asked for it."""

    @property
    def service(self) -> Service | None:
        """The running service, or None while it starts."""
        done = self._running.done() and not self._running.cancelled()
        return self._running.result() if done else None

    async def start(self) -> None:
        """Return once it runs; whatever prevents it is raised here."""
        self._task = asyncio.create_task(self._perform())
        running = asyncio.ensure_future(self._wait_running())
        await asyncio.wait({self._task, running}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            running.cancel()
            await self._task
        self._task.add_done_callback(self._over)

    async def close(self) -> None:
        task, self._task = self._task, None
        self._running = asyncio.get_running_loop().create_future()
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def restart(self) -> None:
        async with self.moving, self._steady:
            await self.close()
            await self.start()

    async def look(self, rule: Callable[[Session, Service], T]) -> T:
        """The result of a rule that changes nothing; waits while the service is replaced."""
        async with self._steady:
            service = await self._wait_running()
            return await service.store.read(lambda session: rule(session, service))

    async def change(self, rule: Callable[[Session, Service], T]) -> T:
        """The result of a rule once it is committed, and what it put goes out."""
        async with self._steady:
            service = await self._wait_running()
            result = await service.store.write(lambda session: rule(session, service))
            service.ring_out()
            return result

    def _over(self, task: asyncio.Task[None]) -> None:
        """A fault ends the playground; a restart ends only the task."""
        if task is self._task and not task.cancelled() and not self.fault.done():
            self.fault.set_result(task.exception())

    async def _perform(self) -> None:
        async with app.opened(self.settings, self.clock) as service:
            await app.run(service, on_ready=lambda: self._ready(service))

    def _ready(self, service: Service) -> None:
        self._running.set_result(service)
        self._on_running()

    async def _wait_running(self) -> Service:
        return await asyncio.shield(self._running)

    # --- what the page asks for ---------------------------------------------------------------------------------------

    async def invite(self, residents: list[Resident]) -> None:
        """As a list of contacts, imported and invited by the staff."""
        await self.change(lambda session, service: _invite(session, service, residents))

    async def act(self, verb: Verb, number: int) -> list[Result]:
        """An act of the staff, by the same rules as the command and the mail."""
        act = Act(verb, numbers=(number,))
        return await self.change(lambda session, service: perform(session, service.desk, act, ACTOR, self.clock.now()))

    async def jump(self, target: datetime) -> None:
        """Go on to `target`; what would have happened on the way happens, each at its own instant."""
        async with self.moving:
            service = await self._wait_running()
            await self._settle(service)
            while (now := self.clock.now()) < target:
                step = await service.store.read(lambda session: _next(session, service, now, target))
                self.clock.jump(max(step, self.clock.now()))
                await service.store.insist(lambda session: schedule.tick(session, service.desk, self.clock))
                service.ring_out()
                await self._settle(service)

    async def _settle(self, service: Service) -> None:
        """Until what came in is handled and what is due is sent, for a while: leases must not run out by a jump."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                while await service.store.read(lambda session: _open(session, self.clock.now())):  # noqa: ASYNC110 (rows tell nobody)
                    await asyncio.sleep(LOOK_AGAIN_S)


def _invite(session: Session, service: Service, residents: list[Resident]) -> None:
    desk, now = service.desk, service.clock.now()
    given = BASIS | {"obtained_at": now.date().isoformat()}
    spoken = desk.campaign.languages
    rows = [
        (number, {"email": one.address, "name": one.name, "language": one.language if one.language in spoken else ""})
        for number, one in enumerate(residents, 2)
    ]
    contacts.load(session, desk, iter(rows), given, now)
    outreach.invite_all(session, desk, now)


def _next(session: Session, service: Service, now: datetime, target: datetime) -> datetime:
    on_the_way = stations.between(session, service.desk, now + timedelta(milliseconds=1), target)
    return on_the_way[0] if on_the_way else target


def _open(session: Session, now: datetime) -> bool:
    """Whether anything is still being handled or sent; what a pause holds back is not."""
    inbox = session.scalar(select(func.count()).where(col(Inbox.state) == InboxState.WAITING)) or 0
    due = select(func.count()).where(col(Outbox.state).in_(outbox.OPEN), col(Outbox.due_at) <= now)
    if outbox.paused(session):
        due = due.where(col(Outbox.kind).not_in(outbox.UNASKED))
    return bool(inbox or session.scalar(due))
