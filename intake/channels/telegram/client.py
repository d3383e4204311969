"""The Bot API client: python-telegram-bot's Bot over our transport, with answers left as they came."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from telegram import Bot
from telegram.error import BadRequest

from intake.channels.telegram.transport import READ_TIMEOUT_S, AiohttpRequest, ServerFault

TELEGRAM_URL = "https://api.telegram.org"


class Client(Bot):
    """A Bot whose `call` gives the raw `result`.

    The library's own methods parse every answer, so that an answer they cannot parse would make a message that was
    sent look like a failure, and one malformed update would hide the others; `do_api_request` is raw, but warns
    for every method the library knows. So `call` uses what both are made of.
    """

    def __init__(self, token: str, api_url: str | None = None, *, read_timeout_s: float = READ_TIMEOUT_S) -> None:
        origin = (api_url or TELEGRAM_URL).rstrip("/")
        self._files = f"{origin}/file/bot{token}"
        super().__init__(
            token,
            base_url=f"{origin}/bot",
            base_file_url=f"{origin}/file/bot",
            request=AiohttpRequest(read_timeout_s=read_timeout_s),
            get_updates_request=AiohttpRequest(connections=1, read_timeout_s=read_timeout_s),
        )

    async def call(self, method: str, parameters: Mapping[str, Any], *, extra_read_s: float = 0) -> Any:
        """The `result` of the method; parameters that are None are left out. Raises telegram.error.TelegramError."""
        request = self._request[0 if method == "getUpdates" else 1]
        read_timeout = (request.read_timeout or 0) + extra_read_s
        try:
            return await self._post(method, dict(parameters), read_timeout=read_timeout)
        except KeyError:
            # The library takes `result` from whatever object was answered with 200.
            raise ServerFault(200) from None

    async def content(self, file_path: str) -> bytes:
        """What a file holds; `file_path` as getFile gave it. Raises telegram.error.TelegramError."""
        status, body = await self._request[1].do_request(f"{self._files}/{file_path}", "GET")
        if status != HTTPStatus.OK:
            raise BadRequest("no such file")
        return body

    async def close_connections(self) -> None:
        for request in self._request:
            await request.shutdown()
