"""What came in, recorded once before it is confirmed, taken in order of receipt, set aside when it cannot be read."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from intake.channels import Batch, Unreadable
from intake.store import changed, insert_once, upsert
from intake.tables import Inbox, InboxState, Mark

SEALED = b"\x00sealed\x00"


class Vault:
    """Seals raw input at rest (Fernet: AES-128-CBC with HMAC), with a key derived from the operator's secret."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(SHA256(), length=32, salt=None, info=b"atsauce inbox").derive(secret)
        self._fernet = Fernet(urlsafe_b64encode(key))

    def seal(self, body: bytes) -> bytes:
        return SEALED + self._fernet.encrypt(body)

    def open(self, body: bytes) -> bytes:
        """The bytes as they came; Unreadable when the secret has changed since."""
        if not body.startswith(SEALED):
            return body
        try:
            return self._fernet.decrypt(body[len(SEALED) :])
        except InvalidToken:
            raise Unreadable("sealed with another secret") from None


def record(session: Session, channel: str, batch: Batch, vault: Vault) -> int:
    """Store a batch and the mark it reaches in one transaction; how many were new. Known keys are left alone."""
    new = 0
    for raw in batch.raws:
        row = {
            "channel": channel,
            "key": raw.key,
            "stream": raw.stream,
            "body": vault.seal(raw.body),
            "state": InboxState.WAITING,
            "outcome": "",
            "received_at": raw.received,
        }
        new += insert_once(session, Inbox, row)
    if batch.mark is not None:
        upsert(session, Mark, "channel", {"channel": channel, "position": batch.mark})
    return new


def mark(session: Session, channel: str) -> str | None:
    """Where listening goes on."""
    row = session.get(Mark, channel)
    return row.position if row else None


_EARLIER = aliased(Inbox)
_NEXT = (
    select(Inbox)
    .where(
        col(Inbox.state) == InboxState.WAITING,
        ~exists().where(
            col(_EARLIER.stream) == col(Inbox.stream),
            col(_EARLIER.state) == InboxState.WAITING,
            col(_EARLIER.id) < col(Inbox.id),
        ),
    )
    .order_by(col(Inbox.id))
    .limit(1)
    .with_for_update(skip_locked=True)
)


def take(session: Session) -> Inbox | None:
    """The oldest waiting input whose stream has none before it, locked for this transaction."""
    return session.scalars(_NEXT).first()


def finish(row: Inbox, now: datetime, outcome: str, person_id: int | None = None) -> None:
    """The input was handled in this transaction."""
    row.state, row.outcome, row.handled_at = InboxState.HANDLED, outcome, now
    row.person_id = person_id


def set_aside(session: Session, inbox_id: int, now: datetime, reason: str) -> None:
    """Keep a bad input whole, out of the way of the next one."""
    session.execute(
        update(Inbox)
        .where(col(Inbox.id) == inbox_id, col(Inbox.state) == InboxState.WAITING)
        .values(state=InboxState.SET_ASIDE, outcome=reason[:500], handled_at=now)
    )


def replay(session: Session) -> int:
    """Let everything that was set aside be tried again; how many."""
    waiting = {"state": InboxState.WAITING, "outcome": "", "handled_at": None}
    return changed(session, update(Inbox).where(col(Inbox.state) == InboxState.SET_ASIDE).values(**waiting))


def counts(session: Session) -> dict[str, int]:
    """How many wait and how many were set aside."""
    found = dict(session.execute(select(col(Inbox.state), func.count()).group_by(col(Inbox.state))).all())
    return {state.value: found.get(state, 0) for state in (InboxState.WAITING, InboxState.SET_ASIDE)}
