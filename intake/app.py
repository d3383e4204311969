"""The service as a whole: everything opened in order, the workers started, and let go in order again."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import structlog
import uvicorn

from intake import chat, mail, web
from intake.bell import Bell
from intake.campaign import Campaign
from intake.channels import Channel
from intake.channels.email.channel import EmailChannel
from intake.channels.telegram import TelegramChannel
from intake.clock import Clock
from intake.deliver import deliver
from intake.desk import Desk
from intake.handle import handle
from intake.inbox import Vault
from intake.opening import NotReady, campaign_of, clock_of, open_desk
from intake.receive import receive
from intake.schedule import schedule
from intake.settings import Settings, on_loopback
from intake.store import Store

log = structlog.get_logger()

AT_ONCE = {"telegram": 16, "email": 1}
"""Messages under way at a time; mail has one connection."""
HELLO_TIMEOUT_S = 10.0


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
    bells: dict[str, Bell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bells = {name: Bell() for name in self.channels}

    def ring_out(self) -> None:
        """There may be something to send."""
        for bell in self.bells.values():
            bell.ring()


def open_channels(settings: Settings, campaign: Campaign, clock: Clock) -> dict[str, Channel]:
    """The channels that the settings name."""
    channels: dict[str, Channel] = {}
    if token := settings.telegram_token.get_secret_value():
        paced = not on_loopback(settings.telegram_api_url)
        channels["telegram"] = TelegramChannel(token, settings.telegram_api_url or None, paced=paced)
    smtp, imap = settings.smtp_url.get_secret_value(), settings.imap_url.get_secret_value()
    if smtp and imap:
        address = settings.mail_address or campaign.sender.address
        channels["email"] = EmailChannel(smtp, imap, address, clock=clock.now)
    if not channels:
        raise NotReady("no channel is set: ATSAUCE_TELEGRAM_TOKEN, or ATSAUCE_SMTP_URL with ATSAUCE_IMAP_URL")
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
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in _workers(service, set(roles))]
        await _begun(service, set(roles), tasks)
        on_ready()
        waiter = group.create_task(stop.wait())
        try:
            await waiter
        finally:
            for task in tasks:
                task.cancel()


def _workers(service: Service, roles: set[Role]) -> list[asyncio._CoroutineLike[None]]:
    s = service
    workers: list[asyncio._CoroutineLike[None]] = []
    if Role.RECEIVE in roles:
        workers += [_receive_alone(s, channel) for channel in s.channels.values()]
    if Role.HANDLE in roles:
        rules = {"telegram": chat.rule(s.desk, s.clock), "email": mail.rule(s.desk, s.clock)}
        workers.append(handle(s.store, s.clock, s.vault, rules, s.heard, s.ring_out))
    if Role.DELIVER in roles:
        workers += [
            deliver(channel, s.store, s.clock, s.desk.key, s.bells[name], at_once=AT_ONCE[name])
            for name, channel in s.channels.items()
        ]
    if Role.SCHEDULE in roles:
        workers.append(schedule(s.store, s.desk, s.clock, s.ring_out))
    if Role.WEB in roles:
        workers.append(_serve(s))
    return workers


async def _receive_alone(service: Service, channel: Channel) -> None:
    """One process listens for a bot or a mailbox at a time; the others wait to take over."""
    async with service.store.leader(f"listen {channel.name}"):
        await receive(channel, service.store, service.vault, service.heard)


async def _serve(service: Service) -> None:
    application = web.app(service.store, service.desk, service.clock, service.ring_out)
    config = uvicorn.Config(
        application,
        host=service.settings.web_host,
        port=service.settings.web_port,
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    await server.serve()


async def _begun(service: Service, roles: set[Role], tasks: list[asyncio.Task[None]]) -> None:
    """Give the workers a first turn, so that a wrong port is known before `ready` is said."""
    if Role.RECEIVE in roles and isinstance(telegram := service.channels.get("telegram"), TelegramChannel):
        tasks.append(asyncio.create_task(_introduce(telegram, service.desk)))
    await asyncio.sleep(0)


async def _introduce(channel: TelegramChannel, desk: Desk) -> None:
    """Commands and descriptions of the bot; not worth failing for."""
    for failure in await channel.introduce(desk.campaign.languages):
        log.warning("the bot's profile is not set", failure=failure)


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
