"""Prompts in, payloads out: what changes in the pressed message, and what is said anew."""

from typing import Any

import pytest

from conversations.forms import Kind
from conversations.turn.prompts import (
    Accepted,
    AskRepeat,
    Item,
    Notice,
    NotUnderstood,
    Prompt,
    ReviewList,
    Said,
    Submitted,
)
from intake.channels import Outgoing
from intake.channels.telegram import screens
from intake.channels.telegram.buttons import Action, Button, decode, token
from intake.channels.telegram.channel import TelegramChannel
from intake.channels.telegram.render import NOTHING, Touched, render
from intake.playground.bot_api import BotApi, keyboards
from tests.intake.channels.telegram.asks import ask

FORM, NEXT = "/data/form", "/data/stage"
ACCEPTED = Accepted(FORM, "Kāda veida inovācija?", "Pakalpojums")
QUESTION = ask(path=NEXT, number=5, label="Kurā posmā?", position=5)
CHECKED = "<b>Kāda veida inovācija?</b>\n✔ Pakalpojums"
ASKED = "5/≈18\n<b>Kurā posmā?</b>"


def pressed(action: Action, path: str = FORM, index: int = 0, salt: str = "") -> Touched:
    return Touched(message_id=33, button=Button(action, 4, token(path, salt), index), callback_id="99")


def short(payload: dict[str, Any]) -> tuple[Any, ...]:
    """Kind, message changed, text, and the words on the buttons."""
    buttons = [button["text"] for button in keyboards.buttons(payload.get("markup"))]
    return payload["kind"], payload.get("message_id"), payload.get("text"), buttons


TOGGLED = ask(Kind.SELECT_MULTIPLE, ("Jaunieši", "Seniori"), picked=(1,))
ANSWER = ("answer_callback", None, None, [])


@pytest.mark.parametrize(
    ("prompts", "touched", "payloads"),
    [
        pytest.param(
            [ACCEPTED, QUESTION],
            pressed(Action.CHOOSE),
            [ANSWER, ("edit", 33, CHECKED, []), ("message", None, ASKED, [])],
            id="a tap answers and the next question is new",
        ),
        pytest.param(
            [ACCEPTED, QUESTION],
            Touched(),
            [("message", None, f"✔ Pakalpojums\n\n{ASKED}", [])],
            id="a typed answer is confirmed above the next question",
        ),
        pytest.param(
            [ACCEPTED, QUESTION],
            Touched(message_id=33),
            [("edit", 33, CHECKED, []), ("message", None, ASKED, [])],
            id="a typed answer closes the question where its message is known",
        ),
        pytest.param(
            [Accepted(FORM, "Kāda?", ""), QUESTION],
            pressed(Action.SKIP),
            [ANSWER, ("edit", 33, "<b>Kāda?</b>\nIzlaists", []), ("message", None, ASKED, [])],
            id="a question passed over",
        ),
        pytest.param(
            [TOGGLED],
            pressed(Action.TOGGLE, index=1),
            [ANSWER, ("edit_markup", 33, None, ["☐ Jaunieši", "☑ Seniori", "Gatavs (1)"])],
            id="a toggle changes the keyboard alone",
        ),
        pytest.param(
            [ask(Kind.SELECT_MULTIPLE, ("A", "B"), error="Izvēlieties vismaz vienu.")],
            pressed(Action.DONE),
            [
                ("answer_callback", None, "Izvēlieties vismaz vienu.", []),
                (
                    "edit",
                    33,
                    "⚠ Izvēlieties vismaz vienu.\n\n4/≈18\n<b>Kāda veida inovācija?</b>\n\n"
                    "Kad viss atzīmēts, nospiediet “Gatavs”.",
                    ["☐ A", "☐ B", "Gatavs", "Palīdzība"],
                ),
            ],
            id="a mistake at Done is said in place",
        ),
        pytest.param(
            [Said("stale", "Šis jautājums jau ir slēgts.")],
            pressed(Action.CHOOSE),
            [("answer_callback", None, "Šis jautājums jau ir slēgts.", []), ("edit_markup", 33, None, [])],
            id="a stale button goes, with a word over the chat",
        ),
        pytest.param(
            [Said("stale", "Šis jautājums jau ir slēgts.")],
            Touched(),
            [("message", None, "Šis jautājums jau ir slēgts.", [])],
            id="without a button it is said in the chat",
        ),
        pytest.param(
            [QUESTION],
            pressed(Action.BACK),
            [ANSWER, ("edit_markup", 33, None, []), ("message", None, ASKED, [])],
            id="back leaves the old question without buttons",
        ),
        pytest.param(
            [ACCEPTED, QUESTION],
            Touched(reply_keyboard=True),
            [("message", None, f"✔ Pakalpojums\n\n{ASKED}", [])],
            id="a shared location puts its keyboard away with the next question",
        ),
        pytest.param(
            [Notice("/data/n", "Par datiem <šeit>. " + "Gari. " * 20), Notice("/data/m", "Otra piezīme"), QUESTION],
            Touched(),
            [
                ("message", None, "Par datiem &lt;šeit&gt;. " + "Gari. " * 20 + "\n\nOtra piezīme", []),
                ("message", None, ASKED, []),
            ],
            id="notes that follow each other are one message",
        ),
        pytest.param(
            [Notice("/data/n", "Kontakti"), QUESTION],
            Touched(),
            [("message", None, f"Kontakti\n\n{ASKED}", [])],
            id="a group's name stands above its question",
        ),
        pytest.param(
            [AskRepeat("/data/person", "Vai ieteiksiet vēl kādu?", 2)],
            Touched(),
            [
                (
                    "message",
                    None,
                    "<b>Vai ieteiksiet vēl kādu?</b>\nPievienoti: 2",
                    ["Pievienot vēl", "Pietiek"],
                )
            ],
            id="another?",
        ),
        pytest.param(
            [NotUnderstood(4, "varbūt", "Šādas atbildes nav.")],
            Touched(),
            [("message", None, "⚠ Šādas atbildes nav.\n<i>varbūt</i>", [])],
            id="not understood",
        ),
        pytest.param(
            [ACCEPTED, Submitted()],
            Touched(),
            [
                ("message", None, "✔ Pakalpojums", []),
                ("message", None, "Paldies! Anketa ir iesniegta.", ["Aizpildīt vēl vienu anketu"]),
            ],
            id="submitted",
        ),
        pytest.param([], pressed(Action.HELP), [ANSWER], id="help leaves the question as it is"),
    ],
)
def test_render(prompts: list[Prompt], touched: Touched, payloads: list[tuple[Any, ...]]) -> None:
    assert [short(payload) for payload in render(prompts, "lv", touched=touched)] == payloads


