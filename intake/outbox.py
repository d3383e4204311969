"""What goes out: put in the caller's transaction, leased, marked as sending before the call and as sent after it.

    due -> leased -> sending -> sent | due (retry) | failed | suppressed | unknown

A stop is checked in the transaction that takes the row for sending. An expired lease goes back to due; an expired
`sending` becomes unknown: nobody can know whether it went out (docs/architecture.md).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Session, SQLModel, col

from intake.channels import Gone, Moved, NotYet, Outgoing, SendFailed, TryLater, Unknown
from intake.store import changed, insert_once
from intake.tables import Address, AddressState, CampaignState, Matter, Outbox, OutboxState, Suppression

LEASE = timedelta(seconds=60)
SENDING = timedelta(seconds=90)
ATTEMPTS = 72
"""With an hour between the later ones: a provider may be away for nearly three days."""
FIRST_RETRY_S, LAST_RETRY_S = 5.0, 3600.0
AFTER_STOP = frozenset({"stopped"})
"""The one acknowledgement that goes out after a stop."""
UNASKED = frozenset({"invitation", "reminder", "referral"})
"""What we begin ourselves: at most once, never repeated on doubt, held while the campaign is paused."""
STAFF = "staff"
"""Of messages to the staff chat."""
TO_STAFF = frozenset({"digest", STAFF})
"""Of whose failure the log tells: telling the staff would be another such message, which fails as well."""
OPEN = (OutboxState.DUE, OutboxState.LEASED, OutboxState.SENDING)


_OUTBOX, _PERSON = SQLModel.metadata.tables["outbox"], SQLModel.metadata.tables["person"]
_EARLIER = _OUTBOX.alias()


def _due(*, paused: bool = False) -> Select[Any]:
    """Due messages of a channel in order; what is said in a conversation goes before what we begin ourselves.

    While the campaign is paused, what we begin ourselves neither goes nor stands in the way of answers.
    """
    conditions = (_OUTBOX.c.kind.not_in(UNASKED),) if paused else ()
    earlier = (_EARLIER.c.kind.not_in(UNASKED),) if paused else ()
    blocked = exists().where(
        _EARLIER.c.channel == _OUTBOX.c.channel,
        _EARLIER.c.address == _OUTBOX.c.address,
        _EARLIER.c.state.in_(OPEN),
        _EARLIER.c.id < _OUTBOX.c.id,
        # a message that waits for its hour must not hold up an answer
        or_(_EARLIER.c.due_at <= bindparam("at"), _EARLIER.c.state != OutboxState.DUE, _EARLIER.c.attempts > 0),
        *earlier,
    )
    due = and_(
        _OUTBOX.c.channel == bindparam("on"),
        _OUTBOX.c.state == OutboxState.DUE,
        _OUTBOX.c.due_at <= bindparam("at"),
        ~blocked,
        *conditions,
    )
    order = _OUTBOX.c.kind.in_(UNASKED), _OUTBOX.c.id
    return select(_OUTBOX.c.id).where(due).order_by(*order).limit(bindparam("most")).with_for_update(skip_locked=True)


# The statements of every message are built once: to build one costs more than to run it.
_DUE = _due()
_DUE_UNLESS_WE_BEGIN_IT = _due(paused=True)
_TAKE = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id.in_(bindparam("rows", expanding=True)))
    .values(state=OutboxState.LEASED, lease_until=bindparam("lease_until"))
)
_TO_SEND = select(_OUTBOX).where(_OUTBOX.c.id == bindparam("row")).with_for_update()
_PERSON_OF = (
    select(
        _PERSON.c.stopped_at,
        _PERSON.c.paused_at,
        exists().where(col(Suppression.digest) == bindparam("digest")).label("suppressed"),
    )
    .where(_PERSON.c.id == bindparam("row"))
    .with_for_update(read=True, of=_PERSON)
)
_PAUSED = select(col(CampaignState.paused_at)).where(col(CampaignState.id) == 1)


@cache
def _changing(columns: tuple[str, ...]) -> Update:
    return update(_OUTBOX).where(_OUTBOX.c.id == bindparam("row")).values({name: bindparam(name) for name in columns})


@dataclass(frozen=True, slots=True)
class Message:
    """A message to put: `key` names its one occurrence, for example `reminder:12:initiative:d-10`."""

    channel: str
    kind: str
    key: str
    address: str
    payload: Mapping[str, Any]
    due_at: datetime
    person_id: int | None = None
    conversation_id: int | None = None


def put(session: Session, message: Message, now: datetime) -> bool:
    """Write the message in the caller's transaction; False when its key exists already."""
    row = {
        "channel": message.channel,
        "kind": message.kind,
        "key": message.key,
        "address": message.address,
        "payload": dict(message.payload),
        "due_at": message.due_at,
        "person_id": message.person_id,
        "conversation_id": message.conversation_id,
        "state": OutboxState.DUE,
        "attempts": 0,
        "reason": "",
        "created_at": now,
    }
    return insert_once(session, Outbox, row)


