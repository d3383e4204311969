"""Payloads in, Bot API calls out; failures in, the outbox's four out."""

import asyncio
from typing import Any

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from intake.channels import Gone, Moved, NotYet, Outgoing, Refused, SendFailed, TryLater, Unknown
from intake.channels.telegram.channel import TelegramChannel
from intake.channels.telegram.sending import call_for, failure
from intake.channels.telegram.transport import Dropped, NotSent, ServerFault, Slowed
from intake.playground.bot_api import BotApi, Callback
from tests.intake.channels.telegram.conftest import Open, answering

KEYBOARD = {"inline_keyboard": [[{"text": "Jā", "callback_data": "c1"}]]}


def outgoing(**payload: Any) -> Outgoing:
    return Outgoing(1, "7", payload)


def message(**payload: Any) -> Outgoing:
    return outgoing(kind="message", text="<b>Kā?</b>", **payload)


@pytest.mark.parametrize(
    ("payload", "method", "some_parameters", "counts"),
    [
        ({"kind": "message", "text": "a", "markup": KEYBOARD}, "sendMessage", {"reply_markup": KEYBOARD}, True),
        ({"kind": "message", "text": "a", "silent": True}, "sendMessage", {"disable_notification": True}, True),
        ({"kind": "edit", "message_id": 4, "text": "a"}, "editMessageText", {"message_id": 4, "text": "a"}, False),
        ({"kind": "edit_markup", "message_id": "4"}, "editMessageReplyMarkup", {"message_id": 4}, False),
        ({"kind": "answer_callback", "callback_id": "9"}, "answerCallbackQuery", {"callback_query_id": "9"}, False),
        ({"kind": "action", "action": "typing"}, "sendChatAction", {"action": "typing"}, False),
        ({"kind": "document", "name": "a.txt", "content": "YQ=="}, "sendDocument", {"chat_id": "7"}, True),
    ],
)
def test_calls(payload: dict[str, Any], method: str, some_parameters: dict[str, Any], counts: bool) -> None:
    call = call_for(outgoing(**payload))
    assert (call.method, call.counts) == (method, counts)
    assert some_parameters.items() <= call.parameters.items()


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"kind": "unknown"},
        {"kind": "message"},
        {"kind": "edit", "text": "a", "message_id": "x"},
        {"kind": "document", "name": "a", "content": "not base64!"},
    ],
)
async def test_no_payload(channel: TelegramChannel, payload: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        await channel.send(outgoing(**payload))


@pytest.mark.parametrize(
    ("error", "once", "means", "after_s"),
    [
        (Slowed(7), False, TryLater, 7.0),
        (Slowed(0), True, TryLater, 0.0),
        (NotSent("refused"), True, TryLater, None),
        (InvalidToken(), True, TryLater, None),
        (Conflict("x"), True, TryLater, None),
        (ServerFault(502), False, TryLater, None),
        (ServerFault(503), False, TryLater, None),
        (ServerFault(502), True, Unknown, None),
        (ServerFault(500), False, Unknown, None),
        (ServerFault(504), False, Unknown, None),
        (ServerFault(200), False, Unknown, None),
        (Dropped("lost"), False, Unknown, None),
        (TimedOut(), False, Unknown, None),
        (NetworkError("?"), False, Unknown, None),
        (TelegramError("not JSON"), False, Unknown, None),
        (Forbidden("Forbidden: bot was blocked by the user"), False, Gone, None),
        (BadRequest("Bad Request: chat not found"), False, Gone, None),
        (BadRequest("Bad Request: PEER_ID_INVALID"), False, Gone, None),
        (BadRequest("Bad Request: can't parse entities"), False, Refused, None),
        (ChatMigrated(-1001), False, Moved, None),
    ],
)
def test_failures(error: TelegramError, once: bool, means: type[SendFailed], after_s: float | None) -> None:
    failed = failure(error, once=once)
    assert type(failed) is means
    assert getattr(failed, "after_s", None) == after_s
    assert len(failed.reason) <= 200


def test_the_new_id_of_a_group_is_noted() -> None:
    moved = failure(ChatMigrated(-1001))
    assert isinstance(moved, Moved)
    assert moved.to == "-1001"


async def test_a_message_arrives_and_is_edited(api: BotApi, channel: TelegramChannel) -> None:
    anna = api.person(7)
    anna.start()
    sent = await channel.send(message(markup=KEYBOARD))
    shown = anna.shown()
    assert (str(shown["message_id"]), shown["text"], shown["reply_markup"]) == (sent, "Kā?", KEYBOARD)
    assert await channel.send(outgoing(kind="edit", message_id=int(sent), text="✔ Jā")) == sent
    assert anna.shown()["text"] == "✔ Jā"
    assert "reply_markup" not in anna.shown()


async def test_the_keyboard_alone_is_changed(api: BotApi, channel: TelegramChannel) -> None:
    anna = api.person(7)
    anna.start()
    sent = int(await channel.send(message(markup=KEYBOARD)))
    other = {"inline_keyboard": [[{"text": "☑ Jā", "callback_data": "c1"}]]}
    await channel.send(outgoing(kind="edit_markup", message_id=sent, markup=other))
    assert (anna.shown()["text"], anna.shown()["reply_markup"]) == ("Kā?", other)
    await channel.send(outgoing(kind="edit_markup", message_id=sent))
    assert "reply_markup" not in anna.shown()


async def test_a_document_and_an_action(api: BotApi, channel: TelegramChannel) -> None:
    anna = api.person(7)
    anna.start()
    await channel.send(outgoing(kind="action", action="upload_document"))
    assert anna.chat.action == "upload_document"
    await channel.send(outgoing(kind="document", name="dati.json", content="e30=", caption="<b>Dati</b>"))
    assert (anna.shown()["document"]["file_name"], anna.shown()["caption"]) == ("dati.json", "Dati")


async def test_a_callback_is_answered_and_never_too_late(api: BotApi, channel: TelegramChannel) -> None:
    anna = api.person(7)
    anna.start()
    await channel.send(message(markup=KEYBOARD))
    pressed = anna.press("Jā")
    assert isinstance(pressed, Callback)
    answer = outgoing(kind="answer_callback", callback_id=pressed.query["id"], text="Labi")
    assert await channel.send(answer) == ""
    assert pressed.answer == {"text": "Labi", "show_alert": False}
    api.account.expire_callbacks()
    assert await channel.send(answer) == ""


@pytest.mark.parametrize(
    "description",
    [
        "message is not modified: specified new message content is the same",
        "message to edit not found",
        "message can't be edited",
        "MESSAGE_ID_INVALID",
    ],
)
async def test_an_edit_that_changes_nothing_is_done(api: BotApi, channel: TelegramChannel, description: str) -> None:
    api.faults.plan("editMessageText", "400", description=description)
    assert await channel.send(outgoing(kind="edit", message_id=4, text="a")) == "4"


@pytest.mark.parametrize(
    ("fault", "means"),
    [("429", TryLater), ("502", TryLater), ("403", Gone), ("drop before", Unknown), ("drop after", Unknown)],
)
async def test_faults(api: BotApi, channel: TelegramChannel, fault: str, means: type[SendFailed]) -> None:
    api.person(7).start()
    api.faults.plan("sendMessage", fault, retry_after_s=3)
    with pytest.raises(means) as raised:
        await channel.send(message())
    assert getattr(raised.value, "after_s", None) == (3.0 if fault == "429" else None)
    assert len(api.account.deliveries) == (1 if fault == "drop after" else 0)


async def test_nobody_knows_after_a_hang(api: BotApi, open_channel: Open) -> None:
    api.person(7).start()
    api.faults.plan("sendMessage", "hang after")
    with pytest.raises(Unknown):
        await open_channel(api.url, read_timeout_s=0.1).send(message())


async def test_an_unreadable_answer_to_a_sent_message(open_channel: Open) -> None:
    async with answering(200, '{"ok":true,"result":{"message_id":12}}') as url:
        assert await open_channel(url).send(message()) == "12"
    async with answering(200, '{"ok":true,"result":"?"}') as url:
        assert await open_channel(url).send(message()) == ""


async def test_who_never_wrote_is_gone(api: BotApi, channel: TelegramChannel) -> None:
    with pytest.raises(Gone):
        await channel.send(message())


async def test_a_slowed_chat_waits_and_another_does_not(api: BotApi, open_channel: Open) -> None:
    channel = open_channel(api.url, paced=True)
    api.person(7).start()
    api.person(8).start()
    api.faults.plan("sendMessage", "429", retry_after_s=30)
    for _ in range(2):
        with pytest.raises(TryLater) as raised:
            await channel.send(message())
    assert (type(raised.value), raised.value.code) == (NotYet, "pace")
    assert raised.value.after_s == pytest.approx(30, abs=5)
    async with asyncio.timeout(5):
        await channel.send(Outgoing(2, "8", {"kind": "message", "text": "a"}))
