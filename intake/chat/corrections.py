"""An edited message of an answered text is a correction, and so is one typed for a question that a mail answered
meanwhile; what follows a message of full length belongs to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlmodel import SQLModel

from conversations.session import State
from conversations.turn import Accepted, Answer, Ask, Input, Jump, Prompt, Resume
from intake import crossing, drafts
from intake.channels.telegram.text import LONGEST_TEXT
from intake.chat.talk import Talk, accepted
from intake.chat.visit import CHANNEL
from intake.drafts import Draft
from intake.store import insert_once
from intake.tables import Typed

AT_ONCE = timedelta(seconds=20)
"""A program that divides a long text sends its parts one after the other."""
_TABLE = SQLModel.metadata.tables[str(Typed.__tablename__)]
_UNFINISHED = (
    select(_TABLE.c.message_id)
    .where(_TABLE.c.chat == bindparam("in_chat"), _TABLE.c.part != "")
    .order_by(_TABLE.c.message_id.desc())
    .limit(1)
)


def answer(talk: Talk, text: str) -> str:
    """A typed answer, remembered so that it can be corrected and continued."""
    long = _continued(talk)
    if long is not None:
        return _join(talk, long, text)
    draft = talk.draft
    before = crossing.asked_before(talk.visit.session, talk.visit.chat, talk.act.message_id)
    if draft is not None and before is not None and before[0] == draft.row.id and draft.answers.state in drafts.LIVE:
        return _corrected(talk, draft, before[1], text)
    path = (draft.answers.at if draft else None) or ""
    turn = talk.given(Answer(text, now=talk.now))
    if draft is None or turn is None or talk.act.message_id is None:
        return "begun" if turn is None and draft is None else "answered" if turn else "to_staff"
    taken = accepted(turn)
    full = utf16_length(text) >= LONGEST_TEXT
    if len(taken) == 1 or (full and path):
        _remember(talk, draft, taken[0] if len(taken) == 1 else path, text if full else "")
    return "answered"


def correct(talk: Talk, text: str) -> str:
    """A corrected answer is confirmed; what cannot be one is said; anything else goes to the staff."""
    typed = _typed(talk)
    draft = drafts.find(talk.visit.session, talk.visit.desk, typed.conversation_id) if typed else None
    if typed is None or draft is None or draft.answers.state is State.WITHDRAWN:
        return talk.to_staff()
    if draft.answers.state is State.SUBMITTED:
        talk.visit.say("edited_after_submission")
        return "closed"
    typed.part = ""
    return _corrected(talk, draft, typed.path, text)


def _corrected(talk: Talk, draft: Draft, path: str, text: str) -> str:
    error = _replace(talk, draft, path, text)
    if error is None:
        talk.visit.say("corrected")
        return "corrected"
    talk.visit.say("not_corrected", error=error)
    return "not corrected"


def utf16_length(text: str) -> int:
    """Telegram counts so."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _typed(talk: Talk) -> Typed | None:
    number = talk.act.message_id
    return talk.visit.session.get(Typed, (talk.visit.chat, number)) if number is not None else None


def _remember(talk: Talk, draft: Draft, path: str, part: str) -> None:
    row = {
        "chat": talk.visit.chat,
        "message_id": talk.act.message_id,
        "conversation_id": draft.row.id,
        "path": path,
        "part": part,
        "at": talk.now,
    }
    insert_once(talk.visit.session, Typed, row)


def _continued(talk: Talk) -> Typed | None:
    """The answer of full length that came just before this message."""
    number = talk.visit.session.connection().scalar(_UNFINISHED, {"in_chat": talk.visit.chat})
    typed = talk.visit.session.get(Typed, (talk.visit.chat, number)) if number is not None else None
    fresh = typed is not None and typed.part and typed.at is not None and talk.now - typed.at <= AT_ONCE
    return typed if fresh else None


def _join(talk: Talk, typed: Typed, text: str) -> str:
    """The parts are one answer to the question at which the first of them was written."""
    draft = drafts.find(talk.visit.session, talk.visit.desk, typed.conversation_id)
    whole = typed.part + text
    typed.part = whole if utf16_length(text) >= LONGEST_TEXT else ""
    typed.at = talk.now
    if draft is None:
        return talk.to_staff()
    if draft.answers.at == typed.path:
        talk.given(Answer(whole, now=talk.now))
        return "joined"
    error = _replace(talk, draft, typed.path, whole)
    talk.visit.say("joined" if error is None else "not_corrected", error=error or "")
    return "joined"


def _replace(talk: Talk, draft: Draft, path: str, text: str) -> str | None:
    """Give the text as the answer at `path` and go back to where the person was; the error when it is none."""
    if draft.answers.state not in (State.OPEN, State.REVIEW, State.PAUSED):
        return ""
    before = draft.answers
    _quietly(talk, draft, Jump(path, now=talk.now))
    said = _quietly(talk, draft, Answer(text, now=talk.now))
    if not any(isinstance(prompt, Accepted) and prompt.path == path for prompt in said):
        drafts.restore(draft, before)
        return next((prompt.error for prompt in said if isinstance(prompt, Ask) and prompt.error), "")
    after = draft.answers
    there = replace(after, at=before.at, state=before.state, history=before.history, picked=before.picked)
    drafts.restore(draft, there)
    if before.at is not None and before.at not in drafts.paths(draft, talk.now):
        talk.take(draft, Resume(now=talk.now))  # the question they were at does not apply any more
    return None


def _quietly(talk: Talk, draft: Draft, given: Input) -> tuple[Prompt, ...]:
    return tuple(drafts.advance(talk.visit.session, talk.visit.desk, draft, given, CHANNEL).prompts)
