"""Files that people send: accepted by kind and size, fetched after the commit, kept under the hash of their content.

    waiting -> stored | failed;  any of them -> erased

Nothing here opens a file: it is bytes under a name we made, offered to the staff and to nobody else.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from intake import crash
from intake.store import changed
from intake.tables import Attachment, AttachmentState

FOLDER = "attachments"
LARGEST = 20_000_000
"""Bytes (Bot API: getFile)."""
MOST_A_DAY = 50
"""Files of one person."""
LONGEST_NAME = 120
TRIES = 8
LEASE = timedelta(minutes=3)
FIRST_RETRY_S, LAST_RETRY_S = 5.0, 1800.0
DOCUMENTS = frozenset(
    [
        "pdf",
        "doc",
        "docx",
        "odt",
        "rtf",
        "txt",
        "md",
        "xls",
        "xlsx",
        "ods",
        "csv",
        "ppt",
        "pptx",
        "odp",
        "zip",
        "jpg",
        "jpeg",
        "png",
        "gif",
        "webp",
        "heic",
        "tif",
        "tiff",
        "mp3",
        "m4a",
        "ogg",
        "oga",
        "opus",
        "wav",
        "mp4",
        "mov",
        "webm",
    ]
)
"""Endings that a document may have; a program has none of them."""
_UNFIT = re.compile(r"[^\w .,()+-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch now."""

    id: int
    provider_id: str


def refusal(session: Session, kind: str, name: str, size: int | None, person_id: int, now: datetime) -> str | None:
    """Why a file is not taken, as the key of a sentence; None when it is."""
    if size is not None and size > LARGEST:
        return "file_too_large"
    if kind == "file" and name.rpartition(".")[2].lower() not in DOCUMENTS:
        return "file_kind_refused"
    today = select(col(Attachment.id)).where(
        col(Attachment.person_id) == person_id, col(Attachment.created_at) > now - timedelta(days=1)
    )
    return "file_too_many" if len(session.scalars(today.limit(MOST_A_DAY)).all()) >= MOST_A_DAY else None


def cleaned(name: str) -> str:
    """A name without folders or signs that mean something to a shell; the ending is kept."""
    plain = _UNFIT.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" ._")
    return plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 10]}_{plain[-9:]}"


def lease(session: Session, now: datetime) -> Wanted | None:
    """The oldest file that is due, ours until the lease ends: after a crash it is fetched again."""
    due = col(Attachment.state) == AttachmentState.WAITING, col(Attachment.due_at) <= now
    row = session.scalars(
        select(Attachment).where(*due).order_by(col(Attachment.id)).limit(1).with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    row.due_at, row.attempts = now + LEASE, row.attempts + 1
    return Wanted(row.id or 0, row.provider_id)


def stored(session: Session, id_: int, now: datetime, digest: str, size: int) -> None:
    """It is in the folder; somebody who was erased meanwhile stays so."""
    row = session.get(Attachment, id_, with_for_update=True)
    if row is not None:
        row.digest = digest
        if row.state == AttachmentState.WAITING:
            row.state, row.size, row.stored_at, row.provider_id = AttachmentState.STORED, size, now, ""


def failed(session: Session, id_: int, now: datetime, reason: str, *, again: bool, after_s: float | None) -> Attachment:
    """It could not be fetched; after enough tries, or where it never will be, it is given up."""
    row = session.get_one(Attachment, id_, with_for_update=True)
    row.reason = reason[:200]
    if row.state == AttachmentState.WAITING and again and row.attempts < TRIES:
        pause_s = after_s or min(LAST_RETRY_S, FIRST_RETRY_S * 2.0 ** (row.attempts - 1))
        row.due_at = now + timedelta(seconds=pause_s)
    elif row.state == AttachmentState.WAITING:
        row.state = AttachmentState.FAILED
    return row


def erase(session: Session, *whose: ColumnElement[bool]) -> int:
    """Forget files; their content is removed by `orphans`."""
    gone = {"state": AttachmentState.ERASED, "name": "", "provider_id": "", "reason": "erased"}
    return changed(session, update(Attachment).where(*whose).values(**gone))


def orphans(session: Session, limit: int = 50) -> list[str]:
    """Digests of files that nobody's row needs any longer."""
    other = aliased(Attachment)
    needed = exists().where(col(other.digest) == col(Attachment.digest), col(other.state) == AttachmentState.STORED)
    erased = col(Attachment.state) == AttachmentState.ERASED, col(Attachment.digest) != ""
    return list(session.scalars(select(col(Attachment.digest)).where(*erased, ~needed).distinct().limit(limit)))


def removed(session: Session, digests: Iterable[str]) -> None:
    """Their content is gone from the folder."""
    gone = col(Attachment.digest).in_(list(digests)), col(Attachment.state) == AttachmentState.ERASED
    session.execute(update(Attachment).where(*gone).values(digest=""))


def digests(session: Session) -> frozenset[str]:
    """Of all content that some row knows of."""
    return frozenset(session.scalars(select(col(Attachment.digest)).where(col(Attachment.digest) != "").distinct()))


def remove_strays(folder: Path, known: Set[str], before_s: float) -> int:
    """Remove what a process that died left behind, last written before this time (of `time.time`); how many."""
    files = [path for path in folder.glob("*/*") if path.name not in known and path.stat().st_mtime < before_s]
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)


def path_of(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def keep(folder: Path, content: bytes) -> str:
    """Write the content where its hash says, whole or not at all; the hash."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(folder, digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{digest}.{os.getpid()}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        crash.point("storing")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return digest
