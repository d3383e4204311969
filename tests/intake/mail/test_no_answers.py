"""What is no answer: automatic mail, bounces, complaints, meetings, receipts, loops, duplicates, our own mail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from intake import outbox
from intake.channels import Unreadable
from intake.channels.email.addresses import verp
from intake.tables import Address, AddressState, Outbox
from tests.intake.mail.post import CORE, OURS, Post

ANNA = "anna@tilts.example"
MEETING = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:1. Tikšanās\nEND:VEVENT\nEND:VCALENDAR\n"


def address(post: Post, value: str = ANNA) -> Address:
    return post.session.scalars(select(Address).where(col(Address.value) == value)).one()


def bounce(letter: Outbox, status: str, *, to: str = OURS, action: str = "failed", id_: str | None = None) -> bytes:
    original = id_ or str(letter.provider_id)
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\n"
        f"Message-ID: <b{status}{abs(hash((original, to, action)))}@mx.example>\nAuto-Submitted: auto-replied\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {letter.address}\nAction: {action}\nStatus: {status}\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {original}\nSubject: x\n\ntext\n--b--\n"
    ).encode()


def complaint(letter: Outbox, id_: str | None = None) -> bytes:
    return (
        f"From: fbl@provider.example\nTo: {OURS}\nSubject: FW: x\nMessage-ID: <fbl1@provider.example>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nThis is an email abuse report.\n"
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\n"
        f"Version: 1\nOriginal-Rcpt-To: <{letter.address}>\n\n"
        f"--b\nContent-Type: message/rfc822\n\nFrom: {OURS}\nMessage-ID: {id_ or letter.provider_id}\n\ntext\n--b--\n"
    ).encode()


def test_a_hard_bounce_closes_the_address(post: Post) -> None:
    assert post.receive(bounce(post.invite(ANNA), "5.1.1")) == "bounce hard"
    assert address(post).state == AddressState.BOUNCED
    assert [kind for kind, _ in post.matters()] == ["bounce"]
    assert post.deliver() == []


def test_two_soft_bounces_close_it(post: Post) -> None:
    letter = post.invite(ANNA)
    assert post.receive(bounce(letter, "4.2.2")) == "bounce soft"
    assert address(post).state == AddressState.ACTIVE
    post.receive(bounce(letter, "4.2.1"))
    assert (address(post).soft_bounces, address(post).state) == (2, AddressState.BOUNCED)


def test_a_letter_that_is_delayed_counts_once(post: Post) -> None:
    letter = post.invite(ANNA)
    for status, action in (("4.4.1", "delayed"), ("4.4.2", "delayed"), ("4.4.7", "failed")):
        post.receive(bounce(letter, status, action=action))
    assert (address(post).soft_bounces, address(post).state) == (1, AddressState.ACTIVE)
    post.receive(bounce(reminder(post), "4.4.1", action="delayed"))
    assert (address(post).soft_bounces, address(post).state) == (2, AddressState.BOUNCED)


def test_only_letters_in_a_row_count(post: Post) -> None:
    first, second, third, fourth = post.invite(ANNA), reminder(post), reminder(post), reminder(post)
    post.receive(bounce(first, "4.2.2"))
    post.receive(bounce(third, "4.2.2"))
    assert (address(post).soft_bounces, address(post).state) == (1, AddressState.ACTIVE), "the second one arrived"
    post.receive(bounce(fourth, "4.2.2"))
    assert address(post).state == AddressState.BOUNCED
    assert second.reason == ""


def test_notices_may_come_in_another_order(post: Post) -> None:
    _, second, third = post.invite(ANNA), reminder(post), reminder(post)
    post.receive(bounce(third, "4.2.2"))
    post.receive(bounce(second, "4.2.2"))
    assert address(post).state == AddressState.BOUNCED


def reminder(post: Post) -> Outbox:
    """One more letter to the same address, as it went out."""
    first = post.invitation(ANNA)
    payload = {**first.payload, "token": "another"}
    key = f"reminder:{post.session.scalar(select(func.count(col(Outbox.id))))}"
    message = outbox.Message("email", "reminder", key, ANNA, payload, post.now, first.person_id)
    assert outbox.put(post.session, message, post.now)
    return post.deliver()[-1]


def test_a_bounce_names_the_id_that_a_relay_gave(post: Post) -> None:
    letter = post.invite(ANNA)
    letter.provider_id = "<0102018e@eu-west-1.amazonses.com>"
    returned = bounce(letter, "5.1.1").replace(ANNA.encode(), b"somebody-else@tilts.example")
    assert post.receive(returned) == "bounce hard"
    assert address(post).state == AddressState.BOUNCED


def test_an_address_that_was_closed_takes_mail_again_when_they_write(post: Post) -> None:
    letter = post.invite(ANNA)
    post.receive(bounce(letter, "5.1.1"))
    post.says(ANNA, "8. d", letter)
    assert address(post).state == AddressState.ACTIVE


def test_a_soft_bounce_is_forgotten_when_they_write(post: Post) -> None:
    letter = post.invite(ANNA)
    post.receive(bounce(letter, "4.2.2"))
    post.says(ANNA, "8. d", letter)
    assert (address(post).soft_bounces, address(post).state) == (0, AddressState.ACTIVE)


def test_a_bounce_to_the_envelope_sender(post: Post) -> None:
    letter = post.invite(ANNA)
    to = verp(OURS, letter.id or 0, str(letter.payload["token"]))
    assert post.receive(bounce(letter, "5.1.1", to=to, id_="<rewritten@relay.example>")) == "bounce hard"
    assert address(post).state == AddressState.BOUNCED


def test_a_bounce_with_a_guessed_number_closes_nobody_else(post: Post) -> None:
    letter, other = post.invite(ANNA), post.invite("other@cits.example")
    forged = bounce(letter, "5.1.1", to=verp(OURS, other.id or 0, "guessed"), id_="<x@y.example>")
    post.receive(forged.replace(ANNA.encode(), b"nobody@cits.example"))
    assert address(post, "other@cits.example").state == AddressState.ACTIVE


def test_a_complaint_stops_without_a_word(post: Post) -> None:
    letter = post.invite(ANNA)
    assert post.receive(complaint(letter)) == "complaint"
    assert post.person(ANNA).stopped_at == post.now
    assert [kind for kind, _ in post.matters()] == ["complaint"]
    assert post.deliver() == []
    assert post.says(ANNA, CORE, letter) == ("after_stop", [])


def test_a_complaint_about_no_letter_of_ours_is_only_told(post: Post) -> None:
    assert post.receive(complaint(post.invite(ANNA), "<forged@example.net>")) == "complaint unproven"
    assert post.person(ANNA).stopped_at is None


AUTOMATIC = [
    {"Auto-Submitted": "auto-replied"},
    {"Precedence": "bulk"},
    {"Return-Path": "<>"},
    {"X-Autoreply": "yes"},
    {"List-Id": "<all.example>"},
]


@pytest.mark.parametrize("headers", AUTOMATIC, ids=[next(iter(one)) for one in AUTOMATIC])
def test_automatic_mail_is_neither_read_nor_answered(post: Post, headers: dict[str, str]) -> None:
    assert post.says(ANNA, "1. Esmu prom\nstop", post.invite(ANNA), headers=headers) == ("automatic", [])
    assert (post.drafts(ANNA), post.matters()) == ([], [])


def test_out_of_office_by_its_subject(post: Post) -> None:
    subject = "Automātiskā atbilde: Aicinājums"
    assert post.says(ANNA, "Esmu prombūtnē.", post.invite(ANNA), subject=subject) == ("automatic", [])


def test_an_invitation_to_meet_is_for_the_staff(post: Post) -> None:
    message = post.mail(ANNA, "1. Tikšanās", to=post.invite(ANNA), subject="Tikšanās otrdien")
    message.add_alternative(MEETING, subtype="calendar", params={"method": "REQUEST"})
    assert post.receive(message) == "automatic"
    assert (post.deliver(), post.drafts(ANNA)) == ([], [])
    assert post.matters() == [("remark", "Tikšanās otrdien")]


def test_a_read_receipt(post: Post) -> None:
    letter = post.invite(ANNA)
    receipt = (
        f"From: {ANNA}\nTo: {OURS}\nSubject: Read: x\nMessage-ID: <mdn1@tilts.example>\nMIME-Version: 1.0\n"
        f"In-Reply-To: {letter.provider_id}\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\n1. It was displayed.\n"
        "--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action; displayed\n\n--b--\n"
    ).encode()
    assert post.receive(receipt) == "automatic"
    assert (post.deliver(), post.drafts(ANNA)) == ([], [])


def test_the_sixth_answer_within_an_hour_waits_for_the_staff(post: Post) -> None:
    letter = post.invite(ANNA)
    for number in range(1, 6):
        _, (letter,) = post.says(ANNA, f"1. Nosaukums {number}", letter)
        post.later(minutes=5)
    assert post.says(ANNA, "1. Sestais", letter) == ("too many answers", [])
    assert [kind for kind, _ in post.matters()] == ["loop"]
    assert "Sestais" in post.drafts(ANNA)[0].session, "what it said is kept"
    assert post.says(ANNA, "labot", letter)[1] == []
    post.later(hours=1)
    assert post.says(ANNA, "1. Septītais", letter)[0] == "answered"


def test_a_mail_that_came_twice_is_handled_once(post: Post) -> None:
    message = post.mail(ANNA, "1. Saule", to=post.invite(ANNA))
    assert post.receive(message) == "answered"
    assert post.receive(message) == "duplicate"
    assert len(post.deliver()) == 1
    del message["Message-ID"]
    assert [post.receive(message), post.receive(message)] == ["answered", "duplicate"]


def test_our_own_mail(post: Post) -> None:
    assert post.says(f"Anketa <{OURS.upper()}>", "1. Saule", post.invite(ANNA))[1] == []


def test_a_mail_of_the_staff_is_no_answer(post: Post) -> None:
    _, (letter,) = post.says("staff@example.org", "palīdzība")
    assert letter.payload["template"] == "staff_help"
    assert post.matters() == []


def test_somebody_of_the_staff_may_answer_a_letter(post: Post) -> None:
    assert post.says("staff@example.org", "1. Saule", post.invite("staff@example.org"))[0] == "answered"


@pytest.mark.parametrize(
    ("result", "outcome"), [("mx.ours.example; dmarc=fail", "forged"), ("mx.ours.example; dmarc=pass", "answered"),
    ("mx.other.example; dmarc=fail", "answered")],
)  # fmt: skip
def test_what_our_own_server_disowns_goes_to_the_staff(post: Post, result: str, outcome: str) -> None:
    sender = post.desk.campaign.sender.model_copy(update={"authserv_id": "mx.ours.example"})
    post.desk = replace(post.desk, campaign=post.desk.campaign.model_copy(update={"sender": sender}))
    headers = {"Authentication-Results": result}
    assert post.says(ANNA, "1. Saule", post.invite(ANNA), headers=headers)[0] == outcome


def test_a_mail_too_large_to_fetch(post: Post) -> None:
    headers = {"X-Atsauce-Oversize": "30000000"}
    outcome, (letter,) = post.says(ANNA, "", post.invite(ANNA), headers=headers)
    assert (outcome, letter.payload["template"]) == ("oversize", "too_large")
    assert post.matters() == [("oversize", letter.payload["subject"])]
    assert post.says("stranger@cits.example", "", headers=headers) == ("oversize", [])


def test_no_sender(post: Post) -> None:
    with pytest.raises(Unreadable):
        post.receive(b"Subject: x\n\n1. Saule")