def test_the_keyboard_of_the_phone_is_put_away() -> None:
    up = Touched(reply_keyboard=True)
    (only,) = render([ACCEPTED, QUESTION], "lv", touched=up)
    assert only["markup"] == {"remove_keyboard": True}
    first, second = render([ACCEPTED, TOGGLED], "lv", touched=up)
    assert (first["text"], first["markup"]) == ("✔ Pakalpojums", {"remove_keyboard": True})
    assert "inline_keyboard" in second["markup"], "a message has only one keyboard"
    first, second = render([TOGGLED], "lv", touched=up)
    assert (first["text"], first["markup"]) == ("Labi, turpinām.", {"remove_keyboard": True})
    assert render([Said("stale", "")], "lv", touched=Touched(1, None, "9", reply_keyboard=True)) == [
        {"kind": "answer_callback", "callback_id": "9"}
    ], "its question is still open"


def test_another_keyboard_of_the_kind_takes_its_place() -> None:
    where = ask(Kind.GEOPOINT, path=NEXT, can_go_back=True, required=False)
    (only,) = render([ACCEPTED, where], "lv", salt="s", touched=Touched(reply_keyboard=True))
    assert [button["text"] for row in only["markup"]["keyboard"] for button in row][1:] == ["‹ Atpakaļ", "Izlaist ›"]
    meant = [decode(button["callback_data"]) for button in only["typed"]]
    assert meant == [Button(Action.BACK, 4, token(NEXT, "s")), Button(Action.SKIP, 4, token(NEXT, "s"))]


def test_a_button_of_another_submission_does_not_touch_this_question() -> None:
    payloads = render([TOGGLED], "lv", salt="new", touched=pressed(Action.TOGGLE, salt="old"))
    assert [payload["kind"] for payload in payloads] == ["answer_callback", "edit_markup", "message"]


ITEMS = (Item(FORM, 4, "Kāda veida inovācija?", "Pakalpojums"), Item(NEXT, 5, "Kurā posmā?", ""))


def test_review() -> None:
    (payload,) = render([ReviewList(ITEMS, ())], "lv", salt="s")
    assert payload["text"] == (
        "<b>Pārskatiet atbildes</b>\n\n4. Kāda veida inovācija?\n<b>Pakalpojums</b>\n5. Kurā posmā?\n<b>–</b>\n\n"
        "Lai labotu atbildi, nospiediet tās pogu."
    )
    buttons = list(keyboards.buttons(payload["markup"]))
    assert [button["text"] for button in buttons] == ["4. Kāda veida…", "5. Kurā posmā?", "Iesniegt"]
    assert decode(buttons[1]["callback_data"]) == Button(Action.JUMP, 5, token(NEXT, "s"))
    assert decode(buttons[2]["callback_data"]) == Button(Action.SUBMIT, 0, token("submit", "s"))


