"""What a mail changed is told in the chat where the same draft is open."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from conversations.turn import Answer, Fill, Resume
from intake import chat, drafts, outbox, people
from intake.desk import Desk
from intake.drafts import Draft
from intake.outbox import Message
from intake.tables import Inbox, Outbox, OutboxState, Person
from tests.intake.mail.post import NEED, Still

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


def typed(session: Session, desk: Desk, now: datetime, number: int, text: str) -> str:
    """What becomes of a text in the chat, whose message has this number."""
    who = {"id": int(CHAT), "is_bot": False, "first_name": "Anna"}
    message = {"message_id": number, "date": 1, "chat": {"id": int(CHAT), "type": "private"}, "from": who, "text": text}
    body = json.dumps({"update_id": number, "message": message}).encode()
    row = Inbox(channel="telegram", key=f"u{number}", stream=CHAT, body=body, received_at=now)
    session.add(row)
    session.flush()
    return chat.rule(desk, Still(now))(session, row, body)


def shown(session: Session, first: int) -> None:
    """What waits is sent; the messages are numbered from `first`."""
    for number, row in enumerate(session.scalars(select(Outbox).where(col(Outbox.state) == OutboxState.DUE)).all()):
        row.state, row.provider_id = OutboxState.SENT, str(first + number)
    session.flush()


@pytest.mark.parametrize("sent", [False, True])
def test_what_was_typed_for_a_question_that_a_mail_answered_meanwhile(
    session: Session, desk: Desk, now: datetime, draft: Draft, sent: bool
) -> None:
    """The newest word counts, and it counts for the question that was on the screen."""
    shown(session, 10)
    drafts.advance(session, desk, draft, Fill({"title": "Pa pastu"}, now=now), "email")
    if sent:
        shown(session, 21)
    assert typed(session, desk, now, 20, "Sarunā rakstītais") == "corrected"
    again = drafts.find(session, desk, draft.row.id or 0)
    assert again is not None
    assert list(again.answers.answers.values())[-1:] == ["Sarunā rakstītais"]
    assert again.answers.at is not None
    assert again.answers.at.endswith("/description")
    shown(session, 31)
    assert typed(session, desk, now, 40, f"{NEED} {NEED}") == "answered", "now the next question is on the screen"
