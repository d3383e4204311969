"""What must not be kept any longer is deleted, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from intake import drafts, outbox, people, retention
from intake.desk import Desk
from intake.tables import (
    Address,
    AuditEvent,
    Conversation,
    Inbox,
    InboxState,
    Nomination,
    NominationState,
    Person,
    Source,
    Submission,
)

DAY = timedelta(days=1)


def heard(session: Session, handled_at: datetime, state: InboxState = InboxState.HANDLED) -> Inbox:
    row = Inbox(
        channel="email", key=f"{handled_at}{state}", stream="mail", body=b"raw", received_at=handled_at,
        state=state, handled_at=handled_at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_raw_input_goes_thirty_days_after_it_was_handled(session: Session, desk: Desk, now: datetime) -> None:
    old, young = heard(session, now - 31 * DAY), heard(session, now - 29 * DAY)
    aside = heard(session, now - 60 * DAY, InboxState.SET_ASIDE)
    assert retention.delete_due(session, desk, now).raw == 1
    session.flush()
    session.expire_all()
    assert (old.body, young.body, aside.body) == (b"", b"raw", b"raw")
    assert session.scalars(select(AuditEvent.act).where(col(AuditEvent.actor) == retention.ACTOR)).all() == ["delete"]


@pytest.mark.parametrize(("days", "deleted"), [(29, 0), (31, 1)])
def test_drafts_go_thirty_days_after_the_deadline(
    session: Session, desk: Desk, person: Callable[..., Person], now: datetime, days: int, deleted: int
) -> None:
    unfinished = drafts.start(session, desk, person("a@example.org"), "telegram", now).row
    finished = drafts.start(session, desk, person("b@example.org"), "telegram", now).row
    session.add(
        Submission(
            conversation_id=finished.id or 0, person_id=finished.person_id, form_id=finished.form_id, language="lv",
            channel="telegram", submitted_at=now,
        )
    )  # fmt: skip
    session.flush()
    assert retention.delete_due(session, desk, desk.closes(session) + days * DAY).drafts == deleted
    session.flush()
    session.expire_all()
    kept = session.scalars(select(Conversation).where(col(Conversation.session) != "")).all()
    assert (unfinished not in kept) == bool(deleted)
    assert finished in kept


def test_a_suggestion_nobody_decided_on(
    session: Session, desk: Desk, person: Callable[..., Person], now: datetime
) -> None:
    anna = person("a@example.org")
    talk = drafts.start(session, desk, anna, "telegram", now).row
    row = Nomination(
        conversation_id=talk.id or 0, referrer_id=anna.id or 0, email="x@example.org", person_name="X", created_at=now
    )
    session.add(row)
    session.flush()
    assert retention.delete_due(session, desk, now + 24 * DAY).nominations == 0
    assert retention.delete_due(session, desk, now + 26 * DAY).nominations == 1
    session.flush()
    session.expire_all()
    assert (row.email, row.person_name, row.state) == (None, "", NominationState.DECLINED)


def test_a_suggested_person_who_is_silent_is_forgotten_but_may_be_suggested_again(
    session: Session, desk: Desk, person: Callable[..., Person], now: datetime
) -> None:
    silent = person("silent@example.org", source=Source.REFERRAL, name="Silent")
    spoken = person("spoken@example.org", source=Source.REFERRAL, name="Spoken")
    drafts.start(session, desk, spoken, "email", now).row.answered_at = now
    listed = person("listed@example.org", name="Listed")
    session.flush()
    due = min(desk.closes(session), now + 32 * DAY) + DAY
    assert retention.delete_due(session, desk, due).people == 1
    session.flush()
    session.expire_all()
    assert (silent.name, spoken.name, listed.name) == ("", "Spoken", "Listed")
    left = session.scalars(select(Address.value).order_by(col(Address.value))).all()
    assert "silent@example.org" not in left
    assert people.by_address(session, "email", "spoken@example.org") == spoken
    assert not outbox.stopped(session, "silent@example.org", desk.key)
    assert retention.delete_due(session, desk, due).people == 0
