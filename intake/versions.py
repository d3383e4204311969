"""Which conversations are under way on which version of a questionnaire; each stays on the one it began with."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from conversations.session import Session as Answers
from intake.drafts import LIVE
from intake.tables import Conversation, FormVersion


@dataclass(frozen=True, slots=True)
class Standing:
    """The open conversations on one stored version; `answered`: those that already answered what changed."""

    form_version: int
    version: str
    digest: str
    conversations: tuple[int, ...]
    answered: tuple[int, ...]


def standing(session: Session, name: str, new_digest: str, touched: Collection[str]) -> list[Standing]:
    """All stored versions of the questionnaire but the new one, the oldest first."""
    statement = (
        select(FormVersion)
        .where(col(FormVersion.name) == name, col(FormVersion.digest) != new_digest)
        .order_by(col(FormVersion.id))
    )
    return [_standing(session, row, frozenset(touched)) for row in session.scalars(statement)]


def _standing(session: Session, row: FormVersion, touched: frozenset[str]) -> Standing:
    found = list(_open(session, row.id or 0))
    answered = tuple(number for number, answers in found if not touched.isdisjoint(_answered(answers)))
    return Standing(row.id or 0, row.version, row.digest, tuple(number for number, _ in found), answered)


def _open(session: Session, form_id: int) -> Iterator[tuple[int, Answers]]:
    statement = (
        select(col(Conversation.id), col(Conversation.session))
        .where(col(Conversation.form_id) == form_id, col(Conversation.state).in_(LIVE))
        .order_by(col(Conversation.id))
    )
    for number, text in session.execute(statement).all():
        yield number, Answers.from_json(text)


def _answered(answers: Answers) -> frozenset[str]:
    """Names of the questions with an answer of the person's own."""
    own = (path for path, text in answers.answers.items() if text and path not in answers.assumed)
    return frozenset(path.rpartition("/")[2].partition("[")[0] for path in own)
