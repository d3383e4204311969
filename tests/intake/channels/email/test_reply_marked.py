"""Options ticked, highlighted, struck out or deleted: a tick is an answer, anything else is asked back."""

from __future__ import annotations

import html

import pytest

from conversations.reading import Reading
from intake.channels.email.reply import new_text, read_answers
from tests.intake.channels.email import reply_clients as clients
from tests.intake.channels.email.reply_clients import ASKED, Client

SENT = clients.letter()
LINES = clients._lines(Client(), {})
CROPS = (
    "a) Dārzeņi",
    "b) Augļu koki un ogulāji",
    "c) Puķes",
    "d) Garšaugi, arī telpās – visu gadu",
    "e) Nekas no minētā",
)
OPTION = CROPS[1]
LABEL = OPTION[3:]


def rich(changed: dict[str, str]) -> bytes:
    """The letter quoted in HTML, some of its lines looking otherwise; "" for a deleted one."""
    lines = [changed.get(line, html.escape(line)) for line in LINES]
    body = "".join(f"<p>{line}</p>" for line in lines if line)
    return clients.reply(f"<p>X 10:00 rakstīja:</p><blockquote>{body}</blockquote>", subtype="html")


def plain(changed: dict[str, str], prefix: str = "> ") -> bytes:
    lines = [prefix + changed.get(line, line) for line in LINES if changed.get(line, line) or line == ""]
    return clients.reply("\n".join(["Dārzu aptauja rakstīja 2.03.2026 10:00:", "", *lines]))


def read(raw: bytes) -> Reading:
    return read_answers(raw, SENT, ASKED, "lv")


def proposed(raw: bytes) -> list[str]:
    """What is asked back; nothing else may have been read, and nothing is new text."""
    reading = read(raw)
    assert (dict(reading.answers), reading.remarks, new_text(raw, SENT)) == ({}, (), "")
    assert {(one.number, one.reason) for one in reading.unread} <= {(3, "proposed")}
    return [option for one in reading.unread for option in one.text.split("; ")]


@pytest.mark.parametrize(
    "mark",
    [
        "<b>{}</b>",
        "<strong>{}</strong>",
        "<u>{}</u>",
        "<mark>{}</mark>",
        '<font color="#ff0000">{}</font>',
        '<font color="red" size="3">{}</font>',
        '<span style="color: rgb(255, 0, 0);">{}</span>',
        '<span style="color:#00b050">{}</span>',
        '<span style="background-color: rgb(255, 255, 0);">{}</span>',
        '<span style="background:#fff2cc">{}</span>',
        '<span style="font-weight: 700">{}</span>',
        '<span style="text-decoration: underline">{}</span>',
    ],
)
@pytest.mark.parametrize("part", [OPTION, LABEL, OPTION[:2], OPTION[:3]])
def test_highlighted(mark: str, part: str) -> None:
    assert proposed(rich({OPTION: OPTION.replace(part, mark.format(part), 1)})) == [OPTION]


@pytest.mark.parametrize("mark", ["*{}*", "_{}_", "  * *{}*"])
def test_highlighted_in_plain_text(mark: str) -> None:
    assert proposed(plain({OPTION: mark.format(OPTION)})) == [OPTION]


@pytest.mark.parametrize(
    "style", ["color: black", "color:windowtext", "color: #000000", "background: white", "background-color:#ffffff"]
)
def test_usual_colours_say_nothing(style: str) -> None:
    assert proposed(rich({OPTION: f'<span style="{style}">{OPTION}</span>'})) == []


@pytest.mark.parametrize("mark", ["<b>{}</b>", '<span style="color:#1f497d">{}</span>', "<u>{}</u>"])
def test_what_all_options_look_like_says_nothing(mark: str) -> None:
    assert proposed(rich({option: mark.format(option) for option in CROPS})) == []


@pytest.mark.parametrize(
    "mark",
    ["<s>{}</s>", "<del>{}</del>", "<strike>{}</strike>", '<span style="text-decoration: line-through;">{}</span>'],
)
@pytest.mark.parametrize("whole", [True, False])
def test_struck_out(mark: str, whole: bool) -> None:
    struck = {
        option: mark.format(option) if whole else option[:3] + mark.format(option[3:])
        for option in (CROPS[0], CROPS[3], CROPS[4])
    }
    assert proposed(rich(struck)) == [CROPS[1], CROPS[2]]


@pytest.mark.parametrize("left", [(0,), (1,), (3,), (4,), (0, 3), (1, 3), (2, 4)])
@pytest.mark.parametrize("form", ["html", "quoted", "bare"])
def test_deleted_down_to_a_few(left: tuple[int, ...], form: str) -> None:
    gone = {option: "" for index, option in enumerate(CROPS) if index not in left}
    raw = rich(gone) if form == "html" else plain(gone, "> " if form == "quoted" else "")
    assert proposed(raw) == [CROPS[index] for index in left]


def test_a_few_deleted_say_nothing() -> None:
    assert proposed(plain({CROPS[0]: "", CROPS[3]: ""})) == []


TICKED = [
    *("[x] {}", "[X] {}", "(x) {}", "☒ {}", "✓ {}", "x {}", "X {}", "V {}", "+ {}", "→ {}", "--> {}", "* [x] {}"),
    *("{} x", "{} X", "{} [x]", "{} (+)", "{} +", "{} ✓", "{} <--", "{} <==", "{} ←", "{} – jā", "{} V"),
]


@pytest.mark.parametrize("mark", TICKED)
@pytest.mark.parametrize("form", ["html", "quoted", "bare"])
def test_ticked(mark: str, form: str) -> None:
    text = mark.format(OPTION)
    raw = rich({OPTION: html.escape(text)}) if form == "html" else plain({OPTION: text}, "> " * (form == "quoted"))
    reading = read(raw)
    assert (dict(reading.answers), reading.unread, reading.remarks) == ({"crops": "crops_1"}, (), ())


def test_ticked_between_letter_and_label() -> None:
    assert dict(read(plain({OPTION: f"b) [x] {LABEL}"})).answers) == {"crops": "crops_1"}


def test_boxes_before_every_option_say_nothing() -> None:
    assert proposed(plain({option: f"+ {option}" for option in CROPS})) == []


def test_an_answer_of_yes_behind_a_question_is_no_tick() -> None:
    lines = [f"> {line}" for line in LINES]
    at = next(index for index, line in enumerate(lines) if line.startswith("> 7. "))
    raw = clients.reply("\n".join([*lines[: at + 2], "jā", *lines[at + 3 :]]))
    assert dict(read(raw).answers) == {"visit": "yes"}


def test_a_word_that_looks_like_the_letter_of_an_option() -> None:
    """Options without letters, as a list shows them, and an answer typed above them."""
    body = "".join(
        f"<p>{html.escape(line[3:] if line in CROPS else line)}</p>"
        + ("<p>Dārzeņi in a corner</p>" if line == "Var norādīt vairākas atbildes." else "")
        for line in LINES
    )
    raw = clients.reply(f"<blockquote>{body}</blockquote>", subtype="html")
    assert new_text(raw, SENT) == "Dārzeņi in a corner"
