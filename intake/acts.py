"""What the staff can do while a campaign runs, whether by a command or by mail: each act says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from conversations.answers import dates
from conversations.answers.outcome import Parsed
from intake import audit, matters, people, privacy, referrals, wording
from intake.channels.email.addresses import normalise
from intake.channels.email.dates import long_date
from intake.desk import Desk
from intake.store import insert_once
from intake.tables import CampaignState, Matter, Nomination, NominationState, Outbox, OutboxState, Person

FARTHEST = timedelta(days=3 * 366)
"""A deadline beyond this is a slip of the pen."""


class Verb(StrEnum):
    """The acts by name; the wording files say them in each language."""

    APPROVE = "approve"
    DECLINE = "decline"
    STOP = "stop"
    EXTEND = "extend"
    PAUSE = "pause"
    RESUME = "resume"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Act:
    """One act as somebody asked for it; `when` is the date as typed."""

    verb: Verb
    line: str = ""
    numbers: tuple[int, ...] = ()
    address: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an act (for each number one): `text` is a whole sentence for the staff."""

    ok: bool
    key: str
    text: str


def perform(session: Session, desk: Desk, act: Act, actor: str, now: datetime) -> list[Result]:
    """Do it, note it in the audit trail and say what was done or why not."""
    return list(_PERFORM[act.verb](session, desk, act, actor, now))


def reopen_reminders(session: Session) -> int:
    """Take back reminders that have not gone out and free their keys, so that they are planned again; how many."""
    waiting = select(Outbox).where(
        col(Outbox.kind) == "reminder", col(Outbox.state).in_((OutboxState.DUE, OutboxState.LEASED))
    )
    rows = session.scalars(waiting.with_for_update()).all()
    for row in rows:
        row.state, row.lease_until, row.reason = OutboxState.SUPPRESSED, None, "deadline moved"
        row.key = f"{row.key}:moved:{row.id}"
    session.flush()
    return len(rows)


def _approve(session: Session, desk: Desk, act: Act, actor: str, now: datetime) -> Iterator[Result]:
    for number, nomination in _undecided(session, act):
        if isinstance(nomination, str):
            yield _refused(desk, nomination, number=number)
        elif not nomination.email:
            yield _refused(desk, "nomination_without_address", number=number)
        else:
            yield _done(desk, f"approve_{referrals.approve(session, desk, nomination, actor, now)}", number=number)


def _decline(session: Session, desk: Desk, act: Act, actor: str, now: datetime) -> Iterator[Result]:
    for number, nomination in _undecided(session, act):
        if isinstance(nomination, str):
            yield _refused(desk, nomination, number=number)
        else:
            referrals.decline(session, desk, nomination, actor, now)
            yield _done(desk, "decline_done", number=number)


def _undecided(session: Session, act: Act) -> Iterator[tuple[int, Nomination | str]]:
    """Each number named once, with the nomination that waits for a decision or why there is none."""
    found = referrals.find(session, act.numbers)
    for number in dict.fromkeys(act.numbers):
        nomination = found.get(number)
        if nomination is None:
            yield number, "nomination_unknown"
        else:
            yield number, nomination if nomination.state == NominationState.WAITING else "nomination_decided"


def _stop(session: Session, desk: Desk, act: Act, actor: str, now: datetime) -> Iterator[Result]:
    try:
        address = people.normal("email", normalise(act.address))
    except ValueError:
        yield _refused(desk, "no_address", address=act.address)
        return
    person = people.by_address(session, "email", address, lock=True)
    if person is not None and privacy.stop(session, desk, person, now, channel="email", actor=actor, address=address):
        yield _done(desk, "stop_done", address=address)
    elif person is None and privacy.suppress_address(session, desk, address, now):
        audit.note(session, now, actor, "stop", "address that is no contact")
        yield _done(desk, "stop_unknown", address=address)
    else:
        yield _done(desk, "stop_already", address=address)


def _extend(session: Session, desk: Desk, act: Act, actor: str, now: datetime) -> Iterator[Result]:
    local = desk.campaign.local(now)
    read = dates.day(act.when, local)
    if not isinstance(read, Parsed):
        yield _refused(desk, "extend_no_date", text=act.when)
        return
    day = date.fromisoformat(read.value)
    said = long_date(day, desk.campaign.language, "dative")
    if not local.date() <= day <= local.date() + FARTHEST:
        yield _refused(desk, "extend_wrong_date", date=said)
        return
    _state(session).deadline = desk.campaign.end_of(day)
    reopen_reminders(session)
    audit.note(session, now, actor, "extend", "deadline", day.isoformat())
    yield _done(desk, "extend_done", date=said)


def _pause(session: Session, desk: Desk, act: Act, actor: str, now: datetime) -> Iterator[Result]:
    state = _state(session)
    if state.paused_at is not None:
        yield _done(desk, "pause_already")
        return
    state.paused_at = now
    audit.note(session, now, actor, "pause", "campaign")
    yield _done(desk, "pause_done")


def _resume(session: Session, desk: Desk, act: Act, actor: str, now: datetime) -> Iterator[Result]:
    state = _state(session)
    if state.paused_at is None:
        yield _done(desk, "resume_already")
        return
    state.paused_at = None
    audit.note(session, now, actor, "resume", "campaign")
    yield _done(desk, "resume_done")


def _resolve(session: Session, desk: Desk, act: Act, actor: str, now: datetime) -> Iterator[Result]:
    for number in dict.fromkeys(act.numbers):
        if matters.resolve(session, number, actor, now):
            _go_on_with(session, number)
            yield _done(desk, "resolve_done", number=number)
        else:
            yield _refused(desk, "matter_unknown", number=number)


def _go_on_with(session: Session, number: int) -> None:
    """Whoever was held back because of an unclear refusal may be written to again, unless the staff entered a stop."""
    matter = session.get_one(Matter, number)
    if matter.kind == "unclear_refusal" and matter.person_id is not None:
        session.get_one(Person, matter.person_id).paused_at = None


def _state(session: Session) -> CampaignState:
    """The one row of what the staff changed, locked."""
    insert_once(session, CampaignState, {"id": 1})
    return session.get_one(CampaignState, 1, with_for_update=True, populate_existing=True)


def _done(desk: Desk, key: str, **values: object) -> Result:
    return Result(True, key, _said(desk, key, **values))


def _refused(desk: Desk, key: str, **values: object) -> Result:
    return Result(False, key, _said(desk, key, **values))


def _said(desk: Desk, key: str, **values: object) -> str:
    return wording.text(desk.campaign.language, f"staff.{key}", **values)


_PERFORM: dict[Verb, Callable[[Session, Desk, Act, str, datetime], Iterator[Result]]] = {
    Verb.APPROVE: _approve,
    Verb.DECLINE: _decline,
    Verb.STOP: _stop,
    Verb.EXTEND: _extend,
    Verb.PAUSE: _pause,
    Verb.RESUME: _resume,
    Verb.RESOLVE: _resolve,
}
