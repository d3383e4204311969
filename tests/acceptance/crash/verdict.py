"""What must hold after all the kills, by the servers' counts and by the rows (delivery.md: "What must hold")."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import attachments
from intake.channels.email.message import outbox_id_of
from intake.outbox import UNASKED
from intake.tables import (
    Address,
    Attachment,
    AttachmentState,
    Conversation,
    Inbox,
    InboxState,
    Mark,
    Matter,
    Outbox,
    OutboxState,
)
from tests.acceptance.crash.crowd import CHATS, FIRST_CHAT, INTAKE, STORED, Crowd, address, answers

ENDS = {OutboxState.SENT, OutboxState.SUPPRESSED, OutboxState.FAILED, OutboxState.UNKNOWN}
MAYBE_TWICE = 2
"""Deliveries of an answer in a conversation: the one in doubt, and the one repetition (outbox: unknown)."""


@dataclass(frozen=True)
class Rows:
    """The tables, read once."""

    inbox: Sequence[Inbox]
    outbox: Sequence[Outbox]
    reported: frozenset[int]
    sessions: Mapping[str, Sequence[Mapping[str, Any]]]
    """Address -> the answers of each conversation."""
    mark: str | None
    files: Sequence[Attachment]


def read(session: Session) -> Rows:
    conversations: dict[str, list[Mapping[str, Any]]] = {}
    owners = select(col(Address.value), col(Conversation.session)).join(
        Conversation, col(Conversation.person_id) == col(Address.person_id)
    )
    for value, text in session.execute(owners.order_by(col(Conversation.id))):
        conversations.setdefault(value, []).append(_answers(text))
    matters = select(col(Matter.outbox_id)).where(col(Matter.kind) == "unknown_delivery")
    mark = session.get(Mark, "email")
    return Rows(
        session.scalars(select(Inbox).order_by(col(Inbox.id))).all(),
        session.scalars(select(Outbox).order_by(col(Outbox.id))).all(),
        frozenset(id_ for id_ in session.scalars(matters) if id_ is not None),
        conversations,
        mark.position if mark else None,
        session.scalars(select(Attachment).order_by(col(Attachment.id))).all(),
    )


def recorded(session: Session) -> Mapping[str, int]:
    """How many inputs of each channel are in the inbox now."""
    counted = select(col(Inbox.channel), func.count().label("inputs")).group_by(col(Inbox.channel))
    return {row.channel: row.inputs for row in session.execute(counted)}


def busy(session: Session) -> int:
    """Inputs and files that wait, and messages on their way."""
    waiting = select(func.count()).select_from(Inbox).where(col(Inbox.state) == InboxState.WAITING)
    on_way = select(func.count()).select_from(Outbox).where(col(Outbox.state).not_in(ENDS))
    files = select(func.count()).select_from(Attachment).where(col(Attachment.state) == AttachmentState.WAITING)
    return sum(session.scalar(count) or 0 for count in (waiting, on_way, files))


def check(rows: Rows, crowd: Crowd, folder: Path) -> None:
    """Everything at once; the first thing that does not hold fails."""
    _inbox(rows, crowd)
    _files(rows, crowd, folder / attachments.FOLDER)
    _chats(rows)
    _mails(rows, crowd)
    _ends(rows)
    _letters(rows, crowd)
    _messages(rows, crowd)


def _inbox(rows: Rows, crowd: Crowd) -> None:
    """Everything confirmed to Telegram or passed by the mark is there once, and was handled."""
    assert Counter(row.channel for row in rows.inbox) == {"telegram": crowd.updates, "email": crowd.mails}
    assert crowd.api.account.updates.confirmed == crowd.updates
    last = max(letter.uid for letter in crowd.mail.mailbox(INTAKE).letters)
    assert json.loads(rows.mark or "{}")["uid"] == last
    assert [row.state for row in rows.inbox if row.state != InboxState.HANDLED] == []


def _files(rows: Rows, crowd: Crowd, folder: Path) -> None:
    """Each file that was sent is noted once, and is in the folder whole; beside them at most what was half written."""
    digests = sorted(hashlib.sha256(content).hexdigest() for content in crowd.files)
    assert sorted(row.digest for row in rows.files) == digests
    assert {row.state for row in rows.files} <= {AttachmentState.STORED}
    there = {path for path in folder.rglob("*") if path.is_file() and path.suffix != ".part"}
    assert there == {attachments.path_of(folder, digest) for digest in digests}
    for path in there:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def _chats(rows: Rows) -> None:
    """Each line was taken once: a second time it would have become the answer to the next question."""
    for number in range(CHATS):
        title, description, need, *_ = answers(number)
        [given] = rows.sessions[str(FIRST_CHAT + number)]
        assert {name: given.get(name) for name in ("title", "description", "need", *STORED)} == {
            "title": title,
            "description": description,
            "need": need,
            **STORED,
        }, f"chat {number}"


def _mails(rows: Rows, crowd: Crowd) -> None:
    """Each reply became one conversation and caused one confirmation."""
    for number in crowd.replied:
        found = [given.get("title") for given in rows.sessions.get(address(number), ())]
        stopped = address(number) in crowd.stopped_addresses
        assert found == ([] if stopped else [f"Pasta iniciatīva {number}"]), f"mailbox {number}"
    caused = Counter(
        row.key.split(":")[1] for row in rows.outbox if row.channel == "email" and row.key.startswith("in:")
    )
    handled = {str(row.id) for row in rows.inbox if row.channel == "email" and row.outcome == "answered"}
    assert caused == dict.fromkeys(handled, 1)


def _ends(rows: Rows) -> None:
    """Every message came to an end, and the staff are told of each that nobody knows about."""
    assert [(row.key, row.state) for row in rows.outbox if row.state not in ENDS] == []
    assert {row.id for row in rows.outbox if row.state == OutboxState.UNKNOWN} == rows.reported


def _letters(rows: Rows, crowd: Crowd) -> None:
    """By the SMTP server's count: invitations and reminders at most once, sent ones exactly once."""
    came = Counter((outbox_id_of(one.message_id), one.recipient) for one in crowd.mail.smtp.deliveries)
    personal = Counter[tuple[str, str]]()
    for row in rows.outbox:
        if row.channel == "email":
            times = came[(row.id, row.address)]
            assert times in _allowed(row), f"{row.key} {row.state}: {times} times"
            personal[(row.kind, row.address)] += times
    twice = {who: times for who, times in personal.items() if who[0] in UNASKED and times > 1}
    assert not twice, f"more than one invitation or reminder: {twice}"
    for stopped in crowd.stopped_addresses:
        assert personal[("reminder", stopped)] == personal[("answer", stopped)] == 0


