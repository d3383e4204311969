"""Words of command: correct, go on in Telegram, another language, consent taken back, stop, erase, unclear refusals."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlmodel import col

from intake import initiatives
from intake.identity import Outcome, arrive
from intake.tables import Consent, Initiative
from tests.intake.mail.post import CORE, NEED, REST, TITLE, Post, text

ANNA, OTHER = "anna@tilts.example", "other@cits.example"


def test_edit_sends_what_is_known_and_takes_corrections(post: Post) -> None:
    done = post.submit(ANNA)
    number = post.drafts(ANNA)[0].id
    outcome, (letter,) = post.says(ANNA, f"labot {number}", done)
    assert outcome == "sent for correction"
    assert NEED in text(letter)
    assert f"pieteikumu Nr. {number}" in text(letter)
    outcome, (corrected,) = post.says(ANNA, "1. Saules pļava", letter)
    assert outcome == "submitted", text(corrected)
    assert [one.answers["title"] for one in post.submissions(ANNA)] == [TITLE, "Saules pļava"]


def test_edit_of_an_unfinished_draft_asks_what_is_open(post: Post) -> None:
    _, (first,) = post.says(ANNA, CORE, post.invite(ANNA))
    _, (letter,) = post.says(ANNA, "labot", first)
    assert TITLE in text(letter)
    assert "5. Kas iniciatīvā ir jauns?" in text(letter)


def test_edit_of_what_is_not_theirs_goes_to_the_staff(post: Post) -> None:
    post.submit(OTHER)
    number = post.drafts(OTHER)[0].id
    outcome, (letter,) = post.says(ANNA, f"labot {number}", post.invite(ANNA))
    assert (outcome, TITLE in text(letter)) == ("question", False)
    assert post.matters() == [("question", f"labot {number}")]


def test_go_on_in_telegram(post: Post) -> None:
    _, (first,) = post.says(ANNA, CORE, post.invite(ANNA))
    outcome, (letter,) = post.says(ANNA, "Turpināt Telegram", first)
    assert (outcome, letter.payload["template"], letter.address) == ("link sent", "once_link", ANNA)
    code = text(letter).partition("?start=")[2].split()[0]
    came = arrive(post.session, post.desk, "5001", code, None, post.now)
    assert (came.outcome, came.person) == (Outcome.JOINED, post.person(ANNA))
    assert arrive(post.session, post.desk, "5002", code, None, post.now).outcome is Outcome.USED


@pytest.mark.parametrize("begun", [True, False])
def test_another_language(post: Post, begun: bool) -> None:
    letter = post.invite(ANNA)
    if begun:
        _, (letter,) = post.says(ANNA, CORE, letter)
    outcome, (said,) = post.says(ANNA, "English please", letter)
    assert (outcome, said.payload["language"], post.person(ANNA).language) == ("language", "en", "en")
    assert "Answer:" in text(said)
    assert ("What we understood" in text(said)) is begun
    outcome, (done,) = post.says(ANNA, REST if begun else CORE, said)
    assert outcome == ("submitted" if begun else "answered")
    assert "Thank you" in text(done)


def test_a_language_that_the_campaign_has_not(post: Post) -> None:
    outcome, _ = post.says(ANNA, "по-русски пожалуйста", post.invite(ANNA))
    assert outcome == "question"


def test_consent_is_taken_back_with_one_word(post: Post) -> None:
    _, (first,) = post.says(ANNA, CORE + "\n22. a", post.invite(ANNA))
    rest = REST.replace("22. c\n", "").replace("28. c", "28. a")
    outcome, (done,) = post.says(ANNA, rest + "\n23. Anna Ozola", first)
    assert outcome == "submitted", text(done)
    outcome, (letter,) = post.says(ANNA, "atsaukt", done)
    assert (outcome, letter.payload["template"]) == ("consent withdrawn", "consent_withdrawn")
    rows = post.session.scalars(select(Consent).where(col(Consent.answer) != "no", col(Consent.purpose) != "notice"))
    assert {(row.purpose, row.withdrawn_at) for row in rows} == {("stage2", post.now), ("publish", post.now)}
    assert post.session.scalars(select(Initiative.publish)).one() == "no"
    post.says(ANNA, "8. e", done)
    latest = initiatives.latest(post.session, post.drafts(ANNA)[0].id or 0)
    assert latest is not None
    assert (latest.answers["scope"], latest.answers["publish"]) == ("international", "no"), (
        "a correction brings it not back"
    )


@pytest.mark.parametrize("said", ["atteikties", "Atteikties.", "STOP", "nevēlos", "neattiecas", "отписаться"])
def test_a_stop_is_acknowledged_once(post: Post, said: str) -> None:
    invitation = post.invite(ANNA)
    outcome, (letter,) = post.says(ANNA, said, invitation)
    assert (outcome, letter.kind) == ("stopped", "stopped")
    assert post.says(ANNA, said, invitation) == ("after_stop", [])
    assert post.says(ANNA, CORE, invitation) == ("after_stop", [])
    assert [kind for kind, _ in post.matters()] == ["after_stop", "after_stop"]


def test_a_stop_in_the_subject_of_an_empty_mail(post: Post) -> None:
    post.invite(ANNA)
    assert post.says(ANNA, "", subject="atteikties")[0] == "stopped"


def test_a_stop_beside_other_words_in_the_subject_is_none(post: Post) -> None:
    invitation = post.invite(ANNA)
    assert post.says(ANNA, "1. Saule", invitation, subject="Re: atteikties")[0] == "answered"
    assert post.person(ANNA).stopped_at is None


def test_erase_stops_and_goes_to_the_staff(post: Post) -> None:
    outcome, (letter,) = post.says(ANNA, "dzēst", post.invite(ANNA))
    assert (outcome, letter.kind) == ("stopped", "stopped")
    assert [kind for kind, _ in post.matters()] == ["erasure"]


@pytest.mark.parametrize(
    "said",
    [
        "Paldies, bet mūsu biedrība šoreiz nepiedalīsies.",
        "Lūdzu, nesūtiet man vairs šādas vēstules, man ar to nav nekāda sakara.",
        "We are not interested, thank you.",
        "Не интересует, спасибо.",
    ],
)
def test_an_unclear_refusal_pauses_and_goes_to_the_staff(post: Post, said: str) -> None:
    assert post.says(ANNA, said, post.invite(ANNA)) == ("unclear_refusal", [])
    anna = post.person(ANNA)
    assert (anna.stopped_at, anna.paused_at) == (None, post.now)
    assert post.matters() == [("unclear_refusal", said)]


def test_the_quoted_word_for_stopping_stops_nobody(post: Post) -> None:
    invitation = post.invite(ANNA)
    assert "“atteikties”" in text(invitation)
    assert post.says(ANNA, "1. Saule", invitation)[0] == "answered"
