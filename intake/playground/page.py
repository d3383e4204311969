"""The page's own server: the mailbox and the phone of the resident chosen, over the real protocols."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable
from email.utils import getaddresses
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from intake import wording
from intake.playground import body, letters
from intake.playground.backstage import Backstage, Stage
from intake.playground.mail import compose
from intake.playground.mail.address import invented
from intake.playground.mail.mailboxes import SENT
from intake.playground.mail.post import NotSent
from intake.playground.mailing import Mailing
from intake.playground.overview import COUNTS
from intake.playground.phone import NotDone, Phones
from intake.playground.reader import Reader, Unreadable
from intake.playground.residents import Resident
from intake.playground.wording import LANGUAGES, words

PAGE_POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
_STATIC = ("page.css", "page.js", "people.js", "mail.js", "chat.js", "clock.js", "campaign.js", "form.js", "dom.js")
_TYPES = {"css": "text/css", "js": "text/javascript"}


class Page:
    """Routes of the page. `residents` may grow while it runs."""

    def __init__(self, stage: Stage, mailing: Mailing, phones: Phones, bot: str) -> None:
        self.stage = stage
        self.backstage = Backstage(stage)
        self.residents = stage.residents
        self.mailing = mailing
        self.phones = phones
        self.bot = bot
        self.closing = asyncio.Event()
        self.run = secrets.token_hex(8)
        """Tells a page that was loaded from an earlier run that its people and letters are gone."""
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self._template = environment.from_string(_static("page.html"))

    def app(self) -> Starlette:
        person = "/api/people/{person}"
        return Starlette(
            routes=[
                Route("/", self.show),
                Route("/static/{name}", self.static),
                Route("/api/people", self.people),
                Route(f"{person}/letters", self.list_letters),
                Route(f"{person}/letters", self.write_letter, methods=["POST"]),
                Route(f"{person}/letters/{{uid:int}}", self.read_letter),
                Route(f"{person}/letters/{{uid:int}}/html", self.show_html),
                Route(f"{person}/letters/{{uid:int}}/files/{{number:int}}", self.get_attachment),
                Route(f"{person}/letters/{{uid:int}}/reply", self.reply, methods=["POST"]),
                Route(f"{person}/letters/{{uid:int}}/forward", self.forward, methods=["POST"]),
                Route(f"{person}/chat", self.read_chat),
                Route(f"{person}/chat/{{act}}", self.act, methods=["POST"]),
                Route(f"{person}/file", self.send_file, methods=["POST"]),
                Route(f"{person}/file/{{file}}", self.get_file),
                Route(f"{person}/events", self.events),
                *self.backstage.routes(),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
            exception_handlers={NotDone: _not_done, Unreadable: _mail_failed, NotSent: _mail_failed},
        )

    async def show(self, request: Request) -> Response:
        wanted = request.query_params.get("lang") or request.cookies.get("lang")
        language = wanted if wanted in LANGUAGES else LANGUAGES[0]
        other = next(name for name in LANGUAGES if name != language)
        texts = _texts(language)
        campaign, run = self.stage.rehearsal is not None, self.run
        html = self._template.render(
            language=language, other=other, words=texts, bot=self.bot, campaign=campaign, run=run
        )
        answer = HTMLResponse(html, headers={**body.SAFE, "Content-Security-Policy": PAGE_POLICY})
        answer.set_cookie("lang", language, samesite="lax", httponly=True)  # the links in letters do not name it
        return answer

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _STATIC:
            raise HTTPException(404)
        return Response(_static(name), media_type=_TYPES[name.rpartition(".")[2]], headers=body.SAFE)

    async def people(self, request: Request) -> Response:
        return JSONResponse([resident.public() for resident in self.residents.values()])

    async def list_letters(self, request: Request) -> Response:
        headers = await self._reader(request).headers()
        return JSONResponse([letters.summary(uid, raw) for uid, raw in reversed(headers.items())])

    async def read_letter(self, request: Request) -> Response:
        resident, uid = self._resident(request), request.path_params["uid"]
        return JSONResponse(letters.view(uid, await self._letter(request), words(resident.language)["mail"]))

    async def show_html(self, request: Request) -> Response:
        resident = self._resident(request)
        html = letters.harmless_html(await self._letter(request), resident.key, self.bot)
        return HTMLResponse(html, headers={**body.SAFE, "Content-Security-Policy": letters.HTML_POLICY})

    async def get_attachment(self, request: Request) -> Response:
        files = compose.attachments(letters.parsed(await self._letter(request)))
        if (number := request.path_params["number"]) >= len(files):
            raise HTTPException(404)
        return Response(files[number].content, media_type="application/octet-stream", headers=body.DOWNLOAD)

    async def write_letter(self, request: Request) -> Response:
        resident, given = self._resident(request), await _letter_given(request, "to", "subject", "body")
        return await _sent(
            self.mailing.write(resident, given["to"], given["subject"], given["body"], body.files(given))
        )

    async def reply(self, request: Request) -> Response:
        resident, given = self._resident(request), await _letter_given(request, "body")
        letter = await self._letter(request)
        return await _sent(self.mailing.reply(resident, letter, given["body"], body.files(given)))

    async def forward(self, request: Request) -> Response:
        resident, given = self._resident(request), await _letter_given(request, "to", "body")
        letter = await self._letter(request)
        return await _sent(self.mailing.forward(resident, letter, given["to"], given["body"], body.files(given)))

    async def read_chat(self, request: Request) -> Response:
        return JSONResponse(await self.phones.read(self._at_the_phone(request)))

    async def act(self, request: Request) -> Response:
        resident, given = self._at_the_phone(request), await body.json_object(request)
        return JSONResponse(await self.phones.act(resident, request.path_params["act"], given))

    async def send_file(self, request: Request) -> Response:
        """The file is the whole body; its name and kind stand in the query."""
        chat_id, content = self._chat_id(request), await body.content(request, 20_000_000)
        name, kind = request.query_params.get("name", "file"), request.query_params.get("kind", "document")
        content_type = request.headers.get("Content-Type", "")
        return JSONResponse(await self.phones.send_file(chat_id, kind, name, content, content_type))

    async def get_file(self, request: Request) -> Response:
        content, content_type = await self.phones.file(self._chat_id(request), request.path_params["file"])
        shown = content_type in ("image/jpeg", "image/png")
        headers = body.SAFE if shown else body.DOWNLOAD
        return Response(content, media_type=content_type if shown else "application/octet-stream", headers=headers)

    async def events(self, request: Request) -> Response:
        """Server-sent events: `mail` (something changed in the mailbox), `chat` as it is now, and those backstage."""
        resident = self._resident(request)
        return StreamingResponse(self._events(resident), media_type="text/event-stream", headers=body.SAFE)

    async def _events(self, resident: Resident) -> AsyncIterator[str]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        tasks = [asyncio.create_task(self._tell_mail(resident, queue)), asyncio.create_task(self._end(queue))]
        if self.stage.rehearsal is not None:  # one stream for all: a browser opens only six connections to a server
            tasks.append(asyncio.create_task(self.backstage.tell(self.stage.rehearsal, queue)))
        if resident.chat_id is not None:
            tasks.append(asyncio.create_task(self._tell_chat(resident, queue)))
        try:
            yield f"event: run\ndata: {json.dumps({'run': self.run})}\n\n"
            while (event := await queue.get()) is not None:
                yield event
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell_mail(self, resident: Resident, queue: asyncio.Queue[str | None]) -> None:
        try:
            async for _ in self.mailing.reader(resident).changes():
                await queue.put("event: mail\ndata: {}\n\n")
        except Unreadable:
            await queue.put(None)  # the browser connects again by itself

    async def _tell_chat(self, resident: Resident, queue: asyncio.Queue[str | None]) -> None:
        revision = -1
        while True:
            shown = await self.phones.read(resident, after=revision)
            if shown["revision"] != revision:
                revision = shown["revision"]
                await queue.put(f"event: chat\ndata: {json.dumps(shown)}\n\n")

    async def _end(self, queue: asyncio.Queue[str | None]) -> None:
        await self.closing.wait()
        await queue.put(None)

    def _reader(self, request: Request) -> Reader:
        """The folder that the query names."""
        folder = SENT if request.query_params.get("folder") == "sent" else "INBOX"
        return self.mailing.reader(self._resident(request), folder)

    async def _letter(self, request: Request) -> bytes:
        return await self._reader(request).letter(request.path_params["uid"])

    def _resident(self, request: Request) -> Resident:
        try:
            return self.residents[request.path_params["person"]]
        except KeyError:
            raise HTTPException(404) from None

    def _at_the_phone(self, request: Request) -> Resident:
        resident = self._resident(request)
        if resident.chat_id is None:
            raise HTTPException(404)
        return resident

    def _chat_id(self, request: Request) -> int:
        return self._at_the_phone(request).chat_id or 0


def _texts(language: str) -> dict[str, Any]:
    """The page's words, and the service's own for the counts."""
    status = {name: wording.text(language, f"cli.status_{name}") for name in COUNTS}
    tables = {name: words(language)[name] for name in ("kinds", "states", "channels", "nominations")}
    return {**words(language)["page"], **tables, "status": status, "counts": COUNTS}


def _static(name: str) -> str:
    return files(__package__).joinpath("static", name).read_text("utf-8")


async def _letter_given(request: Request, *required: str) -> dict[str, Any]:
    """A letter to be sent: to invented addresses only, which is said before the server says it in its own words."""
    given = await body.json_object(request, *required, limit=body.LETTER_BYTES)
    if not all(invented(address) for _, address in getaddresses([given.get("to", "")]) if "@" in address):
        raise NotSent(words(body.language(request))["page"]["person_real_address"])
    return given


async def _sent(sending: Awaitable[str]) -> Response:
    return JSONResponse({"message_id": await sending})


async def _not_done(request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, NotDone) else 500
    return JSONResponse({"error": str(error)}, status_code=status)


async def _mail_failed(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=502)
