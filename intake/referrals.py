"""Who suggested whom: nominations from a questionnaire, the staff's decision, one invitation a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import audit, invitations, organisations, outbox, people, personal
from intake.channels.email.addresses import normalise
from intake.desk import Desk
from intake.store import insert_once
from intake.tables import Conversation, Nomination, NominationState, Person, Source

BASIS = "GDPR 6(1)(e), suggested by a respondent"
BY_CAMPAIGN = "campaign"


def nominate(
    session: Session, desk: Desk, conversation: Conversation, suggestions: Iterable[Mapping[str, str]], now: datetime
) -> int:
    """Keep the suggestions of a submitted questionnaire; how many are new. At most five a respondent (rule 9).

    A suggestion is the properties of an entity of the list `referrals` (entity_lists.py), with or without the
    `suggested_` that the questions of a form without such a list begin with.
    """
    referrer = session.get_one(Person, conversation.person_id)
    new = 0
    for suggestion in suggestions:
        if _given(session, referrer) >= desk.campaign.referrals.most_per_respondent:
            break
        said = {name.removeprefix("suggested_"): value for name, value in suggestion.items()}
        new += _keep(session, desk, conversation, referrer, said, now)
    if new and desk.campaign.referrals.approval == "at_once":
        for nomination in waiting(session):
            if nomination.referrer_id == referrer.id:
                approve(session, desk, nomination, BY_CAMPAIGN, now)
    return new


def waiting(session: Session) -> list[Nomination]:
    """Nominations the staff have not decided on, oldest first."""
    statement = select(Nomination).where(col(Nomination.state) == NominationState.WAITING)
    return list(session.scalars(statement.order_by(col(Nomination.id))))


def find(session: Session, numbers: Sequence[int]) -> dict[int, Nomination]:
    """Nominations by number."""
    rows = session.scalars(select(Nomination).where(col(Nomination.id).in_(numbers)).with_for_update())
    return {row.id or 0: row for row in rows}


def approve(session: Session, desk: Desk, nomination: Nomination, actor: str, now: datetime) -> NominationState:
    """Invite the suggested organisation, once, whoever else named it. Without an address it goes on waiting."""
    if nomination.state != NominationState.WAITING or not nomination.email:
        return nomination.state
    nomination.state = _invite(session, desk, nomination, now)
    nomination.decided_at, nomination.decided_by = now, actor
    audit.note(session, now, actor, "approve", f"nomination {nomination.id}", nomination.state)
    return nomination.state


def decline(session: Session, desk: Desk, nomination: Nomination, actor: str, now: datetime) -> NominationState:
    """The staff do not want it; nobody is written to, and the address is not kept, with the answers neither."""
    if nomination.state == NominationState.WAITING:
        suggested_in = session.get_one(Conversation, nomination.conversation_id)
        personal.erase(session, desk, suggested_in, personal.about_suggested)
        nomination.state, nomination.email, nomination.person_name = NominationState.DECLINED, None, ""
        nomination.decided_at, nomination.decided_by = now, actor
        audit.note(session, now, actor, "decline", f"nomination {nomination.id}")
    return nomination.state


def _given(session: Session, referrer: Person) -> int:
    statement = select(func.count()).select_from(Nomination).where(col(Nomination.referrer_id) == referrer.id)
    return session.scalar(statement) or 0


def _keep(
    session: Session,
    desk: Desk,
    conversation: Conversation,
    referrer: Person,
    suggestion: Mapping[str, str],
    now: datetime,
) -> bool:
    email = _email(suggestion.get("email", ""))
    if email and people.by_address(session, "email", email) == referrer:
        return False  # nobody refers themselves
    knows = suggestion.get("person_knows") == "yes"
    row = {
        "conversation_id": conversation.id,
        "referrer_id": referrer.id,
        "organisation": suggestion.get("organisation", ""),
        "email": email,
        "municipality": suggestion.get("municipality", ""),
        "person_name": suggestion.get("person", "") if knows else "",
        "may_name": suggestion.get("may_name") == "yes",
        "state": NominationState.WAITING,
        "created_at": now,
        "decided_by": "",
    }
    if email and outbox.stopped(session, email, desk.key):
        row |= {"state": NominationState.DROPPED, "email": None, "person_name": ""}
    elif email and (known := people.by_address(session, "email", email)) is not None:
        row |= {"state": NominationState.KNOWN, "person_id": known.id}
    return insert_once(session, Nomination, row)


def _invite(session: Session, desk: Desk, nomination: Nomination, now: datetime) -> NominationState:
    email = nomination.email or ""
    if outbox.stopped(session, email, desk.key):
        nomination.email = None
        return NominationState.DROPPED
    if (known := people.by_address(session, "email", email)) is not None:
        nomination.person_id = known.id
        return NominationState.KNOWN
    referrer = session.get_one(Person, nomination.referrer_id)
    organisation = organisations.find_or_add(session, nomination.organisation, now)
    person = people.add(
        session,
        now,
        source=Source.REFERRAL,
        source_detail=f"person {referrer.id}",
        basis=BASIS,
        obtained_at=nomination.created_at,
        name=nomination.person_name,
        organisation_id=organisation.id if organisation else None,
        wave=referrer.wave + 1,
        referred_by=referrer.id,
        language=desk.campaign.language,
    )
    people.join(session, person, "email", email, now)
    nomination.person_id = person.id
    invitations.invite(session, desk, person, now, may_name=nomination.may_name)
    return NominationState.APPROVED


def _email(text: str) -> str | None:
    try:
        return people.normal("email", normalise(text)) if text else None
    except ValueError:
        return None
