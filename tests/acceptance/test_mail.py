"""Answers by email: after `Atbilde:` lines, numbered on top, or both; one confirmation, and a second mail completes."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.acceptance import EVERYWHERE, servers
from tests.acceptance.answers import DESCRIPTION, FIRST_MAIL, NEED, ORGANISATION, REST, TITLE, inline, on_top
from tests.acceptance.place import Place
from tests.acceptance.post import Correspondent, html_of, text_of

ANNA = "anna@example.org"


async def invited(place: Place, address: str = ANNA) -> tuple[Correspondent, EmailMessage]:
    """Somebody with the invitation in their mailbox."""
    await place.invited(f"{address},Anna Ozola,Saules tilts,lv")
    person = place.mail(address)
    return person, await person.next_letter()


def section(letter: EmailMessage, title: str) -> str:
    """The text under a heading of a letter, up to the next heading of the same weight."""
    text = text_of(letter)
    for heading in ("Ko sapratām", "Ko nesapratām", "Kas vēl vajadzīgs", "Ja vēlaties papildināt"):
        text = text.replace(f"\n{heading}\n", f"\n§{heading}\n")
    found = [part for part in text.split("§") if part.startswith(title)]
    return " ".join(found[0].split()) if found else ""


@EVERYWHERE
async def test_two_mails_complete_a_questionnaire(place: Place) -> None:
    await place.start()
    anna, invitation = await invited(place)
    await anna.reply(invitation, inline(anna.quoted(invitation), FIRST_MAIL | {11: "varbūt rīt"}), quote=False)
    confirmation = await anna.next_letter()
    understood = section(confirmation, "Ko sapratām")
    for expected in (TITLE, DESCRIPTION, "Pakalpojums", "Visa Latvija"):
        assert expected in understood
    assert "“varbūt rīt”" in section(confirmation, "Ko nesapratām")
    open_questions = section(confirmation, "Kas vēl vajadzīgs")
    assert "11. Kurā attīstības posmā" in open_questions
    assert "5. Kas iniciatīvā ir jauns?" in open_questions
    assert "1. Kā sauc iniciatīvu?" not in open_questions
    assert "12. Kurā gadā" not in open_questions, "asked only of what has begun"
    assert "Ko sapratām" in html_of(confirmation)
    assert confirmation["In-Reply-To"] is not None
    assert confirmation["Auto-Submitted"] == "auto-replied"
    status = await place.status()
    assert (status["begun"], status["submitted"]) == (1, 0)

    await anna.reply(confirmation, on_top(REST | {11: "b"}), html=True)
    done = await anna.next_letter()
    assert "ar numuru" in text_of(done), text_of(done)
    assert NEED in text_of(done)
    (submission,) = await place.exported()
    answers = submission["answers"]
    assert (answers["title"], answers["stage"], answers["organisation"]) == (TITLE, "proposal", ORGANISATION)
    assert (submission["channel"], submission["language"]) == ("email", "lv")
    (initiative,) = await place.exported("initiatives")
    assert (initiative["organisation"], initiative["legal_form"]) == (ORGANISATION, "biedriba")
    status = await place.quiet()
    assert (status["submitted"], status["initiatives"], status["inbox"]["set_aside"]) == (1, 1, 0)
    assert len(anna.letters()) == 3, "an invitation and one confirmation for each mail"


async def test_answers_on_top_and_after_lines_in_one_mail(place: Place) -> None:
    await place.start()
    anna, invitation = await invited(place)
    body = on_top({1: TITLE, 8: "visa Latvija"}) + "\n\n" + inline(anna.quoted(invitation), {2: DESCRIPTION, 4: "b, g"})
    await anna.reply(invitation, body, quote=False)
    understood = section(await anna.next_letter(), "Ko sapratām")
    for expected in (TITLE, DESCRIPTION, "Pakalpojums; Metode", "Visa Latvija"):
        assert expected in understood

    await anna.reply(invitation, "Labdien! Vai drīkst pieteikt arī ideju, kas vēl nav sākta?")
    question = await anna.next_letter()
    assert "Vai drīkst pieteikt arī ideju" in text_of(question)
    assert (await place.status())["needs_a_person"] >= 1


async def test_a_correction_of_a_submitted_questionnaire(place: Place) -> None:
    await place.start()
    anna, invitation = await invited(place)
    await anna.reply(invitation, on_top(FIRST_MAIL))
    await anna.reply(await anna.next_letter(), on_top(REST))
    done = await anna.next_letter()
    assert "ar numuru" in text_of(done), text_of(done)
    await anna.reply(done, "8. Latvija un citas valstis")
    corrected = await anna.next_letter()
    assert "Latvija un citas valstis" in text_of(corrected)
    (submission,) = await place.exported()
    assert (submission["revision"], submission["answers"]["scope"]) == (2, "international")
    assert (await place.status())["submitted"] == 1


async def test_automatic_mail_and_bounces_are_never_answered(place: Place) -> None:
    await place.start()
    anna, invitation = await invited(place)
    away = EmailMessage()
    away["From"], away["To"], away["Subject"] = ANNA, invitation["From"], "Automātiska atbilde"
    away["Auto-Submitted"] = "auto-replied"
    away["In-Reply-To"], away["Message-ID"] = invitation["Message-ID"], "<away-1@example.org>"
    away.set_content("Esmu atvaļinājumā līdz 7. decembrim.")
    await anna.send(away, to="anketa@example.org")
    await anna.send_raw(BOUNCE.replace(b"$ID", str(invitation["Message-ID"]).encode()), sender="")
    status = await place.until(lambda found: found["bounced"] == 1, "the bounce is understood")
    await anna.reply(invitation, "1. Vēl ir, kas lasa")
    assert "Vēl ir, kas lasa" in text_of(await anna.next_letter())
    assert len(anna.letters()) == 2
    status = await place.quiet()
    assert status["inbox"]["set_aside"] == 0


@pytest.mark.parametrize("place", [pytest.param("sqlite real", marks=servers)], indirect=True)
async def test_a_bounce_of_a_real_server_closes_the_address(place: Place) -> None:
    await place.start()
    await place.invited("anna@bounces.example,Anna Ozola,Saules tilts,lv", f"{ANNA},Anna Ozola,Saules tilts,lv")
    status = await place.until(lambda found: found["bounced"] == 1, "Postfix said that nobody is there")
    await place.mail(ANNA).next_letter()
    assert (status["inbox"]["set_aside"], status["contacts"]) == (0, 2)
    assert {row["address"] for row in await place.json("plan")} == {ANNA}


BOUNCE = (
    b"From: MAILER-DAEMON@mx.example.org\r\nTo: anketa@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"
    b"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nMessage-ID: <bounce-1@mx.example.org>\r\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nThe mail system: host said 550 5.1.1 unknown user\r\n"
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
    b"Final-Recipient: rfc822; anna@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    b"Diagnostic-Code: smtp; 550 5.1.1 unknown user\r\n\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: $ID\r\nSubject: x\r\n\r\ntext\r\n--b--\r\n"
)
