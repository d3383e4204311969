"""What a mail changed is told in the chat where the same draft is open: nobody answers a question that is gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session, SQLModel, col

from conversations.forms import Form
from conversations.session import Session as Answers
from conversations.session import State
from conversations.turn import Resume, turn
from intake import outbox, people, wording
from intake.channels.telegram import screens
from intake.channels.telegram.render import render
from intake.outbox import Message
from intake.tables import Conversation, Outbox, OutboxState

CHAT = "telegram"
PREFIX = "crossing:"
_TABLE = SQLModel.metadata.tables[str(Outbox.__tablename__)]
_CROSSED = (
    select(_TABLE.c.conversation_id, _TABLE.c.payload, _TABLE.c.state, _TABLE.c.provider_id)
    .where(_TABLE.c.channel == bindparam("on"), _TABLE.c.address == bindparam("to"))
    .where(_TABLE.c.key.like(bindparam("prefix")))
    .order_by(_TABLE.c.id.desc())
    .limit(4)
)


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
        key = f"{PREFIX}{row.id}:{now.isoformat()}:{number}"
        shown = {**payload, "instead_of": before.at}
        outbox.put(session, Message(CHAT, "answer", key, chat, shown, now, row.person_id, row.id), now)


def asked_before(session: Session, chat: str, message_id: int | None) -> tuple[int, str] | None:
    """(conversation, path) of the question that was on the screen when a message was typed, where a mail had answered
    it already and the chat did not show that yet: in a chat, numbers of messages grow in the order of sending."""
    rows = session.connection().execute(_CROSSED, {"on": CHAT, "to": chat, "prefix": f"{PREFIX}%"}).all()
    unseen = [row for row in rows if message_id is not None and _later(row.state, row.provider_id, message_id)]
    if not unseen or not unseen[-1].payload.get("instead_of"):
        return None
    return unseen[-1].conversation_id, unseen[-1].payload["instead_of"]


def _later(state: str, provider_id: str | None, message_id: int) -> bool:
    if state == OutboxState.SENT:
        return provider_id is not None and provider_id.isdecimal() and int(provider_id) > message_id
    return state in outbox.OPEN


def _was_talked_about(session: Session, row: Conversation) -> bool:
    """Whether questions of this conversation were asked in a chat."""
    asked = exists().where(col(Outbox.conversation_id) == row.id, col(Outbox.channel) == CHAT)
    return session.scalar(select(asked)) or False
