"""Files that came with a mail: their bytes and a harmless name; what clients add by themselves is left out."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from itertools import islice

from intake.channels.email import mime

MOST = 20
"""Files of one mail that are looked at."""
LARGEST_LOGO = 150_000
"""Bytes of a picture that the HTML part shows by itself: a signature's logo, not something sent along."""
_UNSAFE = re.compile(r"[^\w .()+@-]+")
_NO_FILES = re.compile(
    r"multipart/|message/|text/calendar|text/(?:x-)?vcard|text/directory|text/rfc822-headers"
    r"|application/(?:pgp-|(?:x-)?pkcs7-|ms-tnef|vnd\.ms-tnef|applefile|ics)"
)


@dataclass(frozen=True, slots=True)
class File:
    """One file: `name` without path, markup or control characters, with its ending; `content_type` as declared."""

    name: str
    content_type: str
    content: bytes


def files(body: bytes) -> list[File]:
    """The files of a mail, MOST at most; raises Unreadable."""
    message = mime.parse(body)
    try:
        return list(islice(_files(list(mime.leaves(message))), MOST))
    except mime.FAULTS:
        return []


def name_of(part: Message) -> str:
    """The name of a part's file, made harmless; "" where it has none."""
    name = mime.decoded(_filename(part)).replace("\\", "/").rpartition("/")[2]
    clean = _UNSAFE.sub("_", name).strip(". ")
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[:80]}{dot}{ending[:10]}" if dot else clean[:80]


def _filename(part: Message) -> str:
    """As the part gives it; the parser spoils a name in plain UTF-8, which real programs write."""
    name = part.get_filename() or ""
    if "\ufffd" not in name:
        return name
    plain = Message()
    for header in ("Content-Disposition", "Content-Type"):
        for value in mime.headers(part, header)[:1]:
            plain[header] = value
    return plain.get_filename() or ""


def _files(leaves: list[Message]) -> Iterator[File]:
    shown = _shown(leaves)
    for part in leaves:
        kind = part.get_content_type()
        named = name_of(part) or part.get_content_disposition() == "attachment"
        if _NO_FILES.match(kind) or not (named or part.get_content_maintype() != "text"):
            continue
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        logo = len(content) <= LARGEST_LOGO and str(part.get("Content-ID", "")).strip("<> ") in shown
        if content and not logo:
            yield File(name_of(part) or f"file{mimetypes.guess_extension(kind) or ''}", kind, content)


def _shown(leaves: list[Message]) -> frozenset[str]:
    """Content-IDs of the pictures in the HTML part."""
    html = (mime.text_of(part) for part in leaves if part.get_content_type() == "text/html")
    return frozenset(found for text in html for found in re.findall(r"""cid:([^"'\s<>)]{1,250})""", text))
