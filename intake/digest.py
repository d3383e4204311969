"""The letter to the staff on the mornings of working days: how the campaign stands and what waits for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import coverage, initiatives, letters, matters, numbers, outbox, referrals, wording
from intake.channels.email.letters import Letter, letter
from intake.desk import Desk
from intake.store import insert_once, upsert
from intake.tables import (
    Conversation,
    DigestRun,
    Matter,
    Nomination,
    Organisation,
    Outbox,
    Person,
    Submission,
)

MOST_LISTED = 100
KINDS = (
    *("question", "remark", "unclear_refusal", "unknown_delivery", "undelivered", "forwarded", "after_stop"),
    *("not_understood", "bounce", "complaint", "oversize", "attachment", "attachment_failed"),
    *("loop", "erasure", "forged"),
)
"""Matters that have words of their own."""


def due(session: Session, desk: Desk, now: datetime) -> bool:
    """Whether it is a working day at or past the hour of the digest, and today's was not decided on yet."""
    local = desk.campaign.local(now)
    if not desk.staff or local.time() < desk.campaign.staff.digest_at or not desk.campaign.works(local.date()):
        return False
    return session.get(DigestRun, local.date().isoformat()) is None


def send_if_due(session: Session, desk: Desk, now: datetime) -> bool:
    """Send today's digest if it is due and anything changed since the last one; a tick of the clock calls this."""
    if not due(session, desk, now):
        return False
    day, counts = desk.campaign.local(now).date().isoformat(), _counts(session)
    changed = counts != _before(session)
    row = {"day": day, "at": now, "numbers": counts, "sent": changed}
    if not insert_once(session, DigestRun, row) or not changed:
        return False
    values = compose(session, desk, now, upto=day)
    for address in desk.staff:
        _put(session, desk, values, f"digest:{day}", address, now)
    return True


def send(session: Session, desk: Desk, now: datetime) -> int:
    """Send it now, whatever was sent before; how many letters."""
    day = desk.campaign.local(now).date().isoformat()
    values = compose(session, desk, now)
    put = sum(_put(session, desk, values, f"digest:{now.isoformat()}", address, now) for address in desk.staff)
    upsert(session, DigestRun, "day", {"day": day, "at": now, "numbers": _counts(session), "sent": True})
    return put


def send_to(session: Session, desk: Desk, address: str, now: datetime) -> None:
    """Send it to one of the staff who asked for it; the others get theirs as ever."""
    _put(session, desk, compose(session, desk, now), f"digest:{now.isoformat()}", address, now)


def compose(session: Session, desk: Desk, now: datetime, *, upto: str = "") -> dict[str, Any]:
    """The values of the letter `digest`; the changes are those since the last one sent (before the day `upto`)."""
    before, counts, status = _before(session, upto), _counts(session), numbers.status(session)
    language = desk.campaign.language
    today, deadline = desk.campaign.local(now).date(), desk.campaign.local(desk.closes(session)).date()
    waiting = [nomination(session, desk, row) for row in referrals.waiting(session)]
    return {
        "day": today,
        "deadline": deadline,
        "days_left": (deadline - today).days,
        "paused": outbox.paused(session),
        "target": desk.campaign.staff.target,
        "totals": counts,
        "changes": {name: counts[name] - before.get(name, 0) for name in counts},
        "funnel": _funnel(status, language),
        "referrals": status["referrals"],
        "new": list(_new(session, before.get("last_submission", 0), language)),
        "waiting": waiting,
        "example": next((row["number"] for row in waiting if row["has_address"]), None),
        "attention": [matter(session, row, language) for row in matters.waiting(session)[:MOST_LISTED]],
        "set_aside": status["inbox"]["set_aside"],
        "gaps": coverage.gaps(coverage.counts(session, desk, language)).get("region", []),
    }


def written(session: Session, desk: Desk, values: Mapping[str, Any]) -> Letter:
    """The digest as its readers will see it."""
    language = desk.campaign.language
    given = letters.campaign_values(session, desk, language) | dict(values)
    return letter("digest", language, given, desk.campaign.folder / "letters")


