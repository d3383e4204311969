"""What a mail changed is told in the chat where the same draft is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from conversations.turn import Answer, Fill, Resume
from intake import drafts, outbox, people
from intake.desk import Desk
from intake.drafts import Draft
from intake.outbox import Message
from intake.tables import Outbox, Person

CHAT = "5001"


@pytest.fixture
def draft(session: Session, desk: Desk, now: datetime, person: Callable[..., Person]) -> Draft:
    """A conversation in a chat, its first question on the screen."""
    anna = person("anna@example.org")
    people.join(session, anna, "telegram", CHAT, now)
    begun = drafts.start(session, desk, anna, "telegram", now)
    drafts.advance(session, desk, begun, Resume(now=now), "telegram")
    shown = {"kind": "message", "text": "1. Kā sauc iniciatīvu?"}
    outbox.put(session, Message("telegram", "answer", "in:1:1", CHAT, shown, now, anna.id, begun.row.id), now)
    return begun


def told(session: Session) -> list[str]:
    rows = session.scalars(select(Outbox).where(col(Outbox.key).startswith("crossing:")).order_by(col(Outbox.id)))
    return [row.payload["text"] for row in rows]


def test_the_question_on_the_screen_was_answered_by_mail(
    session: Session, desk: Desk, now: datetime, draft: Draft
) -> None:
    drafts.advance(session, desk, draft, Fill({"title": "Kaimiņu pusdienas"}, now=now), "email")
    first, question = told(session)
    assert "e-pastā" in first
    assert "Īsi aprakstiet" in question


def test_another_question_was_answered_by_mail(session: Session, desk: Desk, now: datetime, draft: Draft) -> None:
    drafts.advance(session, desk, draft, Fill({"year": "2021"}, now=now), "email")
    assert told(session) == []


def test_the_chat_itself_needs_no_telling(session: Session, desk: Desk, now: datetime, draft: Draft) -> None:
    drafts.advance(session, desk, draft, Answer("Kaimiņu pusdienas", now=now), "telegram")
    assert told(session) == []
