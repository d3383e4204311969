"""Who comes through a link into a chat: known, invited, sent on by somebody, or by themselves (DESIGN.md, Identity)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from intake import audit, codes, drafts, letters, outbox, people
from intake.desk import Desk
from intake.drafts import Draft
from intake.people import CodeKind
from intake.tables import (
    Address,
    Attachment,
    Consent,
    Conversation,
    Inbox,
    Initiative,
    Matter,
    Nomination,
    OnceLink,
    Outbox,
    Person,
    Source,
    Submission,
)

CHANNEL = "telegram"
MOST_ONCE_LINKS_A_DAY = 3
ONCE_LASTS = timedelta(days=14)
SELF_BASIS = "GDPR 6(1)(e), came by themselves"


class Outcome(StrEnum):
    """How somebody arrived."""

    KNOWN = "known"
    NEW = "new"
    JOINED = "joined"
    ASK = "ask"
    """The personal link holds answers already: was the invitation meant for them?"""
    USED = "used"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Arrival:
    """`person` is who may go on in this chat (None: nobody yet), `owner` whose link it is."""

    outcome: Outcome
    person: Person | None = None
    owner: Person | None = None
    draft: Draft | None = None


def arrive(session: Session, desk: Desk, chat: str, payload: str, known: Person | None, now: datetime) -> Arrival:
    """Somebody opened the chat with what stood in their link (possibly nothing)."""
    if (link := _once_link(session, desk, payload)) is not None:
        return _join(session, desk, chat, link, now)
    meaning = people.by_code(session, payload) if payload else None
    if meaning is None or meaning.person == known or meaning.person.forgotten_at is not None:
        return _without_code(session, desk, chat, known, now)
    if meaning.kind is CodeKind.PASSED_ON:
        return Arrival(
            Outcome.NEW if known is None else Outcome.KNOWN, newcomer(session, meaning.person, chat, known, now)
        )
    if known is not None and _has_answers(session, known):
        return Arrival(Outcome.KNOWN, known)
    if _has_answers(session, meaning.person):
        return Arrival(Outcome.ASK, known, meaning.person)
    if people.address(session, meaning.person.id or 0, CHANNEL) is not None:
        # Somebody else is in a chat with this link and has not answered yet: it was passed on.
        return Arrival(Outcome.NEW, newcomer(session, meaning.person, chat, known, now))
    _move_chat(session, meaning.person, chat, now)
    return Arrival(Outcome.NEW, people.lock(session, meaning.person))


def newcomer(session: Session, owner: Person, chat: str, known: Person | None, now: datetime) -> Person:
    """Whoever got the link from `owner`: a respondent of the next wave, unless the chat belongs to somebody."""
    if known is not None:
        return known
    person = people.passed_on(session, owner, now)
    people.join(session, person, CHANNEL, chat, now)
    return person


def once_link(session: Session, desk: Desk, person: Person, draft: Draft | None, now: datetime) -> str:
    """A link into the chat that joins it to this person once; empty without Telegram. Only for their own mailbox."""
    if not desk.bot:
        return ""
    code = codes.once()
    session.add(
        OnceLink(
            code_digest=codes.digest(code, desk.key),
            person_id=person.id or 0,
            conversation_id=draft.row.id if draft else None,
            created_at=now,
        )
    )
    return desk.telegram_link(code)


def send_once_link(session: Session, desk: Desk, person: Person, now: datetime) -> bool:
    """Send the person's own mailbox a link that opens the chat with their answers, a few times a day at most."""
    address = people.address(session, person.id or 0, "email")
    day = f"{now:%Y-%m-%d}"
    before = outbox.count_like(session, f"once:{person.id}:{day}:")
    if address is None or before >= MOST_ONCE_LINKS_A_DAY:
        return False
    link = once_link(session, desk, person, None, now)
    return letters.put(
        session,
        desk,
        template="once_link",
        kind="answer",
        key=f"once:{person.id}:{day}:{before}",
        address=address,
        language=person.language,
        values={"telegram_link": link},
        now=now,
        person=person,
    )


def detach(session: Session, person: Person, channel: str, value: str, now: datetime) -> bool:
    """Take an address away from a person who has another one; what they answered stays theirs.

    False when it is not theirs, or the only one. Whoever comes from that address next is somebody new.
    """
    mine = select(Address).where(col(Address.person_id) == person.id)
    addresses = session.scalars(mine).all()
    found = next((row for row in addresses if (row.channel, row.value) == (channel, value)), None)
    if found is None or len(addresses) == 1:
        return False
    session.delete(found)
    session.flush()
    outbox.suppress(session, "detached", person_id=person.id or 0, kinds=("reminder",))
    audit.note(session, now, "self", "detach", f"person {person.id}", channel)
    return True


def split(session: Session, person: Person, channel: str, actor: str, now: datetime) -> Person | None:
    """Two people were taken for one: the address of `channel`, and what was begun there, become somebody of their own.

    None when the person has no such address, or no other.
    """
    addresses = session.scalars(select(Address).where(col(Address.person_id) == person.id)).all()
    moved = [row for row in addresses if row.channel == channel]
    if not moved or len(moved) == len(addresses):
        return None
    known = {"language": person.language, "wave": person.wave, "referred_by": person.referred_by}
    other = people.add(
        session, now, source=Source(person.source), basis=person.basis, informed_at=person.informed_at, **known
    )
    other.last_channel, other.last_input_at, other.stopped_at = channel, person.last_input_at, person.stopped_at
    for row in moved:
        row.person_id = other.id or 0
    session.flush()
    _hand_links_over(session, person, other, {row.came_with for row in moved})
    theirs = select(col(Conversation.id)).where(
        col(Conversation.person_id) == person.id, col(Conversation.begun_on) == channel
    )
    _hand_over(session, list(session.scalars(theirs)), other)
    audit.note(session, now, actor, "split", f"person {person.id}", f"person {other.id}")
    return other


