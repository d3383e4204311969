"""What an incoming mail causes: whose it is, what it answers, and one confirmation of what was understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import exists, select
from sqlmodel import Session, col

from intake import attachments, people, staff
from intake.channels import Unreadable
from intake.channels.email import incoming
from intake.channels.email.addresses import key
from intake.channels.email.automatic import CALENDAR
from intake.channels.email.incoming import Mail
from intake.clock import Clock
from intake.desk import Desk
from intake.mail import bounced, origin
from intake.mail.respond import respond, too_large
from intake.mail.visit import CHANNEL, Visit
from intake.tables import Inbox

__all__ = ["CHANNEL", "rule"]

TO_RESPONDENTS = ("invitation", "referral", "reminder", "answer")
"""Kinds of letters whose reply is that of a respondent, even where a member of the staff is one."""


def rule(desk: Desk, clock: Clock, data: Path) -> Callable[[Session, Inbox, bytes], str]:
    """How the inputs of this channel are handled; files that come along are kept in the folder `data`."""
    folder = data / attachments.FOLDER

    def handle(session: Session, row: Inbox, body: bytes) -> str:
        mail = incoming.read(body, desk.mail_address or None)
        return _handle(Visit(session, desk, row, body, mail, desk.campaign.local(clock.now()), folder))

    return handle


def _handle(visit: Visit) -> str:
    """Deal with the mail; the outcome in a word. Automatic mail is never answered (RFC 3834)."""
    mail = visit.mail
    if _seen(visit):
        return "duplicate"
    if mail.bounce is not None:
        return bounced.note(visit.session, visit.desk, mail.bounce, visit.now)
    if mail.automatic is not None:
        return _automatic(visit)
    if not mail.sender:
        raise Unreadable("no sender")
    if key(mail.sender) == key(visit.desk.mail_address):
        return "our own"
    if mail.forged(visit.desk.campaign.sender.authserv_id):
        visit.tell("forged", None)
        return "forged"
    return _from_a_person(replace(visit, letter=origin.answered(visit.session, mail, visit.body)))


def _from_a_person(visit: Visit) -> str:
    letter, mail = visit.letter, visit.mail
    if visit.desk.is_staff(mail.sender) and (letter is None or letter.kind not in TO_RESPONDENTS):
        known = origin.referred_to(visit.session, mail)
        replies = known is not None and known.address == people.normal(CHANNEL, mail.sender)
        return staff.handle(visit.session, visit.desk, mail, visit.text(), visit.now, replies=replies)
    if visit.mail.oversize:
        return too_large(visit)
    bounced.delivered(visit.session, visit.mail.sender)
    return respond(visit)


def _automatic(visit: Visit) -> str:
    """Nobody reads an answer to it; an invitation to meet is still for the staff to see."""
    if visit.mail.automatic == CALENDAR:
        visit.tell("remark", None, visit.mail.subject)
    return "automatic"


def _seen(visit: Visit) -> bool:
    """Whether the same mail came before, under another place in the mailbox; remembers this one."""
    mail: Mail = visit.mail
    visit.row.content_key = mail.key
    before = exists().where(
        col(Inbox.channel) == CHANNEL, col(Inbox.content_key) == mail.key, col(Inbox.id) < visit.row.id
    )
    return visit.session.scalar(select(before)) or False
