"""The methods by which a bot describes itself, and those that tell it about chats and files."""

import re
from typing import Any

from intake.playground.bot_api.account import Account
from intake.playground.bot_api.errors import Json, bad_request
from intake.playground.bot_api.parameters import Parameters

MAX_COMMANDS = 100
_LIMITS = {"name": 64, "description": 512, "short_description": 120}
_REFUSED_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


def get_me(account: Account, call: Parameters) -> Json:
    abilities = (
        "can_read_all_group_messages",
        "supports_inline_queries",
        "can_connect_to_business",
        "has_main_web_app",
    )
    return {**account.user, "can_join_groups": True, **dict.fromkeys(abilities, False)}


def set_my_commands(account: Account, call: Parameters) -> bool:
    commands = call.structure("commands")
    if not isinstance(commands, list) or len(commands) > MAX_COMMANDS:
        raise bad_request("can't parse commands: expected an Array of BotCommand")
    for command in commands:
        _check_command(command)
    account.profile[_commands_key(call)] = commands
    return True


def get_my_commands(account: Account, call: Parameters) -> list[Json]:
    commands: list[Json] = account.profile.get(_commands_key(call), [])
    return commands


def delete_my_commands(account: Account, call: Parameters) -> bool:
    account.profile.pop(_commands_key(call), None)
    return True


def _commands_key(call: Parameters) -> tuple[str, str, str]:
    scope = call.mapping("scope") or {"type": "default"}
    return "commands", str(sorted(scope.items())), call.text("language_code")


def _check_command(command: Any) -> None:
    if not isinstance(command, dict) or not re.fullmatch(r"/?[a-z0-9_]{1,32}", str(command.get("command", ""))):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(str(command.get("description", ""))) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def text_setter(field: str) -> Any:
    """setMyName, setMyDescription, setMyShortDescription: one text a language."""

    def set_text(account: Account, call: Parameters) -> bool:
        text = call.text(field)
        if len(text) > _LIMITS[field]:
            raise bad_request(f"bot {field.replace('_', ' ')} is too long")
        account.profile[field, "", call.text("language_code")] = text
        return True

    return set_text


def text_getter(field: str) -> Any:
    def get_text(account: Account, call: Parameters) -> Json:
        languages = (call.text("language_code"), "")
        texts = (account.profile.get((field, "", language)) for language in languages)
        default = account.user["first_name"] if field == "name" else ""
        return {field: next((text for text in texts if text), default)}

    return get_text


def set_chat_menu_button(account: Account, call: Parameters) -> bool:
    button = call.mapping("menu_button") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button")
    account.profile["menu_button", call.text("chat_id"), ""] = button
    return True


def get_chat_menu_button(account: Account, call: Parameters) -> Json:
    button: Json = account.profile.get(("menu_button", call.text("chat_id"), ""), {"type": "commands"})
    return button


def get_chat(account: Account, call: Parameters) -> Json:
    chat = account.chat(call.get("chat_id"))
    if chat.private and not chat.wrote:
        raise bad_request("chat not found")
    return {
        **chat.info,
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": _REFUSED_GIFTS,
    }


def get_chat_member(account: Account, call: Parameters) -> Json:
    chat = account.chat(call.get("chat_id"))
    user_id = call.integer("user_id", 0)
    if user_id == account.user["id"]:
        return {"user": account.user, "status": "left" if chat.blocked else "member"}
    if user_id in chat.members:
        return {"user": chat.members[user_id], "status": "member"}
    known = account.chats.get(user_id)
    if known is None or user_id not in known.members:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return {"user": known.members[user_id], "status": "left"}


def leave_chat(account: Account, call: Parameters) -> bool:
    account.leave(account.chat(call.get("chat_id")))
    return True


def get_file(account: Account, call: Parameters) -> Json:
    stored = account.files.to_download(call.text("file_id"))
    return {**stored.described(), "file_path": stored.path}
