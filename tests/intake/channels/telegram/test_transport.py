"""Failures of the connection say whether the request can have reached Telegram."""

import socket

import pytest
from telegram.error import BadRequest, ChatMigrated, InvalidToken, TelegramError

from intake.channels.telegram.channel import TelegramChannel
from intake.channels.telegram.health import State
from intake.channels.telegram.transport import Dropped, NotSent, ServerFault, Slowed
from intake.playground.bot_api import BotApi
from tests.intake.channels.telegram.conftest import Open, answering


async def test_a_refused_connection_surely_sent_nothing(open_channel: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent):
        await open_channel(f"http://127.0.0.1:{port}").client.call("getMe", {})


async def test_no_error_quotes_the_token(open_channel: Open) -> None:
    channel = open_channel("http://[broken", "12:secret")
    with pytest.raises(NotSent) as raised:
        await channel.client.call("getMe", {})
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("fault", ["drop before", "drop after", "hang", "hang after"])
async def test_a_lost_answer_leaves_doubt(api: BotApi, open_channel: Open, fault: str) -> None:
    api.faults.plan("getMe", fault)
    with pytest.raises(Dropped):
        await open_channel(api.url, read_timeout_s=0.1).client.call("getMe", {})


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (502, "<html>bad gateway</html>", ServerFault),
        (500, '{"ok":false,"error_code":500,"description":"Internal Server Error"}', ServerFault),
        (400, "<html>a proxy</html>", ServerFault),
        (302, "", ServerFault),
        (200, "<html>a captive portal</html>", TelegramError),
        (200, "[]", TelegramError),
        (200, '{"ok":true}', ServerFault),
        (429, '{"ok":false,"parameters":{"retry_after":7}}', Slowed),
        (429, '{"ok":false,"parameters":{"retry_after":"soon"}}', Slowed),
        (429, "<html>", Slowed),
        (401, '{"ok":false,"description":"Unauthorized"}', InvalidToken),
        (404, '{"ok":false,"description":"Not Found"}', InvalidToken),
        (400, '{"ok":false,"description":"Bad Request: chat not found"}', BadRequest),
        (400, '{"ok":false,"parameters":{"migrate_to_chat_id":-1001}}', ChatMigrated),
        (200, '{"ok":true,"result":' + "[" * 100_000, TelegramError),
    ],
)
async def test_answers(open_channel: Open, status: int, body: str, error: type[TelegramError]) -> None:
    async with answering(status, body) as url:
        with pytest.raises(error) as raised:
            await open_channel(url).client.call("getMe", {})
    assert type(raised.value) is error


@pytest.mark.parametrize(("asked", "obeyed"), [(0, 0), (1, 1), (86_400, 86_400), (-1, 1), (10**30, 1)])
async def test_how_long_telegram_asks_to_wait(open_channel: Open, asked: int, obeyed: int) -> None:
    async with answering(429, f'{{"ok":false,"parameters":{{"retry_after":{asked}}}}}') as url:
        with pytest.raises(Slowed) as raised:
            await open_channel(url).client.call("getMe", {})
    assert raised.value.after_s == obeyed


async def test_an_absurd_number_spoils_only_itself(open_channel: Open) -> None:
    async with answering(200, '{"ok":true,"result":[' + "9" * 5000 + ",1]}") as url:
        assert await open_channel(url).client.call("getUpdates", {}) == [float("inf"), 1]


async def test_the_bot_has_a_name(channel: TelegramChannel) -> None:
    checked = await channel.check()
    assert (checked.username, checked.health.state) == ("AtsauceBot", State.WORKING)


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (401, '{"ok":false,"description":"Unauthorized"}', State.WRONG_TOKEN),
        (404, '{"ok":false,"description":"Not Found"}', State.WRONG_TOKEN),
        (409, '{"ok":false,"description":"Conflict: terminated by other getUpdates"}', State.ANOTHER_POLLER),
        (
            409,
            '{"ok":false,"description":"Conflict: can\'t use getUpdates while webhook is active"}',
            State.WEBHOOK_SET,
        ),
        (429, "{}", State.SLOWED),
        (502, "<html>", State.SERVER_FAULT),
        (200, "<html>", State.UNREACHABLE),
    ],
)
async def test_check_names_the_trouble(open_channel: Open, status: int, body: str, state: State) -> None:
    async with answering(status, body) as url:
        checked = await open_channel(url).check()
    assert (checked.username, checked.health.state) == ("", state)
    assert checked.health.error
