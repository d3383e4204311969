"""Whether a machine wrote a mail (RFC 3834 and what is met in the wild): never answered, never read as answers."""

from __future__ import annotations

import re
from email.message import Message

from intake.channels.email import mime
from intake.channels.email.addresses import key

_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_MACHINE = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|mail-daemon)@", re.IGNORECASE)
# Whole beginnings of subjects as clients and servers write them; a person's own "Re: ..." never begins so.
_SUBJECT = re.compile(
    r"(automātiskā atbilde|automatiska atbilde|automātiska atbilde|esmu (atvaļinājumā|prombūtnē|slimības lapā)"
    r"|prombūtnē\b|ārpus biroja|automatic reply|auto-?reply|auto-?response|auto:|out of (the )?office"
    r"|on (vacation|leave|holiday)\b|автоответ|автоматический ответ|automatische antwort|abwesenheits"
    r"|automatinis atsakymas|automaatvastus|automaatne vastus)",
    re.IGNORECASE,
)
_MARKS = ("X-Loop", "X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Mail-Autoreply", "X-POST-MessageClass")


CALENDAR = "calendar"
"""An invitation to meet, or an answer to one (RFC 5546)."""
_METHOD = re.compile(r"^METHOD:", re.IGNORECASE | re.MULTILINE)


def why_automatic(message: Message, subject: str, sender: str, own: str | None) -> str | None:
    """The reason as a word for the log and the staff, None where a person seems to have written it."""
    submitted = mime.header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return "auto-submitted"
    if own is not None and sender and key(sender) == key(own):
        return "ourselves"
    if mime.header(message, "Precedence").lower() in _PRECEDENCE:
        return "precedence"
    if null_return_path(message):
        return "null-return-path"
    if _MACHINE.match(sender):
        return "machine-address"
    if any(message.get(mark) for mark in _MARKS):
        return "auto-reply-header"
    if _is_receipt(message):
        return "receipt"
    if message.get("List-Id"):
        return "mailing-list"
    if _is_calendar(message):
        return CALENDAR
    return "out-of-office" if _SUBJECT.match(subject) else None


def null_return_path(message: Message) -> bool:
    """Whether delivery stamped an empty envelope sender: such mail is never answered (RFC 5321, section 4.5.5)."""
    value = message.get("Return-Path")
    return value is not None and not str(value).strip("<> \t\r\n")


def _is_receipt(message: Message) -> bool:
    """A read receipt (RFC 8098), also where a gateway packed it anew."""
    return any(part.get_content_type() == "message/disposition-notification" for part in mime.leaves(message)) or (
        message.get_content_type() == "multipart/report" and "disposition" in str(message.get_param("report-type"))
    )


def _is_calendar(message: Message) -> bool:
    """A calendar program wrote the mail: a part of it is for calendar programs, and not merely attached."""
    return any(
        part.get_content_type() == "text/calendar"
        and part.get_content_disposition() != "attachment"
        and (part.get_param("method") or _METHOD.search(mime.text_of(part)[:5_000]))
        for part in mime.leaves(message)
    )