def unite(session: Session, person: Person, other: Person, actor: str, now: datetime) -> bool:
    """`other` is the same human: addresses, answers and links become `person`'s.

    False for one person or a forgotten one.
    """
    if person.id == other.id or person.forgotten_at is not None or other.forgotten_at is not None:
        return False
    came_with = func.coalesce(col(Address.came_with), other.id)
    addresses = update(Address).where(col(Address.person_id) == other.id)
    session.execute(addresses.values(person_id=person.id, came_with=came_with))
    aliases = update(Person).where((col(Person.united_with) == other.id) | (col(Person.id) == other.id))
    session.execute(aliases.values(united_with=person.id))
    theirs = select(col(Conversation.id)).where(col(Conversation.person_id) == other.id)
    _hand_over(session, list(session.scalars(theirs)), person)
    for table in (Matter, Attachment, Outbox, Inbox, OnceLink):
        owner = col(table.person_id)
        session.execute(update(table).where(owner == other.id).values(person_id=person.id))
    session.execute(update(Person).where(col(Person.referred_by) == other.id).values(referred_by=person.id))
    person.name, person.organisation_id = person.name or other.name, person.organisation_id or other.organisation_id
    person.stopped_at = person.stopped_at or other.stopped_at
    other.name = other.salutation = other.role = other.source_detail = ""
    other.forgotten_at = other.stopped_at = now
    audit.note(session, now, actor, "unite", f"person {person.id}", f"person {other.id}")
    return True


def _hand_links_over(session: Session, person: Person, other: Person, moved: set[int | None]) -> None:
    """Links go with the addresses that came with them: of whom none is left at `person`, those lead to `other`."""
    stayed = select(col(Address.came_with)).where(col(Address.person_id) == person.id)
    gone = moved - set(session.scalars(stayed))
    aliases = update(Person).where(col(Person.united_with) == person.id, col(Person.id).in_(gone - {None}))
    session.execute(aliases.values(united_with=other.id))
    if None in gone:
        links = person.code, person.pass_code
        person.code, person.pass_code = codes.new(), codes.new()
        session.flush()
        other.code, other.pass_code = links


def _hand_over(session: Session, conversations: list[int], to: Person) -> None:
    """The conversations, and what came of them, are `to`'s."""
    session.execute(update(Conversation).where(col(Conversation.id).in_(conversations)).values(person_id=to.id))
    for table in (Submission, Initiative, Attachment, Outbox):
        of_them = col(table.conversation_id).in_(conversations)
        session.execute(update(table).where(of_them).values(person_id=to.id))
    submissions = select(col(Submission.id)).where(col(Submission.conversation_id).in_(conversations))
    session.execute(update(Consent).where(col(Consent.submission_id).in_(submissions)).values(person_id=to.id))
    of_them = col(Nomination.conversation_id).in_(conversations)
    session.execute(update(Nomination).where(of_them).values(referrer_id=to.id))


def _once_link(session: Session, desk: Desk, payload: str) -> OnceLink | None:
    if not payload:
        return None
    return session.get(OnceLink, codes.digest(payload, desk.key), with_for_update=True)


def _join(session: Session, desk: Desk, chat: str, link: OnceLink, now: datetime) -> Arrival:
    person = session.get_one(Person, link.person_id, with_for_update=True)
    here = people.by_address(session, CHANNEL, chat)
    if link.used_at is not None and here != person:
        return Arrival(Outcome.USED, here)
    if now - link.created_at > ONCE_LASTS:
        return Arrival(Outcome.USED, here)
    link.used_at = link.used_at or now
    _move_chat(session, person, chat, now)
    draft = drafts.find(session, desk, link.conversation_id) if link.conversation_id else None
    return Arrival(Outcome.JOINED, person, draft=draft)


def _without_code(session: Session, desk: Desk, chat: str, known: Person | None, now: datetime) -> Arrival:
    if known is not None:
        return Arrival(Outcome.KNOWN, known)
    if not desk.campaign.welcome_without_invitation:
        return Arrival(Outcome.CLOSED)
    person = people.add(
        session, now, source=Source.SELF, basis=SELF_BASIS, language=desk.campaign.language, informed_at=now
    )
    people.join(session, person, CHANNEL, chat, now)
    return Arrival(Outcome.NEW, person)


def _has_answers(session: Session, person: Person) -> bool:
    statement = select(col(Conversation.id)).where(
        col(Conversation.person_id) == person.id, col(Conversation.answered_at).is_not(None)
    )
    return session.scalars(statement.limit(1)).first() is not None


def _move_chat(session: Session, person: Person, chat: str, now: datetime) -> None:
    """The chat is this person's, also when somebody without answers had it before."""
    if not people.join(session, person, CHANNEL, chat, now):
        session.execute(
            update(Address)
            .where(col(Address.channel) == CHANNEL, col(Address.value) == chat)
            .values(person_id=person.id)
        )