def lease(session: Session, channel: str, now: datetime, limit: int) -> list[int]:
    """Ids of due messages, now ours until the lease ends; one an address, and none that has an open one before it."""
    session.flush()  # what failed a moment ago stands before what comes after it
    connection = session.connection()
    statement = _DUE if connection.scalar(_PAUSED) is None else _DUE_UNLESS_WE_BEGIN_IT
    ids = [int(row.id) for row in connection.execute(statement, {"on": channel, "at": now, "most": limit})]
    if ids:
        connection.execute(_TAKE, {"rows": ids, "lease_until": now + LEASE})
    return ids


def begin_sending(session: Session, id_: int, now: datetime, secret: bytes) -> Outgoing | None:
    """Mark a leased message as being sent, or suppress it when its person has said stop meanwhile.

    The person's row is locked against a stop that is being written (`FOR SHARE`); on SQLite the one writer does that.
    """
    row = session.connection().execute(_TO_SEND, {"row": id_}).first()
    if row is None or row.state != OutboxState.LEASED:
        return None
    if (reason := _unwanted(session, row, secret)) is not None:
        _change(session, id_, state=OutboxState.SUPPRESSED, reason=reason, lease_until=None)
        return None
    attempt = row.attempts + 1
    _change(session, id_, state=OutboxState.SENDING, attempts=attempt, lease_until=now + SENDING)
    return Outgoing(id_, row.address, row.payload, attempt)


def give_back(session: Session, ids: Sequence[int]) -> None:
    """Let messages that were taken but never handed to the channel be taken by somebody else at once."""
    ours = _OUTBOX.c.id.in_(ids), _OUTBOX.c.state.in_((OutboxState.LEASED, OutboxState.SENDING))
    attempts = _OUTBOX.c.attempts - case((_OUTBOX.c.state == OutboxState.SENDING, 1), else_=0)
    changes = {"state": OutboxState.DUE, "lease_until": None, "attempts": attempts}
    session.connection().execute(update(_OUTBOX).where(*ours).values(changes))


def sent(session: Session, id_: int, now: datetime, provider_id: str) -> None:
    """The provider took it."""
    _change(session, id_, state=OutboxState.SENT, sent_at=now, provider_id=provider_id, lease_until=None)


def failed(session: Session, id_: int, now: datetime, failure: SendFailed) -> None:
    """What becomes of a message that was not, or perhaps not, sent."""
    row = session.get_one(Outbox, id_)
    row.reason, row.lease_until = f"{type(failure).__name__}: {failure.code or failure.reason}"[:300], None
    if isinstance(failure, NotYet):
        row.attempts -= 1
    if isinstance(failure, Unknown):
        _unknown(session, row, now)
    elif isinstance(failure, Moved) and row.attempts < ATTEMPTS:
        row.state = OutboxState.DUE
        move(session, row.channel, row.address, failure.to)
    elif isinstance(failure, TryLater) and row.attempts < ATTEMPTS:
        row.state, row.due_at = OutboxState.DUE, now + timedelta(seconds=_pause_s(row.attempts, failure.after_s))
    else:
        row.state = OutboxState.FAILED
        if isinstance(failure, Gone):
            close_address(session, row.channel, row.address)
        if row.kind not in TO_STAFF:
            _report(session, row, "undelivered", now)


def move(session: Session, channel: str, was: str, to: str) -> None:
    """What is still to be said at an address goes to another; changes of messages that stayed behind are dropped."""
    waiting = col(Outbox.state).in_((OutboxState.DUE, OutboxState.LEASED))
    session.flush()
    there = col(Outbox.channel) == channel, col(Outbox.address) == was
    for row in session.scalars(select(Outbox).where(*there, waiting)):
        row.address = to
        if row.payload.get("kind") not in ("message", "document"):
            row.state, row.reason, row.lease_until = OutboxState.SUPPRESSED, "moved", None


