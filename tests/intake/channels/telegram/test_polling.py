"""Polling: confirmed only after the commit, through any trouble, whatever comes."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram.error import Conflict, InvalidToken, NetworkError

from intake.channels import Batch
from intake.channels.telegram.channel import TelegramChannel
from intake.channels.telegram.health import State
from intake.channels.telegram.polling import Backoff, next_offset, stream_of
from intake.channels.telegram.transport import ServerFault, Slowed
from intake.playground.bot_api import BotApi
from tests.intake.channels.telegram.conftest import Open, answering


async def take(batches: AsyncIterator[Batch]) -> list[Any]:
    async with asyncio.timeout(5):
        return [json.loads(raw.body) for raw in (await anext(batches)).raws]


def texts(updates: list[Any]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_asking_for_the_next_batch_confirms_the_last(api: BotApi, channel: TelegramChannel) -> None:
    anna = api.person(7)
    anna.write("viens")
    batches = channel.listen(None)
    assert texts(await take(batches)) == ["viens"]
    assert api.account.updates.confirmed == 0
    anna.write("divi")
    assert texts(await take(batches)) == ["divi"]
    assert api.account.updates.confirmed == 1


async def test_what_was_not_confirmed_comes_again_with_the_same_key(api: BotApi, open_channel: Open) -> None:
    api.person(7).write("viens")
    first = await anext(open_channel(api.url).listen(None))
    again = await anext(open_channel(api.url).listen(None))
    assert [raw.key for raw in first.raws] == [raw.key for raw in again.raws]
    assert [raw.body for raw in first.raws] == [raw.body for raw in again.raws]
    assert first.raws[0].stream == "tg:7"


@pytest.mark.parametrize("fault", ["429", "502", "409", "403", "400", "drop before", "drop after"])
async def test_trouble_passes(api: BotApi, channel: TelegramChannel, fault: str) -> None:
    api.faults.plan("getUpdates", fault, times=3)
    api.person(7).write("viens")
    assert texts(await take(channel.listen(None))) == ["viens"]
    assert channel.health.state is State.WORKING
    assert channel.health.error
    assert channel.health.failed is not None


async def test_a_hanging_poll_is_given_up(api: BotApi, open_channel: Open) -> None:
    api.faults.plan("getUpdates", "hang")
    api.person(7).write("viens")
    assert texts(await take(open_channel(api.url, read_timeout_s=-0.8).listen(None))) == ["viens"]


async def test_a_lost_confirmation_brings_nothing_twice_and_loses_nothing(
    api: BotApi, channel: TelegramChannel
) -> None:
    anna = api.person(7)
    anna.write("viens")
    batches = channel.listen(None)
    seen = {raw.key for raw in (await anext(batches)).raws}
    api.faults.plan("getUpdates", "drop before")
    anna.write("divi")
    batch = await anext(batches)
    assert [raw.key in seen for raw in batch.raws] == [True, False]


async def test_ids_that_begin_anew_are_read(api: BotApi, channel: TelegramChannel) -> None:
    chat = {"id": 7, "type": "private"}
    batches = channel.listen(None)
    api.account.updates.inject({"update_id": 900, "message": {"chat": chat, "text": "pirms"}})
    assert texts(await take(batches)) == ["pirms"]
    api.faults.plan("getUpdates", "502")  # the confirming call fails; the next one carries no offset
    api.account.updates.inject({"update_id": 5, "message": {"chat": chat, "text": "pēc"}})
    assert "pēc" in texts(await take(batches))


@pytest.mark.parametrize(
    ("raw", "stream"),
    [
        ({"update_id": 3, "message": {"chat": 5}}, "tg:?"),
        ({"update_id": 3, "message": {"chat": {"id": 7}, "text": 5}}, "tg:7"),
        ({"update_id": 3, "callback_query": {"message": {"chat": {"id": -7}}}}, "tg:-7"),
        ({"update_id": 3, "callback_query": {"from": {"id": 8}}}, "tg:8"),
        ({"update_id": 3, "message": {"chat": {"id": True}}}, "tg:?"),
        ({"update_id": 3, "message": {"chat": {"id": 10**30}}}, "tg:?"),
        ({"update_id": 3}, "tg:?"),
    ],
)
async def test_a_malformed_update_is_given_and_confirmed(
    api: BotApi, channel: TelegramChannel, raw: Any, stream: str
) -> None:
    api.account.updates.inject(raw)
    batches = channel.listen(None)
    batch = await anext(batches)
    assert [(json.loads(one.body), one.stream) for one in batch.raws] == [(raw, stream)]
    api.person(7).write("nākamais")
    assert texts(await take(batches)) == ["nākamais"]


@pytest.mark.parametrize("raw", [{"update_id": "x"}, {"update_id": -5}, {"update_id": 2**40}, {}, 5, None, [1]])
async def test_what_has_no_id_does_not_stop_the_next(api: BotApi, channel: TelegramChannel, raw: Any) -> None:
    api.account.updates._pending.append((3, raw))
    batches = channel.listen(None)
    assert await take(batches) == [raw]
    api.account.updates.inject({"update_id": 4, "message": {"text": "labs"}})
    assert {"update_id": 4, "message": {"text": "labs"}} in await take(batches)
    assert stream_of(raw) == "tg:?"


async def test_a_wrong_token_is_named_and_tried_again(api: BotApi, open_channel: Open) -> None:
    channel = open_channel(api.url, "1:wrong")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await anext(channel.listen(None))
    assert channel.health.state is State.WRONG_TOKEN
    assert channel.health.succeeded is None


@pytest.mark.parametrize(
    ("status", "body"), [(200, '{"ok":true,"result":{}}'), (200, "nonsense"), (200, '{"ok":true,"result":[]}')]
)
async def test_a_server_that_talks_nonsense_is_not_hammered(open_channel: Open, status: int, body: str) -> None:
    async with answering(status, body) as url:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await anext(open_channel(url).listen(None))


async def test_listening_ends_at_once_when_cancelled(api: BotApi, channel: TelegramChannel) -> None:
    listening = asyncio.create_task(anext(channel.listen(None)))  # type: ignore[arg-type]
    while not api.account.calls.get("getupdates"):  # noqa: ASYNC110 - the server tells nobody when it is asked
        await asyncio.sleep(0)
    listening.cancel()
    async with asyncio.timeout(0.5):
        with pytest.raises(asyncio.CancelledError):
            await listening


@pytest.mark.parametrize(
    ("updates", "offset"),
    [
        ([{"update_id": 5}, {"update_id": 3}], 6),
        ([{"update_id": 5}, {"update_id": "x"}, None], 6),
        ([{"update_id": -5}], None),
        ([{"update_id": 2**31}], None),
        ([{"update_id": True}], None),
        ([{"update_id": 0}], 1),
        ([], None),
    ],
)
def test_next_offset(updates: list[Any], offset: int | None) -> None:
    assert next_offset(updates) == offset


@pytest.mark.parametrize(
    ("error", "failures", "chance", "wait_s"),
    [
        (NetworkError("x"), 1, 1.0, 0.5),
        (NetworkError("x"), 1, 0.0, 0.25),
        (NetworkError("x"), 3, 1.0, 2.0),
        (ServerFault(502), 1_000_000, 1.0, 30.0),
        (Conflict("x"), 10, 0.0, 15.0),
        (Slowed(40), 1, 0.0, 40.0),
        (Slowed(0), 1, 1.0, 0.5),
        (Slowed(10**8), 1, 0.0, 3600.0),
        (InvalidToken(), 1, 0.0, 30.0),
    ],
)
def test_back_off(error: NetworkError, failures: int, chance: float, wait_s: float) -> None:
    assert Backoff().wait_s(error, failures, chance) == wait_s
