"""A consent is taken back as easily as it was given (DOMAIN.md 4, rule 12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from conversations.session import State
from conversations.turn import Fill
from intake import audit, drafts
from intake.desk import Desk
from intake.tables import Consent, Conversation, Person

TAKEN_BACK = {"contact_consent": "no", "publish": "no"}
"""Answer -> what it becomes."""
PURPOSES = ("stage2", "publish")


def take_back(session: Session, desk: Desk, person: Person, channel: str, now: datetime) -> None:
    """Every consent this person gave: the rows say when it ended, the answers themselves become a no."""
    theirs = col(Conversation.person_id) == person.id, col(Conversation.state) != drafts.DELETED
    for number in session.scalars(select(col(Conversation.id)).where(*theirs).order_by(col(Conversation.id))).all():
        _answers(session, desk, number or 0, channel, now)
    given = col(Consent.person_id) == person.id, col(Consent.purpose).in_(PURPOSES), col(Consent.withdrawn_at).is_(None)
    session.execute(update(Consent).where(*given, col(Consent.answer) != "no").values(withdrawn_at=now))
    audit.note(session, now, "self", "withdraw consent", f"person {person.id}")


def _answers(session: Session, desk: Desk, conversation_id: int, channel: str, now: datetime) -> None:
    """So that no later correction brings the consent back."""
    draft = drafts.find(session, desk, conversation_id)
    if draft is None:
        return
    given = {path: name for path in draft.answers.answers if (name := path.rpartition("/")[2]) in TAKEN_BACK}
    changed = {name: TAKEN_BACK[name] for path, name in given.items() if draft.answers.answers[path]}
    if draft.answers.state is State.SUBMITTED and changed:
        drafts.advance(session, desk, draft, Fill(changed, now=now), channel)
    elif changed:
        paths = {path: TAKEN_BACK[name] for path, name in given.items() if name in changed}
        drafts.restore(draft, replace(draft.answers, answers={**draft.answers.answers, **paths}))
