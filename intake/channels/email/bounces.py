"""What a returned mail says: whom it did not reach, for how long, and which of our letters it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_string, policy
from email.message import Message
from typing import Literal

from flufl.bounce import all_failures

from intake.channels.email import mime
from intake.channels.email.addresses import Verp, normalise, read_verp, tag_of
from intake.channels.email.automatic import null_return_path
from intake.channels.email.message import MESSAGE_ID, outbox_id_of

MAX_HEURISTIC, MAX_HEURISTIC_LINES = 256_000, 10_000
"""Larger mails are not searched by flufl.bounce's patterns, of which some take 20 µs a line."""
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_DAEMON = re.compile(r"(mailer-daemon|postmaster|mail-daemon)", re.IGNORECASE)
_ORIGINAL_ID = re.compile(r"^Message-ID:\s{0,10}(<[!-;=?-~]{1,500}>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A failed delivery: `hard` for ever (5.x.x), `soft` for now (4.x.x, delays, no status given); or a complaint.

    `outbox_id` is the row that our envelope sender or our Message-ID names, `token` the secret beside it in the
    envelope sender; `recipient` may be empty. `delayed`: a server still tries, and another notice may follow.
    """

    kind: Literal["hard", "soft", "complaint"]
    recipient: str
    status: str
    message_id: str
    outbox_id: int | None
    token: str = ""
    delayed: bool = False


def read_bounce(message: Message, addresses: Iterable[str], own: str | None) -> Bounce | None:
    """Our own envelope sender first, then the notice for machines (RFC 3464), then experience (flufl.bounce)."""
    verp = _verp(addresses, own)
    if (complaint := _complaint(message, verp)) is not None:
        return complaint
    notices = list(_notices(message))
    if not notices and not _by_a_daemon(message):
        return None  # an auto-reply may come to the envelope sender too
    failed = [one for one in notices if one.get("Action", "").strip().lower() in ("failed", "delayed")]
    if notices and not failed:
        return None  # a notice of success
    original = _original_id(message)
    outbox_id = verp.outbox_id if verp else outbox_id_of(original)
    if failed:
        status = _status(mime.header(failed[0], "Status"))
        delayed = mime.header(failed[0], "Action").lower() == "delayed"
        kind: Literal["hard", "soft"] = "hard" if status.startswith("5") and not delayed else "soft"
        return Bounce(kind, _recipient(failed[0]), status, original, outbox_id, verp.token if verp else "", delayed)
    return _by_experience(message, original, outbox_id, verp.token if verp else "")


def _complaint(message: Message, verp: Verp | None) -> Bounce | None:
    """Somebody marked our letter as spam and their provider tells us (RFC 5965)."""
    report = next((part for part in mime.leaves(message) if part.get_content_type() == "message/feedback-report"), None)
    if report is None:
        return None
    head = report.get_payload()
    fields = head[0] if isinstance(head, list) and head and isinstance(head[0], Message) else _fields(report)
    if mime.header(fields, "Feedback-Type").lower() in ("not-spam", "auth-failure", "dmarc"):
        return None
    original = _original_id(message)
    outbox_id = verp.outbox_id if verp else outbox_id_of(original)
    return Bounce("complaint", _reported(fields), "", original, outbox_id, verp.token if verp else "")


def _fields(report: Message) -> Message:
    """The fields of a report that the parser left as text."""
    return message_from_string(mime.text_of(report)[:20_000], policy=policy.compat32)


def _reported(fields: Message) -> str:
    for name in ("Original-Rcpt-To", "Removal-Recipient"):
        try:
            return normalise(mime.header(fields, name).strip(" <>"))
        except ValueError:
            continue
    return ""


def _verp(addresses: Iterable[str], own: str | None) -> Verp | None:
    tags = (tag_of(address, own) for address in addresses)
    return next((found for tag in tags if tag and (found := read_verp(tag))), None)


def _notices(message: Message) -> Iterator[Message]:
    """The blocks of the message/delivery-status part that name a recipient."""
    for part in mime.leaves(message):
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for block in part.get_payload():
                if isinstance(block, Message) and block.get("Action"):
                    yield block


def _by_a_daemon(message: Message) -> bool:
    submitted = mime.header(message, "Auto-Submitted").lower()
    if submitted.startswith("auto-replied") and not _DAEMON.search(mime.header(message, "From")):
        return False
    daemon = bool(_DAEMON.search(mime.header(message, "From")))
    return daemon or message.get("X-Failed-Recipients") is not None or _returned(message)


def _returned(message: Message) -> bool:
    """A null envelope sender alone is no bounce; with a mail of ours inside it is."""
    return null_return_path(message) and outbox_id_of(_original_id(message)) is not None


def _by_experience(message: Message, original: str, outbox_id: int | None, token: str) -> Bounce | None:
    soft, hard = _flufl(message)
    text = "\n".join(mime.text_of(part)[:20_000] for part in mime.leaves(message) if _is_text(part))
    status = _status(text)
    recipient = next(iter([*hard, *soft]), "")
    if not (recipient or status or outbox_id):
        return None
    kind: Literal["hard", "soft"] = "hard" if hard or status.startswith("5") else "soft"
    return Bounce(kind, recipient, status, original, outbox_id, token)


def _flufl(message: Message) -> tuple[list[str], list[str]]:
    """(soft, hard) recipients; its detectors stumble over mails without the headers they expect."""
    try:
        source = message.as_bytes()
        if len(source) > MAX_HEURISTIC or source.count(b"\n") > MAX_HEURISTIC_LINES:
            return [], []
        soft, hard = all_failures(message)
    except mime.FAULTS:
        return [], []
    return list(_usable(soft)), list(_usable(hard))


def _usable(found: Iterable[bytes | str]) -> Iterator[str]:
    for one in sorted(str(one, "ascii", "replace") if isinstance(one, bytes) else one for one in found):
        try:
            yield normalise(one)
        except ValueError:
            continue


def _recipient(block: Message) -> str:
    for name in ("Original-Recipient", "Final-Recipient"):
        address = mime.header(block, name).rpartition(";")[2].strip(" <>")
        try:
            return normalise(address)
        except ValueError:
            continue
    return ""


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[1] if found else ""


def _original_id(message: Message) -> str:
    """The Message-ID of the mail that came back: attached whole, as headers, or quoted in the text."""
    for part in mime.leaves(message):
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            found = MESSAGE_ID.search(mime.header(inner, "Message-ID")) if isinstance(inner, Message) else None
        elif kind == "text/rfc822-headers" or _is_text(part):
            found = _ORIGINAL_ID.search(mime.text_of(part))
        else:
            continue
        if found:
            return found[found.re.groups]
    return ""


def _is_text(part: Message) -> bool:
    return part.get_content_maintype() == "text"
