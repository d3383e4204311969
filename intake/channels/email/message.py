"""A letter's payload in the outbox -> the very bytes that go out, the same each time they are asked for."""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from typing import Any

from intake.channels.email.addresses import domain, normalise

MAX_HEADER = 2_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,500}>")
_OWN_ID = re.compile(r"<atsauce\.(?P<id>[0-9]{1,18})\.(?P<token>[A-Za-z0-9]{1,40})@[^<>@\s]{1,253}>", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9-]{1,40}")
_LINK = re.compile(r"(https?://|mailto:)[!-;=?-~]{1,900}")


def message_id(outbox_id: int, token: str, host: str) -> str:
    """The Message-ID of a row of the outbox; a repeated message keeps it."""
    return f"<atsauce.{outbox_id}.{token}@{host}>"


def outbox_id_of(message_id: str) -> int | None:
    """The row of the outbox that had this Message-ID, None when it is not ours."""
    found = _OWN_ID.fullmatch(message_id.strip())
    return int(found["id"]) if found else None


def identified(payload: Mapping[str, Any], outbox_id: int | None) -> Mapping[str, Any]:
    """The payload with its Message-ID, made of the outbox's row and the payload's `token` unless it has one."""
    if "message_id" in payload or outbox_id is None:
        return payload
    host = domain(normalise(_checked("From", payload["from"])))
    return {**payload, "message_id": message_id(outbox_id, payload["token"], host)}


def render(payload: Mapping[str, Any], outbox_id: int | None = None) -> bytes:
    """The MIME message of a payload, CRLF lines, always the same bytes; ValueError or KeyError when it is wrong.

    Required: to, from, subject, text, date (ISO 8601 with offset), and message_id, or token with the outbox's row.
    Optional: to_name, from_name, reply_to, html, language, in_reply_to, references (list), auto_submitted,
    list_unsubscribe (list of https and mailto URLs). RFC 5322, 2046, 2047, 3834, 8058.
    """
    payload = identified(payload, outbox_id)
    headers = "".join(f"{name}: {value}\n" for name, value in _headers(payload))
    return (headers + _body(payload)).replace("\n", "\r\n").encode("ascii")


def _headers(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "From", _mailbox("From", payload["from"], payload.get("from_name"))
    yield "To", _mailbox("To", payload["to"], payload.get("to_name"))
    if reply_to := payload.get("reply_to"):
        yield "Reply-To", _mailbox("Reply-To", reply_to, None)
    yield "Subject", _words("Subject", payload["subject"])
    yield "Date", _date(payload["date"])
    yield "Message-ID", _id(payload["message_id"])
    if in_reply_to := payload.get("in_reply_to"):
        yield "In-Reply-To", _id(in_reply_to)
    if references := payload.get("references"):
        yield "References", "\n ".join(_id(one) for one in references[-20:])
    yield from _list_unsubscribe(payload.get("list_unsubscribe") or ())
    if auto_submitted := payload.get("auto_submitted"):
        yield "Auto-Submitted", _word(auto_submitted)
    if language := payload.get("language"):
        yield "Content-Language", _word(language)
    yield "MIME-Version", "1.0"


def _list_unsubscribe(links: Any) -> Iterator[tuple[str, str]]:
    if not links:
        return
    for link in links:
        if not isinstance(link, str) or not _LINK.fullmatch(link):
            raise ValueError("List-Unsubscribe: not a link")
    yield "List-Unsubscribe", ",\n ".join(f"<{link}>" for link in links)
    if any(_one_click(link) for link in links):
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _one_click(link: str) -> bool:
    """RFC 8058 asks for https; on loopback, where things are tried out, there is nobody to listen in."""
    return link.startswith(("https://", "http://127.0.0.1:", "http://localhost:"))


def _body(payload: Mapping[str, Any]) -> str:
    text = _part("text/plain", payload["text"])
    if not payload.get("html"):
        return text
    # Taken from the Message-ID, so that the bytes are the same each time; "=_" can't stand in quoted-printable.
    boundary = "=_" + hashlib.sha256(payload["message_id"].encode()).hexdigest()[:32]
    html = _part("text/html", payload["html"])
    return (
        f'Content-Type: multipart/alternative;\n boundary="{boundary}"\n\n'
        f"--{boundary}\n{text}\n--{boundary}\n{html}\n--{boundary}--\n"
    )


def _part(content_type: str, text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    # A body that is text: line ends stay, lines of at most 76 characters, blanks at a line's end are encoded.
    encoded = binascii.b2a_qp(plain.encode("utf-8", "replace"), istext=True).decode("ascii")
    end = "" if encoded.endswith("\n") else "\n"
    return f"Content-Type: {content_type}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{encoded}{end}"


def _checked(name: str, value: object) -> str:
    """A header value that is one line; anything else is an attempt to write more headers (or a fault of ours)."""
    if not isinstance(value, str):
        raise ValueError(f"{name}: not a text")
    if _CONTROL.search(value):
        raise ValueError(f"{name}: control characters in a header")
    if len(value) > MAX_HEADER:
        raise ValueError(f"{name}: too long")
    return value


def _words(name: str, value: object) -> str:
    """A phrase: as it is in ASCII, otherwise encoded words (RFC 2047), in folded lines."""
    text = _checked(name, value).strip().encode("utf-8", "replace").decode()
    if text.isascii() and "=?" not in text and len(name) + 2 + len(text) <= 76:
        return text
    return Header(text, "utf-8", maxlinelen=76, header_name=name).encode()


def _mailbox(header: str, address: object, name: object) -> str:
    normal = normalise(_checked(header, address))
    if not name:
        return normal
    text = _checked(header, name).strip()
    if text.isascii() and "=?" not in text and len(text) <= 60:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"\n <{normal}>' if len(text) + len(normal) > 60 else f'"{escaped}" <{normal}>'
    return f"{_words(header, text)}\n <{normal}>"


def _date(value: object) -> str:
    when = datetime.fromisoformat(_checked("Date", value))
    if when.tzinfo is None:
        raise ValueError("Date: no time zone")
    return format_datetime(when)


def _id(value: object) -> str:
    text = _checked("Message-ID", value).strip()
    if not MESSAGE_ID.fullmatch(text):
        raise ValueError("Message-ID: not of the form <…>")
    return text


def _word(value: object) -> str:
    text = _checked("header", value)
    if not _WORD.fullmatch(text):
        raise ValueError("header: not a word")
    return text
