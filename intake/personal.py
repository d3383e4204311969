"""Which answers say who somebody is, and how they go while the others are kept (DOMAIN.md 4, rule 15)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from conversations import session as answers
from conversations.forms import Form, Question
from intake import people
from intake.desk import Desk
from intake.entity_lists import CONTACT, INITIATIVES, REFERRALS, kept
from intake.tables import Conversation, Initiative, Person, Submission

SUGGESTED = ("email", "person")
"""Of somebody who was suggested: where they are reached, what they are called."""
_NAMED = frozenset(f"suggested_{name}" for name in SUGGESTED)
_SAVED = {INITIATIVES: CONTACT, REFERRALS: SUGGESTED}
_REACHED = frozenset(("email", "phone"))
_POSITION = re.compile(r"\[[0-9]+\]")
Paths = frozenset[str]


def about_anybody(form: Form) -> Paths:
    """Paths of the questions about the respondent, and of what `about_suggested` gives."""
    asked = (one for one in form.questions if one.appearances & _REACHED or one.name in CONTACT)
    return frozenset(one.path for one in (*asked, *_saved(form, INITIATIVES))) | about_suggested(form)


def about_suggested(form: Form) -> Paths:
    """Paths of the questions about somebody suggested; of the whole repeat, ending in "/", where they are in one.

    A correction then has nothing to fill in again.
    """
    named = (one for one in form.questions if one.name in _NAMED or _in_suggestion(one))
    return frozenset(f"{one.repeat}/" if one.repeat else one.path for one in (*named, *_saved(form, REFERRALS)))


def _in_suggestion(question: Question) -> bool:
    """In the repeat that suggestions are taken from where the form declares no such entities (initiatives.py)."""
    return question.repeat is not None and question.repeat.endswith("/suggestion")


def erase(session: Session, desk: Desk, conversation: Conversation, about: Callable[[Form], Paths]) -> None:
    """Take these answers out of a conversation, its submissions and initiatives."""
    people.lock(session, session.get_one(Person, conversation.person_id))
    session.refresh(conversation)
    paths = about(desk.form(session, conversation.form_id))
    names = {path.removesuffix("/").rpartition("/")[2] for path in paths}
    for submission in session.scalars(select(Submission).where(col(Submission.conversation_id) == conversation.id)):
        submission.answers = _without(submission.answers, names)
    for initiative in session.scalars(select(Initiative).where(col(Initiative.conversation_id) == conversation.id)):
        initiative.properties = _without(initiative.properties, names)
    if conversation.session:
        said = answers.Session.from_json(conversation.session)
        left = {path: text for path, text in said.answers.items() if not _meant(path, paths)}
        repeats = {path: count for path, count in said.repeats.items() if not _meant(f"{path}/", paths)}
        conversation.session = replace(said, answers=left, repeats=repeats).to_json()


def _meant(path: str, paths: Paths) -> bool:
    plain = _POSITION.sub("", path)
    return plain in paths or any(plain.startswith(one) for one in paths if one.endswith("/"))


def _without(value: Any, names: Collection[str]) -> Any:
    """Answers without those of these names, in repeats of any depth as well."""
    if isinstance(value, list):
        return [_without(one, names) for one in value]
    if isinstance(value, dict):
        return {name: _without(one, names) for name, one in value.items() if name not in names}
    return value


def _saved(form: Form, listing: str) -> Iterator[Question]:
    for one in form.declarations:
        if kept(one.list) == listing:
            questions = (form.saved_to(one.list, name) for name in _SAVED[listing])
            yield from (question for question in questions if question is not None)
