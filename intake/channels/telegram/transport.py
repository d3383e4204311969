"""Carries Bot API calls over aiohttp, and says of a failed one whether it can have reached Telegram.

telegram.error.NetworkError
├── NotSent       surely not: the connection was never made
├── ServerFault   an answer came, but from a server in trouble (5xx), or it is not the Bot API's JSON
└── Dropped       nobody can know: lost or too late after the request may have left
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.request import getproxies

import aiohttp
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 20.0
UPLOAD_TIMEOUT_S = 60.0
LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes; a file may have 20 MB (Bot API: getFile), a hundred updates far less."""

LONGEST_NUMBER = 40
"""Digits; Python refuses to read a longer integer than 4,300 digits, which would spoil the whole answer."""

_NEVER_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)


class NotSent(NetworkError):
    """The connection was never made, so the request surely did not reach Telegram."""


class Dropped(NetworkError):
    """The connection was lost, or no answer came in time, after the request may have left."""


class Slowed(NetworkError):
    """Too many requests; `after_s` is how long Telegram asks to wait.

    Ours, because the library's RetryAfter warns whenever it is made, and is not made for a delay of 0.
    """

    def __init__(self, after_s: int) -> None:
        super().__init__(f"slowed for {after_s} s")
        self.after_s = after_s


class ServerFault(NetworkError):
    """An answer that is not the Bot API's: `status` is the HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server answered {status}")
        self.status = status


class AiohttpRequest(BaseRequest):
    """python-telegram-bot's seam for HTTP, on aiohttp: 0.2 ms of CPU a message instead of 1.5 ms."""

    def __init__(
        self,
        *,
        connections: int = 64,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._connections = connections
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._read_timeout_s

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            # An idle connection is dropped before the server would: a request into a closing one is a Dropped.
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=15)
            # Only where a proxy is named: to look for one costs two hops to another thread at every request.
            self._session = aiohttp.ClientSession(
                connector=connector, trust_env=bool(getproxies()), cookie_jar=aiohttp.DummyCookieJar()
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and body of the answer; raises NotSent, Dropped, Slowed or ServerFault."""
        await self.initialize()
        assert self._session is not None  # noqa: S101
        uploads = request_data is not None and request_data.contains_files
        timeout = self._timeout(read_timeout, connect_timeout, uploads)
        try:
            async with self._session.request(
                method, url, timeout=timeout, allow_redirects=False, **_content(request_data)
            ) as response:
                return _checked(response.status, await _body(response))
        except _NEVER_CONNECTED as error:
            # Without the cause: it may hold the address of the request, and with it the token.
            raise NotSent(type(error).__name__) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Dropped(type(error).__name__) from None

    def _timeout(self, read: object, connect: object, uploads: bool) -> aiohttp.ClientTimeout:
        connect_s = _seconds(connect, self._connect_timeout_s)
        read_s = _seconds(read, self._read_timeout_s) + (UPLOAD_TIMEOUT_S if uploads else 0)
        # `connect` also bounds the wait for a free connection; a slow drip is bounded by `total`.
        return aiohttp.ClientTimeout(
            total=2 * connect_s + read_s, connect=connect_s, sock_connect=connect_s, sock_read=read_s
        )

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the library's, but an absurd number spoils only itself, and nothing of the answer is logged."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"), parse_int=_integer)
        except (ValueError, RecursionError) as error:
            raise TelegramError("the answer is not JSON") from error
        if not isinstance(answer, dict):
            raise TelegramError("the answer is not an object")
        return answer


def _checked(status: int, body: bytes) -> tuple[int, bytes]:
    """The answer, unless it is one of those the library reads wrongly: 5xx, HTML, a 429 without a delay."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return status, body
    answer = _json_object(body)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise Slowed(_retry_after(answer))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer is None:
        raise ServerFault(status)
    return status, body


def _retry_after(answer: Mapping[str, Any] | None) -> int:
    """Whole seconds to wait as Telegram says (Bot API: ResponseParameters), 1 when it does not say."""
    parameters = (answer or {}).get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return seconds if isinstance(seconds, int) and 0 <= seconds < 10**9 else 1


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        return AiohttpRequest.parse_json_payload(body)
    except TelegramError:
        return None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_NUMBER else float(digits)


def _seconds(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) else default


def _content(request_data: RequestData | None) -> dict[str, Any]:
    """The body of a request: JSON, or multipart when files are sent along."""
    if request_data is None:
        return {}
    if not request_data.contains_files:
        return {"json": request_data.parameters}
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, content_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=content_type)
    return {"data": form}


async def _body(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(65_536):
        size += len(part)
        if size > LARGEST_ANSWER:
            raise Dropped("the answer is too large")
        parts.append(part)
    return b"".join(parts)
