"""The local Bot API, driven by python-telegram-bot's own client: what it returns must be what the library expects."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest
import telegram.request
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from intake.playground.bot_api import BotApi, Callback, FaultKind, Impossible, Person
from tests.servers.local import bot_api, telegram_bot

ANNA = 501


@pytest.fixture(autouse=True)
def _seconds_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # otherwise each RetryAfter warns of the change to come


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with bot_api() as server:
        yield server


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[telegram.Bot]:
    async with telegram_bot(api) as client:
        yield client


@pytest.fixture
def anna(api: BotApi) -> Person:
    person = api.person(ANNA, "Anna")
    person.start("k3x9")
    return person


def yes_no() -> Keyboard:
    return Keyboard([[Button("Jā", callback_data="0"), Button("Nē", callback_data="1")]])


async def raw_updates(api: BotApi) -> list[dict[str, object]]:
    async with httpx.AsyncClient(verify=False) as client:
        answer = (await client.post(f"{api.url}/bot{api.token}/getUpdates", json={"limit": 100})).json()
    assert answer["ok"]
    updates: list[dict[str, object]] = answer["result"]
    return updates


class TestUpdates:
    async def test_a_start_link_arrives_as_a_command_with_its_payload(self, bot: telegram.Bot, anna: Person) -> None:
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.text == "/start k3x9"
        assert update.message.parse_entities(["bot_command"]) == {update.message.entities[0]: "/start"}
        assert update.effective_user is not None
        assert update.effective_user.language_code == "lv"

    async def test_an_offset_confirms_and_only_an_offset(self, bot: telegram.Bot, anna: Person) -> None:
        for text in ("1", "2", "3"):
            anna.write(text)
        first = await bot.get_updates(limit=2)
        assert [update.update_id for update in await bot.get_updates()] == [1, 2, 3, 4]
        rest = await bot.get_updates(offset=first[-1].update_id + 1)
        assert [update.message.text for update in rest if update.message] == ["2", "3"]

    async def test_a_negative_offset_keeps_the_last(self, bot: telegram.Bot, anna: Person) -> None:
        anna.write("2")
        anna.write("3")
        assert [update.update_id for update in await bot.get_updates(offset=-1)] == [3]
        assert len(await bot.get_updates()) == 1

    async def test_a_long_poll_ends_with_the_update(self, bot: telegram.Bot, api: BotApi) -> None:
        poll = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.wait_for(api.account.updates.waiting.wait(), 5)
        api.person(ANNA).start()
        assert len(await poll) == 1

    async def test_two_polls_at_once_conflict(self, bot: telegram.Bot, api: BotApi) -> None:
        first = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.wait_for(api.account.updates.waiting.wait(), 5)
        async with telegram_bot(api) as other:
            second = asyncio.create_task(other.get_updates(timeout=20))
            with pytest.raises(Conflict):
                await first
            api.person(ANNA).start()
            assert len(await second) == 1

    async def test_a_webhook_ends_polling(self, bot: telegram.Bot, anna: Person) -> None:
        await bot.set_webhook("https://bot.example.org/hook")
        assert (await bot.get_webhook_info()).pending_update_count == 1
        with pytest.raises(Conflict):
            await bot.get_updates()
        await bot.delete_webhook(drop_pending_updates=True)
        assert await bot.get_updates() == ()
        with pytest.raises(BadRequest, match="https"):
            await bot.set_webhook("http://bot.example.org/hook")

    async def test_only_what_was_asked_for(self, bot: telegram.Bot, anna: Person) -> None:
        await bot.get_updates(allowed_updates=["callback_query"])
        anna.write("not asked for")
        assert len(await bot.get_updates()) == 1

    async def test_malformed_repeated_and_reordered(self, api: BotApi, bot: telegram.Bot, anna: Person) -> None:
        api.account.updates.inject({"update_id": 7, "message": {"chat": 5}})
        anna.write("after")
        raw = await raw_updates(api)
        assert [update["update_id"] for update in raw] == [1, 7, 8]
        api.account.updates.repeat(1)
        api.account.updates.reverse()
        raw = await raw_updates(api)
        assert [update["update_id"] for update in raw] == [8, 7, 1, 1]

    async def test_a_wrong_token_is_refused_in_telegrams_form(self, api: BotApi) -> None:
        async with httpx.AsyncClient(verify=False) as client:
            answer = await client.get(f"{api.url}/bot999:wrong/getMe")
            assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
            assert (await client.get(f"{api.url}/bot{api.token}/noSuchMethod")).status_code == 404
        async with telegram.request.HTTPXRequest(httpx_kwargs={"verify": False}) as request:
            bot = telegram.Bot("999:wrong", base_url=f"{api.url}/bot", request=request)
            with pytest.raises(InvalidToken):
                await bot.get_me()


class TestSending:
    async def test_html_becomes_text_and_entities(self, bot: telegram.Bot, anna: Person) -> None:
        text = '<b>3. Sektors</b> 👍 &lt;5 <a href="https://example.org/?a=1&amp;b=2">saite</a>'
        message = await bot.send_message(ANNA, text, parse_mode="HTML")
        assert message.text == "3. Sektors 👍 <5 saite"
        assert message.parse_entities() == dict(zip(message.entities, ["3. Sektors", "saite"], strict=True))
        assert message.entities[1].url == "https://example.org/?a=1&b=2"
        assert (await anna.next_message())["text"] == message.text

    @pytest.mark.parametrize(
        "text",
        ["<b>x", "x</b>", "<b><i>x</b></i>", "<h1>x</h1>", "a < b", "<span>x</span>", "<>x</>", "1 <2> 3", "<br>"],
    )
    async def test_bad_html_is_refused(self, bot: telegram.Bot, anna: Person, text: str) -> None:
        with pytest.raises(BadRequest, match=r"[Cc]an't parse entities"):
            await bot.send_message(ANNA, text, parse_mode="HTML")

    @pytest.mark.parametrize(
        ("text", "reason"), [("", "text is empty"), (" \n", "text is empty"), ("x" * 4097, "too long")]
    )
    async def test_lengths(self, bot: telegram.Bot, anna: Person, text: str, reason: str) -> None:
        with pytest.raises(BadRequest, match=reason):
            await bot.send_message(ANNA, text)
        await bot.send_message(ANNA, f"<b>{'ā' * 4096}</b>", parse_mode="HTML")

    @pytest.mark.parametrize(
        "keyboard",
        [
            Keyboard([[Button("x", callback_data="ā" * 33)]]),
            Keyboard([[Button("x")]]),
            Keyboard([[Button("", callback_data="1")]]),
            Keyboard([[Button("x", url="javascript:1")]]),
            Keyboard([[Button("x", callback_data="1")] * 8] * 13),
        ],
    )
    async def test_bad_keyboards_are_refused(self, bot: telegram.Bot, anna: Person, keyboard: Keyboard) -> None:
        with pytest.raises(BadRequest):
            await bot.send_message(ANNA, "x", reply_markup=keyboard)

    async def test_only_to_whoever_wrote_and_did_not_block(self, api: BotApi, bot: telegram.Bot, anna: Person) -> None:
        with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
            await bot.send_message(777, "x")
        api.person(502, "Jānis")
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.send_message(502, "x")
        anna.block()
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(ANNA, "x")
        with pytest.raises(Impossible):
            anna.write("x")
        anna.unblock()
        await bot.send_message(ANNA, "x")
        changes = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
        assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]
        assert [(delivery.chat_id, delivery.text) for delivery in api.account.deliveries] == [(ANNA, "x")]

    async def test_a_reply_names_its_message(self, bot: telegram.Bot, anna: Person) -> None:
        question = await bot.send_message(ANNA, "?")
        anna.write("!", reply_to=question.message_id)
        answer = (await bot.get_updates())[-1].message
        assert answer is not None
        assert answer.reply_to_message == question
        sent = await bot.send_message(ANNA, "ok", reply_to_message_id=answer.message_id)
        assert sent.reply_to_message is not None
        with pytest.raises(BadRequest, match="replied not found"):
            await bot.send_message(ANNA, "ok", reply_to_message_id=999)

    async def test_reply_keyboards_come_and_go(self, bot: telegram.Bot, anna: Person) -> None:
        contact = telegram.KeyboardButton("Mans numurs", request_contact=True)
        await bot.send_message(ANNA, "?", reply_markup=telegram.ReplyKeyboardMarkup([[contact, "Izlaist"]]))
        anna.press("Izlaist")
        anna.press("Mans numurs")
        written = (await bot.get_updates())[-2:]
        assert written[0].message is not None
        assert written[0].message.text == "Izlaist"
        assert written[1].message is not None
        assert written[1].message.contact is not None
        await bot.send_message(ANNA, "ok", reply_markup=telegram.ReplyKeyboardRemove())
        with pytest.raises(Impossible):
            anna.press("Izlaist")
        forced = await bot.send_message(ANNA, "?", reply_markup=telegram.ForceReply())
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("x", ANNA, forced.message_id)

    @pytest.mark.parametrize(
        "call",
        [
            {"chat_id": {"a": 1}, "text": "x"},
            {"text": "x"},
            {"chat_id": ANNA, "text": {"a": 1}, "reply_parameters": [1]},
            {"chat_id": ANNA, "text": "x", "reply_parameters": {"message_id": "x"}},
            {"chat_id": ANNA, "text": "x", "entities": [1]},
            {"chat_id": ANNA, "text": "x", "reply_markup": "{"},
            {"chat_id": ANNA, "text": "x", "reply_markup": [1]},
            {"chat_id": ANNA, "text": "x", "reply_markup": {"inline_keyboard": [[1]]}},
            {"chat_id": ANNA, "text": "x", "parse_mode": "MarkdownV2"},
        ],
    )
    async def test_nonsense_is_a_bad_request(self, api: BotApi, anna: Person, call: dict[str, object]) -> None:
        async with httpx.AsyncClient(verify=False) as client:
            answer = await client.post(f"{api.url}/bot{api.token}/sendMessage", json=call)
        assert (answer.status_code, answer.json()["ok"]) == (400, False)
        assert api.account.deliveries == []


class TestButtonsAndEdits:
    async def test_a_tap_its_answer_and_the_edit(self, bot: telegram.Bot, anna: Person) -> None:
        asked = await bot.send_message(ANNA, "Piekrītat?", reply_markup=yes_no())
        pressed = anna.press("Jā")
        query = (await bot.get_updates())[-1].callback_query
        assert query is not None
        assert (query.data, query.message) == ("0", asked)
        await query.answer("Paldies")
        assert await anna.answered(pressed) == {"text": "Paldies", "show_alert": False}
        edited = await query.edit_message_text("Piekrītat? ✔ Jā")
        assert isinstance(edited, telegram.Message)
        assert edited.reply_markup is None
        assert anna.shown()["text"] == "Piekrītat? ✔ Jā"
        with pytest.raises(Impossible):
            anna.press("Jā")
        assert isinstance(anna.tap(asked.message_id, "1"), Callback)

    async def test_edits_that_telegram_refuses(self, bot: telegram.Bot, anna: Person) -> None:
        asked = await bot.send_message(ANNA, "?", reply_markup=yes_no())
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("?", ANNA, asked.message_id, reply_markup=yes_no())
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_reply_markup(ANNA, asked.message_id, reply_markup=yes_no())
        await bot.edit_message_reply_markup(ANNA, asked.message_id)
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_reply_markup(ANNA, asked.message_id)
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("x", ANNA, 1)
        with pytest.raises(BadRequest, match="not found"):
            await bot.edit_message_text("x", ANNA, 99)

    async def test_old_queries_cannot_be_answered(self, api: BotApi, bot: telegram.Bot, anna: Person) -> None:
        await bot.send_message(ANNA, "?", reply_markup=yes_no())
        pressed = anna.press("Nē")
        assert isinstance(pressed, Callback)
        api.account.expire_callbacks()
        for query_id in (pressed.query["id"], "1"):
            with pytest.raises(BadRequest, match="Query is too old"):
                await bot.answer_callback_query(query_id)

    async def test_deleting(self, bot: telegram.Bot, anna: Person) -> None:
        message = await bot.send_message(ANNA, "x")
        await bot.delete_message(ANNA, message.message_id)
        assert [shown["text"] for shown in anna.history()] == ["/start k3x9"]
        with pytest.raises(BadRequest, match="not found"):
            await bot.delete_message(ANNA, message.message_id)

    async def test_a_person_edits_their_message(self, bot: telegram.Bot, anna: Person) -> None:
        written = anna.write("12")
        anna.edit(written["message_id"], "13")
        edited = (await bot.get_updates())[-1].edited_message
        assert edited is not None
        assert (edited.text, edited.message_id) == ("13", written["message_id"])
        assert edited.edit_date is not None


class TestFilesAndProfile:
    async def test_files_both_ways(self, bot: telegram.Bot, anna: Person) -> None:
        anna.send_document("plāns.pdf", b"%PDF", caption="te")
        anna.send_photo(b"jpeg")
        anna.send_voice(b"ogg")
        anna.send_location(56.95, 24.1)
        document, photo, voice, location = [update.message for update in await bot.get_updates()][1:]
        assert document is not None
        assert photo is not None
        assert voice is not None
        assert location is not None
        assert document.document is not None
        assert document.document.file_name == "plāns.pdf"
        file = await bot.get_file(document.document.file_id)
        assert bytes(await file.download_as_bytearray()) == b"%PDF"
        assert photo.photo[0].file_size == 4
        assert voice.voice is not None
        assert location.location is not None
        assert location.location.latitude == 56.95
        sent = await bot.send_document(ANNA, b"a,b\n", filename="dati.csv", caption="<b>Dati</b>", parse_mode="HTML")
        assert sent.document is not None
        assert (sent.document.file_name, sent.caption) == ("dati.csv", "Dati")
        again = await bot.send_document(ANNA, sent.document.file_id)
        assert again.document == sent.document
        assert (await bot.send_photo(ANNA, b"jpeg")).photo
        with pytest.raises(BadRequest, match="file_id"):
            await bot.get_file("nope")

    async def test_the_bot_describes_itself(self, bot: telegram.Bot) -> None:
        assert (await bot.get_me()).username == "AtsauceBot"
        commands = [telegram.BotCommand("start", "Sākt"), telegram.BotCommand("help", "Palīdzība")]
        await bot.set_my_commands(commands, language_code="lv")
        assert await bot.get_my_commands(language_code="lv") == tuple(commands)
        assert await bot.get_my_commands() == ()
        await bot.delete_my_commands(language_code="lv")
        await bot.set_my_description("Anketa", language_code="lv")
        await bot.set_my_short_description("Īsi")
        assert (await bot.get_my_description("lv")).description == "Anketa"
        assert (await bot.get_my_short_description("lv")).short_description == "Īsi"
        await bot.set_chat_menu_button(menu_button=telegram.MenuButtonCommands())
        assert isinstance(await bot.get_chat_menu_button(), telegram.MenuButtonCommands)
        with pytest.raises(BadRequest):
            await bot.set_my_commands([telegram.BotCommand("Ā", "x")])

    async def test_chats_and_members(self, api: BotApi, bot: telegram.Bot, anna: Person) -> None:
        group = api.group(-100, "Darbinieki", anna)
        anna.write("/status", chat=group)
        assert (await bot.get_chat(-100)).title == "Darbinieki"
        assert (await bot.get_chat(ANNA)).first_name == "Anna"
        assert (await bot.get_chat_member(-100, ANNA)).status == "member"
        await bot.send_message(-100, "x", reply_markup=yes_no())
        anna.press("Jā", chat=group)
        with pytest.raises(Impossible):
            api.person(502).write("x", chat=group)
        await bot.leave_chat(-100)
        with pytest.raises(Forbidden, match="kicked"):
            await bot.send_message(-100, "x")

    async def test_a_chat_action_is_seen_until_the_next_message(self, bot: telegram.Bot, anna: Person) -> None:
        await bot.send_chat_action(ANNA, "typing")
        assert anna.chat.action == "typing"
        await bot.send_message(ANNA, "x")
        assert anna.chat.action is None


class TestFaults:
    @pytest.mark.parametrize(
        ("kind", "raised", "delivered"),
        [
            (FaultKind.TOO_MANY_REQUESTS, RetryAfter, 0),
            (FaultKind.BAD_GATEWAY, NetworkError, 0),
            (FaultKind.FORBIDDEN, Forbidden, 0),
            (FaultKind.BAD_REQUEST, BadRequest, 0),
            (FaultKind.CONFLICT, Conflict, 0),
            (FaultKind.DROP_BEFORE, NetworkError, 0),
            (FaultKind.DROP_AFTER, NetworkError, 1),
        ],
    )
    async def test_the_next_call_fails_as_ordered(
        self, api: BotApi, bot: telegram.Bot, anna: Person, kind: FaultKind, raised: type[Exception], delivered: int
    ) -> None:
        api.faults.plan("sendMessage", kind)
        with pytest.raises(raised):
            await bot.send_message(ANNA, "x")
        assert len(api.account.deliveries) == delivered
        await bot.send_message(ANNA, "x")
        assert len(api.account.deliveries) == delivered + 1

    @pytest.mark.parametrize(("kind", "delivered"), [(FaultKind.HANG, 0), (FaultKind.HANG_AFTER, 1)])
    async def test_silence(self, api: BotApi, bot: telegram.Bot, anna: Person, kind: FaultKind, delivered: int) -> None:
        api.faults.plan("sendMessage", kind)
        with pytest.raises(TimedOut):
            await bot.send_message(ANNA, "x", read_timeout=0.1)
        assert len(api.account.deliveries) == delivered

    async def test_a_fault_for_some_calls_only(self, api: BotApi, bot: telegram.Bot, anna: Person) -> None:
        api.faults.plan(
            "*", FaultKind.TOO_MANY_REQUESTS, times=2, retry_after_s=7, when=lambda call: "slow" in str(call)
        )
        await bot.send_message(ANNA, "fast")
        for _ in range(2):
            with pytest.raises(RetryAfter) as error:
                await bot.send_message(ANNA, "slow")
            assert error.value.retry_after == timedelta(seconds=7)
        await bot.send_message(ANNA, "slow")


class TestThePersonOverHttp:
    async def test_a_conversation(self, api: BotApi, bot: telegram.Bot) -> None:
        async with httpx.AsyncClient(base_url=api.url, verify=False) as client:
            await client.put("/person/7", json={"first_name": "Ilze", "language_code": "en"})
            await client.post("/person/7/start", json={"payload": "code"})
            (update,) = await bot.get_updates()
            assert update.message is not None
            assert update.message.text == "/start code"
            reading = asyncio.create_task(client.get("/person/7/chat", params={"after": 1, "timeout": 20}))
            await bot.send_message(7, "?", reply_markup=yes_no())
            shown = (await reading).json()
            assert [message["text"] for message in shown["messages"]] == ["/start code", "?"]
            pressed = (await client.post("/person/7/press", json={"button": "Jā"})).json()
            assert pressed["data"] == "0"
            assert (await client.post("/person/7/press", json={"button": "Varbūt"})).status_code == 409
            assert (await client.post("/person/7/write", json={})).status_code == 400
            assert (await client.post("/person/8/write", json={"text": "x"})).status_code == 404
            sent = await client.post("/person/7/file", data={"kind": "document"}, files={"file": ("a.txt", b"x")})
            file = await client.get(f"/person/7/file/{sent.json()['document']['file_id']}")
            assert file.content == b"x"

    async def test_faults_and_counts(self, api: BotApi, bot: telegram.Bot, anna: Person) -> None:
        async with httpx.AsyncClient(base_url=api.url, verify=False) as client:
            fault = {"method": "sendMessage", "kind": "429", "retry_after_s": 3, "where": {"chat_id": ANNA}}
            await client.post("/faults", json=fault)
            with pytest.raises(RetryAfter):
                await bot.send_message(ANNA, "x")
            await client.post("/faults", json=fault)
            await client.delete("/faults")
            await bot.send_message(ANNA, "x")
            assert (await client.get("/deliveries")).json() == [{"chat_id": ANNA, "message_id": 2, "text": "x"}]
            injected = await client.post("/updates", json={"raw": {"update_id": 70, "message": 5}})
            assert injected.json() == {"update_id": 70}


async def test_every_kind_of_update_round_trips_through_the_library(
    api: BotApi, bot: telegram.Bot, anna: Person
) -> None:
    """Nothing that the server says is unknown to python-telegram-bot, and nothing is read differently than written."""
    await bot.send_message(ANNA, "<b>?</b> x", parse_mode="HTML", reply_markup=yes_no())
    anna.press("Jā")
    anna.edit(anna.write("/help https://example.org")["message_id"], "labots")
    anna.send_contact()
    anna.send_location(1, 2)
    anna.send_document("a.txt", b"x", "text/plain")
    anna.send_photo(b"x")
    anna.send_voice(b"x")
    anna.block()
    raw = await raw_updates(api)
    assert len(raw) == 10
    for update in raw:
        parsed = telegram.Update.de_json(update, bot)
        assert parsed.effective_chat is not None
        assert_same(parsed, update)
    for message in anna.history():
        assert_same(telegram.Message.de_json(message, bot), message)


def assert_same(parsed: telegram.TelegramObject, sent: object) -> None:
    """The library read all that was sent, as it was sent; what it adds are its own defaults."""
    assert list(unknown(parsed)) == []
    assert holds(parsed.to_dict(), sent), (parsed.to_dict(), sent)


def holds(read: object, sent: object) -> bool:
    if isinstance(sent, dict):
        return isinstance(read, dict) and all(key in read and holds(read[key], value) for key, value in sent.items())
    if isinstance(sent, list):
        return isinstance(read, list | tuple) and len(read) == len(sent) and all(map(holds, read, sent))
    return read == sent


def unknown(parsed: object) -> Iterator[str]:
    """Fields, at any depth, that the library has no name for."""
    if isinstance(parsed, telegram.TelegramObject):
        yield from parsed.api_kwargs
        yield from (name for child in parsed.to_dict(recursive=False).values() for name in unknown(child))
    elif isinstance(parsed, list | tuple):
        yield from (name for child in parsed for name in unknown(child))
