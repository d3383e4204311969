"""The few pages of the service: stop by one click (RFC 8058) and a sign of life. A GET changes nothing."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from html import escape

import structlog
import uvicorn
from sqlalchemy import text
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from intake import codes, people, privacy, wording
from intake.clock import Clock
from intake.desk import Desk
from intake.settings import Settings
from intake.store import Store
from intake.tables import Person

log = structlog.get_logger()

SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_PAGE = """<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>{title}</title><style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:3rem auto;padding:0 1rem;
color-scheme:light dark}}button{{font:inherit;padding:.6rem 1.2rem}}</style></head>
<body><main><h1>{title}</h1><p>{sentence}</p>{form}</main></body></html>"""


def app(store: Store, desk: Desk, clock: Clock, ring: Callable[[], None]) -> Starlette:
    """The service's web application."""

    async def stop_page(request: Request) -> Response:
        person_id = codes.read_stop_token(request.path_params["token"], desk.key)
        language = await store.read(lambda session: _language(session, desk, person_id))
        if language is None:
            return _page(desk.campaign.language, "bad", status=404)
        return _page(language, "ask", button=True)

    async def stop(request: Request) -> Response:
        person_id = codes.read_stop_token(request.path_params["token"], desk.key)
        language = await store.write(lambda session: _stop(session, desk, person_id, clock))
        if language is None:
            return _page(desk.campaign.language, "bad", status=404)
        ring()
        return _page(language, "done")

    async def alive(request: Request) -> Response:
        await store.read(lambda session: session.execute(text("SELECT 1")))
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[
            Route("/u/{token:str}", stop_page, methods=["GET"]),
            Route("/u/{token:str}", stop, methods=["POST"]),
            Route("/healthz", alive, methods=["GET"]),
        ]
    )


def listen(settings: Settings) -> socket.socket | None:
    """Take the port of the page; None, with a word in the log, when somebody else has it: the rest goes on."""
    host, port = settings.page
    try:
        return socket.create_server((host, port))
    except OSError as error:
        log.error("the page's port is taken: set ATSAUCE_WEB_PORT", port=port, error=error.strerror)
        return None


async def serve(application: Starlette, listening: socket.socket) -> None:
    """Serve the pages until cancelled."""
    config = uvicorn.Config(application, log_config=None, access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    try:
        await server.serve(sockets=[listening])
    finally:  # a cancelled one leaves them open
        for one in getattr(server, "servers", ()):
            one.close()
        listening.close()


def _language(session: Session, desk: Desk, person_id: int | None) -> str | None:
    person = session.get(Person, person_id) if person_id is not None else None
    return person.language if person else None


def _stop(session: Session, desk: Desk, person_id: int | None, clock: Clock) -> str | None:
    person = session.get(Person, person_id) if person_id is not None else None
    if person is None:
        return None
    person = people.lock(session, people.now_known_as(session, person))
    privacy.stop(session, desk, person, clock.now(), channel="email")
    return person.language


def _page(language: str, key: str, *, button: bool = False, status: int = 200) -> HTMLResponse:
    def said(name: str) -> str:
        return escape(wording.text(language, f"stop.{name}"))

    form = f'<form method="post"><button>{said("button")}</button></form>' if button else ""
    page = _PAGE.format(language=escape(language), title=said("title"), sentence=said(key), form=form)
    return HTMLResponse(page, status, headers=SAFE)
