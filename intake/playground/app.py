"""The playground as a whole: Bot API server, mail server and page, started and stopped together on loopback."""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import uvicorn

from intake.playground.backstage import Stage
from intake.playground.bot_api import BotApi
from intake.playground.mail import MailServer
from intake.playground.mailing import Mailing
from intake.playground.page import Page
from intake.playground.phone import Phones
from intake.playground.rehearsal import Rehearsal
from intake.playground.residents import Resident, built_in

INTAKE_ADDRESS = "anketa@example.org"
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Ports:
    """Where to listen; 0 takes any free port."""

    page: int = 0
    bot_api: int = 0
    smtp: int = 0
    imap: int = 0


@dataclass
class Playground:
    """A running playground. The service is started against `settings()`; `close()` ends everything."""

    bot_api: BotApi
    mail: MailServer
    intake_address: str
    residents: dict[str, Resident] = field(default_factory=dict)
    page_url: str = ""
    stage: Stage = field(init=False)
    _phones: Phones | None = None
    _page: Page | None = None
    _serving: asyncio.Task[None] | None = None
    _server: uvicorn.Server | None = None

    def __post_init__(self) -> None:
        self.stage = Stage(self.residents, self._counts)
        self.stage.add = self.add

    def settings(self) -> dict[str, str]:
        """The service's settings that point it here (names as in the environment)."""
        return {
            "ATSAUCE_TELEGRAM_TOKEN": self.bot_api.token,
            "ATSAUCE_TELEGRAM_API_URL": self.bot_api.url,
            "ATSAUCE_SMTP_URL": self.mail.smtp_url(self.intake_address),
            "ATSAUCE_IMAP_URL": self.mail.imap_url(self.intake_address),
            "ATSAUCE_MAIL_ADDRESS": self.intake_address,
        }

    async def add(self, resident: Resident) -> None:
        """Somebody new: a mailbox, and a phone when they have a chat_id. They appear on the page at once."""
        self.mail.mailbox(resident.address)
        if resident.chat_id is not None and self._phones is not None:
            await self._phones.introduce(resident)
        self.residents[resident.key] = resident

    async def open_page(self, host: str, port: int) -> None:
        self._phones = Phones(self.bot_api.url)
        bot = str(self.bot_api.account.user["username"])
        self._page = Page(self.stage, Mailing(self.mail), self._phones, bot)
        listening = socket.create_server((host, port))
        config = uvicorn.Config(
            self._page.app(), log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        self.page_url = f"http://{host}:{listening.getsockname()[1]}/"

    @property
    def rehearsal(self) -> Rehearsal:
        """The campaign that runs here; where only the servers run there is none."""
        if self.stage.rehearsal is None:
            raise RuntimeError("only the servers run here")
        return self.stage.rehearsal

    def _counts(self, resident: Resident) -> dict[str, int]:
        """How many letters, and messages of the bot, this person has got."""
        chat = self.bot_api.account.chats.get(resident.group or resident.chat_id or 0)
        messages = sum(message["from"]["is_bot"] for message in chat.messages.values()) if chat else 0
        return {"letters": len(self.mail.mailbox(resident.address).letters), "messages": messages}

    async def close(self) -> None:
        if self._page is not None:
            self._page.closing.set()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
        if self._phones is not None:
            await self._phones.close()
        await self.mail.close()
        await self.bot_api.close()


async def start(
    host: str = "127.0.0.1",
    ports: Ports = Ports(),
    *,
    residents: Iterable[Resident] | None = None,
    intake_address: str = INTAKE_ADDRESS,
    clock: Clock = lambda: datetime.now(UTC),
    on_ready: Callable[[Playground], Awaitable[None]] | None = None,
) -> Playground:
    """Start everything on loopback and return it; `on_ready` runs once all addresses are known.

    When something cannot start (or `on_ready` fails), what was started is stopped and the error goes on.
    """
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError("the playground listens on loopback only")
    playground = Playground(BotApi(clock=clock), MailServer(clock=clock), intake_address)
    try:
        await playground.bot_api.start(host, ports.bot_api)
        await playground.mail.start(host, ports.smtp, ports.imap)
        await playground.open_page(host, ports.page)
        playground.mail.mailbox(intake_address)
        for resident in built_in() if residents is None else residents:
            await playground.add(resident)
        if on_ready is not None:
            await on_ready(playground)
    except BaseException:
        await playground.close()
        raise
    return playground
