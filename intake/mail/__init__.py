"""What an incoming mail causes: whose it is, what it answers, and one confirmation of what was understood."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import exists, select
from sqlmodel import Session, col

from intake import matters, people, staff
from intake.channels import Unreadable
from intake.channels.email import incoming
from intake.channels.email.addresses import key
from intake.channels.email.incoming import Mail
from intake.channels.email.reply import new_text
from intake.clock import Clock
from intake.desk import Desk
from intake.mail import bounced, origin
from intake.mail.respond import Respond
from intake.mail.visit import CHANNEL, Visit
from intake.tables import Inbox

__all__ = ["CHANNEL", "rule"]


def rule(desk: Desk, clock: Clock) -> Callable[[Session, Inbox, bytes], str]:
    """How the inputs of this channel are handled."""

    def handle(session: Session, row: Inbox, body: bytes) -> str:
        mail = incoming.read(body, desk.mail_address or None)
        return _handle(Visit(session, desk, row, body, mail, desk.campaign.local(clock.now())))

    return handle


def _handle(visit: Visit) -> str:
    """Deal with the mail; the outcome in a word. Automatic mail is never answered (RFC 3834)."""
    mail = visit.mail
    if _seen(visit):
        return "duplicate"
    if mail.bounce is not None:
        return bounced.note(visit.session, mail.bounce, visit.now)
    if mail.automatic is not None:
        return "automatic"
    if not mail.sender:
        raise Unreadable("no sender")
    if key(mail.sender) == key(visit.desk.mail_address):
        return "our own"
    if mail.oversize:
        matters.open_matter(visit.session, "oversize", visit.now, inbox_id=visit.row.id)
        return "oversize"
    letter = origin.answered(visit.session, mail)
    if visit.desk.is_staff(mail.sender) and (letter is None or letter.kind not in origin.LETTERS):
        sent = origin.as_sent(letter) if letter else None
        known = origin.referred_to(visit.session, mail)
        replies = known is not None and known.address == people.normal(CHANNEL, mail.sender)
        return staff.handle(visit.session, visit.desk, mail, new_text(visit.body, sent), visit.now, replies=replies)
    return Respond(visit, letter).respond()


def _seen(visit: Visit) -> bool:
    """Whether the same mail came before, under another place in the mailbox; remembers this one."""
    mail: Mail = visit.mail
    visit.row.content_key = mail.key
    before = exists().where(
        col(Inbox.channel) == CHANNEL, col(Inbox.content_key) == mail.key, col(Inbox.id) < visit.row.id
    )
    return visit.session.scalar(select(before)) or False
