"""The methods of the Bot API that the server answers, by name."""

from collections.abc import Awaitable, Callable
from typing import Any

from intake.playground.bot_api import profile, sending
from intake.playground.bot_api.account import Account
from intake.playground.bot_api.errors import Json, bad_request, not_found
from intake.playground.bot_api.parameters import Parameters

Method = Callable[[Account, Parameters], Any]


async def get_updates(account: Account, call: Parameters) -> list[Any]:
    return await account.updates.poll(
        call.integer("offset", 0),
        call.integer("limit", 100),
        call.seconds("timeout"),
        call.sequence("allowed_updates"),
    )


def set_webhook(account: Account, call: Parameters) -> bool:
    """Kept and reported, which ends getUpdates as in Telegram; nothing is ever posted to it."""
    url = call.text("url")
    if url and not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    account.updates.webhook = {"url": url} if url else None
    return True


def delete_webhook(account: Account, call: Parameters) -> bool:
    account.updates.webhook = None
    if call.flag("drop_pending_updates"):
        account.updates.drop()
    return True


def get_webhook_info(account: Account, call: Parameters) -> Json:
    url = (account.updates.webhook or {"url": ""})["url"]
    return {"url": url, "has_custom_certificate": False, "pending_update_count": len(account.updates)}


METHODS: dict[str, Method] = {
    "getme": profile.get_me,
    "getupdates": get_updates,
    "sendmessage": sending.send_message,
    "senddocument": sending.send_document,
    "sendphoto": sending.send_photo,
    "sendvoice": sending.send_voice,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": sending.edit_message_text,
    "editmessagereplymarkup": sending.edit_message_reply_markup,
    "deletemessage": sending.delete_message,
    "answercallbackquery": sending.answer_callback_query,
    "setmycommands": profile.set_my_commands,
    "getmycommands": profile.get_my_commands,
    "deletemycommands": profile.delete_my_commands,
    "setmyname": profile.text_setter("name"),
    "getmyname": profile.text_getter("name"),
    "setmydescription": profile.text_setter("description"),
    "getmydescription": profile.text_getter("description"),
    "setmyshortdescription": profile.text_setter("short_description"),
    "getmyshortdescription": profile.text_getter("short_description"),
    "setchatmenubutton": profile.set_chat_menu_button,
    "getchatmenubutton": profile.get_chat_menu_button,
    "getchat": profile.get_chat,
    "getchatmember": profile.get_chat_member,
    "leavechat": profile.leave_chat,
    "getfile": profile.get_file,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
}


async def call_method(account: Account, name: str, call: Parameters) -> Any:
    """The result of a method, or a Refusal. Names are case-insensitive, as in Telegram."""
    method = METHODS.get(name)
    if method is None:
        raise not_found()
    account.calls[name] = account.calls.get(name, 0) + 1
    result = method(account, call)
    return await result if isinstance(result, Awaitable) else result
