"""The service as a whole: everything opened in order, the workers started, and let go in order again."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from socket import socket

import structlog

from intake import chat, mail, signs, staff_chat, web
from intake.bell import Bell
from intake.campaign import Campaign
from intake.channels import Channel
from intake.channels.telegram import TelegramChannel
from intake.clock import Clock
from intake.deliver import deliver
from intake.desk import Desk
from intake.fetch import Fetch
from intake.handle import handle
from intake.inbox import Vault
from intake.log import without_text
from intake.opening import NotReady, campaign_of, clock_of, email_channel, open_desk
from intake.receive import receive
from intake.schedule import schedule
from intake.settings import Settings, on_loopback
from intake.store import Store
from intake.wording.refusal import sentence

log = structlog.get_logger()

AT_ONCE = {"telegram": 16, "email": 1}
"""Messages under way at a time; mail has one connection."""
HELLO_TIMEOUT_S = 10.0
FIRST_PAUSE_S, LAST_PAUSE_S = 0.5, 30.0


class Role(StrEnum):
    """What a process does; by default everything."""

    RECEIVE = "receive"
    HANDLE = "handle"
    DELIVER = "deliver"
    SCHEDULE = "schedule"
    WEB = "web"


@dataclass(slots=True)
class Service:
    """Everything a running process has."""

    settings: Settings
    store: Store
    desk: Desk
    clock: Clock
    vault: Vault
    channels: Mapping[str, Channel]
    heard: Bell = field(default_factory=Bell)
    asked: Bell = field(default_factory=Bell)
    bells: dict[str, Bell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bells = {name: Bell() for name in self.channels}

    def ring_out(self) -> None:
        """There may be something to send, or to ask."""
        self.asked.ring()
        for bell in self.bells.values():
            bell.ring()


def open_channels(settings: Settings, campaign: Campaign, clock: Clock) -> dict[str, Channel]:
    """The channels that the settings name."""
    channels: dict[str, Channel] = {}
    if token := settings.telegram_token.get_secret_value():
        paced = not on_loopback(settings.telegram_api_url)
        channels["telegram"] = TelegramChannel(token, settings.telegram_api_url or None, paced=paced)
    if (email := email_channel(settings, campaign, clock)) is not None:
        channels["email"] = email
    if not channels:
        raise NotReady(sentence("no_channel"))
    return channels


@contextlib.asynccontextmanager
async def opened(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Service]:
    """Open the database, the campaign and the channels; close them in the reverse order."""
    campaign = campaign_of(settings)
    clock = clock or clock_of(settings)
    store = Store(settings.database)
    try:
        channels = open_channels(settings, campaign, clock)
        try:
            bot = await _bot_name(channels)
            desk = await asyncio.to_thread(open_desk, settings, store, campaign, clock, bot)
            yield Service(settings, store, desk, clock, Vault(desk.key), channels)
        finally:
            for channel in channels.values():
                await channel.close()
    finally:
        store.close()


async def run(service: Service, roles: Iterable[Role] = tuple(Role), on_ready: Callable[[], None] = print) -> None:
    """Work until SIGTERM or SIGINT (or cancellation); what is being sent may finish."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
    page = web.listen(service.settings) if Role.WEB in set(roles) else None
    if page is None and set(roles) == {Role.WEB}:
        raise NotReady(sentence("port_taken", port=service.settings.page[1]))
    workers = [_kept_alive(name, start) for name, start in _workers(service, set(roles), page).items()]
    tasks = [asyncio.create_task(worker) for worker in workers]
    on_ready()
    try:
        await stop.wait()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _kept_alive(name: str, start: Callable[[], Awaitable[None]]) -> None:
    """A worker ends only with the service: a fault of ours is logged and the worker begins again."""
    pause_s = FIRST_PAUSE_S
    while True:
        begun = time.monotonic()
        try:
            await start()
            return
        except Exception as error:
            log.error("worker failed", worker=name, error=type(error).__name__, exc_info=without_text(error))
        pause_s = FIRST_PAUSE_S if time.monotonic() - begun > LAST_PAUSE_S else min(pause_s * 2, LAST_PAUSE_S)
        await asyncio.sleep(pause_s)


def _workers(service: Service, roles: set[Role], page: socket | None) -> dict[str, Callable[[], Awaitable[None]]]:
    s = service
    rules = {"telegram": chat.rule(s.desk, s.clock), "email": mail.rule(s.desk, s.clock, s.settings.data)}
    workers: dict[str, Callable[[], Awaitable[None]]] = {}
    for name, channel in s.channels.items():
        if Role.RECEIVE in roles:
            workers[f"receive {name}"] = partial(_receive_alone, s, channel)
        if Role.DELIVER in roles:
            sending = partial(deliver, channel, s.store, s.clock, s.desk.key, s.bells[name], at_once=AT_ONCE[name])
            workers[f"deliver {name}"] = sending
    if Role.HANDLE in roles:
        workers["handle"] = partial(handle, s.store, s.clock, s.vault, rules, s.heard, s.ring_out)
    if Role.SCHEDULE in roles:
        workers["schedule"] = partial(schedule, s.store, s.desk, s.clock, s.ring_out)
    if page is not None:
        workers["web"] = partial(web.serve, web.app(s.store, s.desk, s.clock, s.ring_out), page)
    telegram = s.channels.get("telegram")
    if Role.HANDLE in roles and isinstance(telegram, TelegramChannel):
        asking = Fetch(telegram, s.store, s.desk, s.clock, s.settings.data)
        workers["fetch"] = partial(asking.work, s.asked, s.heard, s.bells["telegram"])
    if Role.RECEIVE in roles and isinstance(telegram, TelegramChannel):
        workers["introduce"] = partial(_introduce, telegram, s)
        workers["signs"] = partial(signs.show, telegram, s.store, s.desk, s.clock)
    return workers


async def _receive_alone(service: Service, channel: Channel) -> None:
    """One process listens for a bot or a mailbox at a time; the others wait to take over."""
    async with service.store.leader(f"listen {channel.name}"):
        await receive(channel, service.store, service.vault, service.heard)


async def _introduce(channel: TelegramChannel, service: Service) -> None:
    """Commands and descriptions of the bot; not worth failing for."""
    desk = service.desk
    failures = await channel.introduce(desk.campaign.languages)
    staff = await service.store.read(lambda session: staff_chat.current(session, desk))
    if staff is not None:
        failures += await channel.introduce_staff(staff, desk.campaign.language)
    if failures:
        log.warning("the bot's profile is not set", failures=len(failures), first=failures[0])


async def _bot_name(channels: Mapping[str, Channel]) -> str:
    """The bot's name for its links; empty while Telegram does not answer, then the campaign's is used."""
    channel = channels.get("telegram")
    if not isinstance(channel, TelegramChannel):
        return ""
    try:
        async with asyncio.timeout(HELLO_TIMEOUT_S):
            checked = await channel.check()
    except TimeoutError:
        log.warning("Telegram does not answer yet")
        return ""
    return checked.username
