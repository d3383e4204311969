"""A question in, one message with its keyboard out."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.forms import Kind
from conversations.turn.prompts import Ask, Option
from intake.channels.telegram.buttons import LONGEST_DATA, Action, Button, Markup, decode, token
from intake.channels.telegram.question import markup, spans
from intake.channels.telegram.render import render
from intake.channels.telegram.text import LONGEST_TEXT, pages
from intake.channels.telegram.wording import words
from intake.playground.bot_api import keyboards
from intake.playground.bot_api.entities import read_html, utf16_length
from tests.intake.channels.telegram.asks import ask

LV = words("lv")
LONG = "Pakalpojums cilvēkiem ar funkcionāliem traucējumiem lauku teritorijās"


def text(question: Ask) -> str:
    (only,) = pages(spans(question, LV))
    return only


def labels(keyboard: Markup) -> list[list[str]]:
    return [[button["text"] for button in row] for row in keyboard["inline_keyboard"]]


@pytest.mark.parametrize(
    ("question", "html"),
    [
        (ask(), "4/≈18\n<b>Kāda veida inovācija?</b>"),
        (ask(hint="<īsi> & skaidri"), "4/≈18\n<b>Kāda veida inovācija?</b>\n<i>&lt;īsi&gt; &amp; skaidri</i>"),
        (
            ask(error="Par īsu.", example="Zupas virtuve"),
            "⚠ Par īsu.\nPiemēram: Zupas virtuve\n\n4/≈18\n<b>Kāda veida inovācija?</b>",
        ),
        (ask(present="Produkts"), "4/≈18\n<b>Kāda veida inovācija?</b>\n\nTagad: Produkts"),
        (ask(Kind.SELECT_ONE, ("Jā", "Nē")), "4/≈18\n<b>Kāda veida inovācija?</b>"),
        (
            ask(Kind.SELECT_ONE, (LONG, "Cits")),
            f"4/≈18\n<b>Kāda veida inovācija?</b>\n\na) {LONG}\nb) Cits",
        ),
        (
            ask(Kind.SELECT_ONE, code_list=True),
            "4/≈18\n<b>Kāda veida inovācija?</b>\n\nIerakstiet nosaukuma sākumu.",
        ),
        (
            ask(Kind.RANK, ("Cena", "Kvalitāte")),
            "4/≈18\n<b>Kāda veida inovācija?</b>\n\na) Cena\nb) Kvalitāte\n\n"
            "Ierakstiet visus burtus tādā secībā, kādu izvēlaties, piemēram: b a c.",
        ),
    ],
)
def test_texts(question: Ask, html: str) -> None:
    assert text(question) == html


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        (ask(), []),
        (ask(required=False, can_go_back=True), [["‹ Atpakaļ", "Izlaist ›"]]),
        (ask(error="Par īsu."), [["Palīdzība"]]),
        (ask(Kind.SELECT_ONE, ("Jā", "Nē"), can_go_back=True), [["Jā", "Nē"], ["‹ Atpakaļ"]]),
        (
            ask(Kind.SELECT_ONE, (LONG, "Cits")),
            [["a) Pakalpojums cilvēkiem ar…"], ["b) Cits"]],
        ),
        (
            ask(Kind.SELECT_MULTIPLE, ("Jaunieši", "Ģimenes", "Seniori"), picked=(0, 2)),
            [["☑ Jaunieši", "☐ Ģimenes", "☑ Seniori"], ["Gatavs (2)"]],
        ),
        (ask(Kind.SELECT_MULTIPLE, ("A", "B")), [["☐ A", "☐ B"], ["Gatavs"]]),
        (ask(Kind.ACKNOWLEDGE), [["Apstiprinu"]]),
        (ask(Kind.SELECT_ONE, code_list=True), []),
        (ask(Kind.RANK, ("Cena", "Kvalitāte")), []),
    ],
)
def test_keyboards(question: Ask, rows: list[list[str]]) -> None:
    assert labels(markup(question, LV)) == rows


def test_more_than_ten_are_turned_over_in_pages() -> None:
    question = ask(Kind.SELECT_MULTIPLE, tuple(f"Pašvaldība Nr. {index}" for index in range(23)), picked=(1, 22))
    turned = [markup(question, LV, pressed=Button(Action.PAGE, 4, "", page)) for page in (0, 1, 2, 99)]
    shown = [labels(keyboard) for keyboard in turned[:3]]
    assert [rows[-2:] for rows in shown] == [
        [["›"], ["Gatavs (2)"]],
        [["‹", "›"], ["Gatavs (2)"]],
        [["‹"], ["Gatavs (2)"]],
    ]
    assert [sum(map(len, rows[:-2])) for rows in shown] == [10, 10, 3]
    assert turned[3] == turned[2]
    toggled = [markup(question, LV, pressed=Button(Action.TOGGLE, 4, "", index)) for index in (0, 9, 10, 22)]
    assert toggled == [turned[0], turned[0], turned[1], turned[2]]


def test_candidates_of_a_code_list_keep_their_index() -> None:
    options = tuple(Option(index, "", f"Novads {index}", index == 37) for index in (3, 37, 41))
    question = replace(ask(Kind.SELECT_MULTIPLE, code_list=True, error="Precizējiet."), options=options)
    keyboard = markup(question, LV, pressed=Button(Action.TOGGLE, 4, "", 37))
    assert labels(keyboard) == [["☐ Novads 3", "☑ Novads 37"], ["☐ Novads 41"], ["Gatavs (1)"], ["Palīdzība"]]
    decoded = [decode(row[0]["callback_data"]) for row in keyboard["inline_keyboard"]]
    assert [button and button.index for button in decoded] == [3, 41, 0, 0]


def test_a_location_is_shared_by_a_button_or_typed() -> None:
    question = ask(Kind.GEOPOINT)
    keyboard = markup(question, LV)
    assert keyboard["keyboard"] == [[{"text": "Nosūtīt atrašanās vietu", "request_location": True}]]
    assert "ierakstiet koordinātas" in text(question)


def test_a_number_is_sent_by_a_button_or_typed() -> None:
    question = ask(phone=True, can_go_back=True, required=False, error="Nē.", errors=2)
    keyboard = markup(question, LV)
    assert keyboard["keyboard"][0] == [{"text": "Nosūtīt manu tālruņa numuru", "request_contact": True}]
    labels = [[button["text"] for button in row] for row in keyboard["keyboard"][1:]]
    assert labels == [["‹ Atpakaļ", "Izlaist ›"], ["Palīdzība", "Jautāt komandai"]]
    assert keyboard["one_time_keyboard"]
    assert "ierakstiet numuru" in text(question)


def test_buttons_hold_the_index_and_the_question_and_no_label() -> None:
    question = ask(Kind.SELECT_ONE, ("Pakalpojums", "Produkts"), can_go_back=True)
    buttons = [button for row in markup(question, LV, "s1")["inline_keyboard"] for button in row]
    mark = token("/data/form", "s1")
    assert [decode(button["callback_data"]) for button in buttons] == [
        Button(Action.CHOOSE, 4, mark, 0),
        Button(Action.CHOOSE, 4, mark, 1),
        Button(Action.BACK, 4, mark),
    ]


ANY = st.text(st.characters(exclude_categories=[]), max_size=80) | st.text('<&>"ā😀 \n', max_size=3000)


@st.composite
def questions(draw: st.DrawFn) -> Ask:
    options = tuple(
        Option(index, draw(st.sampled_from(["", "a"])), label, draw(st.booleans()))
        for index, label in enumerate(draw(st.lists(ANY, max_size=15)))
    )
    return Ask(
        path=draw(ANY),
        number=draw(st.none() | st.integers(1, 99_999)),
        kind=draw(st.sampled_from(Kind)),
        label=draw(ANY),
        hint=draw(ANY),
        required=draw(st.booleans()),
        options=options,
        position=1,
        total=2,
        error=draw(st.none() | ANY),
        example=draw(st.none() | ANY),
        code_list=draw(st.booleans()),
        can_go_back=draw(st.booleans()),
        present=draw(ANY),
    )


def check(payload: dict[str, Any]) -> None:
    """What the Bot API would refuse, raised by the local one's own readers."""
    plain, _ = read_html(payload.get("text", "-"))
    assert plain.strip()
    assert utf16_length(payload.get("text", "")) <= LONGEST_TEXT
    keyboards.checked(payload.get("markup"))
    for button in keyboards.buttons(payload.get("markup")):
        if "keyboard" not in payload["markup"]:
            assert len(button["callback_data"].encode()) <= LONGEST_DATA


@settings(deadline=None)  # the machine may be busy
@given(questions(), st.sampled_from(["lv", "en", "ru"]))
def test_whatever_the_labels_are_telegram_takes_the_message(question: Ask, language: str) -> None:
    payloads = render([question], language)
    assert payloads
    for payload in payloads:
        check(payload)
