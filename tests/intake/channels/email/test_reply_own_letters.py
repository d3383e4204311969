"""Replies to letters as our templates write them: both parts, invitation and confirmation."""

from __future__ import annotations

from email.message import EmailMessage
from types import SimpleNamespace as Of

import pytest

from conversations.reading import Command, Intent
from intake.channels.email.letters import Letter, letter
from intake.channels.email.reply import new_text, read_answers
from intake.channels.email.reply.html import html_lines
from tests.intake.channels.email import reply_clients as clients
from tests.intake.channels.email.reply_clients import ASKED
from tests.intake.channels.email.test_letters import VALUES

TYPED = {1: "Saulgriežu dārzs", 3: "a, c", 4: "Biedrībai pašai", 5: "2015", 6: "–", 8: "zane@example.net"}
READ = {
    "garden": "Saulgriežu dārzs",
    "crops": "crops_0 crops_2",
    "land": "land_2",
    "since": "2015",
    "people": "",
    "contact": "zane@example.net",
}


def written(name: str, *asked: int) -> Letter:
    questions = [
        Of(
            number=number,
            label=question.label("lv"),
            hint=question.hint("lv"),
            required=question.required,
            code_list=False,
            options=[Of(letter=chr(97 + i), label=choice.label("lv")) for i, choice in enumerate(question.choices)],
        )
        for number, question in ASKED.items()
        if number in asked
    ]
    understood = [Of(number=n, label=ASKED[n].label("lv"), value_text=f"Vērtība {n}") for n in ASKED if n not in asked]
    return letter(name, "lv", VALUES | {"questions": questions, "understood": understood})


def sent(one: Letter) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Aptauja <anketa@example.test>", "z@example.net", one.subject
    message.set_content(one.text)
    message.add_alternative(one.html, subtype="html")
    return message.as_bytes()


def typed_into(lines: list[str], typed: dict[int, str], prefix: str) -> str:
    out, number = ["Aptauja rakstīja 16.11.26 09:30:"], 0
    for line in lines:
        number = next((n for n in ASKED if line.startswith(f"{n}. {ASKED[n].label('lv')[:8]}")), number)
        out.append(prefix + line)
        if line == "Atbilde:" and number in typed:
            out.append(typed[number])
    return "\n".join([*out, "", "Ar cieņu", "Zane Kalēja"])


@pytest.mark.parametrize("prefix", ["> ", ""])
@pytest.mark.parametrize("part", ["text", "html"])
@pytest.mark.parametrize("name", ["invitation", "reminder_not_begun", "confirmation"])
def test_answers_in_a_letter_of_ours(name: str, part: str, prefix: str) -> None:
    one = written(name, *ASKED)
    lines = one.text.split("\n") if part == "text" else [line.text for line in html_lines(one.html)]
    raw = clients.reply(typed_into(lines, TYPED, prefix))
    reading = read_answers(raw, sent(one), ASKED, "lv")
    assert (dict(reading.answers), reading.unread, reading.remarks) == (READ, (), ())
    assert new_text(raw, sent(one)).split() == "\n".join(TYPED.values()).split()


def test_html_of_ours_quoted_in_html() -> None:
    one = written("invitation", *ASKED)
    body = one.html[one.html.index("<body") :]
    raw = clients.reply(f"<p>1. Saulgriežu dārzs</p><p>5. 2015</p><blockquote>{body}</blockquote>", subtype="html")
    reading = read_answers(raw, sent(one), ASKED, "lv")
    assert (dict(reading.answers), reading.remarks) == ({"garden": "Saulgriežu dārzs", "since": "2015"}, ())


@pytest.mark.parametrize("subtype", ["html", "plain"])
def test_a_command_above_a_letter_of_ours(subtype: str) -> None:
    one = written("invitation", *ASKED)
    body = one.html[one.html.index("<body") :] if subtype == "html" else one.text
    quoted = f"<blockquote>{body}</blockquote>" if subtype == "html" else typed_into(body.split("\n"), {}, "> ")
    reading = read_answers(clients.reply(f"Atteikties\n\n{quoted}", subtype=subtype), sent(one), ASKED, "lv")
    assert (reading.intent, reading.commands, reading.remarks) == (Intent.REFUSAL, (Command("stop"),), ())


def test_what_was_understood_can_be_corrected_in_its_place() -> None:
    one = written("confirmation", 7, 8)
    lines = [f"> {line}" for line in one.text.split("\n")]
    at = lines.index("> Vērtība 1")
    below = "\n".join([*lines[: at + 1], "Cits dārzs", *lines[at + 1 :]])
    instead = "\n".join([*lines[:at], "> Cits dārzs", *lines[at + 1 :]])
    for text in (below, instead):
        reading = read_answers(clients.reply(text), sent(one), ASKED, "lv")
        assert (dict(reading.answers), reading.remarks) == ({"garden": "Cits dārzs"}, ())


def edited(old: str, new: str, form: str) -> bytes:
    """A reply to a confirmation in which one place reads otherwise."""
    one = written("confirmation", 7, 8)
    if form == "html":
        body = one.html[one.html.index("<body") :]
        assert old in body
        return clients.reply(
            f"<p>X 10:00 rakstīja:</p><blockquote>{body.replace(old, new)}</blockquote>", subtype="html"
        )
    assert old in one.text
    lines = one.text.replace(old, new).split("\n")
    return clients.reply("\n".join(["Aptauja rakstīja 16.11.26 09:30:", *(f"{form}{line}" for line in lines)]))


@pytest.mark.parametrize("form", ["> ", "", "html"])
@pytest.mark.parametrize(
    ("old", "new", "answers"),
    [
        ("Vērtība 1", "Vērtība pirmā", {"garden": "Vērtība pirmā"}),
        ("Vērtība 1", "Vērtība 1 un citas", {"garden": "Vērtība 1 un citas"}),
        ("Vērtība 1", "Cita vērtība 1", {"garden": "Cita vērtība 1"}),
        ("Vērtība 2", "Vērtība 2, arī vasarā, kad dārzs ir atvērts visiem", {
            "story": "Vērtība 2, arī vasarā, kad dārzs ir atvērts visiem"}),
        ("Vērtība 5", "2015", {"since": "2015"}),
        ("Vērtība 1", "Vērtība\xa01", {}),
        ("Vērtība 1", "", {}),
    ],
)  # fmt: skip
def test_a_value_edited_in_its_place_is_taken_whole(old: str, new: str, answers: dict[str, str], form: str) -> None:
    reading = read_answers(edited(old, new, form), sent(written("confirmation", 7, 8)), ASKED, "lv")
    assert (dict(reading.answers), reading.unread, reading.remarks) == (answers, (), ())


def test_an_answer_below_what_was_not_understood() -> None:
    values = {"questions": (), "understood": (), "not_understood": [Of(number=4, text="kāds cits", reason="Nav tāda.")]}
    one = letter("confirmation", "lv", VALUES | values)
    lines = [f"> {line}" for line in one.text.split("\n")]
    at = next(index for index, line in enumerate(lines) if line.startswith("> 4. jautājums"))
    for place in (at + 1, at + 2):
        reading = read_answers(clients.reply("\n".join([*lines[:place], "c", *lines[place:]])), sent(one), ASKED, "lv")
        assert (dict(reading.answers), reading.remarks) == ({"land": "land_2"}, ())
