"""What the initiatives are about, counted by the choices of the questionnaire, and what none of them is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from intake.desk import Desk
from intake.tables import Initiative, Organisation

QUESTIONS = ("region", "service", "target", "form", "stage", "novelty")
"""Questions of which an initiative keeps the answer."""
WANTED = ("region", "service", "target")
"""Of these every choice should be met at least once (DOMAIN.md 5, coverage)."""
NOT_WANTED = frozenset({"other", "dk", "all", "none"})


@dataclass(frozen=True, slots=True)
class Share:
    """How many initiatives are about one choice of a question."""

    name: str
    label: str
    count: int


def counts(session: Session, desk: Desk, language: str) -> dict[str, list[Share]]:
    """By question, every choice of the running questionnaire in its order; an initiative may count for several."""
    form = desk.form(session)
    found: dict[str, list[Share]] = {}
    for name, met in _met(session).items():
        question = form.question(name)
        if question is not None:
            found[name] = [Share(one.name, one.label(language), met[one.name]) for one in question.choices]
    return found


def gaps(counted: Mapping[str, list[Share]]) -> dict[str, list[str]]:
    """By question, the labels of choices that no initiative is about; nothing as long as there is no initiative."""
    if not any(share.count for shares in counted.values() for share in shares):
        return {}
    missing = {
        name: [share.label for share in counted.get(name, ()) if not share.count and share.name not in NOT_WANTED]
        for name in WANTED
    }
    return {name: labels for name, labels in missing.items() if labels}


def sectors(session: Session) -> dict[str, int]:
    """Initiatives by the sector of their organisation; "" where it is not known."""
    statement = select(col(Organisation.sector)).select_from(Initiative)
    statement = statement.outerjoin(Organisation, col(Organisation.id) == col(Initiative.organisation_id))
    return dict(Counter(sector or "" for sector in session.scalars(statement)).most_common())


def _met(session: Session) -> dict[str, Counter[str]]:
    met: dict[str, Counter[str]] = {name: Counter() for name in QUESTIONS}
    for row in session.execute(select(*(getattr(Initiative, name) for name in QUESTIONS))):
        for name, value in zip(QUESTIONS, row, strict=True):
            met[name].update((value or "").split())
    return met
