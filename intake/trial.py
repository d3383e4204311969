"""Every letter of a campaign written to invented people, to see before anything is sent that it can be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from intake import digest, invitations, letters, organisations, people
from intake.channels.email.letters import LetterError
from intake.desk import Desk
from intake.tables import Person, Source

_BASIS = "trial"


def letters_refused(session: Session, desk: Desk, now: datetime) -> list[str]:
    """What is wrong with which letter; the caller takes back what this writes."""
    problems: dict[str, None] = {}
    for language in desk.campaign.languages:
        for write in _letters(session, desk, language, now):
            try:
                write()
            except LetterError as error:
                problems[str(error)] = None
    return list(problems)


def _letters(session: Session, desk: Desk, language: str, now: datetime) -> Iterator[Callable[[], object]]:
    persons = [_person(session, language, now, number) for number in range(3)]
    contact, answered, suggested = persons
    answered.previous_survey = True
    suggested.source, suggested.referred_by = Source.REFERRAL, contact.id
    for person in persons:
        yield partial(invitations.invite, session, desk, person, now, may_name=True)
    questions = invitations.core_questions(session, desk, language, now)
    for template, values in _others(desk, questions, now).items():
        yield partial(_put, session, desk, template, contact, values, now)
    if language == desk.campaign.language:
        for template, values in (_for_staff() | {"digest": digest.compose(session, desk, now)}).items():
            yield partial(_put, session, desk, template, None, values, now)


def _others(desk: Desk, questions: tuple[Any, ...], now: datetime) -> dict[str, dict[str, Any]]:
    item = {"number": 1, "label": "?", "value_text": "…"}
    unread = {"number": None, "text": "…", "reason": "…"}
    confirmation = {
        "understood": (item,),
        "not_understood": (unread,),
        "kept": True,
        "late": False,
        "number": 1,
        "another_mailto": f"mailto:{desk.mail_address}",
    }
    left = {"questions": questions, "days_left": 2, "answered": 3}
    return {
        "reminder_not_begun": left,
        "reminder_half_done": left,
        "confirmation": confirmation | {"complete": False, "questions": questions},
        "confirmation ": confirmation | {"complete": True, "questions": ()},
        "question_received": {"text": "…"},
        "stopped": {},
        "once_link": {"telegram_link": "https://t.me/bot?start=CODE"},
        "consent_withdrawn": {},
        "too_large": {},
    }


def _for_staff() -> dict[str, dict[str, Any]]:
    failed = {"text": "…", "reason": "…"}
    return {
        "staff_code": {"acts": ("…",), "code": "000000", "minutes": 60},
        "staff_done": {"done": ("…",), "failed": (failed,)},
        "staff_help": {"lines": ("…",)},
    }


def _put(
    session: Session, desk: Desk, template: str, person: Person | None, values: dict[str, Any], now: datetime
) -> bool:
    return letters.put(
        session,
        desk,
        template=template.strip(),
        kind="trial",
        key=f"trial:{template}:{person.id if person else 0}",
        address=desk.mail_address,
        language=person.language if person else desk.campaign.language,
        values=(letters.person_values(desk, person) if person else {}) | values,
        now=now,
        due_at=now + timedelta(days=3650),
        person=person,
    )


def _person(session: Session, language: str, now: datetime, number: int) -> Person:
    """Somebody invented, with everything a letter may print."""
    organisation = organisations.find_or_add(session, "Atsauce", now)
    person = people.add(
        session,
        now,
        source=Source.STAFF,
        source_detail="–",
        basis=_BASIS,
        name="–",
        language=language,
        organisation_id=organisation.id if organisation else None,
    )
    people.join(session, person, "email", f"trial{number}.{language}.{person.id}@atsauce.invalid", now)
    return person
