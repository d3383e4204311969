"""The bot introduces itself, and its words are the same in every language."""

import re
import string

import pytest

from intake.channels.telegram.channel import TelegramChannel
from intake.channels.telegram.commands import command_list
from intake.channels.telegram.wording import LANGUAGES, words
from intake.playground.bot_api import BotApi


async def test_commands_in_each_language_and_by_default(channel: TelegramChannel) -> None:
    assert await channel.introduce(["lv", "en"]) == ()
    for code, language in [("", "lv"), ("lv", "lv"), ("en", "en")]:
        commands = await channel.client.call("getMyCommands", {"language_code": code})
        assert commands == command_list(language)
        described = await channel.client.call("getMyDescription", {"language_code": code})
        assert described["description"] == words(language).table("profile")["description"]


async def test_what_is_the_same_is_not_set_again(api: BotApi, channel: TelegramChannel) -> None:
    await channel.introduce(["lv", "en"], {"en": "A survey"})
    before = dict(api.account.calls)
    await channel.introduce(["lv", "en"], {"en": "A survey"})
    changed = {method for method, count in api.account.calls.items() if count != before.get(method)}
    assert changed == {"getmycommands", "getmydescription", "getmyshortdescription", "getchatmenubutton"}
    described = await channel.client.call("getMyDescription", {"language_code": "en"})
    assert described == {"description": "A survey"}


async def test_the_menu_button_opens_the_commands(channel: TelegramChannel) -> None:
    await channel.client.call("setChatMenuButton", {"menu_button": {"type": "default"}})
    assert await channel.introduce(["lv"]) == ()
    assert await channel.client.call("getChatMenuButton", {}) == {"type": "commands"}


async def test_the_staff_chat_has_its_own_commands(channel: TelegramChannel) -> None:
    assert await channel.introduce_staff(-100, "lv") == ()
    commands = await channel.client.call("getMyCommands", {"scope": {"type": "chat", "chat_id": -100}})
    assert [command["command"] for command in commands] == ["digest", "help"]


async def test_failures_are_told_and_not_fatal(api: BotApi, channel: TelegramChannel) -> None:
    api.faults.plan("setMyDescription", "429", times=9)
    failures = await channel.introduce(["lv"])
    assert failures == ("setMyDescription default: Slowed", "setMyDescription lv: Slowed")


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_are_as_telegram_wants_them(language: str) -> None:
    commands = command_list(language)
    names = ["start", "help", "back", "skip", "review", "pause", "language", "privacy", "mydata", "withdraw", "stop"]
    assert [command["command"] for command in commands] == names
    assert all(3 <= len(command["description"]) <= 256 for command in commands)
    assert len(words(language).table("profile")["short_description"]) <= 120
    assert len(words(language).table("profile")["description"]) <= 512


def test_every_language_has_the_same_words() -> None:
    first, *others = (words(language).tables for language in LANGUAGES)
    for other in others:
        for name, table in first.items():
            assert table.keys() == other[name].keys()
            assert {key: fields(text) for key, text in table.items()} == {
                key: fields(text) for key, text in other[name].items()
            }


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_help_names_only_commands_that_exist() -> None:
    for language in LANGUAGES:
        named = set(re.findall(r"/(\w+) –", words(language).sentence("help")))
        assert named <= words(language).table("commands").keys()


def test_an_unknown_language_is_answered_in_english() -> None:
    assert words("et") == words("en")
