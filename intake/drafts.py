"""Conversations under way: begun, advanced by one input, submitted; the same for every channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from conversations.forms import Form, entities
from conversations.session import Session as Answers
from conversations.session import State, begin
from conversations.turn import (
    Accepted,
    Input,
    Language,
    Submitted,
    Turn,
    outstanding,
    submission,
    summary,
    turn,
)
from intake import codes, crossing, initiatives, phrases
from intake.desk import Desk
from intake.tables import DELETED, Conversation, Person, Submission

LIVE = (State.OPEN, State.REVIEW, State.PAUSED)


_NEWEST = (
    select(Conversation)
    .where(col(Conversation.person_id) == bindparam("person"), col(Conversation.state) != DELETED)
    .order_by(col(Conversation.updated_at).desc(), col(Conversation.id).desc())
    .limit(20)
)
"""Built once, as it is asked at every input."""


@dataclass(slots=True)
class Draft:
    """A conversation's row with its form and its answers read from it."""

    row: Conversation
    form: Form
    answers: Answers
    submitted: Submission | None = None
    """Set by the input that submitted it."""


def find(session: Session, desk: Desk, conversation_id: int) -> Draft | None:
    """The draft of a conversation; None when its unfinished answers were deleted."""
    row = session.get_one(Conversation, conversation_id)
    if row.state == DELETED:
        return None
    return Draft(row, desk.form(session, row.form_id), Answers.from_json(row.session))


def current(session: Session, desk: Desk, person: Person) -> Draft | None:
    """What the person is at: the unfinished conversation touched last, else the finished one."""
    rows = list(session.scalars(_NEWEST, {"person": person.id}))
    row = next((row for row in rows if row.state in LIVE), rows[0] if rows else None)
    return Draft(row, desk.form(session, row.form_id), Answers.from_json(row.session)) if row else None


def start(
    session: Session, desk: Desk, person: Person, channel: str, now: datetime, after: Draft | None = None
) -> Draft:
    """A new conversation about an initiative; `after` another one, with what stays the same filled in."""
    form = desk.form(session)
    fill = phrases.campaign_values(session, desk, person.language) | (_kept(after, now) if after else {})
    about = initiatives.next_about(session, person, form)
    if about is not None:
        fill |= initiatives.known(session, about)
    answers = begin(form, language=person.language, now=now, seed=codes.new(), fill=fill)
    row = Conversation(
        person_id=person.id or 0,
        form_id=desk.form_id,
        code=codes.new(),
        state=answers.state,
        session=answers.to_json(),
        begun_on=channel,
        begun_at=now,
        updated_at=now,
        about=about.entity_id if about else "",
    )
    session.add(row)
    session.flush()
    return Draft(row, form, answers)


def advance(session: Session, desk: Desk, draft: Draft, given: Input, channel: str) -> Turn:
    """One input: the new answers are in the row; a submission and what follows from it are written as well."""
    if isinstance(given, Language):
        values = phrases.campaign_values(session, desk, given.code)
        draft.answers = _refilled(draft.answers, values)
    before, row = draft.answers, draft.row
    result = turn(draft.form, before, given)
    draft.answers = result.session
    if channel == "email":
        crossing.tell_chat(session, row, draft.form, before, result.session, given.now)
    row.session, row.state, row.updated_at = result.session.to_json(), result.session.state, given.now
    if row.answered_at is None and any(isinstance(prompt, Accepted) for prompt in result.prompts):
        row.answered_at = given.now
    if any(isinstance(prompt, Submitted) for prompt in result.prompts):
        draft.submitted = initiatives.submit(
            session,
            desk,
            row,
            submission(draft.form, result.session, given.now),
            language=result.session.language,
            channel=channel,
            now=given.now,
            entities=entities(result.session.instance(draft.form, given.now)) if draft.form.declarations else None,
        )
    return result


def restore(draft: Draft, answers: Answers) -> None:
    """Put the draft back to what it was before an input that came to nothing."""
    draft.answers = answers
    draft.row.session, draft.row.state = answers.to_json(), answers.state


def abandon(session: Session, draft: Draft, now: datetime) -> None:
    """Give up a draft: its answers are deleted; one that was submitted and opened again is closed as it is."""
    draft.row.updated_at = now
    if initiatives.latest(session, draft.row.id or 0) is not None:
        restore(draft, replace(draft.answers, state=State.SUBMITTED, at=None, picked=(), errors=0))
    else:
        draft.row.state, draft.row.session = DELETED, ""


def note(form: Form, name: str, language: str, values: Mapping[str, str], now: datetime) -> str:
    """The text of a note of the form with the campaign's values in it; empty when the form has no such note."""
    found = next((one for one in form.notes if one.name == name), None)
    if found is None:
        return ""
    answers = begin(form, language=language, now=now, fill=values)
    return answers.instance(form, now).label(found.path)


def paths(draft: Draft, now: datetime) -> list[str]:
    """The paths of everything a review shows: what is answered and what is still open."""
    items = [item.path for item in summary(draft.form, draft.answers, now)]
    return items + [ask.path for ask in outstanding(draft.form, draft.answers, now)]


def _kept(draft: Draft, now: datetime) -> dict[str, str]:
    return initiatives.kept_for_next(draft.form, submission(draft.form, draft.answers, now))


def _refilled(answers: Answers, values: Mapping[str, str]) -> Answers:
    paths = {path: values[path.rpartition("/")[2]] for path in answers.answers if path.rpartition("/")[2] in values}
    return replace(answers, answers={**answers.answers, **paths})
