"""Introduces the bot to people: its commands and what it says of itself, in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from telegram.error import TelegramError

from intake.channels.telegram.client import Client
from intake.channels.telegram.health import name_of
from intake.channels.telegram.text import clean
from intake.channels.telegram.wording import words

LONGEST_DESCRIPTION, LONGEST_SHORT_DESCRIPTION, LONGEST_COMMAND = 512, 120, 256
"""Characters (Bot API: setMyDescription, setMyShortDescription, BotCommand)."""


async def introduce(
    client: Client, languages: Sequence[str], descriptions: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Set what differs, for each language and (the first one) for everybody else.

    `descriptions` by language are shown before the chat begins, in place of our own. Gives the failures as
    "method language: code"; none of them keeps the bot from working.
    """
    failures = []
    for code, language in [("", languages[0]), *((language, language) for language in languages)]:
        for thing, value in _profile(language, (descriptions or {}).get(language)).items():
            try:
                await _set(client, thing, value, code)
            except TelegramError as error:
                failures.append(f"setMy{thing} {code or 'default'}: {name_of(error)}")
    failures += await _menu(client)
    return tuple(failures)


async def introduce_staff(client: Client, chat_id: int, language: str) -> tuple[str, ...]:
    """The staff chat has commands of its own; gives the failures like `introduce`."""
    table = words(language).table("staff_commands")
    commands = [{"command": name, "description": text[:LONGEST_COMMAND]} for name, text in table.items()]
    scope = {"type": "chat", "chat_id": chat_id}
    try:
        if await client.call("getMyCommands", {"scope": scope}) != commands:
            await client.call("setMyCommands", {"scope": scope, "commands": commands})
    except TelegramError as error:
        return (f"setMyCommands of the staff chat: {name_of(error)}",)
    return ()


async def _menu(client: Client) -> list[str]:
    """The button beside the text field opens the list of commands."""
    try:
        present = await client.call("getChatMenuButton", {})
        if not isinstance(present, dict) or present.get("type") != "commands":
            await client.call("setChatMenuButton", {"menu_button": {"type": "commands"}})
    except TelegramError as error:
        return [f"setChatMenuButton: {name_of(error)}"]
    return []


def command_list(language: str) -> list[dict[str, str]]:
    """The commands in the order in which the menu shows them."""
    table = words(language).table("commands")
    return [{"command": name, "description": text[:LONGEST_COMMAND]} for name, text in table.items()]


def _profile(language: str, description: str | None) -> dict[str, Any]:
    profile = words(language).table("profile")
    return {
        "Commands": command_list(language),
        "Description": clean(description or profile["description"], LONGEST_DESCRIPTION),
        "ShortDescription": clean(profile["short_description"], LONGEST_SHORT_DESCRIPTION),
    }


_PARAMETERS = {"Commands": "commands", "Description": "description", "ShortDescription": "short_description"}


async def _set(client: Client, thing: str, value: Any, code: str) -> None:
    """Only what differs: Telegram allows few changes of a profile an hour."""
    parameter = _PARAMETERS[thing]
    present = await client.call(f"getMy{thing}", {"language_code": code})
    if (present.get(parameter) if isinstance(present, dict) else present) != value:
        await client.call(f"setMy{thing}", {parameter: value, "language_code": code})
