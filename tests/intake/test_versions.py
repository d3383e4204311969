"""A conversation stays on the version it began with; who is on which is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from conversations.forms import read
from conversations.turn import Fill
from intake import drafts, forms, versions
from intake.desk import Desk
from intake.tables import FormVersion, Person
from tests.intake.conftest import Compiled


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    """Numbers of rows come again after a test is taken back, so no form of another test may be kept under them."""
    return replace(shared_desk, shelf=forms.Shelf())


@pytest.fixture
def newer(session: Session, desk: Desk, compiled: Compiled, now: datetime) -> Desk:
    """The desk after the questionnaire was changed: the first question is asked in other words."""
    xform, _, files = compiled
    changed = xform.replace("Kā sauc iniciatīvu?", "Kāds ir iniciatīvas nosaukums?")
    form = read(changed, files=files)
    return replace(desk, form_id=forms.install(session, changed, form, files, now))


def test_a_conversation_goes_on_with_the_questions_it_began_with(
    session: Session, desk: Desk, newer: Desk, now: datetime, person: Callable[..., Person]
) -> None:
    anna = person("anna@example.org")
    old = drafts.start(session, desk, anna, "email", now)
    drafts.advance(session, newer, old, Fill({"title": "Atvērtās durvis"}, now=now), "email")
    found = drafts.find(session, newer, old.row.id or 0)
    assert (found.row.form_id, found.form.digest, found.answers.digest) == (
        desk.form_id,
        old.form.digest,
        old.form.digest,
    )
    current = drafts.current(session, newer, anna)
    assert current is not None
    title = current.form.question("title")
    assert title is not None
    assert title.label("lv") == "Kā sauc iniciatīvu?"
    later = drafts.start(session, newer, person("janis@example.org"), "email", now)
    assert (later.row.form_id, later.answers.digest) == (newer.form_id, later.form.digest)


def test_a_submission_keeps_the_version_it_was_answered_in(
    session: Session, desk: Desk, newer: Desk, now: datetime, person: Callable[..., Person]
) -> None:
    old = drafts.start(session, desk, person("anna@example.org"), "email", now)
    drafts.advance(session, newer, old, Fill(ANSWERS, now=now + timedelta(days=1)), "email")
    assert old.submitted is not None
    assert old.submitted.form_id == desk.form_id


def test_the_same_form_is_one_row(session: Session, desk: Desk, compiled: Compiled, now: datetime) -> None:
    assert forms.install(session, *compiled, now) == desk.form_id


def test_open_conversations_are_counted_by_version(
    session: Session, desk: Desk, newer: Desk, now: datetime, person: Callable[..., Person]
) -> None:
    begun = drafts.start(session, desk, person("anna@example.org"), "email", now)
    answered = drafts.start(session, desk, person("berta@example.org"), "email", now)
    done = drafts.start(session, desk, person("cilda@example.org"), "email", now)
    drafts.start(session, newer, person("dace@example.org"), "email", now)
    drafts.advance(session, desk, answered, Fill({"title": "Atvērtās durvis"}, now=now), "email")
    drafts.advance(session, desk, done, Fill(ANSWERS, now=now), "email")
    row = session.get_one(FormVersion, desk.form_id)
    (found,) = versions.standing(session, "initiative", newer.form(session).digest, {"title"})
    assert (found.form_version, found.digest) == (desk.form_id, row.digest)
    assert found.conversations == (begun.row.id, answered.row.id)
    assert found.answered == (answered.row.id,)


ANSWERS: Mapping[str, str] = {
    "title": "Atvērtās durvis",
    "description": "Kaimiņi divreiz nedēļā kopā gatavo maltītes senioriem un aiznes tās uz mājām.",
    "need": "Vientuļi seniori lauku pagastos neēd siltu ēdienu.",
    "form": "service",
    "novelty": "local",
    "service": "home_care",
    "target": "senior",
    "scope": "one",
    "municipality": "riga",
    "stage": "prototype",
    "year": "2024",
    "organisation": "Biedrība “Tilts”",
    "legal_form": "biedriba",
    "role": "author",
    "partners": "none",
    "contact_consent": "no",
    "privacy_read": "OK",
    "publish": "full",
}
