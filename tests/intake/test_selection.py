"""Initiatives chosen for a later stage: consent decides whether, a person decides which."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlmodel import Session, select

from intake import contacts, initiatives, selection
from intake.desk import Desk
from intake.tables import AuditEvent, Consent, Conversation, Initiative, Person

Submit = Callable[..., Initiative]
ANSWERS = {"title": "Atvērtās durvis", "need": "Vientulība", "form": "service", "service": "dsc", "stage": "scaling"}


@pytest.fixture
def submit(
    session: Session,
    desk: Desk,
    now: datetime,
    person: Callable[..., Person],
    conversation: Callable[..., Conversation],
) -> Submit:
    """Submits a questionnaire; the initiative it makes."""

    def make(email: str, consent: str | None = "yes", **more: str) -> Initiative:
        made = conversation(person(email, name="Anna"))
        answers = ANSWERS | more | ({"contact_consent": consent} if consent else {})
        submission = initiatives.submit(session, desk, made, answers, language="lv", channel="email", now=now)
        session.flush()
        return session.scalars(select(Initiative).where(Initiative.submission_id == submission.id)).one()

    return make


@pytest.mark.parametrize(
    ("consent", "came"),
    [("yes", "done"), ("no", "consent_no"), ("maybe", "consent_maybe"), (None, "consent_none")],
)
def test_only_with_consent(session: Session, now: datetime, submit: Submit, consent: str | None, came: str) -> None:
    initiative = submit("anna@example.org", consent)
    assert selection.choose(session, initiative.id or 0, 2, "test", now) == came
    assert (selection.chosen(session) == {initiative.id: 2}) is (came == "done")


def test_each_step_after_the_one_before_and_back_again(session: Session, now: datetime, submit: Submit) -> None:
    number = submit("anna@example.org").id or 0
    steps = [(selection.choose, 3), (selection.choose, 2), (selection.choose, 2), (selection.choose, 3)]
    steps += [(selection.take_back, 2), (selection.take_back, 2), (selection.choose, 3)]
    came = [step(session, number, stage, "test", now) for step, stage in steps]
    assert came == ["stage_before", "done", "already", "done", "taken_back", "not_chosen", "stage_before"]
    assert selection.choose(session, 987654, 2, "test", now) == "unknown"
    acts = [event.act for event in session.exec(select(AuditEvent).order_by(AuditEvent.id)).all()]
    assert acts[-3:] == ["select", "select", "deselect"]


def test_the_most_promising_come_first_with_their_reasons(session: Session, submit: Submit) -> None:
    weak = submit("a@example.org", stage="proposal", novelty="dk", partners="none", need="")
    strong = submit(
        "b@example.org", novelty="world", partners="users ngo municipal academic", reach="501_2000", stage="systemic"
    )
    first, last = selection.candidates(session)
    assert (first.number, first.score, first.lacks) == (strong.id, 10, ())
    assert (last.number, last.score, last.lacks) == (weak.id, 0, ("maturity", "answers"))


def test_a_consent_taken_back_and_a_stop_end_it(session: Session, now: datetime, submit: Submit) -> None:
    first, second = submit("a@example.org"), submit("b@example.org")
    for one in (first, second):
        assert selection.choose(session, one.id or 0, 2, "test", now) == "done"
    for consent in session.exec(select(Consent).where(Consent.person_id == first.person_id)):
        consent.withdrawn_at = now
    session.get_one(Person, second.person_id).stopped_at = now
    session.flush()
    assert {one.number: one.consent for one in selection.candidates(session)} == {
        first.id: "withdrawn",
        second.id: "stopped",
    }
    assert selection.contacts(session, 2, str, "") == []


def test_the_newest_answer_about_consent_counts(session: Session, desk: Desk, now: datetime, submit: Submit) -> None:
    initiative = submit("a@example.org", "maybe")
    made = session.get_one(Conversation, initiative.conversation_id)
    again = ANSWERS | {"contact_consent": "yes"}
    initiatives.submit(session, desk, made, again, language="lv", channel="telegram", now=now)
    session.flush()
    assert len(session.exec(select(Consent).where(Consent.purpose == "stage2")).all()) == 2
    assert selection.choose(session, initiative.id or 0, 2, "test", now) == "done"


def test_a_list_of_contacts_for_the_campaign_of_that_stage(
    session: Session, desk: Desk, now: datetime, submit: Submit
) -> None:
    for one in (submit("a@example.org"), submit("b@example.org")):
        selection.choose(session, one.id or 0, 2, "test", now)
    rows = selection.contacts(session, 2, str, "consent")
    assert [row["email"] for row in rows] == ["a@example.org", "b@example.org"]
    assert set(rows[0]) <= set(contacts.COLUMNS)
    assert contacts.load(session, desk, enumerate(rows, 2), {}, now).problems == []
    assert selection.contacts(session, 3, str, "") == []
