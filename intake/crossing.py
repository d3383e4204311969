"""What a mail changed is told in the chat where the same draft is open: nobody answers a question that is gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import Session, col

from conversations.forms import Form
from conversations.session import Session as Answers
from conversations.session import State
from conversations.turn import Resume, turn
from intake import outbox, people, wording
from intake.channels.telegram import screens
from intake.channels.telegram.render import render
from intake.outbox import Message
from intake.tables import Conversation, Outbox

CHAT = "telegram"


def tell_chat(session: Session, row: Conversation, form: Form, before: Answers, after: Answers, now: datetime) -> None:
    """Ask the question that is open now, where the one on the person's screen was answered by mail."""
    moved = before.at is not None and before.at != after.at
    finished = after.state is State.SUBMITTED and before.state is not State.SUBMITTED
    chat = people.address(session, row.person_id, CHAT) if moved or finished else None
    if chat is None or not _was_talked_about(session, row):
        return
    said = wording.text(after.language, f"chat.{'submitted_by_mail' if finished else 'went_on_by_mail'}")
    payloads = screens.plain(said, screens.REMOVE_KEYBOARD)
    if not finished:
        prompts = turn(form, after, Resume(now=now)).prompts
        payloads = [*payloads, *render(prompts, after.language, salt=str(row.id))]
    for number, payload in enumerate(payloads):
        key = f"crossing:{row.id}:{now.isoformat()}:{number}"
        outbox.put(session, Message(CHAT, "answer", key, chat, payload, now, row.person_id, row.id), now)


def _was_talked_about(session: Session, row: Conversation) -> bool:
    """Whether questions of this conversation were asked in a chat."""
    asked = exists().where(col(Outbox.conversation_id) == row.id, col(Outbox.channel) == CHAT)
    return session.scalar(select(asked)) or False
