"""What the page shows of the campaign as it stands: counts, initiatives, outbox, suggestions, the digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from intake import digest, matters, numbers, outbox
from intake.app import Service
from intake.playground import stations
from intake.tables import Initiative, Nomination, Organisation, Outbox, Person, Submission

MOST_SHOWN = 100
COUNTS = (
    *("contacts", "invited", "begun", "submitted", "initiatives"),
    *("referrals_nominated", "referrals_approved", "referrals_invited", "referrals_answered"),
    *("stopped", "bounced", "inbox_waiting", "inbox_set_aside", "needs_a_person"),
    *("outbox_due", "outbox_sending", "outbox_sent", "outbox_failed", "outbox_suppressed", "outbox_unknown"),
)
"""The counts of `atsauce status` in the order of the page."""

Row = dict[str, Any]


def overview(session: Session, service: Service) -> Row:
    """Everything but the digest, as JSON; persons by their numbers only."""
    desk, now = service.desk, service.clock.now()
    reminder, morning = stations.next_reminder(session, desk, now), stations.next_digest(desk, now)
    form = desk.form(session)
    return {
        "next": {
            "reminder": reminder.isoformat() if reminder else None,
            "digest": morning.isoformat() if morning else None,
            "deadline": desk.closes(session).isoformat(),
        },
        "paused": outbox.paused(session),
        "status": dict(_flat(numbers.status(session))),
        "initiatives": [_initiative(*row) for row in session.execute(_INITIATIVES)],
        "outbox": [_message(row) for row in session.scalars(_OUTBOX)],
        "referrals": [_nomination(row) for row in session.scalars(_NOMINATIONS)],
        "attention": [_matter(row, desk.campaign.language) for row in matters.waiting(session)[:MOST_SHOWN]],
        "form": {
            "file": desk.campaign.questionnaire,
            "title": form.title(desk.campaign.language),
            "version": form.version,
            "questions": len(form.questions),
            "core": sum(question.core for question in form.questions),
            "languages": list(form.languages),
        },
    }


def digest_now(session: Session, service: Service) -> dict[str, str]:
    """The digest as it would read at this instant."""
    values = digest.compose(session, service.desk, service.clock.now())
    letter = digest.written(session, service.desk, values)
    return {"subject": letter.subject, "text": letter.text}


_INITIATIVES = (
    select(Initiative, Submission, col(Organisation.name), col(Person.wave))
    .join(Submission, col(Submission.id) == col(Initiative.submission_id))
    .join(Person, col(Person.id) == col(Initiative.person_id))
    .outerjoin(Organisation, col(Organisation.id) == col(Initiative.organisation_id))
    .order_by(col(Initiative.id).desc())
    .limit(MOST_SHOWN)
)
_OUTBOX = select(Outbox).order_by(col(Outbox.id).desc()).limit(MOST_SHOWN)
_NOMINATIONS = select(Nomination).order_by(col(Nomination.id).desc()).limit(MOST_SHOWN)


def _initiative(row: Initiative, submission: Submission, organisation: str | None, wave: int) -> Row:
    return {
        "number": row.id,
        "title": row.title,
        "organisation": organisation or "",
        "person": row.person_id,
        "channel": submission.channel,
        "language": submission.language,
        "late": submission.late,
        "revision": submission.revision,
        "wave": wave,
        "at": row.updated_at.isoformat(),
    }


def _message(row: Outbox) -> Row:
    return {
        "number": row.id,
        "kind": row.kind,
        "channel": row.channel,
        "person": row.person_id,
        "state": str(row.state),
        "reason": row.reason,
        "due": row.due_at.isoformat(),
    }


def _nomination(row: Nomination) -> Row:
    return {
        "number": row.id,
        "organisation": row.organisation,
        "municipality": row.municipality,
        "address": row.email or "",
        "person": row.referrer_id,
        "state": str(row.state),
    }


def _matter(row: Any, language: str) -> Row:
    return {"number": row.id, "what": digest.matter_kind(row.kind, language), "person": row.person_id}


def _flat(found: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, int]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}_")
        else:
            yield f"{prefix}{name}", value
