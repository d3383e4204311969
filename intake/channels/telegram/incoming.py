"""What a person did in the chat, read from one raw update."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update

from intake.channels import Unreadable
from intake.channels.telegram.text import clean

LONGEST_NAME = 200
LONGEST_BODY = 1_000_000
"""Bytes; an update of Telegram's is far smaller."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w{1,64})?(?:\s+(.*))?", re.ASCII | re.DOTALL)
_START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_GONE = ("kicked", "left")


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Edited:
    """An earlier message (`ChatInput.message_id`) reads differently now."""

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """/name argument; the payload of /start is empty when it is not one that Telegram allows in a link."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button under the message `ChatInput.message_id` (see buttons.decode)."""

    data: str
    callback_id: str


@dataclass(frozen=True, slots=True)
class Contact:
    """`own`: the person's own number, which Telegram vouches for."""

    phone: str
    own: bool


@dataclass(frozen=True, slots=True)
class Location:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, fetched with `file_id`; `kind` is image, audio, video or file; `size` in bytes, where it is known."""

    kind: str
    file_id: str
    size: int | None
    name: str
    caption: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person blocked the bot, or it was removed from a group."""


@dataclass(frozen=True, slots=True)
class Unblocked:
    """The bot may write again, or was added to a group."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """The group `was` has become a supergroup, which has another id; said in both."""

    was: int
    now: int


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A sticker, a poll and the like: nothing that could be an answer."""


What = (
    Text | Edited | Command | Pressed | Contact | Location | Attachment | Blocked | Unblocked | Migrated | Unsupported
)


@dataclass(frozen=True, slots=True)
class ChatInput:
    """One act of one person. `date` is Telegram's, absent for buttons; `in_group`: not a private chat."""

    update_id: int
    chat_id: int
    user_id: int
    name: str
    language_code: str
    message_id: int | None
    date: datetime | None
    in_group: bool
    what: What


def read(body: bytes) -> ChatInput | None:
    """The act in an update, None when it is nothing for us; raises Unreadable for what is no valid update."""
    if len(body) > LONGEST_BODY:
        raise Unreadable("too long")
    try:
        data = json.loads(body)
        if not isinstance(data, dict):
            raise Unreadable("not an object")
        return _read(_update(data))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError) as error:
        # What the library raises for an update of the wrong shape; OSError comes from impossible dates.
        raise Unreadable(type(error).__name__) from None


def _update(data: dict[str, Any]) -> Update:
    update = Update.de_json(data, None)
    if not _is_id(update.update_id):
        raise Unreadable("no update_id")
    return update


def _read(update: Update) -> ChatInput | None:
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _membership(update.update_id, update.my_chat_member)
    message = update.message or update.edited_message
    if message is None or (message.from_user is not None and message.from_user.is_bot):
        return None
    what = _edited(message) if update.message is None else _what(message)
    return None if what is None else _input(update.update_id, message, message.from_user, what, message)


def _input(update_id: int, where: Any, user: Any, what: What, message: Any) -> ChatInput | None:
    if user is None:
        return None
    chat = where.chat
    if not (_is_id(chat.id) and _is_id(user.id)):
        raise Unreadable("no chat")
    return ChatInput(
        update_id=update_id,
        chat_id=chat.id,
        user_id=user.id,
        name=clean(" ".join(filter(None, (_text(user.first_name), _text(user.last_name)))), LONGEST_NAME),
        language_code=clean(_text(user.language_code), 10),
        message_id=_id_or_none(getattr(message, "message_id", None)),
        date=_date(getattr(where, "date", None)) if not isinstance(what, Pressed) else None,
        in_group=chat.type != "private",
        what=what,
    )


def _pressed(update_id: int, query: CallbackQuery) -> ChatInput | None:
    """A message too old for the bot is given without its content, but with its chat and id."""
    if query.message is None or query.data is None:
        return None
    what = Pressed(clean(_text(query.data), 64), clean(_text(query.id), 64))
    return _input(update_id, query.message, query.from_user, what, query.message)


def _membership(update_id: int, change: ChatMemberUpdated) -> ChatInput | None:
    before, after = change.old_chat_member.status in _GONE, change.new_chat_member.status in _GONE
    if before == after:
        return None
    return _input(update_id, change, change.from_user, Blocked() if after else Unblocked(), None)


def _edited(message: Message) -> What | None:
    text = message.text or message.caption
    return Edited(clean(_text(text))) if text else None


def _what(message: Message) -> What | None:
    if message.text is not None:
        return _command_or_text(clean(_text(message.text)))
    if message.contact is not None:
        own = message.from_user is not None and message.contact.user_id == message.from_user.id
        return Contact(clean(_text(message.contact.phone_number), 40), own)
    if message.location is not None:
        return Location(float(message.location.latitude), float(message.location.longitude))
    if message.migrate_to_chat_id is not None:
        return Migrated(int(message.chat.id), int(message.migrate_to_chat_id))
    if message.migrate_from_chat_id is not None:
        return Migrated(int(message.migrate_from_chat_id), int(message.chat.id))
    return _attachment(message) or _other(message)


def _command_or_text(text: str) -> What:
    match = _COMMAND.fullmatch(text.strip())
    if match is None:
        return Text(text)
    name, argument = match[1].lower(), (match[2] or "").strip()
    if name == "start" and not _START_PAYLOAD.fullmatch(argument):
        argument = ""
    return Command(name, argument)


def _attachment(message: Message) -> Attachment | None:
    if message.photo:
        return _described("image", message.photo[-1], message)
    found: tuple[tuple[str, Any], ...] = (
        ("audio", message.voice),
        ("audio", message.audio),
        ("video", message.video),
        ("video", message.video_note),
        ("file", message.document),
    )
    return next((_described(kind, file, message) for kind, file in found if file is not None), None)


def _described(kind: str, file: Any, message: Message) -> Attachment:
    return Attachment(
        kind=kind,
        file_id=clean(_text(file.file_id), 200),
        size=_id_or_none(file.file_size),
        name=clean(_text(getattr(file, "file_name", None)), LONGEST_NAME),
        caption=clean(_text(message.caption)),
    )


def _other(message: Message) -> Unsupported | None:
    """Stickers and the like deserve an answer; service messages (a member joined, a pin) do not."""
    kinds = (message.sticker, message.poll, message.dice, message.venue, message.game, message.story)
    return Unsupported() if any(kind is not None for kind in kinds) else None


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable("not a text")
    return value


def _is_id(value: object) -> bool:
    """Bot API: identifiers have at most 52 significant bits."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _id_or_none(value: Any) -> int | None:
    return value if _is_id(value) else None


def _date(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
