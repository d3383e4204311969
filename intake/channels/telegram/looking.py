"""What we ask Telegram ourselves: the content of a file, and whether somebody is in a chat."""

from __future__ import annotations

from urllib.parse import quote

from telegram.error import BadRequest, TelegramError

from intake.channels import Refused, TryLater, Unknown
from intake.channels.telegram import sending
from intake.channels.telegram.client import Client

LARGEST_FILE = 20_000_000
"""Bytes (Bot API: getFile)."""
_MEMBERS = ("creator", "administrator", "member", "restricted")


async def download(client: Client, file_id: str) -> bytes:
    """The content of a file somebody sent. Raises Refused for good, TryLater for now: asking again does no harm."""
    try:
        described = await client.call("getFile", {"file_id": file_id})
        path = described.get("file_path") if isinstance(described, dict) else None
        if not isinstance(path, str) or ".." in path:
            raise Refused("no such file", "file")
        content = await client.content(quote(path))
    except TelegramError as error:
        raise _again(error) from None
    if len(content) > LARGEST_FILE:
        raise Refused("too large", "size")
    return content


async def is_member(client: Client, chat_id: int, user_id: int) -> bool:
    """Whether the person is in the chat now; raises TryLater when Telegram does not say."""
    try:
        found = await client.call("getChatMember", {"chat_id": chat_id, "user_id": user_id})
    except BadRequest:
        return False
    except TelegramError as error:
        raise _again(error) from None
    if not isinstance(found, dict):
        return False
    return found.get("status") in _MEMBERS and (found.get("status") != "restricted" or found.get("is_member") is True)


def _again(error: TelegramError) -> Refused | TryLater:
    failure = sending.failure(error)
    if isinstance(failure, TryLater):
        return failure
    if isinstance(failure, Unknown):
        return TryLater(failure.reason, failure.code)
    return Refused(failure.reason, failure.code)
