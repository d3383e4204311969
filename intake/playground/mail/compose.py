"""Letters as an ordinary mail program writes them: new ones, replies that quote, forwards."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime, formataddr, make_msgid, parseaddr, parsedate_to_datetime
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser

Wording = Mapping[str, str]


@dataclass(frozen=True)
class File:
    """Something to send with a letter; `type` is its media type."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Writer:
    """Who writes: the address, the name shown, and the words of their mail program."""

    address: str
    name: str
    words: Wording

    def begin(self, to: str, subject: str, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"] = formataddr((self.name, self.address))
        message["To"] = " ".join(to.split())  # what was typed may hold line breaks, a header may not
        message["Subject"] = " ".join(subject.split())
        message["Date"] = format_datetime(now)
        message["Message-ID"] = make_msgid(domain=self.address.rpartition("@")[2])
        return message


def attach(message: EmailMessage, files: Iterable[File]) -> EmailMessage:
    """The letter with these files in it."""
    for file in files:
        main, _, sub = (file.type if _MEDIA_TYPE.fullmatch(file.type) else "application/octet-stream").partition("/")
        name = " ".join(file.name.split()) or "file"
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=name)
    return message


def attachments(message: EmailMessage) -> list[File]:
    """The files that came with a letter."""
    return [_file(part) for part in message.iter_attachments()]


def _file(part: EmailMessage) -> File:
    content = part.get_payload(decode=True) if not part.is_multipart() else part.as_bytes()
    return File(part.get_filename() or "?", part.get_content_type(), content if isinstance(content, bytes) else b"")


def text_of(message: EmailMessage) -> str:
    """The text part of a letter, or its HTML part as text."""
    plain = message.get_body(("plain",))
    if plain is not None:
        return _decoded(plain)
    tree = LexborHTMLParser(html_of(message))
    return tree.body.text(separator="\n") if tree.body else ""


def html_of(message: EmailMessage) -> str:
    """The HTML part of a letter; empty when there is none."""
    part = message.get_body(("html",))
    return _decoded(part) if part is not None else ""


def _decoded(part: MIMEPart) -> str:
    """As said by its charset; one that nobody knows is read as UTF-8."""
    try:
        return str(part.get_content())
    except LookupError:
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def quoted(message: EmailMessage, words: Wording) -> str:
    """The attribution line and the letter with `> ` before each line."""
    lines = text_of(message).replace("\r\n", "\n").rstrip("\n").split("\n")
    return "\n".join([_attribution(message, words), *(f"> {line}".rstrip() for line in lines)])


def new(writer: Writer, to: str, subject: str, body: str, now: datetime) -> EmailMessage:
    message = writer.begin(to, subject, now)
    message.set_content(body)
    return message


def reply(
    writer: Writer, letter: EmailMessage, body: str, now: datetime, *, with_html: bool = False, quote: bool = True
) -> EmailMessage:
    """A reply to all that a reader of threads needs; `quote=False` when the body holds the quoted letter itself."""
    message = writer.begin(str(letter["Reply-To"] or letter["From"]), _subject("Re", letter), now)
    references = f"{letter['References'] or ''} {letter['Message-ID'] or ''}".split()
    if letter["Message-ID"]:
        message["In-Reply-To"] = str(letter["Message-ID"]).strip()
        message["References"] = " ".join(references)
    message.set_content(f"{body}\n\n{quoted(letter, writer.words)}\n" if quote else body)
    if with_html:
        message.add_alternative(_html_reply(writer, letter, body), subtype="html")
    return message


def forward(writer: Writer, letter: EmailMessage, to: str, body: str, now: datetime) -> EmailMessage:
    """A forward with the letter in the body, as most programs do; no References, as most programs do."""
    message = writer.begin(to, _subject(writer.words["forward_prefix"], letter), now)
    headers = [f"{writer.words[name]}: {letter[header] or ''}" for name, header in _FORWARDED]
    parts = [body, "", writer.words["forward_line"], *headers, "", text_of(letter)]
    message.set_content("\n".join(parts))
    return attach(message, attachments(letter))


_MEDIA_TYPE = re.compile(r"(?!message/|multipart/|text/)[\w.+-]{1,60}/[\w.+-]{1,60}")
"""Others need more than bytes to be a part of a mail."""
_FORWARDED = (("label_subject", "Subject"), ("label_date", "Date"), ("label_from", "From"), ("label_to", "To"))


def _subject(prefix: str, letter: EmailMessage) -> str:
    subject = str(letter["Subject"] or "")
    return subject if subject.lower().startswith(f"{prefix.lower()}:") else f"{prefix}: {subject}"


def _attribution(message: EmailMessage, words: Wording) -> str:
    name, address = parseaddr(str(message["From"]))
    try:
        zone = ZoneInfo(words["time_zone"])
        date = parsedate_to_datetime(str(message["Date"])).astimezone(zone).strftime(words["date_format"])
    except ValueError:
        date = words["no_date"]
    return words["attribution"].format(date=date, name=name or address, address=address)


def _html_reply(writer: Writer, letter: EmailMessage, body: str) -> str:
    typed = html.escape(body).replace("\n", "<br>\n")
    original = html_of(letter) or f"<pre>{html.escape(text_of(letter))}</pre>"
    attribution = html.escape(_attribution(letter, writer.words))
    return (
        f'<html><body><div dir="ltr">{typed}</div><br><div>{attribution}</div>'
        f'<blockquote type="cite">{original}</blockquote></body></html>'
    )
