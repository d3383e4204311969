"""Taking a mail apart within bounds: whatever the bytes are, in linear time, and Unreadable is the only error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr

from intake.channels import Unreadable

MAX_BYTES = 26_000_000
MAX_HEAD = 256_000
MAX_HEADER = 8_000
MAX_PARTS = 200
MAX_CONTAINERS = 60
MAX_LINES = 600_000
"""A mail of 26 MB in base64 has 350,000."""
MAX_LOOKS = 6_000_000
"""The parser compares each line with the boundary of each container around it, about 3 million a second."""
MAX_TEXT = 1_000_000
# What the standard library's parser is known to raise on broken mail.
FAULTS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, HeaderParseError)

_FOLD = re.compile(r"[\r\n]+[ \t]*")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def parse(body: bytes) -> Message:
    """The mail as a tree of parts; Unreadable when it is too large, too deep, or no mail at all."""
    _within_bounds(body)
    try:
        message = _whole(body) or message_from_bytes(body, policy=policy.compat32)
    except FAULTS as error:
        raise Unreadable("not a mail") from error
    if not message.keys():
        raise Unreadable("no headers")
    return message


def _whole(body: bytes) -> Message | None:
    """A mail of one part, whose body need not be looked at line by line; None for any other."""
    end = _HEAD_END.search(body)
    if end is None:
        return None
    message = message_from_bytes(body[: end.end()], policy=policy.compat32)
    if message.get_content_maintype() in ("multipart", "message") or message.defects or message.get_payload():
        return None
    message.set_payload(body[end.end() :].decode("ascii", "surrogateescape"))
    return message


def _within_bounds(body: bytes) -> None:
    """Counted before parsing: the parser's time grows with depth times lines, its stack with depth."""
    if len(body) > MAX_BYTES:
        raise Unreadable("too large")
    end = _HEAD_END.search(body)
    if (end.start() if end else len(body)) > MAX_HEAD:
        raise Unreadable("headers too long")
    lower, lines = body.lower(), body.count(b"\n") + body.count(b"\r") - body.count(b"\r\n")
    containers = lower.count(b"multipart/") + lower.count(b"message/")
    if containers > MAX_CONTAINERS or lower.count(b"\ncontent-type:") > MAX_PARTS:
        raise Unreadable("too many parts")
    if lines > MAX_LINES or lines * containers > MAX_LOOKS:
        raise Unreadable("too many lines")


def header(message: Message, name: str) -> str:
    """A header as one line of text, decoded, without invisible characters; empty when it is missing."""
    return decoded(next(_raw(message, name), ""))


def mailbox(message: Message, name: str) -> tuple[str, str]:
    """Name and address of the first mailbox in a header; empty where there is none, or thousands of brackets."""
    try:
        return parseaddr(header(message, name))
    except FAULTS:
        return "", ""


def headers(message: Message, name: str) -> list[str]:
    """All headers of this name, unfolded but not decoded; only the first few of them."""
    return [_one_line(value) for _, value in zip(range(20), _raw(message, name), strict=False)]


def _raw(message: Message, name: str) -> Iterator[str]:
    """As it stood in the bytes: `get` would spoil a header in plain UTF-8, which real programs write."""
    wanted = name.lower()
    return (value for key, value in message.raw_items() if key.lower() == wanted)


def decoded(value: object) -> str:
    """A header's value with its encoded words (RFC 2047) read; unknown character sets do no harm."""
    text = _FOLD.sub(" ", str(value)[:MAX_HEADER]).strip()  # decode_header would swallow the blank at a fold
    if "=?" not in text:
        return _one_line(text)
    try:
        parts = decode_header(text)
    except FAULTS:
        parts = [(text, None)]
    return _one_line("".join(_decode(part, charset) for part, charset in parts))


def _decode(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return part.decode(charset or "utf-8", "replace")
    except FAULTS:
        return part.decode("utf-8", "replace")


def _one_line(value: object) -> str:
    text = str(value)[:MAX_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _INVISIBLE.sub(" ", text).strip()


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold content, in order; of attached mails only their head is meant, not their parts."""
    for part in message.get_payload() if message.is_multipart() else ():
        if not isinstance(part, Message):
            continue
        if part.get_content_maintype() == "multipart":
            yield from leaves(part)
        else:
            yield part
    if not message.is_multipart():
        yield message


def text_of(part: Message) -> str:
    """The decoded text of a part, at most MAX_TEXT characters."""
    try:
        content = part.get_payload(decode=True)
    except FAULTS:
        content = None
    if not isinstance(content, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        return content[: MAX_TEXT * 4].decode(charset, "replace")[:MAX_TEXT]
    except FAULTS:
        return content[: MAX_TEXT * 4].decode("utf-8", "replace")[:MAX_TEXT]
