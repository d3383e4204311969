"""The Bot API over HTTP, on aiohttp: /bot<token>/<method>, files, and the person's side."""

import json
import socket
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import web

from intake.playground.bot_api.account import TOKEN, Account, Clock, utc_now
from intake.playground.bot_api.chat import Chat
from intake.playground.bot_api.errors import Refusal, bad_request, conflict, forbidden, not_found, unauthorized
from intake.playground.bot_api.faults import Fault, FaultKind, Faults
from intake.playground.bot_api.methods import call_method
from intake.playground.bot_api.parameters import Parameters, Upload
from intake.playground.bot_api.person import Person
from intake.playground.bot_api.person_http import PersonApi

MAX_BODY_BYTES = 60_000_000
_BAD_GATEWAY = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


class BotApi:
    """A local Bot API server for one bot. Lives on loopback; start it, or use it as `async with`."""

    def __init__(self, token: str = TOKEN, username: str = "AtsauceBot", clock: Clock = utc_now) -> None:
        self.account = Account(token, username, clock)
        self.people: dict[int, Person] = {}
        self.url = ""
        self._runner: web.AppRunner | None = None

    @property
    def token(self) -> str:
        return self.account.token

    @property
    def faults(self) -> Faults:
        return self.account.faults

    def person(self, person_id: int, first_name: str = "Anna", language_code: str = "lv", **names: str) -> Person:
        """The person of this id, introduced when new."""
        if person_id not in self.people:
            user = {"id": person_id, "is_bot": False, "first_name": first_name, "language_code": language_code}
            self.people[person_id] = Person(self.account, {**user, **names})
        return self.people[person_id]

    def group(self, chat_id: int, title: str, *members: Person) -> Chat:
        """A group (negative id) with the bot and these people in it."""
        group = self.account.open_group(chat_id, title)
        for member in members:
            member.join(group)
        return group

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; the origin for `telegram.Bot(base_url=origin + "/bot")`."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.add_routes(PersonApi(self.account, self.people).routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
        await self._runner.setup()
        listening = socket.create_server((host, port))
        await web.SockSite(self._runner, listening).start()
        self.url = f"http://{host}:{listening.getsockname()[1]}"
        return self.url

    async def close(self) -> None:
        self.account.faults.release()
        self.account.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _call(self, request: web.Request) -> web.Response:
        try:
            self._check_token(request)
            name = request.match_info["method"].lower()
            call = await _read(request)
            fault = self.account.faults.take(name, call)
            if fault is not None:
                return await self._fail(fault, request, name, call)
            return _answer(await call_method(self.account, name, call))
        except Refusal as refusal:
            return _refuse(refusal)

    async def _fail(self, fault: Fault, request: web.Request, name: str, call: Parameters) -> web.Response:
        if fault.kind in (FaultKind.DROP_AFTER, FaultKind.HANG_AFTER):
            await call_method(self.account, name, call)
        if fault.kind in (FaultKind.HANG, FaultKind.HANG_AFTER):
            await self.account.faults.hang()
        if fault.kind is FaultKind.BAD_GATEWAY:
            return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
        if fault.kind in _REFUSALS:
            raise _REFUSALS[fault.kind](fault)
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    async def _download(self, request: web.Request) -> web.Response:
        try:
            self._check_token(request)
            stored = self.account.files.to_download(request.match_info["path"].removeprefix("documents/"))
        except Refusal:
            return _refuse(not_found())
        return web.Response(body=stored.content, content_type=stored.content_type)

    def _check_token(self, request: web.Request) -> None:
        if request.match_info["token"] != self.account.token:
            raise unauthorized()


_REFUSALS: dict[FaultKind, Any] = {
    FaultKind.TOO_MANY_REQUESTS: lambda fault: Refusal(
        429, f"Too Many Requests: retry after {fault.retry_after_s}", retry_after=fault.retry_after_s
    ),
    FaultKind.FORBIDDEN: lambda fault: forbidden(fault.description or "bot was blocked by the user"),
    FaultKind.BAD_REQUEST: lambda fault: bad_request(fault.description or "chat not found"),
    FaultKind.CONFLICT: lambda fault: conflict(fault.description or "terminated by other getUpdates request"),
}


def _answer(result: Any) -> web.Response:
    return web.Response(body=json.dumps({"ok": True, "result": result}), content_type="application/json")


def _refuse(refusal: Refusal) -> web.Response:
    return web.Response(status=refusal.code, body=json.dumps(refusal.body()), content_type="application/json")


async def _read(request: web.Request) -> Parameters:
    """Query, form, multipart or JSON: the Bot API takes any of them."""
    values: dict[str, Any] = dict(request.query) if request.query_string else {}
    if not request.can_read_body:
        return Parameters(values)
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request, values)
    body = await request.read()
    try:
        if request.content_type == "application/json":
            return Parameters({**values, **json.loads(body)})
        return Parameters({**values, **dict(parse_qsl(body.decode(), keep_blank_values=True))})
    except (ValueError, TypeError):
        raise bad_request("can't parse the request") from None


async def _read_multipart(request: web.Request, values: dict[str, Any]) -> Parameters:
    uploads: dict[str, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            uploads[name] = (value.filename, value.file.read(), value.content_type)
        else:
            values[name] = value
    return Parameters(values, uploads)
