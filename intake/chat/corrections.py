"""An edited message of an answered text is a correction (facts/telegram.md, point 8)."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.session import State
from conversations.turn import Accepted, Answer, Ask, Jump, Prompt, Review
from intake import drafts
from intake.chat.visit import CHANNEL, Visit
from intake.drafts import Draft
from intake.store import insert_once
from intake.tables import Typed


def remember(visit: Visit, draft: Draft, message_id: int | None, prompts: Sequence[Prompt]) -> None:
    """Note which question a typed message answered."""
    accepted = [prompt.path for prompt in prompts if isinstance(prompt, Accepted)]
    if message_id is not None and len(accepted) == 1:
        row = {
            "chat": visit.chat,
            "message_id": message_id,
            "conversation_id": draft.row.id,
            "path": accepted[0],
        }
        insert_once(visit.session, Typed, row)


def correct(visit: Visit, message_id: int | None, text: str) -> str | None:
    """Take the new text as the answer to the same question and go back to where the person was.

    The outcome in a word: "corrected", or what is wrong with the new text; None when the message answered nothing, or
    something that is no longer open to change.
    """
    typed = visit.session.get(Typed, (visit.chat, message_id)) if message_id is not None else None
    draft = drafts.find(visit.session, visit.desk, typed.conversation_id) if typed else None
    if typed is None or draft is None or draft.answers.state not in (State.OPEN, State.REVIEW):
        return None
    before, where = draft.answers, draft.answers.at
    _quietly(visit, draft, Jump(typed.path, now=visit.now))
    said = _quietly(visit, draft, Answer(text, now=visit.now))
    if not any(isinstance(prompt, Accepted) and prompt.path == typed.path for prompt in said):
        drafts.restore(draft, before)
        return next((prompt.error for prompt in said if isinstance(prompt, Ask) and prompt.error), None)
    back = Jump(where, now=visit.now) if where and before.state is State.OPEN else Review(now=visit.now)
    _quietly(visit, draft, back)
    return "corrected"


def _quietly(visit: Visit, draft: Draft, given: Answer | Jump | Review) -> tuple[Prompt, ...]:
    return tuple(drafts.advance(visit.session, visit.desk, draft, given, CHANNEL).prompts)
