"""The bodies of requests to the page: bounded, and JSON only where JSON is meant."""

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BYTES = 1_000_000
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
"""Headers of every answer."""


async def content(request: Request, limit: int) -> bytes:
    """The whole body; 413 when it is longer than `limit` bytes."""
    found = b""
    async for chunk in request.stream():
        found += chunk
        if len(found) > limit:
            raise HTTPException(413)
    return found


async def json_object(request: Request, *required: str) -> dict[str, Any]:
    """A JSON object with these texts. JSON alone: a form on a foreign page cannot send it."""
    if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
        raise HTTPException(415)
    try:
        found = json.loads(await content(request, MAX_BYTES))
    except ValueError:
        raise HTTPException(400) from None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in required):
        raise HTTPException(400)
    return found
