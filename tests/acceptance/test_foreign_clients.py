"""Mail programs of others, as people use them: mutt replying between the quoted lines, swaks with odd headers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.acceptance import servers
from tests.acceptance.answers import DESCRIPTION, FIRST_MAIL, NEED, ORGANISATION, REST, TITLE, inline, on_top
from tests.acceptance.place import Place
from tests.acceptance.post import INTAKE, RealPost, html_of, text_of
from tests.servers import clients
from tests.servers.required import need

pytestmark = [servers, pytest.mark.parametrize("place", ["sqlite real"], indirect=True)]

ANNA = "anna@example.org"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


async def invited(place: Place) -> EmailMessage:
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,{ORGANISATION},lv")
    return await place.mail(ANNA).next_letter()


def real(place: Place) -> RealPost:
    assert isinstance(place.post, RealPost)
    return place.post


# --- mutt -----------------------------------------------------------------------------------------------------------


async def by_mutt(place: Place, letter: EmailMessage, type_: Callable[[str], str], *keys: str, more: str = "") -> None:
    need(clients.why_no_mutt())
    folder = place.folder / f"mutt-{letter['Message-ID'].strip('<>').split('@')[0]}"
    mutt = clients.Mutt(folder, real(place).servers, ANNA, "Anna Ozola", more)
    await asyncio.to_thread(mutt.reply, str(letter["Message-ID"]), type_, *keys)


async def test_mutt_answers_between_the_quoted_lines(place: Place) -> None:
    invitation = await invited(place)
    anna = place.mail(ANNA)
    await by_mutt(place, invitation, lambda quoted: inline(quoted, FIRST_MAIL))
    confirmation = await anna.next_letter()
    assert TITLE in text_of(confirmation)
    assert "Ko nesapratām" not in text_of(confirmation), text_of(confirmation)
    await by_mutt(place, confirmation, lambda quoted: f"{on_top(REST)}\n\n{quoted}")
    done = await anna.next_letter()
    assert "ar numuru" in text_of(done), text_of(done)
    (submission,) = await place.exported()
    answers = submission["answers"]
    assert (answers["title"], answers["description"], answers["need"]) == (TITLE, DESCRIPTION, NEED)
    status = await place.quiet()
    assert (status["submitted"], status["needs_a_person"], status["inbox"]["set_aside"]) == (1, 0, 0)
    assert done["In-Reply-To"], "in mutt's thread"


LOOKS = {
    "another mark, attribution and width": 'set indent_string="| " attribution="%n rakstīja %d:" reflow_wrap=60',
    "signature and format=flowed": "set text_flowed=yes signature=\"echo 'Anna Ozola, tel. +371 20000000'|\"",
    "Latin-4": 'set send_charset="iso-8859-4:iso-8859-13:utf-8" sig_dashes=yes',
}


@pytest.mark.parametrize("look", LOOKS)
async def test_mutt_as_people_set_it_up(place: Place, look: str) -> None:
    invitation = await invited(place)

    def type_(quoted: str) -> str:
        return inline(quoted.replace("| ", "> "), {1: TITLE, 11: "b"}).replace("> ", "| " if "mark" in look else "> ")

    await by_mutt(place, invitation, type_, more=LOOKS[look])
    confirmation = await place.mail(ANNA).next_letter()
    said = " ".join(text_of(confirmation).split("Kas vēl vajadzīgs")[0].split())
    assert (TITLE in said, "Ideja" in said, "Ko nesapratām" in said) == (True, True, False), said
    assert (await place.quiet())["needs_a_person"] == 0, "nothing of ours, and no signature, was taken for a remark"


async def test_mutt_sends_a_picture_along(place: Place) -> None:
    invitation = await invited(place)
    picture = place.folder / "darbnīca.png"
    picture.write_bytes(PICTURE)
    keys = f"<attach-file>{picture}<enter>"
    await by_mutt(place, invitation, lambda quoted: inline(quoted, {1: TITLE}), keys)
    confirmation = text_of(await place.mail(ANNA).next_letter())
    assert TITLE in confirmation
    assert "darbnīca.png" in confirmation
    assert kept(place) == [PICTURE]


def kept(place: Place) -> list[bytes]:
    """The files kept with answers."""
    return [path.read_bytes() for path in Path(place.folder, "data", "attachments").rglob("*") if path.is_file()]


# --- swaks ----------------------------------------------------------------------------------------------------------


async def by_swaks(place: Place, *options: str, sender: str = ANNA) -> None:
    need(clients.why_no_swaks())
    await asyncio.to_thread(clients.swaks, real(place).servers, sender, INTAKE, *options)


async def test_swaks_with_attachments_and_headers_in_plain_utf_8(place: Place) -> None:
    invitation = await invited(place)
    picture, program = place.folder / "a.png", place.folder / "b.exe"
    picture.write_bytes(PICTURE)
    program.write_bytes(b"MZ" + bytes(100))
    await by_swaks(
        place,
        *("--header", "Subject: Atbilde uz anketu – šodien, ar pielikumiem"),
        *("--header", f"in-reply-to: Your letter of today {invitation['Message-ID']}"),
        *("--header", "From: Anna Ozola, Saules tilts <anna@example.org>"),
        *("--body", on_top({1: TITLE, 2: DESCRIPTION, 8: "d"})),
        *("--attach-type", "image/png", "--attach-name", "../../etc/attēls.png", "--attach", f"@{picture}"),
        *("--attach-type", "application/octet-stream", "--attach-name", "b.exe", "--attach", f"@{program}"),
    )
    confirmation = text_of(await place.mail(ANNA).next_letter())
    for expected in (TITLE, DESCRIPTION, "Visa Latvija", "attēls.png", "Šāda veida failus nepieņemam"):
        assert expected in confirmation, confirmation
    assert "etc" not in confirmation
    assert kept(place) == [PICTURE]


async def test_swaks_with_nothing_but_a_code_in_the_subject(place: Place) -> None:
    """Neither Message-ID nor Date nor a thread, and two ways to number; the code is what the letter printed."""
    invitation = await invited(place)
    code = str(invitation["Subject"]).rpartition("[")[2].rstrip("]")
    data = f"From: {ANNA}\\nTo: %TO_ADDRESS%\\nSubject: aw: [{code.lower()}]\\n\\n1. {TITLE}\\n11) b\\n"
    await by_swaks(place, "--data", data)
    confirmation = await place.mail(ANNA).next_letter()
    assert (TITLE in text_of(confirmation), "Ideja" in text_of(confirmation)) == (True, True), text_of(confirmation)


async def test_swaks_with_html_alone_and_a_word_of_command(place: Place) -> None:
    invitation = await invited(place)
    thread = ("--header", f"References: {invitation['Message-ID']}")
    html = f"<html><body><p>1. {TITLE}</p><p>11. <b>b</b></p><br></body></html>"
    mime = ("--header", "MIME-Version: 1.0", "--header", "Content-Type: text/html; charset=utf-8")
    await by_swaks(place, *thread, *mime, "--body", html)
    confirmation = await place.mail(ANNA).next_letter()
    assert TITLE in html_of(confirmation)
    await by_swaks(place, *thread, "--header", "Subject: Re: anketa", "--body", "english please")
    english = await place.mail(ANNA).next_letter()
    assert "What is the name of the initiative" in text_of(english) or "What we understood" in text_of(english)
    await by_swaks(place, *thread, "--header", "Subject: STOP", "--body", " ")
    await place.until(lambda found: found["stopped"] == 1, "the stop")
