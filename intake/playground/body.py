"""The bodies of requests to the page: bounded, and JSON only where JSON is meant."""

import base64
import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from intake.playground.mail.compose import File
from intake.playground.wording import LANGUAGES

MAX_BYTES = 1_000_000
LETTER_BYTES = 30_000_000
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-DNS-Prefetch-Control": "off",
}
"""Headers of every answer."""


DOWNLOAD = {**SAFE, "Content-Disposition": "attachment"}


def language(request: Request) -> str:
    """The language the page was last shown in."""
    chosen = request.cookies.get("lang")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


async def content(request: Request, limit: int) -> bytes:
    """The whole body; 413 when it is longer than `limit` bytes."""
    found = b""
    async for chunk in request.stream():
        found += chunk
        if len(found) > limit:
            raise HTTPException(413)
    return found


async def json_object(request: Request, *required: str, limit: int = MAX_BYTES) -> dict[str, Any]:
    """A JSON object with these texts. JSON alone: a form on a foreign page cannot send it."""
    if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
        raise HTTPException(415)
    try:
        found = json.loads(await content(request, limit))
    except ValueError:
        raise HTTPException(400) from None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in required):
        raise HTTPException(400)
    return found


def files(given: dict[str, Any]) -> tuple[File, ...]:
    """The files of a letter: {"files": [{"name", "type", "content" in base64}]}; 400 where they are none."""
    try:
        return tuple(
            File(str(one["name"])[-100:], str(one["type"]), base64.b64decode(one["content"], validate=True))
            for one in given.get("files", ())
        )
    except (TypeError, KeyError, ValueError):
        raise HTTPException(400) from None
