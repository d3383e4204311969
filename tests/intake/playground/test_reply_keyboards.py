"""Keyboards in place of the phone's own: what the channel sends, in the library's own types, and what comes back."""

from __future__ import annotations

import pytest
import telegram
from telegram import KeyboardButton
from telegram import ReplyKeyboardMarkup as ReplyKeyboard
from telegram.error import BadRequest

from conversations.forms import Kind
from intake.channels.telegram.question import markup
from intake.channels.telegram.wording import words
from tests.intake.channels.telegram.asks import ask
from tests.servers.local import bot_api, telegram_bot

ANNA = 501


@pytest.mark.parametrize("wanted", [{"phone": True}, {"kind": Kind.GEOPOINT}], ids=["number", "place"])
async def test_a_number_and_a_place_are_sent_by_a_button(wanted: dict[str, object]) -> None:
    async with bot_api() as api, telegram_bot(api) as bot:
        anna = api.person(ANNA)
        anna.start()
        rows = markup(ask(**wanted, can_go_back=True, required=False), words("lv"))["keyboard"]  # type: ignore[arg-type]
        keyboard = ReplyKeyboard([[KeyboardButton(**one) for one in row] for row in rows], one_time_keyboard=True)
        assert [[one.to_dict() for one in row] for row in keyboard.keyboard] == rows
        asked = await bot.send_message(ANNA, "?", reply_markup=keyboard)
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("x", ANNA, asked.message_id)
        anna.press(rows[0][0]["text"])
        anna.press(rows[1][0]["text"])
        given, typed = (update.message for update in (await bot.get_updates())[-2:])
        assert given is not None
        assert given.location is not None if "kind" in wanted else given.contact is not None
        assert given.contact is None or given.contact.user_id == ANNA
        assert typed is not None
        assert typed.text == "‹ Atpakaļ"


async def test_somebody_elses_contact_names_another_user_or_none() -> None:
    async with bot_api() as api, telegram_bot(api) as bot:
        anna = api.person(ANNA)
        anna.send_contact("+37126000000", first_name="Juris", user_id=77)
        anna.send_contact("37126000000", first_name="Juris")
        found = [update.message.contact for update in await bot.get_updates() if update.message]
        assert found == [
            telegram.Contact("+37126000000", "Juris", user_id=77),
            telegram.Contact("37126000000", "Juris"),
        ]


async def test_keyboards_that_telegram_refuses() -> None:
    async with bot_api() as api, telegram_bot(api) as bot:
        anna = api.person(ANNA)
        anna.start()
        api.group(-5, "Grupa", anna)
        contact = KeyboardButton("x", request_contact=True)
        with pytest.raises(BadRequest, match="private chats only"):
            await bot.send_message(-5, "?", reply_markup=ReplyKeyboard([[contact]]))
        both = KeyboardButton("x", request_contact=True, request_location=True)
        with pytest.raises(BadRequest, match="too many fields"):
            await bot.send_message(ANNA, "?", reply_markup=ReplyKeyboard([[both]]))
