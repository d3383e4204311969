"""Letters of the campaign: a template, the values it may use, and the envelope around it, put into the outbox."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlmodel import Session

from intake import codes, outbox, wording
from intake.channels.email.addresses import plus
from intake.channels.email.incoming import Mail, answers
from intake.channels.email.letters import letter
from intake.channels.telegram import screens
from intake.desk import Desk
from intake.outbox import Message
from intake.tables import Conversation, Person

MOST_REFERENCES = 20


def put(
    session: Session,
    desk: Desk,
    *,
    template: str,
    kind: str,
    key: str,
    address: str,
    language: str,
    values: Mapping[str, Any],
    now: datetime,
    due_at: datetime | None = None,
    person: Person | None = None,
    conversation: Conversation | None = None,
    reply_to: Mail | None = None,
    numbers: tuple[int, ...] = (),
) -> bool:
    """Write one letter into the outbox; False when its key exists. `numbers`: of the questions printed in it."""
    given = campaign_values(session, desk, language) | dict(values)
    written = letter(template, language, given, desk.campaign.folder / "letters")
    payload: dict[str, Any] = {
        "to": address,
        "from": desk.mail_address,
        "from_name": desk.campaign.sender.name,
        "subject": written.subject,
        "text": written.text,
        "html": written.html,
        "language": language,
        "date": now.isoformat(),
        "token": secrets.token_hex(6),
        "auto_submitted": "auto-replied" if reply_to else "auto-generated",
        "template": template,
        "numbers": list(numbers),
        **({"verp": True} if desk.verp else {}),
        **({"reply_to": plus(desk.mail_address, str(given["code"]))} if desk.plus and given.get("code") else {}),
        **(_thread(reply_to) if reply_to else {}),
        **({"list_unsubscribe": _unsubscribe(desk, person)} if person else {}),
    }
    message = Message(
        channel="email",
        kind=kind,
        key=key,
        address=address,
        payload=payload,
        due_at=due_at or now,
        person_id=person.id if person else None,
        conversation_id=conversation.id if conversation else None,
    )
    return outbox.put(session, message, now)


def acknowledge_stop(session: Session, desk: Desk, person: Person, target: tuple[str, str], now: datetime) -> None:
    """The one message after a stop, on the channel where it was said."""
    channel, address = target
    key = f"stopped:{person.id}:{now.isoformat()}"
    if channel == "email":
        put(
            session,
            desk,
            template="stopped",
            kind="stopped",
            key=key,
            address=address,
            language=person.language,
            values={},
            now=now,
            person=person,
        )
        return
    for payload in screens.plain(wording.text(person.language, "chat.stopped"), screens.REMOVE_KEYBOARD):
        outbox.put(session, Message(channel, "stopped", key, address, payload, now, person.id), now)


def campaign_values(session: Session, desk: Desk, language: str) -> dict[str, Any]:
    """Values of the campaign that every letter may use; see the comments at the top of the templates."""
    campaign, controller = desk.campaign, desk.campaign.controller
    deadline = campaign.local(desk.closes(session)).date()
    return {
        "signature": campaign.sender.signature,
        "address": desk.mail_address,
        "funding": campaign.text(campaign.funding, language),
        "organisation": campaign.text(controller.name, language),
        "registration": controller.registration_number,
        "postal_address": campaign.text(controller.address, language),
        "controller_email": controller.email,
        "dpo_email": controller.dpo,
        "privacy_link": controller.privacy_link,
        "keep_until": controller.retention,
        "previous_survey": campaign.text(campaign.previous_survey, language),
        "deadline": deadline,
        "minutes": campaign.minutes,
    }


def person_values(desk: Desk, person: Person) -> dict[str, Any]:
    """Values that are one person's: how they are greeted, their code and links."""
    subject = quote(wording.text(person.language, "letter.forward_subject", code=printed(person.pass_code)))
    return {
        "salutation": person.salutation,
        "code": printed(person.code),
        "telegram_link": desk.telegram_link(person.code),
        "forward_code": printed(person.pass_code),
        "forward_link": desk.telegram_link(person.pass_code),
        "forward_mailto": f"mailto:{desk.mail_address}?subject={subject}",
    }


def another_mailto(desk: Desk, person: Person) -> str:
    """A mail with the person's own code: it is answered with the questions about another initiative."""
    subject = wording.text(person.language, "letter.another_subject", code=printed(person.code))
    return f"mailto:{desk.mail_address}?subject={quote(subject)}"


def printed(code: str) -> str:
    """A code as letters print it."""
    return f"SI-{code}"


def _thread(mail: Mail) -> dict[str, Any]:
    """Headers and subject that keep the answer in the person's thread (RFC 5322, 3.6.4)."""
    subject = mail.subject if answers(mail.subject) else f"Re: {mail.subject}"
    if not mail.message_id:
        return {"subject": subject}
    references = (*mail.references, mail.message_id)[-MOST_REFERENCES:]
    return {"subject": subject, "in_reply_to": mail.message_id, "references": list(references)}


def _unsubscribe(desk: Desk, person: Person) -> list[str]:
    links = [f"{desk.base_url}/u/{codes.stop_token(person.id or 0, desk.key)}"] if desk.base_url else []
    return [*links, f"mailto:{desk.mail_address}?subject={quote(wording.text(person.language, 'stop.word'))}"]
