"""The one letter of invitation: the core questions, the links, and the notice about where the data came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from conversations.forms import Form, Instance, Question
from conversations.session import begin
from intake import letters, people, phrases, wording
from intake.channels.email.incoming import Mail
from intake.desk import Desk
from intake.tables import Organisation, Person, Source

LETTERS = "abcdefghijklmnopqrstuvwxyz"
REFERRED = (Source.REFERRAL, Source.FORWARD)
DAYS_KEPT = 90
"""After the deadline, for a contact that does not answer (DOMAIN.md 4, Retention)."""


@dataclass(frozen=True, slots=True)
class Option:
    letter: str
    label: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A question as a letter prints it."""

    number: int
    label: str
    hint: str
    required: bool
    options: tuple[Option, ...]
    code_list: bool


def core_questions(session: Session, desk: Desk, language: str, now: datetime) -> tuple[Printed, ...]:
    """The questions of the first letter, with the campaign's values in their texts."""
    values = phrases.campaign_values(session, desk, language)
    hour = now.replace(minute=0, second=0, microsecond=0)
    return _core_questions(desk.form(session), language, tuple(values.items()), hour)


@lru_cache(maxsize=16)
def _core_questions(
    form: Form, language: str, values: tuple[tuple[str, str], ...], now: datetime
) -> tuple[Printed, ...]:
    """The same for each letter of a campaign: reckoned once an hour, as a text may speak of today."""
    instance = begin(form, language=language, now=now, fill=dict(values)).instance(form, now)
    return tuple(_printed(instance, question) for question in form.questions if question.core)


def invite(
    session: Session, desk: Desk, person: Person, now: datetime, *, may_name: bool = False, reply_to: Mail | None = None
) -> bool:
    """Put the one invitation of this person into the outbox; False when there is one or no address."""
    address = people.address(session, person.id or 0, "email")
    if address is None or person.stopped_at is not None:
        return False
    template = "invitation_previous" if person.previous_survey else "invitation"
    referred = person.source == Source.REFERRAL
    questions = core_questions(session, desk, person.language, now)
    person.informed_at = person.informed_at or now
    return letters.put(
        session,
        desk,
        template="invitation_referred" if referred else template,
        kind="referral" if referred else "invitation",
        key=f"invitation:{person.id}",
        address=address,
        language=person.language,
        values=letters.person_values(desk, person)
        | notice_values(session, desk, person, may_name=may_name)
        | {"questions": questions},
        now=now,
        due_at=desk.campaign.next_sending(max(now, desk.campaign.opens())),
        person=person,
        numbers=tuple(question.number for question in questions),
    )


def notice_values(session: Session, desk: Desk, person: Person, *, may_name: bool = False) -> dict[str, Any]:
    """What the notice of Art. 13 and 14 says about this person's data: source, categories, until when."""
    named = bool(person.name)
    return {
        "source": _source(session, desk, person, may_name=may_name),
        "categories": wording.text(person.language, f"letter.{'categories' if named else 'categories_organisation'}"),
        "delete_by": delete_by(session, desk, person),
    }


def delete_by(session: Session, desk: Desk, person: Person) -> date:
    """When the data of somebody who does not answer are deleted (DOMAIN.md 4, Retention)."""
    deadline = desk.campaign.local(desk.closes(session)).date()
    if person.source in REFERRED:
        return min(deadline, person.created_at.date() + timedelta(days=desk.campaign.referrals.days_to_answer))
    return deadline + timedelta(days=DAYS_KEPT)


def _source(session: Session, desk: Desk, person: Person, *, may_name: bool) -> str:
    if person.source == Source.REFERRAL:
        who = _referrer(session, person) if may_name else ""
        return wording.text(
            person.language, "letter.source_referral", who=who or wording.text(person.language, "letter.anonymous")
        )
    if person.source in (Source.FORWARD, Source.SELF):
        return wording.text(person.language, f"letter.source_{person.source}")
    return wording.text(person.language, "letter.source_staff", detail=person.source_detail)


def _referrer(session: Session, person: Person) -> str:
    referrer = session.get(Person, person.referred_by) if person.referred_by else None
    organisation = (
        session.get(Organisation, referrer.organisation_id) if referrer and referrer.organisation_id else None
    )
    parts = (referrer.name if referrer else "", organisation.name if organisation else "")
    return ", ".join(part for part in parts if part)


def _printed(instance: Instance, question: Question) -> Printed:
    options = () if question.code_list else question.choices
    language = instance.language
    return Printed(
        number=question.number,
        label=instance.label(question.path),
        hint=instance.hint(question.path),
        required=instance.relevant(question.path) and instance.required(question.path),
        options=tuple(Option(letter, choice.label(language)) for letter, choice in zip(LETTERS, options, strict=False)),
        code_list=question.code_list,
    )