def recover(session: Session, now: datetime) -> int:
    """Give back expired leases; an expired `sending` becomes unknown. How many were touched."""
    expired = col(Outbox.lease_until) < now
    back = changed(
        session,
        update(Outbox)
        .where(col(Outbox.state) == OutboxState.LEASED, expired)
        .values(state=OutboxState.DUE, lease_until=None),
    )
    rows = session.scalars(
        select(Outbox).where(col(Outbox.state) == OutboxState.SENDING, expired).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.reason = "interrupted while sending"
        _unknown(session, row, now)
    return back + len(rows)


def suppress(session: Session, reason: str, *, person_id: int, kinds: Sequence[str] = ()) -> int:
    """Take back what has not begun to go out to a person (of some kinds only); how many."""
    wanted = and_(
        col(Outbox.person_id) == person_id,
        col(Outbox.state).in_((OutboxState.DUE, OutboxState.LEASED)),
        col(Outbox.kind).not_in(AFTER_STOP),
    )
    if kinds:
        wanted = and_(wanted, col(Outbox.kind).in_(kinds))
    return changed(session, update(Outbox).where(wanted).values(state=OutboxState.SUPPRESSED, reason=reason))


def address_digest(address: str, secret: bytes) -> str:
    """The keyed digest under which an address that said stop is remembered (DOMAIN.md 4, rule 6)."""
    return hmac.new(secret, address.strip().casefold().encode(), hashlib.sha256).hexdigest()


def stopped(session: Session, address: str, secret: bytes) -> bool:
    """Whether the address said stop, under whatever name."""
    return session.get(Suppression, address_digest(address, secret)) is not None


def close_address(session: Session, channel: str, value: str) -> None:
    """The address takes no more messages."""
    state = AddressState.BLOCKED if channel == "telegram" else AddressState.BOUNCED
    session.execute(
        update(Address).where(col(Address.channel) == channel, col(Address.value) == value).values(state=state)
    )


def paused(session: Session) -> bool:
    """Whether the staff hold everything that we would begin ourselves."""
    return session.scalar(_PAUSED) is not None


def counts(session: Session) -> dict[str, int]:
    """How many messages are in each state (a leased one counts as due)."""
    found = dict(session.execute(select(col(Outbox.state), func.count()).group_by(col(Outbox.state))).all())
    found[OutboxState.DUE] = found.get(OutboxState.DUE, 0) + found.pop(OutboxState.LEASED, 0)
    return {state.value: found.get(state, 0) for state in OutboxState if state != OutboxState.LEASED}


def has(session: Session, key: str) -> bool:
    """Whether a message with this key was ever put."""
    return session.scalar(select(exists().where(col(Outbox.key) == key))) or False


def count_like(session: Session, prefix: str) -> int:
    """How many messages have a key that begins with `prefix`."""
    statement = select(func.count()).select_from(Outbox).where(col(Outbox.key).startswith(prefix, autoescape=True))
    return session.scalar(statement) or 0


def _unwanted(session: Session, row: Row[Any], secret: bytes) -> str | None:
    """Why the message must not go out, or None."""
    if row.kind in AFTER_STOP or row.person_id is None:
        return None
    digest = address_digest(row.address, secret)
    person = session.connection().execute(_PERSON_OF, {"row": row.person_id, "digest": digest}).one()
    if person.stopped_at is not None:
        return "stopped"
    if person.paused_at is not None and row.kind in UNASKED:
        return "paused"
    return "stopped" if person.suppressed else None


def _change(session: Session, id_: int, **values: object) -> None:
    session.connection().execute(_changing(tuple(values)), {"row": id_, **values})


def _unknown(session: Session, row: Outbox, now: datetime) -> None:
    """Invitations and reminders are never sent again by themselves; an answer in a conversation may be, once."""
    repeat = row.kind not in UNASKED and row.attempts < 2
    row.state, row.lease_until = (OutboxState.DUE if repeat else OutboxState.UNKNOWN), None
    if repeat:
        row.due_at = now
    elif row.kind != STAFF:
        _report(session, row, "unknown_delivery", now)


def _report(session: Session, row: Outbox, kind: str, now: datetime) -> None:
    insert_once(
        session,
        Matter,
        {
            "kind": kind,
            "person_id": row.person_id,
            "outbox_id": row.id,
            "text": "",
            "created_at": now,
            "resolved_by": "",
        },
    )


def _pause_s(attempts: int, after_s: float | None) -> float:
    """Seconds until the next try: what the provider asked for, else doubling."""
    if after_s is not None:
        return after_s
    return min(LAST_RETRY_S, FIRST_RETRY_S * 2.0 ** (attempts - 1))
