"""Suggestions: five a respondent, one invitation a person whoever suggests, nothing to whoever said stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import outbox, people, privacy, referrals
from intake.desk import Desk
from intake.tables import AuditEvent, Conversation, Nomination, NominationState, Outbox, Person

People = Callable[..., Person]
Drafts = Callable[..., Conversation]
TILTS = {
    "suggested_organisation": "Biedrība “Tilts”",
    "suggested_email": "Info@Tilts.example.org",
    "suggested_municipality": "riga",
    "suggested_person": "Līga Bērziņa",
    "person_knows": "yes",
    "may_name": "yes",
}


@pytest.fixture
def draft(person: People, conversation: Drafts) -> Conversation:
    return conversation(person("anna@example.org", name="Anna Ozola"))


def one(session: Session) -> Nomination:
    session.expire_all()
    return session.scalars(select(Nomination)).one()


def letters(session: Session) -> list[str]:
    found = select(col(Outbox.address)).where(col(Outbox.kind) == "referral").order_by(col(Outbox.id))
    return list(session.scalars(found))


def test_a_suggestion_waits_for_the_staff(session: Session, desk: Desk, now: datetime, draft: Conversation) -> None:
    assert referrals.nominate(session, desk, draft, [TILTS], now) == 1
    kept = one(session)
    assert (kept.state, kept.email, kept.may_name) == (NominationState.WAITING, "info@tilts.example.org", True)
    assert letters(session) == []


@pytest.mark.parametrize(
    ("changed", "state", "email", "name"),
    [
        ({"person_knows": "no"}, "waiting", "info@tilts.example.org", ""),
        ({"person_knows": ""}, "waiting", "info@tilts.example.org", ""),
        ({"suggested_email": ""}, "waiting", None, "Līga Bērziņa"),
        ({"suggested_email": "no address"}, "waiting", None, "Līga Bērziņa"),
        ({"suggested_email": "stopped@example.org"}, "dropped", None, ""),
        ({"suggested_email": "KNOWN@example.org"}, "known", "known@example.org", "Līga Bērziņa"),
    ],
)
def test_what_is_kept(
    session: Session,
    desk: Desk,
    now: datetime,
    draft: Conversation,
    person: People,
    changed: dict[str, str],
    state: str,
    email: str | None,
    name: str,
) -> None:
    person("known@example.org")
    privacy.suppress_address(session, desk, "stopped@example.org", now)
    referrals.nominate(session, desk, draft, [TILTS | changed], now)
    kept = one(session)
    assert (kept.state, kept.email, kept.person_name) == (state, email, name)


def test_nobody_suggests_themselves(session: Session, desk: Desk, now: datetime, draft: Conversation) -> None:
    assert referrals.nominate(session, desk, draft, [TILTS | {"suggested_email": "Anna@example.org"}], now) == 0


def test_at_most_five_a_respondent_over_all_their_questionnaires(
    session: Session, desk: Desk, now: datetime, draft: Conversation, conversation: Drafts
) -> None:
    many = [TILTS | {"suggested_email": f"{number}@example.org"} for number in range(4)]
    assert referrals.nominate(session, desk, draft, many, now) == 4
    second = conversation(session.get_one(Person, draft.person_id))
    more = [TILTS | {"suggested_email": f"more{number}@example.org"} for number in range(4)]
    assert referrals.nominate(session, desk, second, more, now) == 1


def test_a_correction_does_not_suggest_twice(session: Session, desk: Desk, now: datetime, draft: Conversation) -> None:
    assert [referrals.nominate(session, desk, draft, [TILTS], now) for _ in range(2)] == [1, 0]


def test_an_approved_one_is_invited_with_its_source(
    session: Session, desk: Desk, now: datetime, draft: Conversation
) -> None:
    referrals.nominate(session, desk, draft, [TILTS], now)
    assert referrals.approve(session, desk, one(session), "staff", now) == NominationState.APPROVED
    invited = people.by_address(session, "email", "info@tilts.example.org")
    assert invited is not None
    assert (invited.wave, invited.referred_by, invited.name) == (1, draft.person_id, "Līga Bērziņa")
    assert letters(session) == ["info@tilts.example.org"]
    letter = session.scalars(select(Outbox).where(col(Outbox.kind) == "referral")).one()
    assert "Anna Ozola" in letter.payload["text"]
    assert "Datu valsts inspekcij" in letter.payload["text"]


def test_the_referrer_is_not_named_unless_they_said_so(
    session: Session, desk: Desk, now: datetime, draft: Conversation
) -> None:
    referrals.nominate(session, desk, draft, [TILTS | {"may_name": "no"}], now)
    referrals.approve(session, desk, one(session), "staff", now)
    letter = session.scalars(select(Outbox).where(col(Outbox.kind) == "referral")).one()
    assert "Anna" not in letter.payload["text"]


def test_one_invitation_whoever_suggests(
    session: Session, desk: Desk, now: datetime, person: People, conversation: Drafts
) -> None:
    for number in range(3):
        draft = conversation(person(f"referrer{number}@example.org"))
        referrals.nominate(session, desk, draft, [TILTS], now)
    states = [referrals.approve(session, desk, row, "staff", now) for row in referrals.waiting(session)]
    assert states == ["approved", "known", "known"]
    assert len(letters(session)) == 1


def test_approving_twice_writes_once(session: Session, desk: Desk, now: datetime, draft: Conversation) -> None:
    referrals.nominate(session, desk, draft, [TILTS], now)
    for _ in range(2):
        assert referrals.approve(session, desk, one(session), "staff", now) == NominationState.APPROVED
        session.flush()
    acts = session.scalars(select(col(AuditEvent.act))).all()
    assert (len(letters(session)), list(acts)) == (1, ["approve"])


def test_without_an_address_it_goes_on_waiting(
    session: Session, desk: Desk, now: datetime, draft: Conversation
) -> None:
    referrals.nominate(session, desk, draft, [TILTS | {"suggested_email": ""}], now)
    assert referrals.approve(session, desk, one(session), "staff", now) == NominationState.WAITING


def test_a_stop_between_suggestion_and_approval(
    session: Session, desk: Desk, now: datetime, draft: Conversation
) -> None:
    referrals.nominate(session, desk, draft, [TILTS], now)
    privacy.suppress_address(session, desk, "info@tilts.example.org", now)
    assert referrals.approve(session, desk, one(session), "staff", now) == NominationState.DROPPED
    assert letters(session) == []


def test_a_declined_one_leaves_no_address(session: Session, desk: Desk, now: datetime, draft: Conversation) -> None:
    referrals.nominate(session, desk, draft, [TILTS], now)
    assert referrals.decline(session, desk, one(session), "staff", now) == NominationState.DECLINED
    session.flush()
    kept = one(session)
    assert (kept.email, kept.person_name, kept.decided_by) == (None, "", "staff")
    assert referrals.approve(session, desk, kept, "staff", now) == NominationState.DECLINED


def test_a_campaign_may_invite_at_once(session: Session, desk: Desk, now: datetime, draft: Conversation) -> None:
    policy = desk.campaign.referrals.model_copy(update={"approval": "at_once"})
    open_desk = replace(desk, campaign=desk.campaign.model_copy(update={"referrals": policy}))
    referrals.nominate(session, open_desk, draft, [TILTS, TILTS | {"suggested_email": ""}], now)
    assert letters(session) == ["info@tilts.example.org"]
    assert len(referrals.waiting(session)) == 1


def test_hostile_suggestions(session: Session, desk: Desk, now: datetime, draft: Conversation) -> None:
    hostile = dict.fromkeys(TILTS, "\x00�=1+1" * 100)
    referrals.nominate(session, desk, draft, [hostile, {}], now)
    assert session.scalar(select(func.count()).select_from(Nomination)) == 2
    assert outbox.counts(session)["due"] == 0
