"""Single traits of replies: forwarding, marks, charsets, clients' wrapping, automatic mail."""

from __future__ import annotations

import pytest

from conversations.reading import Intent, Reading
from intake.channels.email.reply import new_text, read_answers
from tests.intake.channels.email import reply_clients as clients
from tests.intake.channels.email.reply_clients import ASKED, Client

SENT = clients.letter()


def lines() -> list[str]:
    return clients._lines(Client(), {})


def read(raw: bytes) -> Reading:
    return read_answers(raw, SENT, ASKED, "lv")


AT_5 = next(i for i, line in enumerate(lines()) if line.startswith("5. ")) + 2


def quoted(text: list[str], prefix: str = "> ") -> str:
    return "\n".join(f"{prefix}{line}" for line in text)


def answered(typed: dict[str, str], prefix: str = "") -> list[str]:
    """The letter's lines with answers on lines of their own: beginning of the question -> answer."""
    out, waiting = [], ""
    for line in lines():
        waiting = next((answer for start, answer in typed.items() if line.startswith(start)), waiting)
        out.append(line)
        if line == "Atbilde:" and waiting:
            out.append(prefix + waiting)
            waiting = ""
    return out


def test_what_the_forwarder_wrote_is_not_the_new_respondents_answer() -> None:
    passed_on = answered({"1. ": "Pārsūtītāja dārzs", "5. ": "1999"})
    text = [
        "On Tue, 3 Mar 2026 10:00:00 +0200, Jānis Ozols wrote:",
        "> Paskaties, vai tas nav jums!",
        ">",
        "> ----- Forwarded message from Dārzu aptauja -----",
        ">",
        *quoted(passed_on).split("\n"),
        "> ----- End forwarded message -----",
    ]
    at = next(i for i, line in enumerate(text) if line.startswith("> 7. "))
    text[at + 3 : at + 3] = ["Jā"]
    reading = read(clients.reply("\n".join(text), subject="Re: Fwd: aptauja"))
    assert dict(reading.answers) == {"visit": "yes"}
    assert new_text(clients.reply("\n".join(text)), SENT) == "Jā"


HANDED_ON = ["On Tue, 3 Mar 2026 10:00:00 +0200, Jānis Ozols wrote:", "> Paskaties!", ">"]
HANDED_ON += ["> ----- Forwarded message from Dārzu aptauja -----", ">"]


@pytest.mark.parametrize(
    ("top", "answers"),
    [
        ("", {"since": "1999"}),
        ("Labdien!", {"since": "1999"}),
        ("Labdien!\n\nAtbildes zemāk tekstā.", {"since": "1999"}),
        ("Nē, tas uz mums neattiecas.", {}),
        ("7. Jā", {"visit": "yes"}),
        ("Paldies, pavaicāšu kolēģiem!", {}),
    ],
)
def test_answers_typed_inside_what_was_handed_on(top: str, answers: dict[str, str]) -> None:
    """They count only where nothing else is the writer's, or the writer says that they are there."""
    inside = [line.replace("Atbilde:", "Atbilde: 1999") if i == AT_5 else line for i, line in enumerate(lines())]
    text = "\n".join([top, "", *HANDED_ON, *quoted(inside).split("\n"), "", "Ar cieņu", "Zane Kalēja"])
    assert dict(read(clients.reply(text)).answers) == answers


def test_a_forwarded_letter_is_no_answer() -> None:
    text = "\n".join(["Nosūtu tālāk.", "", "-------- Pārsūtītā vēstule --------", "No: Dārzu aptauja", "", *lines()])
    reading = read(clients.reply(text, subject="Fwd: aptauja"))
    assert (reading.intent, dict(reading.answers)) == (Intent.FORWARD, {})


@pytest.mark.parametrize("tick", ["[x] b) Augļu", "☒ b) Augļu", "[X] b) Augļu"])
def test_a_ticked_option_is_an_answer(tick: str) -> None:
    text = quoted([line.replace("b) Augļu", tick) for line in lines()])
    assert dict(read(clients.reply(f"X rakstīja 10:00:\n{text}")).answers) == {"crops": "crops_1"}


def test_a_tick_behind_an_option_is_an_answer() -> None:
    text = quoted([line + " x" if line == "c) Puķes" else line for line in lines()])
    assert dict(read(clients.reply(text)).answers) == {"crops": "crops_2"}


