"""Which initiatives go on to a later stage: the software suggests and gives its reasons, a person decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from intake import audit
from intake.store import insert_once
from intake.tables import Address, Consent, Initiative, Organisation, Person, Selection, Submission

STAGES = (2, 3)
"""The detailed questionnaire and the case study."""
PURPOSE = "stage2"
"""What a respondent agreed to: to be written to about either (DOMAIN.md 4, rule 13)."""
MATURE = ("prototype", "sustaining", "scaling", "systemic")
COMPLETE = ("need", "form", "service")
POINTS: dict[str, dict[str, int]] = {
    "novelty": {"world": 2, "latvia": 2, "local": 1, "group": 1, "improved": 1},
    "stage": {"prototype": 1, "sustaining": 2, "scaling": 2, "systemic": 2},
    "reach": {"1_20": 1, "21_100": 1, "101_500": 2, "501_2000": 2, "2001": 2},
}
"""Question -> answer -> points, of at most two (questionnaires.md, the rule after stage 2)."""
PARTNERS, USERS = "partners", "users"
SECTORS_FOR_TWO = 3
"""So many kinds of partners give two points, one gives one."""
NO_SECTOR = frozenset({"none", "users", "foreign"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An initiative as the staff weigh it. `lacks` and `consent` are keys of sentences; 10 is the highest score."""

    number: int
    title: str
    organisation: str
    region: str
    score: int
    points: Mapping[str, int]
    lacks: tuple[str, ...]
    consent: str
    chosen_for: int
    """The latest stage it was chosen for; 1 where for none."""

    @property
    def selectable(self) -> bool:
        return self.consent == "yes"


def candidates(session: Session, numbers: Sequence[int] | None = None) -> list[Candidate]:
    """The initiatives, the most promising first; with `numbers` only those."""
    statement = (
        select(Initiative, Person, col(Organisation.name))
        .join(Person, col(Person.id) == col(Initiative.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Initiative.organisation_id))
    )
    if numbers is not None:
        statement = statement.where(col(Initiative.id).in_(numbers))
    latest, known = chosen(session), _known(session, numbers)
    found = [
        _candidate(
            row, person, organisation or "", latest.get(row.id or 0, 1), known.get(row.conversation_id, _NOTHING)
        )
        for row, person, organisation in session.execute(statement).all()
    ]
    return sorted(found, key=lambda one: (-one.score, one.number))


def choose(session: Session, number: int, stage: int, actor: str, now: datetime) -> str:
    """Let an initiative go on to a stage; the key of what came of it."""
    found = next(iter(candidates(session, [number])), None)
    if found is None:
        return "unknown"
    if not found.selectable:
        return f"consent_{found.consent}"
    if stage > STAGES[0] and found.chosen_for < stage - 1:
        return "stage_before"
    row = {"initiative_id": number, "stage": stage, "actor": actor, "at": now}
    if not insert_once(session, Selection, row):
        return "already"
    audit.note(session, now, actor, "select", f"initiative {number}", f"stage {stage}")
    return "done"


def take_back(session: Session, number: int, stage: int, actor: str, now: datetime) -> str:
    """The initiative does not go on after all, nor to any stage behind this one; the key of what came of it."""
    mine = col(Selection.initiative_id) == number, col(Selection.stage) >= stage
    if not session.scalars(select(col(Selection.stage)).where(*mine)).all():
        return "not_chosen"
    session.execute(delete(Selection).where(*mine))
    audit.note(session, now, actor, "deselect", f"initiative {number}", f"stage {stage}")
    return "taken_back"


def contacts(session: Session, stage: int, source: Callable[[int], str], basis: str) -> list[dict[str, str]]:
    """Whom to write to about the initiatives chosen for a stage: rows for a list of contacts, each address once.

    `source` says where the contact comes from, by the number of the initiative.
    """
    going_on = {one.number: one for one in candidates(session) if one.selectable and one.chosen_for >= stage}
    statement = select(Initiative, Person, Address).join(Person, col(Person.id) == col(Initiative.person_id))
    statement = statement.join(Address, col(Address.person_id) == col(Person.id))
    statement = statement.where(col(Initiative.id).in_(going_on), col(Address.channel) == "email")
    rows: dict[str, dict[str, str]] = {}
    for initiative, person, address in session.execute(statement.order_by(col(Initiative.id), col(Address.id))):
        one = going_on[initiative.id]
        rows.setdefault(
            address.value,
            {
                "email": address.value,
                "name": person.name,
                "organisation": one.organisation,
                "language": person.language,
                "salutation": person.salutation,
                "source": source(one.number),
                "basis": basis,
                "obtained_at": person.obtained_at.date().isoformat(),
                "group": f"stage{stage}",
            },
        )
    return list(rows.values())


@dataclass(slots=True)
class _Known:
    """What the submissions of a conversation say: the newest answers, and the consent as it stands."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    consent: str = "none"


_NOTHING = _Known()


def _known(session: Session, numbers: Sequence[int] | None) -> dict[int, _Known]:
    """By conversation; those in which these initiatives were told of, or all."""
    submissions, consents = _SUBMISSIONS, _CONSENTS
    if numbers is not None:
        told_in = select(col(Initiative.conversation_id)).where(col(Initiative.id).in_(numbers))
        submissions = submissions.where(col(Submission.conversation_id).in_(told_in))
        consents = consents.where(col(Submission.conversation_id).in_(told_in))
    found: dict[int, _Known] = {}
    for conversation, answers in session.execute(submissions):
        found.setdefault(conversation, _Known()).answers = answers
    for conversation, answer, withdrawn_at in session.execute(consents):
        found.setdefault(conversation, _Known()).consent = "withdrawn" if withdrawn_at else _consent(answer)
    return found


_SUBMISSIONS = select(col(Submission.conversation_id), col(Submission.answers)).order_by(col(Submission.id))
_CONSENTS = (
    select(col(Submission.conversation_id), col(Consent.answer), col(Consent.withdrawn_at))
    .join(Submission, col(Submission.id) == col(Consent.submission_id))
    .where(col(Consent.purpose) == PURPOSE)
    .order_by(col(Consent.id))
)


def _consent(answer: str) -> str:
    return answer if answer in ("yes", "maybe") else "no"


def chosen(session: Session) -> dict[int, int]:
    """The latest stage an initiative was chosen for, by its number; those not chosen are missing."""
    rows = select(col(Selection.initiative_id), func.max(col(Selection.stage))).group_by(col(Selection.initiative_id))
    return dict(session.execute(rows).all())


def _candidate(row: Initiative, person: Person, organisation: str, chosen_for: int, known: _Known) -> Candidate:
    given = {**known.answers, "novelty": row.novelty, "stage": row.stage}
    points = dict(_points(given))
    return Candidate(
        number=row.id or 0,
        title=row.title,
        organisation=organisation,
        region=row.region,
        score=sum(points.values()),
        points=points,
        lacks=tuple(_lacks(row)),
        consent="stopped" if person.stopped_at is not None else known.consent,
        chosen_for=chosen_for,
    )


def _points(given: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for name, worth in POINTS.items():
        yield name, worth.get(str(given.get(name, "")), 0)
    partners = set(str(given.get(PARTNERS, "")).split())
    yield USERS, 2 if USERS in partners else 0
    sectors = len(partners - NO_SECTOR)
    yield PARTNERS, 2 if sectors >= SECTORS_FOR_TWO else min(sectors, 1)


def _lacks(row: Initiative) -> Iterator[str]:
    if row.stage not in MATURE:
        yield "maturity"
    if not all(getattr(row, name) for name in COMPLETE):
        yield "answers"
