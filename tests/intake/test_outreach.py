"""Invitations once, reminders to those who have not finished, and a plan that says what will really go out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from intake import invitations, outreach
from intake.acts import Act, Verb, perform
from intake.desk import Desk
from intake.tables import CampaignState, Conversation, Outbox, OutboxState, Person, Source, Submission

TEN_BEFORE = datetime(2026, 1, 30, 8, 0, tzinfo=UTC)
TWO_BEFORE = datetime(2026, 2, 11, 8, 0, tzinfo=UTC)
"""10 o'clock in Riga, ten and two working days before 13 February."""
Invite = Callable[..., Person]


@pytest.fixture
def invited(session: Session, desk: Desk, now: datetime, person: Callable[..., Person]) -> Invite:
    """Somebody whose invitation was sent a week before the first reminder."""

    def make(email: str, **known: object) -> Person:
        made = person(email, **known)
        outreach.invite_all(session, desk, now)
        send_all(session, now)
        return made

    return make


def send_all(session: Session, at: datetime) -> None:
    session.flush()
    for row in session.scalars(select(Outbox).where(col(Outbox.state) == OutboxState.DUE)):
        row.state, row.sent_at = OutboxState.SENT, at
    session.flush()


def reminders(session: Session) -> list[str]:
    rows = session.scalars(select(Outbox).where(col(Outbox.kind) == "reminder").order_by(col(Outbox.id)))
    return [row.payload["template"] for row in rows]


def test_every_contact_is_invited_once(session: Session, desk: Desk, now: datetime, person: Invite) -> None:
    for number in range(3):
        person(f"{number}@example.org")
    assert len(outreach.invite_all(session, desk, now)) == 3
    assert outreach.invite_all(session, desk, now) == []


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-01-05 12:00", "2026-01-12 09:00"),
        ("2026-01-20 12:00", "2026-01-20 12:00"),
        ("2026-01-20 18:00", "2026-01-21 09:00"),
        ("2026-01-24 12:00", "2026-01-26 09:00"),
    ],
)
def test_letters_go_out_in_sending_hours_from_the_opening_on(
    session: Session, desk: Desk, person: Invite, at: str, due: str
) -> None:
    person("anna@example.org")
    outreach.invite_all(session, desk, datetime.fromisoformat(at).replace(tzinfo=desk.campaign.zone))
    found = session.scalars(select(col(Outbox.due_at))).one()
    assert f"{desk.campaign.local(found):%Y-%m-%d %H:%M}" == due


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (TEN_BEFORE - timedelta(minutes=1), 0),
        (TEN_BEFORE, 1),
        (TEN_BEFORE + timedelta(days=1), 0),
        (TEN_BEFORE + timedelta(days=3), 1),
        (TWO_BEFORE, 1),
        (TWO_BEFORE + timedelta(days=3), 0),
    ],
)
def test_when_a_reminder_goes_out(session: Session, desk: Desk, invited: Invite, at: datetime, count: int) -> None:
    """Not at a weekend, and after a long absence only the last one."""
    invited("anna@example.org")
    assert outreach.remind(session, desk, at) == count
    assert outreach.remind(session, desk, at) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"stopped_at": TEN_BEFORE},
        {"paused_at": TEN_BEFORE},
        {"declined_reminders_at": TEN_BEFORE},
        {"previous_survey": True},
        {"last_input_at": TEN_BEFORE - timedelta(minutes=5)},
    ],
)
def test_who_is_left_alone(session: Session, desk: Desk, invited: Invite, change: dict[str, object]) -> None:
    anna = invited("anna@example.org")
    for name, value in change.items():
        setattr(anna, name, value)
    session.flush()
    assert outreach.remind(session, desk, TEN_BEFORE) == 0


def test_many_reminders_are_written_some_at_a_time(session: Session, desk: Desk, invited: Invite) -> None:
    """Those who cannot be reminded now stand in nobody's way."""
    for number in range(outreach.AT_ONCE + 5):
        anna = invited(f"{number}@example.org")
        if number < 3:
            anna.last_input_at = TEN_BEFORE - timedelta(minutes=5)
    session.flush()
    counts = [outreach.remind(session, desk, TEN_BEFORE) for _ in range(3)]
    assert counts == [outreach.AT_ONCE, 2, 0]


def test_contacts_are_invited_some_at_a_time(session: Session, desk: Desk, now: datetime, person: Invite) -> None:
    for number in range(5):
        person(f"{number}@example.org")
    assert [len(outreach.invite_all(session, desk, now, 2)) for _ in range(4)] == [2, 2, 1, 0]


def test_a_campaign_that_is_paused_reminds_nobody(session: Session, desk: Desk, invited: Invite) -> None:
    invited("anna@example.org")
    session.add(CampaignState(id=1, paused_at=TEN_BEFORE))
    session.flush()
    assert outreach.remind(session, desk, TEN_BEFORE) == 0


def test_whoever_has_submitted_is_not_reminded(
    session: Session, desk: Desk, invited: Invite, conversation: Callable[..., Conversation]
) -> None:
    anna = invited("anna@example.org")
    draft = conversation(anna)
    known = {"person_id": anna.id, "form_id": desk.form_id, "language": "lv", "channel": "email"}
    session.add(Submission(conversation_id=draft.id or 0, submitted_at=TEN_BEFORE, **known))
    session.flush()
    assert outreach.remind(session, desk, TEN_BEFORE) == 0


def test_a_referred_person_is_reminded_once(session: Session, desk: Desk, invited: Invite, now: datetime) -> None:
    referrer = invited("anna@example.org", previous_survey=True)
    suggested = invited("tilts@example.org", source=Source.REFERRAL)
    suggested.referred_by = referrer.id
    assert invitations.invite(session, desk, suggested, now)
    send_all(session, now)
    assert [outreach.remind(session, desk, at) for at in (TEN_BEFORE, TWO_BEFORE)] == [0, 1]


def test_the_plan_is_what_happens(session: Session, desk: Desk, invited: Invite, now: datetime) -> None:
    invited("anna@example.org")
    invited("liga@example.org", previous_survey=True)
    assert [(one.at, one.kind) for one in outreach.plan(session, desk, now)] == [
        (TEN_BEFORE, "reminder d-10"),
        (TWO_BEFORE, "reminder d-2"),
    ]
    assert outreach.remind(session, desk, TEN_BEFORE) == 1
    send_all(session, TEN_BEFORE)
    later = TEN_BEFORE + timedelta(hours=1)
    assert [one.kind for one in outreach.plan(session, desk, later)] == ["reminder d-2"]


def test_a_moved_deadline_moves_the_plan_and_nobody_gets_a_reminder_twice(
    session: Session, desk: Desk, invited: Invite
) -> None:
    invited("anna@example.org")
    outreach.remind(session, desk, TEN_BEFORE)
    send_all(session, TEN_BEFORE)
    perform(session, desk, Act(Verb.EXTEND, when="2026-02-27"), "test", TEN_BEFORE)
    session.flush()
    plan = outreach.plan(session, desk, TEN_BEFORE)
    assert [(desk.campaign.local(one.at).date(), one.kind) for one in plan] == [(date(2026, 2, 25), "reminder d-2")]
    assert reminders(session) == ["reminder_not_begun"]
