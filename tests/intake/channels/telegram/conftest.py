"""A Bot API server on loopback, a channel that talks to it, and a server that answers whatever a test wants."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from intake.channels.telegram.channel import TelegramChannel
from intake.channels.telegram.polling import Backoff
from intake.playground.bot_api import TOKEN, BotApi

IMPATIENT = Backoff(first_s=0.01, cap_s=0.05, wrong_token_s=0.05, longest_obeyed_s=0.05)
Open = Callable[..., TelegramChannel]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def open_channel() -> AsyncIterator[Open]:
    """Opens channels to an address and closes them."""
    channels: list[TelegramChannel] = []

    def open_(url: str, token: str = TOKEN, *, read_timeout_s: float = 5.0, paced: bool = False) -> TelegramChannel:
        channel = TelegramChannel(
            token, url, paced=paced, backoff=IMPATIENT, long_poll_s=1, read_timeout_s=read_timeout_s
        )
        channels.append(channel)
        return channel

    yield open_
    for channel in channels:
        await channel.close()


@pytest.fixture
def channel(api: BotApi, open_channel: Open) -> TelegramChannel:
    return open_channel(api.url)


@asynccontextmanager
async def answering(status: int, body: str | bytes) -> AsyncIterator[str]:
    """The origin of a server that gives one answer to everything."""
    content = body.encode() if isinstance(body, str) else body

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, body=content)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
