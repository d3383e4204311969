"""The person's side over HTTP, for the page and for tests in other processes: JSON in, JSON out."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import web

from intake.playground.bot_api.account import Account, Callback
from intake.playground.bot_api.chat import Chat
from intake.playground.bot_api.errors import Json, Refusal
from intake.playground.bot_api.person import Impossible, Person

MAX_WAIT_S = 50.0
People = dict[int, Person]
_Act = Callable[[Person, Json, Chat | None], Any]

_ACTS: dict[str, _Act] = {
    "write": lambda person, body, chat: person.write(str(body["text"]), chat=chat),
    "start": lambda person, body, chat: person.start(str(body.get("payload", ""))),
    "press": lambda person, body, chat: person.press(str(body["button"]), message_id=body.get("message_id"), chat=chat),
    "tap": lambda person, body, chat: person.tap(int(body["message_id"]), str(body["data"]), chat=chat),
    "edit": lambda person, body, chat: person.edit(int(body["message_id"]), str(body["text"]), chat=chat),
    "contact": lambda person, body, chat: person.send_contact(str(body.get("phone_number", "+37120000000")), chat=chat),
    "location": lambda person, body, chat: person.send_location(
        float(body["latitude"]), float(body["longitude"]), chat=chat
    ),
    "block": lambda person, body, chat: person.block(),
    "unblock": lambda person, body, chat: person.unblock(),
}


class PersonApi:
    """Routes under /person/ID, /group/ID, /faults, /updates and /deliveries."""

    def __init__(self, account: Account, people: People) -> None:
        self.account = account
        self.people = people

    def routes(self) -> list[web.RouteDef]:
        return [
            web.put(r"/person/{person:\d+}", self.introduce),
            web.get(r"/person/{person:\d+}/chat", self.read),
            web.post(r"/person/{person:\d+}/file", self.send_file),
            web.get(r"/person/{person:\d+}/file/{file}", self.get_file),
            web.post(r"/person/{person:\d+}/{act}", self.act),
            web.put(r"/group/{group:-\d+}", self.open_group),
            web.post("/faults", self.plan_fault),
            web.delete("/faults", self.clear_faults),
            web.post("/updates", self.inject),
            web.get("/deliveries", self.deliveries),
        ]

    async def introduce(self, request: web.Request) -> web.Response:
        person_id = int(request.match_info["person"])
        body = await _body(request)
        user = {"id": person_id, "is_bot": False, "first_name": "?", **_only(body, _NAMES)}
        self.people.setdefault(person_id, Person(self.account, user))
        return web.json_response(self.people[person_id].user)

    async def read(self, request: web.Request) -> web.Response:
        """The chat as it stands; with `after` and `timeout`, once its revision is greater than `after`."""
        chat = self._chat(request, request.query.get("chat")) or self._person(request).chat
        after = int(request.query.get("after", -1))
        timeout_s = min(float(request.query.get("timeout", 0)), MAX_WAIT_S)
        if chat.revision <= after and timeout_s > 0:
            with suppress(TimeoutError):
                await chat.until(lambda: chat.revision > after, timeout_s)
        return web.json_response(_shown(chat))

    async def act(self, request: web.Request) -> web.Response:
        act = _ACTS.get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound
        body = await _body(request)
        try:
            result = act(self._person(request), body, self._chat(request, body.get("chat")))
        except (KeyError, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"missing or wrong: {error}") from error
        except Impossible as error:
            raise web.HTTPConflict(text=str(error)) from error
        return web.json_response(result.query if isinstance(result, Callback) else result)

    async def send_file(self, request: web.Request) -> web.Response:
        """multipart/form-data with `file` and `kind` (document, photo or voice)."""
        person, form = self._person(request), await request.post()
        upload, kind = form.get("file"), form.get("kind", "document")
        if not isinstance(upload, web.FileField):
            raise web.HTTPBadRequest(text="a file is missing")
        content = upload.file.read()
        if kind == "photo":
            return web.json_response(person.send_photo(content))
        if kind == "voice":
            return web.json_response(person.send_voice(content))
        return web.json_response(person.send_document(upload.filename, content, upload.content_type))

    async def get_file(self, request: web.Request) -> web.Response:
        try:
            stored = self.account.files.get(request.match_info["file"])
        except Refusal as error:
            raise web.HTTPNotFound from error
        return web.Response(body=stored.content, content_type=stored.content_type)

    async def open_group(self, request: web.Request) -> web.Response:
        body = await _body(request)
        group = self.account.open_group(int(request.match_info["group"]), str(body.get("title", "")))
        for person_id in body.get("members", ()):
            self.people[int(person_id)].join(group)
        return web.json_response(group.info)

    async def plan_fault(self, request: web.Request) -> web.Response:
        """{"method", "kind", "times", "retry_after_s", "description", "where": {parameter: value}}"""
        body = await _body(request)
        where = {name: str(value) for name, value in body.get("where", {}).items()}
        options = _only(body, ("times", "retry_after_s", "description"))
        self.account.faults.plan(
            str(body["method"]),
            str(body["kind"]),
            when=lambda call: all(str(call.get(name)) == value for name, value in where.items()),
            **options,
        )
        return web.json_response(True)

    async def clear_faults(self, request: web.Request) -> web.Response:
        self.account.faults.clear()
        self.account.faults.release()
        return web.json_response(True)

    async def inject(self, request: web.Request) -> web.Response:
        """{"raw": any update} or {"repeat": count} or {"reverse": answers}"""
        body = await _body(request)
        if "raw" in body:
            return web.json_response({"update_id": self.account.updates.inject(body["raw"])})
        self.account.updates.repeat(int(body.get("repeat", 0)))
        self.account.updates.reverse(int(body.get("reverse", 0)))
        return web.json_response(True)

    async def deliveries(self, request: web.Request) -> web.Response:
        made = self.account.deliveries
        return web.json_response([{"chat_id": d.chat_id, "message_id": d.message_id, "text": d.text} for d in made])

    def _person(self, request: web.Request) -> Person:
        try:
            return self.people[int(request.match_info["person"])]
        except KeyError:
            raise web.HTTPNotFound(text="nobody by this id; PUT /person/ID first") from None

    def _chat(self, request: web.Request, chat_id: Any) -> Chat | None:
        """A group named by its id; None means the private chat."""
        if chat_id is None:
            return None
        try:
            return self.account.chats[int(chat_id)]
        except (KeyError, ValueError):
            raise web.HTTPNotFound(text="no such chat") from None


_NAMES = ("first_name", "last_name", "username", "language_code")


def _only(body: Json, names: tuple[str, ...]) -> Json:
    return {name: body[name] for name in names if name in body}


async def _body(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text="JSON expected") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="a JSON object expected")
    return body


def _shown(chat: Chat) -> Json:
    return {
        "revision": chat.revision,
        "chat": chat.info,
        "messages": list(chat.messages.values()),
        "reply_keyboard": chat.reply_keyboard,
        "blocked": chat.blocked,
        "action": chat.action,
        "notices": list(chat.notices),
    }
