"""A consent is taken back as easily as it was given (DOMAIN.md 4, rule 12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from conversations.forms import Form
from conversations.session import State
from conversations.turn import Fill
from intake import audit, drafts
from intake.desk import Desk
from intake.entity_lists import CONSENTS
from intake.tables import DELETED, Consent, Conversation, Initiative, Person

NOTICE = "privacy_read"
"""That something was read is no consent."""
TAKEN_BACK = {name: "no" for name in CONSENTS if name != NOTICE}
"""Answer -> what it becomes."""
PURPOSES = tuple(purpose for name, purpose in CONSENTS.items() if name != NOTICE)


def take_back(session: Session, desk: Desk, person: Person, channel: str, now: datetime) -> None:
    """Every consent this person gave: the rows say when it ended, the answers themselves become a no."""
    theirs = col(Conversation.person_id) == person.id, col(Conversation.state) != DELETED
    for number in session.scalars(select(col(Conversation.id)).where(*theirs).order_by(col(Conversation.id))).all():
        _answers(session, desk, number or 0, channel, now)
    given = col(Consent.person_id) == person.id, col(Consent.purpose).in_(PURPOSES), col(Consent.withdrawn_at).is_(None)
    session.execute(update(Consent).where(*given, col(Consent.answer) != "no").values(withdrawn_at=now))
    session.execute(update(Initiative).where(col(Initiative.person_id) == person.id).values(publish="no"))
    audit.note(session, now, "self", "withdraw consent", f"person {person.id}")


def _answers(session: Session, desk: Desk, conversation_id: int, channel: str, now: datetime) -> None:
    """So that no later correction brings the consent back."""
    draft = drafts.find(session, desk, conversation_id)
    if draft is None:
        return
    named = _questions(draft.form)
    given = {path: named[name] for path in draft.answers.answers if (name := path.rpartition("/")[2]) in named}
    given = {path: name for path, name in given.items() if draft.answers.answers[path]}
    changed = {path.rpartition("/")[2]: TAKEN_BACK[name] for path, name in given.items()}
    if draft.answers.state is State.SUBMITTED and changed:
        drafts.advance(session, desk, draft, Fill(changed, now=now), channel)
    elif changed:
        paths = {path: TAKEN_BACK[name] for path, name in given.items()}
        drafts.restore(draft, replace(draft.answers, answers={**draft.answers.answers, **paths}))


def _questions(form: Form) -> dict[str, str]:
    """Name of a question -> the consent it is about: by its name, or by what it is saved to, where it can be a no."""
    saved = ((form.saved_to(one.list, name), name) for one in form.declarations for name in TAKEN_BACK)
    named = {question.name: name for question, name in saved if question and question.choice(TAKEN_BACK[name])}
    return {**dict(zip(TAKEN_BACK, TAKEN_BACK, strict=True)), **named}
