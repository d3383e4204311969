"""The playground's own servers as async context managers, for tests on any machine.

async with bot_api() as api, telegram_bot(api) as bot: ...
async with mail_server() as mail: ...
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import telegram
from telegram.request import HTTPXRequest

from intake.playground import app
from intake.playground.bot_api import BotApi
from intake.playground.mail import MailServer


@asynccontextmanager
async def bot_api(**options: Any) -> AsyncIterator[BotApi]:
    """A Bot API server on a free port: `.url`, `.token`, `.person(id)`, `.faults`, `.account.deliveries`."""
    async with BotApi(**options) as api:
        yield api


@asynccontextmanager
async def telegram_bot(api: BotApi) -> AsyncIterator[telegram.Bot]:
    """A real client of python-telegram-bot, pointed at the local server."""
    plain = {"verify": False}  # plain HTTP: loading every certificate authority would only take time
    bot = telegram.Bot(
        api.token,
        base_url=f"{api.url}/bot",
        base_file_url=f"{api.url}/file/bot",
        request=HTTPXRequest(httpx_kwargs=plain),
        get_updates_request=HTTPXRequest(httpx_kwargs=plain),
    )
    async with bot:
        yield bot


@asynccontextmanager
async def mail_server(*, require_auth: bool = False, max_bytes: int = 25_000_000) -> AsyncIterator[MailServer]:
    """SMTP and IMAP on free ports: `.mailbox(address)`, `.correspondent(address)`, `.smtp.faults`."""
    async with MailServer(require_auth=require_auth, max_bytes=max_bytes) as server:
        yield server


@asynccontextmanager
async def playground() -> AsyncIterator[app.Playground]:
    """The whole playground with its built-in residents: `.settings()`, `.page_url`, `.bot_api`, `.mail`."""
    place = await app.start()
    try:
        yield place
    finally:
        await place.close()
