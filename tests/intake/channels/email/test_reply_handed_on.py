"""Letters that a colleague handed on: what each wrote stays theirs, and nothing that the respondent typed is lost."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from email import message_from_bytes
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from conversations.reading import Intent, Reading
from intake.channels.email.reply import new_text, read_answers
from tests.intake.channels.email import reply_clients as clients
from tests.intake.channels.email.reply_clients import ASKED, Client

SENT = clients.letter()
US = f"Dārzu aptauja <{clients.ADDRESS}>"
COLLEAGUE = "Jānis Ozols <janis@example.net>"
COMMENT = ["Sveika! Paskaties, vai tas nav jums.", "Jānis", ""]
HEADS = ["Sent: Monday, 2 March 2026 10:00", "To: Jānis Ozols", f"Subject: {clients.SUBJECT}", ""]
LATVIAN_HEADS = ["Datums: 02.03.26 10:00", "Kam: Jānis Ozols", f"Temats: {clients.SUBJECT}", ""]


def letter(typed: Mapping[int, str], *, same_line: bool = False) -> list[str]:
    """The letter's lines, with answers behind the answer lines or under them."""
    out: list[str] = []
    number = 0
    for line in clients._lines(Client(), {}):
        number = next((n for n in ASKED if line.startswith(f"{n}. {_label(n)}")), number)
        answer = typed.get(number, "") if line == "Atbilde:" else ""
        out.append(f"{line} {answer}" if same_line and answer else line)
        out += [answer] if answer and not same_line else []
    return out


def outlook(lines: list[str]) -> list[str]:
    return [*COMMENT, f"From: {US}", *HEADS, *lines]


def gmail(lines: list[str]) -> list[str]:
    return [*COMMENT, "---------- Forwarded message ---------", f"From: {US}", *HEADS, *lines]


def apple(lines: list[str]) -> list[str]:
    return [*COMMENT, "Begin forwarded message:", "", *(f"> {line}" for line in [f"From: {US}", *HEADS, *lines])]


def thunderbird(lines: list[str]) -> list[str]:
    return [*COMMENT, "-------- Pārsūtītā vēstule --------", f"No: {US}", *LATVIAN_HEADS, *lines]


def mutt(lines: list[str]) -> list[str]:
    mark = f"----- Forwarded message from {US} -----"
    return [*COMMENT, mark, "", f"From: {US}", *HEADS, *lines, "----- End forwarded message -----"]


def reply_to_a_reply(lines: list[str]) -> list[str]:
    """The colleague's forward, asked about and answered once more."""
    asked = ["On Mon, 2 Mar 2026 11:00:00 +0200, Zane Kalēja wrote:", *(f"> {line}" for line in gmail(lines))]
    return ["Jā, tev.", "", "On Mon, 2 Mar 2026 12:00:00 +0200, Jānis Ozols wrote:", *(f"> {line}" for line in asked)]


FORWARDS = [outlook, gmail, apple, thunderbird, mutt, reply_to_a_reply]
Forward = Callable[[list[str]], list[str]]


def quoted(top: str, forward: list[str]) -> str:
    head = "On Tue, 3 Mar 2026 10:00:00 +0200, Jānis Ozols <janis@example.net> wrote:"
    return "\n".join([top, "", head, *(f"> {line}" for line in forward)])


def bare(top: str, forward: list[str]) -> str:
    heads = [f"No: {COLLEAGUE}", "Nosūtīts: otrdiena, 2026. gada 3. marts 10:00", "Kam: Zane Kalēja", "Tēma: FW: x", ""]
    return "\n".join([top, "", "-" * 32, *heads, *forward])


def read(text: str) -> Reading:
    return read_answers(clients.reply(text, subject=f"Re: Fwd: {clients.SUBJECT}"), SENT, ASKED, "lv")


def kept(reading: Reading) -> str:
    """All that the reading holds on to."""
    asked_back = (one.text for one in reading.unread)
    return " ".join(" ".join([*reading.answers.values(), *asked_back, *reading.remarks]).split())


