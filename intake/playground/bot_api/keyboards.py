"""What may stand under a message: keyboards checked as the Bot API checks them."""

from collections.abc import Iterator
from typing import Any

from intake.playground.bot_api.errors import Json, bad_request

MAX_CALLBACK_BYTES = 64
MAX_BUTTONS = 100
_ACTIONS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}
_REQUESTS = {"request_contact", "request_location"}
_OTHER_REQUESTS = {"request_users", "request_chat", "request_poll", "web_app"}


def checked(markup: object, *, private: bool = True) -> Json | None:
    """The reply_markup of a call, or a Refusal; None when there is none. `private`: it is for a private chat."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("can't parse reply keyboard markup JSON object")
    if "inline_keyboard" in markup:
        return {"inline_keyboard": _rows(markup["inline_keyboard"], _inline_button)}
    if "keyboard" in markup:
        rows = _rows(markup["keyboard"], _reply_button)
        if not private and any(_REQUESTS & button.keys() for row in rows for button in row):
            raise bad_request("phone number can be requested in private chats only")
        return {**markup, "keyboard": rows}
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    raise bad_request("object expected as reply markup")


def buttons(markup: Json | None) -> Iterator[Json]:
    """Every button of an inline or reply keyboard, in order."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    return (button for row in rows for button in row)


def _rows(rows: object, check: Any) -> list[list[Json]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("object expected as reply markup")
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return [[check(button) for button in row] for row in rows if row]


def _inline_button(button: object) -> Json:
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad_request("inline keyboard button text is empty")
    if len(_ACTIONS & button.keys()) != 1:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return button


def _reply_button(button: object) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad_request("keyboard button text is empty")
    if len((_REQUESTS | _OTHER_REQUESTS) & button.keys()) > 1:
        raise bad_request("can't parse keyboard button: too many fields are specified")
    return button
