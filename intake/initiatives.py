"""A submitted questionnaire becomes rows: submission, initiatives, organisation, consents, nominations."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, exists, select
from sqlmodel import Session, col

from conversations.forms import Action, Entity, Form
from intake import organisations, outbox, referrals
from intake.desk import Desk
from intake.entity_lists import CONSENTS, CONTACT, INITIATIVES, ORGANISATION, PROPERTIES, REFERRALS, TEXTS, kept
from intake.tables import (
    DELETED,
    Consent,
    Conversation,
    FormVersion,
    Initiative,
    Organisation,
    Person,
    Selection,
    Submission,
)

KEPT_FOR_NEXT = (
    "organisation",
    "legal_form",
    "legal_form_other",
    "registration_number",
    "social_enterprise",
    "contact_name",
    "contact_position",
    "contact_email",
    "contact_phone",
)
"""Answers that another initiative of the same respondent begins with (questionnaires.md, S1R2)."""
CALCULATED = {"region": "regions", "registration_number": "registration_digits"}
"""Property -> the calculation that gives it better than the question of its name does."""
ELSEWHERE = frozenset(("title", "year", *TEXTS, *ORGANISATION, *CONTACT, *CONSENTS))
"""Properties that are not among an initiative's `properties`."""
LONGEST_CONSENT = 32
NAMESPACE = uuid.UUID("0d4b7a35-7d1b-4a53-8f0e-3f1f0b9f9b9a")
"""Of the ids of initiatives whose form declares no entities."""


def submit(
    session: Session,
    desk: Desk,
    conversation: Conversation,
    answers: Mapping[str, Any],
    *,
    language: str,
    channel: str,
    now: datetime,
    entities: Sequence[Entity] | None = None,
) -> Submission:
    """Write the rows of a submission, or of the next revision of one. Late answers are accepted and marked.

    `entities`: what the form's answers create and update; None where it declares none: then names of questions count.
    """
    before = latest(session, conversation.id or 0)
    submission = Submission(
        conversation_id=conversation.id or 0,
        revision=(before.revision if before else 0) + 1,
        person_id=conversation.person_id,
        form_id=conversation.form_id,
        language=language,
        channel=channel,
        late=now > desk.closes(session),
        answers=dict(answers),
        entities=[_trace(entity) for entity in entities or ()],
        submitted_at=now,
    )
    session.add(submission)
    session.flush()
    form = desk.form(session, conversation.form_id)
    said = {one["id"]: one["properties"] for one in before.entities} if before else {}
    written = _initiatives(form, entities, answers, conversation)
    for entity in written:
        Writing(session, conversation, submission, now).write(entity, said.get(entity.id, {}))
    _keep_name(session, submission, written, answers)
    _keep_consents(session, submission, written, answers)
    referrals.nominate(session, desk, conversation, _suggestions(form, entities, answers), now)
    outbox.suppress(session, "finished", person_id=conversation.person_id, kinds=("reminder",))
    return submission


def latest(session: Session, conversation_id: int) -> Submission | None:
    """The newest revision of a conversation's submission."""
    statement = select(Submission).where(col(Submission.conversation_id) == conversation_id)
    return session.scalars(statement.order_by(col(Submission.revision).desc()).limit(1)).first()


def first_of(column: Any) -> ScalarSelect[Any]:
    """A column of the (first) initiative that a submission made or was about: for a select of Submission, Conversation.

    The initiative is joined with its organisation.
    """
    about = (col(Initiative.entity_id) == col(Conversation.about)) & (col(Conversation.about) != "")
    return (
        select(column)
        .select_from(Initiative)
        .outerjoin(Organisation, col(Organisation.id) == col(Initiative.organisation_id))
        .where((col(Initiative.conversation_id) == col(Submission.conversation_id)) | about)
        .order_by(col(Initiative.id))
        .limit(1)
        .correlate(Submission, Conversation)
        .scalar_subquery()
    )


