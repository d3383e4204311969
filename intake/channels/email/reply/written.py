"""The part of a mail that a person wrote, as lines; in whatever charset, HTML or text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from intake.channels.email import mime
from intake.channels.email.reply.html import html_lines
from intake.channels.email.reply.lines import Line, text_lines
from intake.channels.email.reply.links import without_link_list

MAX_BYTES = 4_000_000
_ENOUGH = 1_000
"""Characters with which an HTML part is no empty shell beside its text part."""
_BLANK_LINES = re.compile(rb"\n(?:[ \t\r]{0,80}\n){20,}")


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as far as its text goes."""

    lines: tuple[Line, ...]
    subject: str
    name: str
    """Display name of the sender."""
    address: str
    encloses: bool
    """Another mail is attached."""
    automatic: bool
    """Sent by a machine by its own account (RFC 3834): nobody signed it."""


def bounded(raw: bytes) -> bytes:
    """The mail as far as it is read: no more than MAX_BYTES, and no more than a few blank lines in a row."""
    return _BLANK_LINES.sub(b"\n\n\n", raw[:MAX_BYTES])


def written(message: Message) -> Written:
    """Read a mail's text."""
    leaves = list(mime.leaves(message))
    name, address = mime.mailbox(message, "From")
    encloses = any(leaf.get_content_type() == "message/rfc822" for leaf in leaves)
    automatic = mime.header(message, "Auto-Submitted").lower() not in ("", "no")
    return Written(_body(leaves), mime.header(message, "Subject"), name, address.lower(), encloses, automatic)


def plain_first(message: Message) -> tuple[Line, ...]:
    """The lines of a letter of ours: its text part, which shows every letter and number as text."""
    leaves = list(mime.leaves(message))
    plain = next((leaf for leaf in leaves if leaf.get_content_type() == "text/plain"), None)
    return _plain_lines(plain) if plain is not None else _body(leaves)


def _body(leaves: list[Message]) -> tuple[Line, ...]:
    """The HTML part where there is one: clients derive the text part from it, with marks of their own."""
    inline = [leaf for leaf in leaves if leaf.get_content_disposition() != "attachment"]
    plain = next((leaf for leaf in inline if leaf.get_content_type() == "text/plain"), None)
    rich = next((leaf for leaf in inline if leaf.get_content_type() == "text/html"), None)
    html = html_lines(_text(rich)) if rich is not None else ()
    if plain is None or _size(html) >= _ENOUGH:
        return html
    text = _plain_lines(plain)
    return html if html and 2 * _size(html) >= _size(text) else text


def _plain_lines(part: Message) -> tuple[Line, ...]:
    flowed = _parameter(part, "format") == "flowed"
    return without_link_list(text_lines(_text(part), flowed=flowed, delsp=_parameter(part, "delsp") == "yes"))


def _parameter(part: Message, name: str) -> str:
    try:
        value = part.get_param(name)
    except mime.FAULTS:
        return ""
    return value.lower() if isinstance(value, str) else ""


def _text(part: Message) -> str:
    try:
        payload = part.get_payload(decode=True)
    except mime.FAULTS:
        payload = None
    return decode(payload[: mime.MAX_TEXT * 4], _parameter(part, "charset")) if isinstance(payload, bytes) else ""


def decode(data: bytes, charset: str) -> str:
    """Bytes as text: valid UTF-8 is UTF-8 whatever was declared, then the declared charset, then Windows-1257."""
    wide = charset.startswith(("utf-16", "utf-32", "utf-7", "iso-2022", "hz"))
    for guess in ((charset,) if wide else ("utf-8", charset)) + ("cp1257",):
        try:
            return data.decode(guess)
        except mime.FAULTS:
            continue
    return data.decode("latin-1")


def _size(lines: tuple[Line, ...]) -> int:
    return sum(len(line.text) for line in lines)