def test_review_with_something_missing_cannot_be_submitted() -> None:
    wrong = ask(error="Par īsu.")
    (payload,) = render([ReviewList(ITEMS[:1], (QUESTION, wrong))], "lv")
    assert "4. Kāda veida inovācija?\n⚠ Par īsu." in payload["text"]
    assert "<b>Vēl jāatbild vai jāizlabo</b>\n5. Kurā posmā?" in payload["text"]
    words = [button["text"] for button in keyboards.buttons(payload["markup"])]
    assert words == ["5. Kurā posmā?", "4. Kāda veida…"]


def test_a_long_review_is_split_and_has_its_buttons_at_the_end() -> None:
    items = tuple(Item(f"/data/q{n}", n, "Jautājums & " * 9, "Atbilde < " * 99) for n in range(1, 200))
    payloads = render([ReviewList(items, ())], "lv")
    assert len(payloads) > 5
    assert all("markup" not in payload for payload in payloads[:-1])
    assert keyboards.checked(payloads[-1]["markup"])


@pytest.mark.parametrize(
    ("payloads", "actions"),
    [
        (screens.confirm("submit", "lv", "s"), [Action.SUBMIT_CONFIRMED, Action.CANCEL]),
        (screens.confirm("withdraw", "lv"), [Action.WITHDRAW_CONFIRMED, Action.CANCEL]),
        (screens.confirm("erase", "en"), [Action.ERASE_CONFIRMED, Action.CANCEL]),
        (screens.choose_language(["Latviešu", "English"], "lv"), [Action.LANGUAGE, Action.LANGUAGE]),
        (screens.welcome_back(7, 18, "lv"), [Action.RESUME, Action.RESTART, Action.LANGUAGES]),
        (screens.reminder("Atgādinām", "lv"), [Action.RESUME, Action.NO_REMINDERS]),
        (screens.submitted("en"), [Action.ANOTHER]),
        (screens.say("help", "lv"), []),
        (screens.say("group", "en"), []),
    ],
)
def test_screens(payloads: list[dict[str, Any]], actions: list[Action]) -> None:
    (payload,) = payloads
    buttons = [decode(button["callback_data"]) for button in keyboards.buttons(payload.get("markup"))]
    assert [button and button.action for button in buttons] == actions


def test_a_reminder_is_sent_at_most_once() -> None:
    assert all(payload["once"] for payload in screens.reminder("Garš teksts. " * 900, "lv"))


def test_a_language_is_its_place_in_the_list() -> None:
    (payload,) = screens.choose_language(["Latviešu", "English"], "lv")
    decoded = [decode(button["callback_data"]) for button in keyboards.buttons(payload["markup"])]
    assert [button and button.index for button in decoded] == [0, 1]


NOTE = "Jūsu datus izmantosim, lai apzinātu iniciatīvas un sagatavotu pārskatu."


async def test_everything_passes_the_bot_api(api: BotApi, channel: TelegramChannel) -> None:
    """The payloads of one conversation, sent for real; the person sees one open keyboard."""
    anna = api.person(7)
    anna.start()

    async def send(*prompts: Prompt, touched: Touched = NOTHING) -> None:
        for payload in render(prompts, "lv", touched=touched):
            await channel.send(Outgoing(1, "7", payload))

    def touch(press: Any) -> Touched:
        return Touched(press.query["message"]["message_id"], decode(press.query["data"]), press.query["id"])

    await send(Notice("/data/n", NOTE), TOGGLED)
    await send(
        ask(Kind.SELECT_MULTIPLE, ("Jaunieši", "Seniori"), picked=(0, 1)),
        touched=touch(anna.press("☐ Jaunieši")),
    )
    await send(
        Accepted(FORM, "Kam?", "Jaunieši, Seniori"),
        QUESTION,
        touched=touch(anna.press("Gatavs (2)")),
    )
    texts = [message["text"] for message in anna.history()]
    assert texts == ["/start", NOTE, "Kam?\n✔ Jaunieši, Seniori", "5/≈18\nKurā posmā?"]
    assert not any("reply_markup" in message for message in anna.history())


def test_what_was_typed_wrongly_leaves_one_keyboard_in_the_chat() -> None:
    wrong = ask(Kind.SELECT_ONE, ("Jā", "Nē"), error="Šādas izvēles nav.")
    old, new = render([wrong], "lv", touched=Touched(message_id=33))
    assert (old["kind"], old["message_id"], "markup" in old) == ("edit_markup", 33, False)
    assert "inline_keyboard" in new["markup"]
    (said,) = render([Said("paused", "Labi.")], "lv", touched=Touched(message_id=33))
    assert said["kind"] == "message", "the question stays as it is, to go on from later"