def _put(session: Session, desk: Desk, values: Mapping[str, Any], key: str, address: str, now: datetime) -> bool:
    return letters.put(
        session,
        desk,
        template="digest",
        kind="digest",
        key=f"{key}:{outbox.address_digest(address, desk.key)[:16]}",
        address=address,
        language=desk.campaign.language,
        values=values,
        now=now,
    )


def _counts(session: Session) -> dict[str, int]:
    """What a change is noticed by; counts only, as they are kept with every digest."""
    status = numbers.status(session)
    names = ("contacts", "invited", "begun", "submitted", "initiatives", "stopped", "bounced", "needs_a_person")
    revised = select(func.count()).select_from(Submission).where(col(Submission.revision) > 1)
    return {
        **{name: status[name] for name in names},
        "nominated": status["referrals"]["nominated"],
        "waiting": len(referrals.waiting(session)),
        "set_aside": status["inbox"]["set_aside"],
        "corrected": session.scalar(revised) or 0,
        "last_submission": session.scalar(select(func.max(col(Submission.id)))) or 0,
        "last_matter": session.scalar(select(func.max(col(Matter.id)))) or 0,
    }


def _before(session: Session, upto: str = "") -> dict[str, int]:
    """The counts of the last digest that was sent; before the first one nothing had happened."""
    statement = select(DigestRun).where(col(DigestRun.sent).is_(True))
    if upto:
        statement = statement.where(col(DigestRun.day) < upto)
    run = session.scalars(statement.order_by(col(DigestRun.at).desc()).limit(1)).first()
    return dict(run.numbers) if run else dict.fromkeys(_counts(session), 0)


def _funnel(status: Mapping[str, int], language: str) -> dict[str, str]:
    """Each step as a share of the one before."""
    return {
        "invited": numbers.share(status["invited"], status["contacts"], language),
        "begun": numbers.share(status["begun"], status["invited"], language),
        "submitted": numbers.share(status["submitted"], status["begun"], language),
    }


def _new(session: Session, after: int, language: str) -> Iterator[dict[str, Any]]:
    """Submissions since the last digest: number, organisation, channel and language, no word of the answers."""
    statement = (
        select(Submission, initiatives.first_of(col(Organisation.name)))
        .join(Conversation, col(Conversation.id) == col(Submission.conversation_id))
        .where(col(Submission.id) > after, col(Submission.revision) == 1)
        .order_by(col(Submission.id))
        .limit(MOST_LISTED)
    )
    for submission, organisation in session.execute(statement):
        yield {
            "number": submission.id,
            "organisation": organisation or wording.text(language, "digest.no_organisation"),
            "channel": wording.text(language, f"digest.by_{submission.channel}"),
            "language": _language(submission.language, language),
            "late": submission.late,
        }


def _language(code: str, language: str) -> str:
    return wording.text(language, f"digest.in_{code}") if code in ("lv", "en") else code


def nomination(session: Session, desk: Desk, row: Nomination) -> dict[str, Any]:
    conversation = session.get_one(Conversation, row.conversation_id)
    form = desk.form(session, conversation.form_id)
    question = form.saved_to("referrals", "municipality") or form.question("suggested_municipality")
    choice = question.choice(row.municipality) if question else None
    return {
        "number": row.id,
        "organisation": row.organisation or wording.text(desk.campaign.language, "digest.no_organisation"),
        "municipality": choice.label(desk.campaign.language) if choice else row.municipality,
        "has_address": bool(row.email),
        "referrer": row.referrer_id,
    }


def matter(session: Session, row: Matter, language: str) -> dict[str, Any]:
    """Number, what it is about and whose organisation: what was written stays in the database."""
    person = session.get(Person, row.person_id) if row.person_id else None
    organisation = session.get(Organisation, person.organisation_id) if person and person.organisation_id else None
    about = session.get(Outbox, row.outbox_id) if row.outbox_id else None
    return {
        "number": row.id,
        "kind": row.kind,
        "what": matter_kind(row.kind, language),
        "about": about.kind if about else "",
        "organisation": organisation.name if organisation else "",
    }


def matter_kind(kind: str, language: str) -> str:
    """What a matter is about, in words; a kind without words of its own is shown by its name."""
    return wording.text(language, f"digest.kind_{kind}") if kind in KINDS else kind
