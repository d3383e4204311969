"""A submitted questionnaire becomes rows: submission, initiative, organisation, consents, nominations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import organisations, outbox, referrals
from intake.desk import Desk
from intake.tables import Consent, Conversation, Initiative, Organisation, Person, Submission

COPIED = (
    "title",
    "description",
    "need",
    "form",
    "novelty",
    "service",
    "target",
    "scope",
    "municipality",
    "region",
    "stage",
    "role",
    "publish",
)
CALCULATED = {"region": "regions"}
"""Column -> the questionnaire's calculation that gives it, where it is not the answer itself."""
CONSENTS = {"contact_consent": "stage2", "publish": "publish", "privacy_read": "notice"}
"""Answer -> the purpose it is about."""
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


def submit(
    session: Session,
    desk: Desk,
    conversation: Conversation,
    answers: Mapping[str, Any],
    *,
    language: str,
    channel: str,
    now: datetime,
) -> Submission:
    """Write the rows of a submission, or of the next revision of one. Late answers are accepted and marked."""
    person = session.get_one(Person, conversation.person_id)
    revision = _revisions(session, conversation) + 1
    submission = Submission(
        conversation_id=conversation.id or 0,
        revision=revision,
        person_id=conversation.person_id,
        form_id=conversation.form_id,
        language=language,
        channel=channel,
        late=now > desk.closes(session),
        answers=dict(answers),
        submitted_at=now,
    )
    session.add(submission)
    session.flush()
    organisation = _organisation(session, answers, now)
    if organisation is not None and person.organisation_id is None:
        person.organisation_id = organisation.id
    if not person.name:
        person.name = str(answers.get("contact_name", ""))
    _keep_initiative(session, conversation, submission, organisation, answers, now)
    _keep_consents(session, submission, answers)
    referrals.nominate(session, desk, conversation, answers.get("suggestion", ()), now)
    outbox.suppress(session, "finished", person_id=conversation.person_id, kinds=("reminder",))
    return submission


def latest(session: Session, conversation_id: int) -> Submission | None:
    """The newest revision of a conversation's submission."""
    statement = select(Submission).where(col(Submission.conversation_id) == conversation_id)
    return session.scalars(statement.order_by(col(Submission.revision).desc()).limit(1)).first()


def _revisions(session: Session, conversation: Conversation) -> int:
    statement = select(func.count()).select_from(Submission).where(col(Submission.conversation_id) == conversation.id)
    return session.scalar(statement) or 0


def _organisation(session: Session, answers: Mapping[str, Any], now: datetime) -> Organisation | None:
    legal_form = answers.get("legal_form")
    if legal_form in ("informal", "person"):
        return None
    return organisations.find_or_add(
        session,
        str(answers.get("organisation", "")),
        now,
        registration_number=answers.get("registration_digits") or None,
        legal_form=legal_form,
        sector=organisations.SECTORS.get(legal_form or ""),
        municipality=answers.get("municipality") if answers.get("scope") == "one" else None,
    )


def _keep_initiative(
    session: Session,
    conversation: Conversation,
    submission: Submission,
    organisation: Organisation | None,
    answers: Mapping[str, Any],
    now: datetime,
) -> None:
    found = session.scalars(
        select(Initiative).where(col(Initiative.conversation_id) == conversation.id)
    ).first() or Initiative(
        conversation_id=conversation.id or 0,
        submission_id=submission.id or 0,
        person_id=submission.person_id,
        title="",
        created_at=now,
        updated_at=now,
    )
    for name in COPIED:
        setattr(found, name, str(answers.get(CALCULATED.get(name, name), "")))
    year = str(answers.get("year", ""))
    found.year = int(year) if year.isdecimal() else None
    found.organisation_id = organisation.id if organisation else None
    found.submission_id, found.updated_at = submission.id or 0, now
    session.add(found)


def _keep_consents(session: Session, submission: Submission, answers: Mapping[str, Any]) -> None:
    for name, purpose in CONSENTS.items():
        if answer := answers.get(name):
            consent = Consent(
                person_id=submission.person_id,
                submission_id=submission.id,
                purpose=purpose,
                answer=str(answer),
                form_id=submission.form_id,
                language=submission.language,
                channel=submission.channel,
                at=submission.submitted_at,
            )
            session.add(consent)