def test_options_left_over_are_asked_back() -> None:
    gone = ("a) Pašv", "c) Biedr", "d) Valst")
    text = quoted([line for line in lines() if not line.startswith(gone)])
    reading = read(clients.reply(text))
    assert dict(reading.answers) == {}
    assert [(one.number, one.text, one.reason) for one in reading.unread] == [
        (4, "b) Privātpersonai vai uzņēmumam", "proposed")
    ]


@pytest.mark.parametrize("tag", ["b", "mark", "span style='background-color: yellow'"])
def test_highlighted_options_are_asked_back(tag: str) -> None:
    body = "".join(
        f"<p><{tag}>{line}</{tag.split()[0]}></p>" if line == "a) 1–10" else f"<p>{line}</p>" for line in lines()
    )
    reading = read(clients.reply(f"<blockquote>{body}</blockquote>", subtype="html"))
    assert [(one.number, one.text, one.reason) for one in reading.unread] == [(6, "a) 1–10", "proposed")]


def test_struck_out_options_leave_a_proposal() -> None:
    struck = ("a) 1–10", "c) Vairāk")
    body = "".join(f"<p><s>{line}</s></p>" if line.startswith(struck) else f"<p>{line}</p>" for line in lines())
    reading = read(clients.reply(f"<blockquote>{body}</blockquote>", subtype="html"))
    assert [(one.number, one.text) for one in reading.unread] == [(6, "b) 11–50")]


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        ("utf-8", "utf-8"),
        ("cp1257", "windows-1257"),
        ("iso-8859-13", "iso-8859-13"),
        ("cp1257", "utf-8"),
        ("utf-8", "x-y"),
    ],
)
def test_charsets(charset: str, declared: str) -> None:
    head = f"From: Z <z@example.net>\nSubject: Re: x\nContent-Type: text/plain; charset={declared}\n\n"
    raw = head.encode() + "1. Šķūņa dārziņš\n5. 2015".encode(charset)
    assert dict(read(raw).answers) == {"garden": "Šķūņa dārziņš", "since": "2015"}


def test_wrapping_is_undone_and_lists_are_kept() -> None:
    text = (
        "Ģimenes bez maksas aizņemas pielāgotas rotaļlietas un sensorās spēles,\n"
        "ergoterapeite palīdz izvēlēties.\n\nDarām trīs lietas:\n- pirmo;\n- otro."
    )
    assert new_text(clients.reply(text), SENT) == (
        "Ģimenes bez maksas aizņemas pielāgotas rotaļlietas un sensorās spēles, ergoterapeite palīdz izvēlēties."
        "\n\nDarām trīs lietas:\n- pirmo;\n- otro."
    )


SIGNED = [
    "Ar cieņu\nZane Kalēja",
    "-- \nZane Kalēja\nDārzu biedrība",
    "Zane Kalēja, dārzniece",
    "Zane",
    "Paldies!\nZane",
    "Kind regards,\nZane Kalēja\nPhone: 29000111",
    "Nosūtīts no mana iPhone",
]


@pytest.mark.parametrize("signature", SIGNED)
def test_signatures(signature: str) -> None:
    above = clients.reply(f"Nezinu, ko rakstīt 4. jautājumā.\n\n{signature}\n\nX @ 10:00 rakstīja:\n{quoted(lines())}")
    below = clients.reply(f"{quoted(answered({'8. ': 'zane@example.net'}))}\n\n{signature}")
    assert new_text(above, SENT) == "Nezinu, ko rakstīt 4. jautājumā."
    assert (dict(read(below).answers), read(below).remarks) == ({"contact": "zane@example.net"}, ())
    alone = clients.reply(f"Nezinu, ko rakstīt 4. jautājumā.\n\n{signature}")
    assert new_text(alone, None) == "Nezinu, ko rakstīt 4. jautājumā."


def test_automatic_mail_is_never_read_as_answers() -> None:
    raw = clients.reply("1. Esmu atvaļinājumā\n5. 2015", **{"Auto_Submitted": "auto-replied"})
    assert read(raw) == Reading(intent=Intent.AUTO_REPLY)


@pytest.mark.parametrize("raw", [b"", b"x", b"\xff\xfe\x00", b"Subject: x\n\n", b"From: a\n\n\n"])
def test_what_is_no_mail_says_nothing(raw: bytes) -> None:
    assert new_text(raw, None) == ""
    assert read_answers(raw, b"", {}, "lv").answers == {}
