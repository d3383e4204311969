"""What a mail says about itself: who, to whom, in answer to what, with which codes, by a person or a machine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from intake.channels import Unreadable
from intake.channels.email import mime
from intake.channels.email.addresses import normalise
from intake.channels.email.automatic import why_automatic
from intake.channels.email.bounces import Bounce, read_bounce
from intake.channels.email.codes import Code, find_codes
from intake.channels.email.enclosed import name_of
from intake.channels.email.mailbox import OVERSIZE
from intake.channels.email.message import MESSAGE_ID

MAX_ADDRESSES = 50
MAX_REFERENCES = 50
MAX_SUBJECT = 500
# Ours, as stamped by delivery: which of our addresses the envelope named.
_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Delivered-To")
_REPLY = re.compile(r"(re|atb|aw|sv|vs|ответ|отв)(\[\d{1,3}\])?\s{0,3}:", re.IGNORECASE)
# The last one is Rmail's: "[sender: subject]".
_FORWARD = re.compile(
    r"(fwd?|pārs|pārsūtīts|pārsūtīta|tr|wg|vb|пересл)\.?(\[\d{1,3}\])?\s{0,3}:|\[[^]@\s]{1,64}@[^]:\s]{1,250}:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came along: its name made harmless, its declared type, its size in bytes."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """One received mail, everything in it still unproven: anybody can write any header.

    `key` recognises the same mail again (its Message-ID, or a hash of the bytes). `sender` is normalised and empty
    where there is no usable one. `automatic` names why a machine wrote it (never answer it), None for a person.
    """

    key: str
    sender: str
    sender_name: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    delivered_to: tuple[str, ...]
    subject: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    date: datetime | None
    codes: tuple[Code, ...]
    automatic: str | None
    bounce: Bounce | None
    attachments: tuple[Attachment, ...]
    is_reply: bool
    forwarded: bool
    oversize: int
    """The size in bytes where only the headers were fetched, else 0."""
    authentication: tuple[str, ...]
    """Authentication-Results as they stand; to be trusted only with our own authserv-id."""

    @property
    def answers(self) -> tuple[str, ...]:
        """The Message-IDs that this mail may answer, the most telling first."""
        return tuple(dict.fromkeys(one for one in (self.in_reply_to, *reversed(self.references)) if one))

    def forged(self, authserv_id: str) -> bool:
        """Whether our own mail server found that the sender's domain disowns the mail (RFC 8601, DMARC).

        The first header of that name is the one our server put on top; without its name nothing is proven.
        """
        for value in self.authentication if authserv_id else ():
            server, _, results = value.partition(";")
            if server.split()[:1] == [authserv_id]:
                return re.search(r"\bdmarc\s{0,3}=\s{0,3}fail\b", results, re.IGNORECASE) is not None
        return False


def read(body: bytes, own: str | None = None) -> Mail:
    """Read a mail that came to our address `own` (None: to any); raises Unreadable and nothing else."""
    return read_parsed(mime.parse(body), body, own)


def read_parsed(message: Message, body: bytes, own: str | None = None) -> Mail:
    """As `read`, for a mail that was taken apart already."""
    try:
        return _read(message, body, own)
    except mime.FAULTS as error:
        raise Unreadable("broken mail") from error


def answers(subject: str) -> bool:
    """Whether a subject says that the mail is a reply, in whatever language ("Re:", "Atb:", "AW:")."""
    return _REPLY.match(subject) is not None


def _read(message: Message, body: bytes, own: str | None) -> Mail:
    sender, name = _sender(message)
    to, cc = _addresses(message, "To"), _addresses(message, "Cc")
    delivered = tuple(address for header in _DELIVERED for address in _addresses(message, header))
    subject = mime.header(message, "Subject")[:MAX_SUBJECT]
    ids = _ids(message, "Message-ID")
    references = _ids(message, "References")[-MAX_REFERENCES:]
    replied = _ids(message, "In-Reply-To")
    leaves = list(mime.leaves(message))
    ours = (*delivered, *to, *cc)
    bounce = read_bounce(message, ours, own)
    return Mail(
        key=ids[0] if ids else "sha256:" + hashlib.sha256(body).hexdigest(),
        sender=sender,
        sender_name=name,
        to=to,
        cc=cc,
        delivered_to=delivered,
        subject=subject,
        message_id=ids[0] if ids else "",
        in_reply_to=replied[0] if replied else "",
        references=references,
        date=_date(message),
        codes=find_codes(ours, own, subject, _texts(leaves)),
        automatic="bounce" if bounce else why_automatic(message, subject, sender, own),
        bounce=bounce,
        attachments=tuple(_attachments(leaves)),
        is_reply=bool(references or replied or answers(subject)),
        forwarded=bool(_FORWARD.match(subject)),
        oversize=_oversize(message),
        authentication=tuple(mime.headers(message, "Authentication-Results")),
    )


def _sender(message: Message) -> tuple[str, str]:
    """Of several authors the one who sent it (RFC 5322, 3.6.2); a name with a comma in it looks like several, too."""
    authors = list(_pairs(message, "From"))
    if len(authors) > 1:
        sent = (*_addresses(message, "Sender"), *_addresses(message, "Return-Path"))
        authors = [one for one in authors if one[1] in sent] or authors
    return (authors[0][1], authors[0][0]) if authors else ("", "")


def _addresses(message: Message, header: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for _, address in _pairs(message, header)))


def _pairs(message: Message, header: str) -> Iterator[tuple[str, str]]:
    """(name, normalised address) of each usable address in these headers."""
    try:
        found = getaddresses(mime.headers(message, header))
    except mime.FAULTS:  # thousands of brackets
        return
    for name, address in found[:MAX_ADDRESSES]:
        try:
            yield mime.decoded(name)[:200], normalise(address)
        except ValueError:
            continue


def _ids(message: Message, header: str) -> tuple[str, ...]:
    values = " ".join(mime.headers(message, header))
    return tuple(dict.fromkeys(MESSAGE_ID.findall(values)))


def _date(message: Message) -> datetime | None:
    """The sender's own date in UTC; nothing rests on it."""
    try:
        when = parsedate_to_datetime(mime.header(message, "Date"))
        return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC)
    except (*mime.FAULTS, OverflowError):
        return None


def _texts(leaves: Sequence[Message]) -> Iterator[str]:
    for part in leaves:
        if part.get_content_maintype() == "text" and not part.get_filename():
            yield mime.text_of(part)


def _attachments(leaves: Sequence[Message]) -> Iterator[Attachment]:
    for part in leaves:
        name = name_of(part)
        if name or part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            payload = part.get_payload(decode=True)
            size = len(payload) if isinstance(payload, bytes) else 0
            yield Attachment(name or "file", part.get_content_type(), size)


def _oversize(message: Message) -> int:
    value = message.get(OVERSIZE, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 15 else 0
