"""What answers say about persons goes when it must, from everywhere; what they say about the initiative stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from conversations.forms import read
from conversations.session import State
from conversations.turn import Fill
from intake import drafts, initiatives, personal, privacy, referrals, retention, xlsform
from intake.desk import Desk
from intake.drafts import Draft
from intake.tables import DELETED, Conversation, Initiative, Nomination, Person
from tests.intake.test_initiatives import STAGE_1

WHO = {
    "contact_consent": "yes",
    "contact_name": "Anna Ozola",
    "contact_position": "vadītāja",
    "contact_email": "ozola@example.org",
    "contact_phone": "29000111",
}
SUGGESTED = {
    "suggested_organisation": "Biedrība “Krasts”",
    "suggested_email": "krasts@example.org",
    "suggested_person": "Zane Liepa",
    "person_knows": "yes",
    "may_name": "no",
}
SUGGESTION = """| survey |
| | type | name | label |
| | begin_repeat | suggestion | S |
| | text | email | E |
| | end_repeat | | |
"""
RESPONDENT = ("Ozola", "vadītāja", "ozola@example.org", "29000111")
NOMINEE = ("krasts@example.org", "Zane")


@pytest.fixture
def submitted(session: Session, desk: Desk, person: Callable[..., Person], now: datetime) -> Draft:
    """The built-in questionnaire of Anna Ozola, who suggested somebody."""
    draft = drafts.start(session, desk, person("a@example.org", name="Anna Ozola"), "email", now)
    drafts.advance(session, desk, draft, Fill(SUGGESTED, now=now), "email")
    drafts.advance(session, desk, draft, Fill(STAGE_1 | WHO, now=now), "email")
    session.flush()
    assert draft.answers.state is State.SUBMITTED, drafts.paths(draft, now)
    for word in (*RESPONDENT, *NOMINEE):
        assert word in everything(session)
    return draft


def everything(session: Session) -> str:
    """All that stands in any table but the questionnaires themselves."""
    session.flush()
    session.expire_all()
    tables = [table for name, table in SQLModel.metadata.tables.items() if name != "form_version"]
    return " ".join(str(tuple(row)) for table in tables for row in session.execute(table.select()))


def answers_of(session: Session, draft: Draft) -> dict[str, object]:
    found = initiatives.latest(session, draft.row.id or 0)
    assert found is not None
    return found.answers


def test_the_forgotten_are_named_nowhere(session: Session, desk: Desk, submitted: Draft, now: datetime) -> None:
    privacy.forget(session, desk, session.get_one(Person, submitted.row.person_id), now, "staff")
    left = everything(session)
    for word in RESPONDENT:
        assert word not in left
    assert answers_of(session, submitted)["title"] == "Saules darbnīca"
    assert session.scalars(select(Initiative)).one().title == "Saules darbnīca"
    draft = drafts.find(session, desk, submitted.row.id or 0)
    assert draft is not None
    assert "Saules darbnīca" in draft.answers.answers.values()


def test_what_was_not_submitted_goes_whole(
    session: Session, desk: Desk, person: Callable[..., Person], now: datetime
) -> None:
    anna = person("a@example.org")
    draft = drafts.start(session, desk, anna, "email", now)
    drafts.advance(session, desk, draft, Fill({"title": "Saules darbnīca"}, now=now), "email")
    privacy.forget(session, desk, anna, now, "staff")
    assert "darbnīca" not in everything(session)
    assert draft.row.state == DELETED
    assert drafts.find(session, desk, draft.row.id or 0) is None


def test_a_declined_suggestion_stands_in_no_answers(
    session: Session, desk: Desk, submitted: Draft, now: datetime
) -> None:
    referrals.decline(session, desk, session.scalars(select(Nomination)).one(), "staff", now)
    left = everything(session)
    for word in NOMINEE:
        assert word not in left
    assert "Ozola" in left


def test_a_correction_needs_no_suggestion_again(session: Session, desk: Desk, submitted: Draft, now: datetime) -> None:
    referrals.decline(session, desk, session.scalars(select(Nomination)).one(), "staff", now)
    session.flush()
    draft = drafts.find(session, desk, submitted.row.id or 0)
    assert draft is not None
    drafts.advance(session, desk, draft, Fill({"title": "Mēness darbnīca"}, now=now), "email")
    assert draft.answers.state is State.SUBMITTED
    assert answers_of(session, draft)["title"] == "Mēness darbnīca"
    assert len(session.scalars(select(Nomination)).all()) == 1


def test_the_respondents_own_address_is_no_suggestion() -> None:
    form = read(xlsform.compile(b"| survey |\n| | type | name | label |\n| | text | email | E |\n", format="md"))
    assert (personal.about_suggested(form), personal.about_anybody(form)) == (frozenset(), frozenset())
    form = read(xlsform.compile(SUGGESTION.encode(), format="md"))
    (suggestion,) = personal.about_suggested(form)
    assert suggestion.endswith("/suggestion/")


def test_somebody_suggested_is_forgotten_in_the_answers_too(
    session: Session, desk: Desk, submitted: Draft, now: datetime
) -> None:
    nomination = session.scalars(select(Nomination)).one()
    referrals.approve(session, desk, nomination, "staff", now)
    session.flush()
    privacy.forget(session, desk, session.get_one(Person, nomination.person_id), now, "self")
    left = everything(session)
    for word in NOMINEE:
        assert word not in left
    assert "Ozola" in left


def test_a_suggestion_nobody_decided_on_goes_from_the_answers(
    session: Session, desk: Desk, submitted: Draft, now: datetime
) -> None:
    assert retention.delete_due(session, desk, now + timedelta(days=26)).nominations == 1
    left = everything(session)
    for word in NOMINEE:
        assert word not in left


def test_contacts_are_kept_as_long_as_the_letters_say(
    session: Session, desk: Desk, submitted: Draft, now: datetime
) -> None:
    last_day = datetime.combine(desk.campaign.controller.retention, time(23), tzinfo=desk.campaign.local(now).tzinfo)
    retention.delete_due(session, desk, last_day)
    assert "ozola@example.org" in everything(session)
    assert retention.delete_due(session, desk, last_day + timedelta(hours=2)).people == 1
    left = everything(session)
    for word in RESPONDENT:
        assert word not in left
    assert "Saules darbnīca" in left
    rows = session.scalars(select(Conversation).where(col(Conversation.state) == DELETED)).all()
    assert rows == []
