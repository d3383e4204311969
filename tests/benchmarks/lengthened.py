"""A recorded reply made longer: the same mail to the same letter, with more newly written paragraphs on top."""

from __future__ import annotations

import html
import textwrap
from email import message_from_bytes, policy
from email.message import EmailMessage

SIZE = 20_000
"""Bytes of a mail, at least."""
_PARAGRAPH = (
    "Mēs esam biedrība, kas kopā ar pašvaldību palīdz vientuļiem senioriem. Brīvprātīgie viņus apciemo divreiz nedēļā, "
    "atved pārtiku, sarunājas un, ja vajag, pavada pie ārsta. Pagājušajā gadā palīdzējām {} cilvēkiem četros pagastos."
)


def lengthened(raw: bytes, size: int = SIZE) -> bytes:
    """The mail with as many paragraphs in each of its texts as it takes to have this size."""
    longer, count = raw, 0
    while len(longer) < size:
        count += max(1, (size - len(longer)) // 1_500)
        longer = _with_paragraphs(raw, count)
    return longer


def _with_paragraphs(raw: bytes, count: int) -> bytes:
    message = message_from_bytes(raw, policy=policy.default)
    paragraphs = [_PARAGRAPH.format(43 + number) for number in range(count)]
    for part in message.walk():
        assert isinstance(part, EmailMessage)
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and not part.get_filename():
            _lengthen(part, kind.removeprefix("text/"), paragraphs)
    return message.as_bytes()


def _lengthen(part: EmailMessage, kind: str, paragraphs: list[str]) -> None:
    try:
        content = str(part.get_content())
    except (LookupError, ValueError):
        return
    if kind == "plain":
        content = "\n\n".join([*(textwrap.fill(one, 76) for one in paragraphs), content])
    else:
        begin = content.find(">", content.lower().find("<body")) + 1 if "<body" in content.lower() else 0
        added = "".join(f"<div>{html.escape(one)}</div><div><br></div>" for one in paragraphs)
        content = content[:begin] + added + content[begin:]
    part.set_content(content, subtype=kind, charset="utf-8", cte="quoted-printable")