def typed_below(text: str, number: int, answer: str) -> str:
    """The text with an unquoted answer typed under a question's answer line."""
    lines = text.split("\n")
    begins = next(i for i, line in enumerate(lines) if line.lstrip("> ").startswith(f"{number}. {_label(number)}"))
    at = next(i for i in range(begins, len(lines)) if "Atbilde:" in lines[i]) + 1
    return "\n".join([*lines[:at], answer, *lines[at:]])


def _label(number: int) -> str:
    return ASKED[number].label("lv")


def as_html(text: str) -> str:
    """Quote marks as nested blockquotes, a line a block."""
    out, depth = [], 0
    for line in text.split("\n"):
        marks = len(line) - len(line.lstrip("> ")) if line.startswith(">") else 0
        now = line[:marks].count(">")
        out.append("<blockquote type=cite>" * (now - depth) + "</blockquote>" * (depth - now))
        out.append(f"<div>{html.escape(line[marks:]) or '<br>'}</div>")
        depth = now
    return "".join(out)


@pytest.mark.parametrize("forward", FORWARDS)
def test_in_html(forward: Forward) -> None:
    text = quoted("", forward(letter({1: "Pārsūtītāja dārzs", 5: "1999"})))
    raw = clients.reply(as_html(typed_below(text, 2, "Audzējam tomātus.")), subtype="html")
    reading = read_answers(raw, SENT, ASKED, "lv")
    assert dict(reading.answers) == {"story": "Audzējam tomātus."}
    assert [(one.number, one.reason) for one in reading.unread] == [(1, "handed_on"), (5, "handed_on")]


@pytest.mark.parametrize("forward", FORWARDS)
def test_unquoted_answers_are_the_respondents_and_quoted_ones_are_asked_back(forward: Forward) -> None:
    text = quoted("", forward(letter({1: "Pārsūtītāja dārzs", 5: "1999"})))
    text = typed_below(text, 7, "Jā")
    text = typed_below(text, 2, "Audzējam tomātus.\nUn stāstām par tiem bērniem.")
    reading = read(text)
    assert set(reading.answers) == {"visit", "story"}
    assert [(one.number, one.text, one.reason) for one in reading.unread] == [
        (1, "Pārsūtītāja dārzs", "handed_on"),
        (5, "1999", "handed_on"),
    ]
    assert reading.remarks == ()


@pytest.mark.parametrize("forward", FORWARDS)
def test_answers_on_quoted_lines_beside_an_unquoted_one_are_never_lost(forward: Forward) -> None:
    """Short answers behind "Atbilde:", a long one where the client broke the quotation: one person's, or two's."""
    text = quoted("", forward(letter({1: "Mūsu dārzs", 3: "a, c", 5: "2015"}, same_line=True)))
    text = typed_below(text, 2, "Audzējam tomātus.\n\nUn stāstām par tiem bērniem.")
    reading = read(text)
    assert "Un stāstām" in reading.answers["story"]
    assert {1, 3, 5} == {one.number for one in reading.unread}
    for said in ("Mūsu dārzs", "a, c", "2015"):
        assert said in kept(reading)


@pytest.mark.parametrize("forward", FORWARDS)
@pytest.mark.parametrize("shape", [quoted, bare])
@pytest.mark.parametrize("top", ["7. Jā", "7) Jā\n8) zane@example.net", "Vai drīkstam dārzu apmeklēt: jā"])
def test_answers_on_top_leave_the_colleagues_alone(shape: Callable[..., str], top: str, forward: Forward) -> None:
    reading = read(shape(top, forward(letter({1: "Pārsūtītāja dārzs", 5: "1999"}))))
    assert reading.answers["visit"] == "yes"
    assert not {"garden", "since"} & set(reading.answers)
    assert {one.reason for one in reading.unread} == {"handed_on"}


@pytest.mark.parametrize("forward", [outlook, gmail, thunderbird, mutt])
@pytest.mark.parametrize("top", ["", "Labdien!", "Labdien, atbildes zemāk tekstā!", "Paldies, aizpildīju."])
def test_answers_inside_are_read_where_they_must_be_the_respondents(top: str, forward: Forward) -> None:
    for shape in (quoted, bare):
        reading = read(shape(top, forward(letter({1: "Mūsu dārzs", 5: "2015"}))))
        assert {"garden": "Mūsu dārzs", "since": "2015"}.items() <= reading.answers.items()