def _messages(rows: Rows, crowd: Crowd) -> None:
    """By the Bot API server's count; people got each text once, an answer in doubt once more at most."""
    came = Counter((str(one.chat_id), one.text) for one in crowd.api.account.deliveries)
    texts: dict[tuple[str, str], list[Outbox]] = {}
    for row in rows.outbox:
        if row.channel == "telegram" and row.payload["kind"] == "message":
            texts.setdefault((row.address, _plain(row.payload["text"])), []).append(row)
    assert not came.keys() - texts.keys(), "a message that is not in the outbox"
    for where, same in texts.items():
        least = sum(min(_allowed(row)) for row in same)
        most = sum(max(_allowed(row)) for row in same)
        assert least <= came[where] <= most, f"{[row.key for row in same]}: {came[where]} times"
    reminded = {row.address for row in rows.outbox if row.channel == "telegram" and row.kind == "reminder"}
    assert not reminded & {str(chat) for chat in crowd.stopped_chats}


def _allowed(row: Outbox) -> range:
    """How often the server may have counted the message."""
    least = 1 if row.state == OutboxState.SENT else 0
    if row.state in (OutboxState.SUPPRESSED, OutboxState.FAILED) and row.attempts == 0:
        return range(1)
    return range(least, 2 if row.kind in UNASKED or row.attempts < MAYBE_TWICE else MAYBE_TWICE + 1)


def _plain(text: str) -> str:
    """The text as the chat shows it: the server keeps it without Telegram's HTML."""
    return html.unescape(re.sub(r"</?[a-z]+(?: [^>]*)?>", "", text))


def _answers(text: str) -> Mapping[str, Any]:
    """Question name -> value, of a stored session."""
    return {path.rpartition("/")[2]: value for path, value in json.loads(text)["answers"].items()}