def next_about(session: Session, person: Person, form: Form) -> Initiative | None:
    """The initiative a conversation is opened for: the oldest of the person's that this form has not asked about yet.

    Where the staff chose some of theirs for a later stage, only those. None for a form that updates no initiative.
    """
    if not any(one.updates and kept(one.list) == INITIATIVES for one in form.declarations):
        return None
    asked = exists().where(
        col(Conversation.about) == col(Initiative.entity_id),
        col(Conversation.state) != DELETED,
        col(FormVersion.id) == col(Conversation.form_id),
        col(FormVersion.name) == form.id,
    )
    chosen = exists().where(col(Selection.initiative_id) == col(Initiative.id))
    theirs = select(Initiative, chosen, asked).where(col(Initiative.person_id) == person.id)
    found = session.execute(theirs.order_by(col(Initiative.id))).all()
    some_chosen = any(is_chosen for _, is_chosen, _ in found)
    open_ones = (row for row, is_chosen, is_asked in found if not is_asked and (is_chosen or not some_chosen))
    return next(open_ones, None)


def known(session: Session, initiative: Initiative) -> dict[str, str]:
    """What a questionnaire about an initiative begins with: its hidden fields `initiative_id`, `initiative_stage`..."""
    organisation = session.get(Organisation, initiative.organisation_id) if initiative.organisation_id else None
    values = {
        **{name: str(value) for name, value in initiative.properties.items()},
        **{name: getattr(initiative, name) for name in ("title", *TEXTS)},
        "id": initiative.entity_id,
        "year": str(initiative.year or ""),
        "organisation": organisation.name if organisation else "",
    }
    return {f"initiative_{name}": value for name, value in values.items()}


def kept_for_next(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """The answers about the organisation and the person, whatever their questions are called."""
    saved = (form.saved_to(one.list, name) for one in form.declarations for name in KEPT_FOR_NEXT)
    names = dict.fromkeys((*KEPT_FOR_NEXT, *(question.name for question in saved if question is not None)))
    return {name: str(answers[name]) for name in names if answers.get(name)}


def _initiatives(
    form: Form, entities: Sequence[Entity] | None, answers: Mapping[str, Any], conversation: Conversation
) -> list[Entity]:
    """What the submission says about initiatives; a form without save_to says it by the names of its questions."""
    sources = {name: (CALCULATED.get(name, name), name) for name in PROPERTIES[INITIATIVES]}
    values = {name: next((answers[one] for one in own if one in answers), None) for name, own in sources.items()}
    named = {name: value for name, value in values.items() if isinstance(value, str)}
    if entities is None:
        label = str(answers.get("instanceName") or form.title(form.default_language))
        number = str(uuid.uuid5(NAMESPACE, conversation.code))
        return [Entity(INITIATIVES, Action.CREATE, number, label, named, f"/{form.root.name}")]
    found = [one for one in entities if kept(one.list) == INITIATIVES]
    return found if _saves(form) else [replace(one, properties=named) for one in found]


def _suggestions(
    form: Form, entities: Sequence[Entity] | None, answers: Mapping[str, Any]
) -> Sequence[Mapping[str, str]]:
    """The nominations; a form without such a list may have a repeat `suggestion` of questions `suggested_email`..."""
    if entities is not None and any(kept(one.list) == REFERRALS for one in form.declarations):
        return [one.properties for one in entities if kept(one.list) == REFERRALS and one.action is not Action.UPDATE]
    rows = answers.get("suggestion")
    return rows if isinstance(rows, list) else ()


def _saves(form: Form) -> bool:
    return any(one.properties for one in form.declarations)


def _trace(entity: Entity) -> dict[str, Any]:
    """What is kept of an entity with the submission: values only as digests, which say what a correction changed."""
    digests = {name: _digest(value) for name, value in {**entity.properties, "label": entity.label}.items()}
    return {
        "list": entity.list,
        "action": entity.action.value,
        "id": entity.id,
        "path": entity.path,
        "properties": digests,
    }


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:16]