@pytest.mark.parametrize("forward", FORWARDS)
def test_a_tick_of_the_colleagues_is_asked_back(forward: Forward) -> None:
    ticked = [line.replace("b) Augļu", "[x] b) Augļu") for line in letter({})]
    reading = read(quoted("7. Jā", forward(ticked)))
    assert dict(reading.answers) == {"visit": "yes"}
    assert [(one.number, one.reason) for one in reading.unread] == [(3, "handed_on")]


@pytest.mark.parametrize("forward", [gmail, thunderbird, mutt, outlook])
def test_what_is_typed_under_the_attribution_or_the_comment_is_read(forward: Forward) -> None:
    text = quoted("", forward(letter({}))).split("\n")
    under = next(i for i, line in enumerate(text) if line.endswith("wrote:")) + 1
    assert dict(read("\n".join([*text[:under], "7. Jā", *text[under:]])).answers) == {"visit": "yes"}
    comment = next(i for i, line in enumerate(text) if line == "> Jānis") + 1
    said = read("\n".join([*text[:comment], "", "Paldies, Jāni, tas ir mums!", "", *text[comment:]]))
    assert said.remarks == ("Paldies, Jāni, tas ir mums!",)


def test_what_is_typed_between_attribution_and_letter_is_new_text() -> None:
    head = "On Tue, 3 Mar 2026 10:00:00 +0200, Dārzu aptauja wrote:"
    text = "\n".join([head, "", "Mēs piedalīsimies.", "", *(f"> {line}" for line in letter({}))])
    assert new_text(clients.reply(text), SENT) == "Mēs piedalīsimies."


def test_both_wrote_at_one_question() -> None:
    text = typed_below(quoted("", gmail(letter({1: "Pārsūtītāja dārzs"}, same_line=True))), 1, "Mūsu dārzs")
    reading = read(text)
    assert dict(reading.answers) == {"garden": "Mūsu dārzs"}
    assert reading.remarks == ("1. Pārsūtītāja dārzs",)


def test_the_writers_own_earlier_mail_is_no_colleagues() -> None:
    """Outlook without quote marks: a correction on top of what the same person had answered before."""
    earlier = [f"From: {US}", *HEADS, *letter({1: "Mūsu dārzs"})]
    heads = ["From: Zane Kalēja <zane@example.net>", "Sent: 3 March 2026", f"To: {US}", "Subject: RE: x", ""]
    reading = read("\n".join(["7. Jā", "", *heads, *earlier]))
    assert reading.answers["visit"] == "yes"
    assert all(one.reason != "handed_on" for one in reading.unread)


def test_a_refusal_or_thanks_stays_what_it_is() -> None:
    forward = gmail(letter({1: "Pārsūtītāja dārzs"}))
    assert read(quoted("Nē, tas uz mums neattiecas.", forward)).intent is Intent.REFUSAL
    thanks = read(quoted("Paldies, pavaicāšu kolēģiem!", forward))
    assert (thanks.intent, dict(thanks.answers)) == (Intent.OTHER, {})


@pytest.mark.parametrize(
    "top", ["1. Mūsu dārzs\n5. 2015", "Labdien!\n\n1. Mūsu dārzs\n5. 2015\n\nAr cieņu\nZane Kalēja"]
)
def test_a_letter_that_came_as_an_attached_mail(top: str) -> None:
    mail = MIMEMultipart()
    mail["From"], mail["To"], mail["Subject"] = "Zane Kalēja <zane@example.net>", clients.ADDRESS, "Fwd: aptauja"
    mail.attach(MIMEText(top, "plain", "utf-8"))
    mail.attach(MIMEMessage(message_from_bytes(clients.reply(quoted("", letter({1: "Pārsūtītāja dārzs"}))))))
    assert dict(read_answers(mail.as_bytes(), SENT, ASKED, "lv").answers) == {"garden": "Mūsu dārzs", "since": "2015"}
