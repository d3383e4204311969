"""The methods that put messages into chats, change them and take them away."""

from typing import Any

from intake.playground.bot_api import keyboards
from intake.playground.bot_api.account import Account, Delivery
from intake.playground.bot_api.chat import Chat
from intake.playground.bot_api.entities import read_html, trimmed
from intake.playground.bot_api.errors import Json, bad_request
from intake.playground.bot_api.files import as_document, as_photo, as_voice
from intake.playground.bot_api.parameters import Parameters

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_CALLBACK_ANSWER = 200
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
_FILES: dict[str, Any] = {"document": as_document, "photo": as_photo, "voice": as_voice}


def send_message(account: Account, call: Parameters) -> Json:
    chat = account.writable(call.get("chat_id"))
    text, entities = _text(call, "text", MAX_TEXT)
    message = _place(account, chat, call, text=text, entities=entities)
    account.deliveries.append(Delivery(chat.id, message["message_id"], text))
    return message


def send_document(account: Account, call: Parameters) -> Json:
    return _send_file(account, call, "document")


def send_photo(account: Account, call: Parameters) -> Json:
    return _send_file(account, call, "photo")


def send_voice(account: Account, call: Parameters) -> Json:
    return _send_file(account, call, "voice")


def send_chat_action(account: Account, call: Parameters) -> bool:
    chat = account.writable(call.get("chat_id"))
    if not call.text("action"):
        raise bad_request("wrong parameter action in request")
    chat.action = call.text("action")
    chat.changed()
    return True


def edit_message_text(account: Account, call: Parameters) -> Json:
    chat, message = _editable(account, call)
    text, entities = _text(call, "text", MAX_TEXT)
    return _edit(account, chat, message, call, text=text, entities=entities)


def edit_message_reply_markup(account: Account, call: Parameters) -> Json:
    chat, message = _editable(account, call)
    return _edit(account, chat, message, call)


def delete_message(account: Account, call: Parameters) -> bool:
    account.chat(call.get("chat_id")).delete(call.integer("message_id", 0))
    return True


def answer_callback_query(account: Account, call: Parameters) -> bool:
    callback = account.callbacks.get(call.text("callback_query_id"))
    if callback is None or callback.expired:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(call.text("text")) > MAX_CALLBACK_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    callback.answer = {"text": call.text("text"), "show_alert": call.flag("show_alert")}
    if callback.answer["text"]:
        callback.chat.notices.append({"callback_query_id": callback.query["id"], **callback.answer})
    callback.chat.changed()
    return True


def _text(call: Parameters, name: str, limit: int) -> tuple[str, list[Json]]:
    source, mode = call.text(name), call.text("parse_mode").lower()
    if mode not in ("", "html"):
        raise bad_request("unsupported parse_mode")
    if mode == "html" and ("<" in source or "&" in source):
        text, entities = trimmed(*read_html(source))
    else:
        text, entities = trimmed(source, _entities(call))
    if not text and name == "text":
        raise bad_request("message text is empty")
    if len(text) > limit:
        raise bad_request("message is too long" if name == "text" else "message caption is too long")
    return text, entities


def _entities(call: Parameters) -> list[Json]:
    entities = call.sequence("entities") or []
    if not all(isinstance(one, dict) and {"type", "offset", "length"} <= one.keys() for one in entities):
        raise bad_request("can't parse MessageEntity")
    return entities


def _send_file(account: Account, call: Parameters, kind: str) -> Json:
    chat = account.writable(call.get("chat_id"))
    caption, entities = _text(call, "caption", MAX_CAPTION)
    described = _FILES[kind](call.file(kind, account.files))
    return _place(account, chat, call, **{kind: described}, caption=caption, caption_entities=entities)


def _place(account: Account, chat: Chat, call: Parameters, **content: Any) -> Json:
    markup = keyboards.checked(call.structure("reply_markup"), private=chat.private)
    reply = _replied_to(chat, call)
    inline = markup if markup and "inline_keyboard" in markup else None
    message = account.compose(chat, account.user, **content, reply_to_message=reply, reply_markup=inline)
    if markup and not inline:
        chat.reply_keyboard = None if markup.get("remove_keyboard") else markup
        chat.fixed.add(message["message_id"])
    chat.action = None
    chat.show(message)
    return message


def _replied_to(chat: Chat, call: Parameters) -> Json | None:
    reply = call.mapping("reply_parameters")
    message_id = Parameters({"id": reply.get("message_id") or call.get("reply_to_message_id") or 0}).integer("id")
    if not message_id:
        return None
    lenient = reply.get("allow_sending_without_reply") or call.flag("allow_sending_without_reply")
    if lenient and message_id not in chat.messages:
        return None
    replied = chat.message(message_id, "message to be replied not found")
    return {name: value for name, value in replied.items() if name != "reply_to_message"}


def _editable(account: Account, call: Parameters) -> tuple[Chat, Json]:
    chat = account.writable(call.get("chat_id"))
    message = chat.message(call.integer("message_id", 0), "message to edit not found")
    if message["from"]["id"] != account.user["id"] or message["message_id"] in chat.fixed:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(account: Account, chat: Chat, message: Json, call: Parameters, **content: Any) -> Json:
    """Without reply_markup an edit takes the inline keyboard away, as in Telegram."""
    markup = keyboards.checked(call.structure("reply_markup"))
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    if markup is not None and not markup["inline_keyboard"]:
        markup = None
    changed = {**message, **content, "reply_markup": markup}
    edited = {name: value for name, value in changed.items() if value}
    if {**edited, "edit_date": 0} == {**message, "edit_date": 0}:
        raise bad_request(_NOT_MODIFIED)
    edited["edit_date"] = account.now()
    chat.show(edited)
    return edited