class Writing:
    """Writes the entities of one submission into the table of initiatives."""

    def __init__(self, session: Session, conversation: Conversation, submission: Submission, now: datetime) -> None:
        self.session = session
        self.conversation = conversation
        self.submission = submission
        self.now = now

    def write(self, entity: Entity, before: Mapping[str, str]) -> None:
        """`before`: digests of what the last revision said; only what is new is written, later stages keep theirs."""
        row = self._row(entity)
        if row is None:
            return
        said = {**entity.properties, "label": entity.label}
        changed = {name: value for name, value in said.items() if before.get(name) != _digest(value)}
        if entity.action is not Action.UPDATE:
            changed |= {name: "" for name in before if name not in said}  # no longer applies
        self._fill(row, entity, changed)
        row.updated_at = self.now
        if row.conversation_id == self.conversation.id:
            row.submission_id = self.submission.id or 0
        self.session.add(row)
        self.session.flush()

    def _row(self, entity: Entity) -> Initiative | None:
        """The row to write to; None for an update of what is not there, or not theirs to change."""
        found = self.session.scalars(select(Initiative).where(col(Initiative.entity_id) == entity.id)).first()
        if found is not None:
            return found if self._may_change(found, entity) else None
        if entity.action is Action.UPDATE or not _is_uuid(entity.id):
            return None
        return Initiative(
            entity_id=entity.id,
            conversation_id=self.conversation.id or 0,
            submission_id=self.submission.id or 0,
            person_id=self.submission.person_id,
            title="",
            created_at=self.now,
            updated_at=self.now,
        )

    def _may_change(self, row: Initiative, entity: Entity) -> bool:
        """Their own, or the one the conversation was opened for: an id alone, which may be typed, is no right."""
        if entity.action is Action.CREATE:
            return row.conversation_id == self.conversation.id
        return row.person_id == self.submission.person_id or row.entity_id == self.conversation.about

    def _fill(self, row: Initiative, entity: Entity, changed: Mapping[str, str]) -> None:
        if "title" in changed or "label" in changed:
            row.title = entity.properties.get("title") or entity.label or row.title
        for name in TEXTS:
            if name in changed:
                setattr(row, name, changed[name])
        if "year" in changed:
            row.year = _year(changed["year"])
        more = {name: value for name, value in changed.items() if name not in ELSEWHERE and name != "label"}
        if more:
            row.properties = {name: value for name, value in {**row.properties, **more}.items() if value}
        if not changed.keys().isdisjoint(ORGANISATION) and "organisation" in {**entity.properties, **changed}:
            self._organisation(row, entity)

    def _organisation(self, row: Initiative, entity: Entity) -> None:
        known = entity.properties
        organisation = None
        if known.get("legal_form") not in ("informal", "person"):
            organisation = organisations.find_or_add(
                self.session,
                known.get("organisation", ""),
                self.now,
                registration_number=_number(known.get("registration_number", "")),
                legal_form=known.get("legal_form") or None,
                sector=organisations.SECTORS.get(known.get("legal_form", "")),
                municipality=known.get("municipality") if known.get("scope") == "one" else None,
            )
        row.organisation_id = organisation.id if organisation else None
        person = self.session.get_one(Person, self.submission.person_id)
        if organisation is not None and person.organisation_id is None and row.person_id == person.id:
            person.organisation_id = organisation.id


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _year(text: str) -> int | None:
    return int(text) if len(text) == 4 and text.isascii() and text.isdecimal() else None


def _number(text: str) -> str | None:
    """The eleven digits of a registration number; anything else is no number to find an organisation by."""
    digits = "".join(char for char in text if char in "0123456789")
    return digits if len(digits) == 11 else None


def _keep_name(session: Session, submission: Submission, written: Sequence[Entity], answers: Mapping[str, Any]) -> None:
    person = session.get_one(Person, submission.person_id)
    person.name = person.name or _said("contact_name", written, answers)


def _keep_consents(
    session: Session, submission: Submission, written: Sequence[Entity], answers: Mapping[str, Any]
) -> None:
    for name, purpose in CONSENTS.items():
        answer = _said(name, written, answers)
        if answer and len(answer) <= LONGEST_CONSENT and " " not in answer:
            consent = Consent(
                person_id=submission.person_id,
                submission_id=submission.id,
                purpose=purpose,
                answer=answer,
                form_id=submission.form_id,
                language=submission.language,
                channel=submission.channel,
                at=submission.submitted_at,
            )
            session.add(consent)


def _said(name: str, written: Sequence[Entity], answers: Mapping[str, Any]) -> str:
    """What is saved to a property, else the answer to the question of that name."""
    saved = next((one.properties[name] for one in written if one.properties.get(name)), "")
    answer = answers.get(name, "")
    return saved or (answer if isinstance(answer, str) else "")
