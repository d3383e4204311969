"""Answers from another address than the invited one: a colleague's, or of another organisation altogether."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlmodel import Session, col

from intake import matters, outbox, people
from intake.channels.email.addresses import domain
from intake.drafts import Draft
from intake.mail.visit import CHANNEL, Visit
from intake.tables import Address, Conversation, Initiative, Person

_ANYBODYS = (
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com mac.com aol.com"
    " proton.me protonmail.com gmx.com gmx.de web.de mail.ru list.ru bk.ru inbox.ru yandex.ru yandex.com"
    " inbox.lv inbox.eu apollo.lv one.lv tvnet.lv mail.ee hot.ee inbox.lt zoho.com fastmail.com"
)
ANYBODYS = frozenset(_ANYBODYS.split())
"""Domains where everybody may have a mailbox: they say nothing about an organisation (DOMAIN.md, 5)."""


def count_as_answered(visit: Visit, owner: Person) -> bool:
    """A colleague of the invited person answered: no reminder to the one who was invited and has begun nothing."""
    if not _same_organisation(visit, owner) or _begun(visit.session, owner):
        return False
    owner.declined_reminders_at = owner.declined_reminders_at or visit.now
    outbox.suppress(visit.session, "a colleague answered", person_id=owner.id or 0, kinds=("reminder",))
    return True


def note_other_organisation(visit: Visit, person: Person, invited: int | None, draft: Draft) -> None:
    """Where the answers name another organisation than the invited one, the letter was probably passed on."""
    made = visit.session.scalars(select(Initiative).where(col(Initiative.conversation_id) == draft.row.id)).first()
    if made is not None and invited and made.organisation_id and made.organisation_id != invited:
        matters.open_matter(visit.session, "forwarded", visit.now, person_id=person.id, inbox_id=visit.row.id)


def _same_organisation(visit: Visit, owner: Person) -> bool:
    theirs = domain(people.normal(CHANNEL, visit.mail.sender))
    if theirs in ANYBODYS:
        return False
    statement = select(col(Address.value)).where(col(Address.person_id) == owner.id, col(Address.channel) == CHANNEL)
    return any(domain(value) == theirs for value in visit.session.scalars(statement))


def _begun(session: Session, owner: Person) -> bool:
    answered = exists().where(col(Conversation.person_id) == owner.id, col(Conversation.answered_at).is_not(None))
    return session.scalar(select(answered)) or False
