"""A payload of the outbox as one Bot API call, and a failure of that call as one of the outbox's four.

Payloads (JSON objects; `markup` is a Bot API keyboard or absent, texts are Telegram's HTML):

    {"kind": "message", "text", "markup"?, "silent"?}       "typed": what the labels of a reply keyboard mean, not sent
    {"kind": "edit", "message_id", "text", "markup"?}       without markup the keyboard goes
    {"kind": "edit_markup", "message_id", "markup"?}
    {"kind": "answer_callback", "callback_id", "text"?, "alert"?}
    {"kind": "action", "action"}
    {"kind": "document", "name", "content" (base64), "caption"?, "markup"?}

With `"once": true` a message is at most once: any answer that leaves a doubt is Unknown, never TryLater.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from intake.channels import Gone, Moved, Outgoing, Refused, SendFailed, TryLater, Unknown
from intake.channels.telegram.health import name_of
from intake.channels.telegram.transport import NotSent, ServerFault, Slowed

Payload = Mapping[str, Any]
LONGEST_REASON = 200

_DONE_ALREADY = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "query is too old",
)
"""Beginnings of Telegram's words for an edit or a callback answer that changes nothing any more."""

_NO_SUCH_CHAT = ("chat not found", "peer_id_invalid", "user not found")
_PASSING_FAULTS = (502, 503)


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call. `counts`: it is a message in the sense of Telegram's limits."""

    method: str
    parameters: Mapping[str, Any]
    counts: bool = False


def call_for(outgoing: Outgoing) -> Call:
    """The call that sends the payload; raises Refused for a payload that is none."""
    try:
        return _CALLS[outgoing.payload["kind"]](outgoing.address, outgoing.payload)
    except (KeyError, ValueError, TypeError) as error:
        raise Refused(f"no such payload: {type(error).__name__}", "payload") from None


def _message(chat: str, payload: Payload) -> Call:
    return Call(
        "sendMessage",
        {
            "chat_id": chat,
            "text": payload["text"],
            "parse_mode": "HTML",
            "reply_markup": payload.get("markup"),
            "disable_notification": payload.get("silent"),
            "link_preview_options": {"is_disabled": True},
        },
        counts=True,
    )


def _edit(chat: str, payload: Payload) -> Call:
    return Call(
        "editMessageText",
        {
            "chat_id": chat,
            "message_id": int(payload["message_id"]),
            "text": payload["text"],
            "parse_mode": "HTML",
            "reply_markup": payload.get("markup"),
            "link_preview_options": {"is_disabled": True},
        },
    )


def _edit_markup(chat: str, payload: Payload) -> Call:
    parameters = {"chat_id": chat, "message_id": int(payload["message_id"]), "reply_markup": payload.get("markup")}
    return Call("editMessageReplyMarkup", parameters)


def _answer_callback(chat: str, payload: Payload) -> Call:
    parameters = {
        "callback_query_id": payload["callback_id"],
        "text": payload.get("text"),
        "show_alert": payload.get("alert"),
    }
    return Call("answerCallbackQuery", parameters)


def _action(chat: str, payload: Payload) -> Call:
    return Call("sendChatAction", {"chat_id": chat, "action": payload["action"]})


def _document(chat: str, payload: Payload) -> Call:
    return Call(
        "sendDocument",
        {
            "chat_id": chat,
            "document": InputFile(b64decode(payload["content"], validate=True), filename=payload["name"]),
            "caption": payload.get("caption"),
            "parse_mode": "HTML",
            "reply_markup": payload.get("markup"),
        },
        counts=True,
    )


_CALLS: Mapping[str, Callable[[str, Payload], Call]] = {
    "message": _message,
    "edit": _edit,
    "edit_markup": _edit_markup,
    "answer_callback": _answer_callback,
    "action": _action,
    "document": _document,
}


def message_id(result: Any, payload: Payload) -> str:
    """The provider's id of the message sent or changed; "" where there is none."""
    if isinstance(result, dict) and isinstance(result.get("message_id"), int):
        return str(result["message_id"])
    return str(payload.get("message_id", ""))


def done_already(error: TelegramError, payload: Payload) -> bool:
    """Whether the failure means that there is nothing left to do."""
    if not isinstance(error, BadRequest):
        return False
    if payload["kind"] == "answer_callback":
        return True
    return payload["kind"] != "message" and error.message.lower().startswith(_DONE_ALREADY)


def failure(error: TelegramError, *, once: bool = False) -> SendFailed:
    """What a failed call means for the outbox; see docs/decisions/0031."""
    code = name_of(error)
    if isinstance(error, Slowed):
        return TryLater("Telegram asks to wait", code, after_s=float(error.after_s))
    if isinstance(error, ChatMigrated):
        return Moved(str(error.new_chat_id))
    if isinstance(error, Forbidden):
        return Gone(_reason(error), code)
    if isinstance(error, BadRequest):
        gone = error.message.lower().startswith(_NO_SUCH_CHAT)
        return Gone(_reason(error), code) if gone else Refused(_reason(error), code)
    if isinstance(error, ServerFault):
        passing = error.status in _PASSING_FAULTS and not once
        return (TryLater if passing else Unknown)("Telegram's server is in trouble", code)
    if isinstance(error, NotSent | InvalidToken | Conflict | RetryAfter):
        return TryLater("Telegram cannot be reached" if isinstance(error, NotSent) else "not accepted", code)
    return Unknown("the answer was lost", code)


def _reason(error: TelegramError) -> str:
    return error.message[:LONGEST_REASON]
