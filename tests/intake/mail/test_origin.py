"""Who answers: the invited person, a colleague, a friend of theirs, a stranger; nobody's answers change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from intake import organisations, outreach
from intake.tables import Conversation, Outbox, Source
from tests.intake.mail.post import CORE, REST, TITLE, Post, text

ANNA, COLLEAGUE, FRIEND, STRANGER = (
    "anna@tilts.example",
    "juris@tilts.example",
    "liga@cits.example",
    "stranger@elsewhere.example",
)


def kept(post: Post, address: str) -> list[str]:
    return [row.session for row in post.drafts(address)]


@pytest.mark.parametrize("sender", [COLLEAGUE, FRIEND])
def test_an_answer_from_another_address_is_a_new_respondent(post: Post, sender: str) -> None:
    outcome, (letter,) = post.says(sender, CORE, post.invite(ANNA))
    assert (outcome, letter.address) == ("answered", sender)
    new, anna = post.person(sender), post.person(ANNA)
    assert (new.referred_by, new.wave, new.source) == (anna.id, anna.wave + 1, Source.FORWARD)
    assert post.drafts(ANNA) == []
    post.later(days=20)
    post.session.flush()
    reminded = outreach.remind(post.session, post.desk, post.now)
    addresses = {row.address for row in post.deliver()}
    assert addresses == (set() if sender == COLLEAGUE else {ANNA}), reminded


def test_a_mailbox_that_anybody_may_have_says_nothing_about_an_organisation(post: Post) -> None:
    post.says("juris@inbox.lv", CORE, post.invite("anna@inbox.lv"))
    assert post.person("anna@inbox.lv").declined_reminders_at is None


def test_who_began_is_still_reminded_of_their_own_answers(post: Post) -> None:
    invitation = post.invite(ANNA)
    post.says(ANNA, "1. Pirmā", invitation)
    before = kept(post, ANNA)
    post.says(COLLEAGUE, CORE, invitation)
    assert post.person(ANNA).declined_reminders_at is None
    assert kept(post, ANNA) == before


def test_a_forwarded_invitation_wrapped_in_a_colleagues_mail(post: Post) -> None:
    invitation = post.invite(ANNA)
    quoted = "\n".join(f"> {line}" for line in str(invitation.payload["text"]).split("\n"))
    wrapped = (
        f"1. {TITLE}\n11. b\n\n"
        "From: Anna Ozola <anna@tilts.example>\nSent: Monday, 19 January 2026 10:00\nTo: Līga Bērziņa\n"
        "Subject: FW: Aicinājums aizpildīt anketu\n\n"
        "Līga, šis ir tieši par jums. Mums te 2. stāvā tagad remonts.\n\nAnna\n\n"
        "-----Original Message-----\nFrom: Sociālo inovāciju anketa <anketa@example.org>\n"
        "Sent: Monday, 19 January 2026 9:00\nTo: anna@tilts.example\n"
        f"Subject: {invitation.payload['subject']}\n\n{quoted}"
    )
    message = post.mail(FRIEND, wrapped, subject="RE: FW: Aicinājums aizpildīt anketu")
    assert post.receive(message) == "answered"
    (letter,) = post.deliver()
    assert (letter.address, post.person(FRIEND).referred_by) == (FRIEND, post.person(ANNA).id)
    assert TITLE in text(letter)
    assert all("remonts" not in said for _, said in post.matters()), "the forwarder's words are not the respondent's"


def test_the_code_to_pass_on_in_a_fresh_mail(post: Post) -> None:
    post.invite(ANNA)
    outcome, (letter,) = post.says(FRIEND, CORE, subject=f"Anketa [SI-{post.person(ANNA).pass_code}]")
    assert (outcome, letter.address) == ("answered", FRIEND)
    assert post.person(FRIEND).referred_by == post.person(ANNA).id


def test_an_empty_mail_with_the_code_to_pass_on_asks_for_the_questions(post: Post) -> None:
    post.invite(ANNA)
    outcome, (questions,) = post.says(FRIEND, "", subject=f"Anketa [SI-{post.person(ANNA).pass_code}]")
    assert (outcome, questions.payload["template"]) == ("questions sent", "invitation")
    assert post.person(FRIEND).referred_by == post.person(ANNA).id
    assert "pārsūtīja nozares kolēģis" in text(questions), "the notice says where the data came from"
    assert post.says(FRIEND, CORE, questions)[0] == "answered"


def test_the_personal_code_of_somebody_else_takes_nothing_over(post: Post) -> None:
    post.submit(ANNA)
    before = kept(post, ANNA)
    _, (letter,) = post.says(FRIEND, "1. Cita", subject=f"Anketa [SI-{post.person(ANNA).code}]")
    assert (letter.address, kept(post, ANNA)) == (FRIEND, before)
    assert TITLE not in text(letter)


def test_a_confirmation_answered_from_another_address_goes_on_with_the_draft(post: Post) -> None:
    _, (first,) = post.says(ANNA, CORE, post.invite(ANNA))
    outcome, (done,) = post.says("anna.privati@elsewhere.example", REST, first)
    assert (outcome, done.address) == ("submitted", "anna.privati@elsewhere.example")
    assert TITLE not in text(done), "earlier answers are not told to an address we do not know"
    assert "Idejas autors" in text(done), "what this mail said is"
    assert "https://t.me/atsauce_bot" not in text(done)
    assert post.submissions(ANNA)[0].answers["title"] == TITLE


@pytest.mark.parametrize("said", ["labot", "labot {number}", "turpināt Telegram", "atsaukt"])
def test_a_command_from_another_address_shows_nothing(post: Post, said: str) -> None:
    done = post.submit(ANNA)
    number = post.drafts(ANNA)[0].id
    post.says(FRIEND, said.format(number=number), done, quote=False)
    letters = post.session.scalars(select(Outbox).where(col(Outbox.address) == FRIEND)).all()
    assert letters
    for letter in letters:
        assert TITLE not in text(letter)
        assert "?start=" not in text(letter).replace(f"?start={post.person(ANNA).pass_code}", "")


def test_a_known_person_answering_somebody_elses_letter_answers_for_themselves(post: Post) -> None:
    invitation = post.invite(ANNA)
    post.invite(FRIEND)
    post.says(FRIEND, CORE, invitation)
    assert (len(post.drafts(FRIEND)), post.drafts(ANNA)) == (1, [])
    assert post.person(FRIEND).referred_by is None


def test_a_stop_by_whom_a_letter_was_passed_on_to_counts_for_them_alone(post: Post) -> None:
    invitation = post.invite(ANNA)
    outcome, (letter,) = post.says(FRIEND, "atteikties", invitation)
    assert (outcome, letter.kind, letter.address) == ("stopped", "stopped", FRIEND)
    assert post.person(ANNA).stopped_at is None
    assert post.says(FRIEND, CORE, invitation) == ("after_stop", [])


def test_a_stranger_who_is_welcome(post: Post) -> None:
    outcome, (questions,) = post.says(STRANGER, "Gribētu piedalīties aptaujā.")
    assert (outcome, questions.kind) == ("answered", "answer")
    assert post.person(STRANGER).source == Source.SELF
    assert [kind for kind, _ in post.matters()] == ["remark"]
    assert post.says(STRANGER, CORE, questions)[0] == "answered"


def test_a_stranger_with_answers_at_once(post: Post) -> None:
    outcome, (letter,) = post.says(STRANGER, f"{CORE}\n{REST}")
    assert outcome == "submitted", text(letter)


def test_an_empty_mail_of_a_stranger(post: Post) -> None:
    outcome, (questions,) = post.says(STRANGER, "")
    assert (outcome, questions.payload["template"]) == ("questions sent", "invitation")
    assert "atrakstījāt mums" in text(questions)


def test_a_stranger_who_is_not_welcome(post: Post) -> None:
    campaign = post.desk.campaign.model_copy(update={"welcome_without_invitation": False})
    post.desk = replace(post.desk, campaign=campaign)
    outcome, (letter,) = post.says(STRANGER, f"{CORE}\n{REST}")
    assert (outcome, letter.payload["template"]) == ("question", "question_received")
    assert [kind for kind, _ in post.matters()] == ["question"]
    assert post.session.scalars(select(Conversation)).all() == []


def test_answers_of_another_organisation_are_shown_to_the_staff(post: Post) -> None:
    invited = organisations.find_or_add(post.session, "Biedrība “Cita”", post.now)
    assert invited is not None
    _, (first,) = post.says(ANNA, CORE, post.invite(ANNA, organisation_id=invited.id))
    post.says(ANNA, REST, first)
    assert [kind for kind, _ in post.matters()] == ["forwarded"]


def test_a_letter_is_found_without_references(post: Post) -> None:
    """A client that drops the headers: by the code in the quoted text, and the last letter to the address."""
    invitation = post.invite(ANNA)
    _, (first,) = post.says(ANNA, "8. d", invitation, threaded=False)
    assert "Visa Latvija" in text(first)
    _, (second,) = post.says(ANNA, "11. b", first, threaded=False, quote=False)
    assert "11. Kurā" in text(second)
    assert len(post.drafts(ANNA)) == 1


# --- relays that put another Message-ID in the place of ours ----------------------------------------------------


def rewritten(post: Post, sender: str, said: str, to: Outbox, **more: Any) -> tuple[str, list[Outbox]]:
    """A reply that names an id which we never saw."""
    headers = {"In-Reply-To": f"<0102-{to.id}@relay.example>", "References": f"<0102-{to.id}@relay.example>"}
    return post.says(sender, said, to, threaded=False, headers=headers, **more)


def test_a_rewritten_id_does_not_hide_which_letter_is_answered(post: Post) -> None:
    invitation = post.invite(ANNA)
    _, (first,) = rewritten(post, ANNA, CORE, invitation)
    outcome, (done,) = rewritten(post, ANNA, REST, first)
    assert outcome == "submitted", text(done)
    assert post.matters() == [], "nothing of our own letters was taken for theirs"
    outcome, (letter,) = rewritten(post, ANNA, "8. e", first)
    assert (outcome, len(post.submissions(ANNA))) == ("submitted", 2), text(letter)
    assert post.matters() == []


@pytest.mark.parametrize("subject", [None, "Re: Aicinājums"])
def test_a_rewritten_id_and_no_quote(post: Post, subject: str | None) -> None:
    invitation = post.invite(ANNA)
    _, (first,) = rewritten(post, ANNA, CORE, invitation, quote=False, subject=subject)
    assert rewritten(post, ANNA, REST, first, quote=False, subject=subject)[0] == "submitted"


def test_a_rewritten_id_of_a_reminder(post: Post) -> None:
    invitation = post.invite(ANNA)
    post.later(days=20)
    assert outreach.remind(post.session, post.desk, post.now) == 1
    (reminder,) = post.deliver()
    assert rewritten(post, ANNA, "1. Saule", reminder)[0] == "answered"
    assert post.matters() == [], "the words of the reminder are ours"
    assert rewritten(post, ANNA, "11. b", invitation)[0] == "answered"
    assert post.matters() == []


def test_a_colleague_with_a_rewritten_id_never_goes_on_with_somebodys_draft(post: Post) -> None:
    invitation = post.invite(ANNA)
    _, (first,) = post.says(ANNA, "1. Pirmā", invitation)
    before = kept(post, ANNA)
    rewritten(post, FRIEND, "1. Otrā", invitation)
    assert (kept(post, ANNA), len(post.drafts(FRIEND))) == (before, 1)
    rewritten(post, STRANGER, "11. b", first)
    assert kept(post, ANNA) != before, "who has the confirmation goes on with its draft"
