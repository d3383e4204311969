"""Reading a reply by subtracting the letter that it answers: what is new, and which question each piece answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from conversations.forms.definition import Question
from conversations.reading import Intent, Piece, Place, Reading, read_pieces
from intake.channels import Unreadable
from intake.channels.email import incoming, mime
from intake.channels.email.reply.align import Alignment
from intake.channels.email.reply.corrected import Correction, corrections
from intake.channels.email.reply.letter import NO_LETTER, Letter, numbers, read_letter
from intake.channels.email.reply.marks import leftover, marked, ticked
from intake.channels.email.reply.news import News, news
from intake.channels.email.reply.pieces import Block, unwrapped
from intake.channels.email.reply.written import bounded, written

__all__ = ["new_text", "read_answers"]


def new_text(raw: bytes, sent: bytes | None) -> str:
    """What the person newly wrote, without quotation and signature; `sent` is the letter answered, where known.

    "" for what is no mail. Never raises; time is linear in `raw`.
    """
    try:
        return news(written(mime.parse(bounded(raw))), read_letter(sent) if sent else NO_LETTER).text
    except Unreadable:
        return ""


def read_answers(
    raw: bytes,
    sent: bytes,
    asked: Mapping[int, Question],
    language: str,
    *,
    now: datetime | None = None,
    awaited: Collection[int] | None = None,
) -> Reading:
    """Read a reply to the letter `sent`; `asked` maps the number printed in the letter to its question.

    `now` gives dates their year (the mail's own date when None), `awaited` are the questions still open.
    Never raises; an automatic mail is never read as answers (RFC 3834).
    """
    raw = bounded(raw)
    try:
        message = mime.parse(raw)
        mail = incoming.read_parsed(message, raw)
    except Unreadable:
        return Reading()
    if mail.bounce or mail.automatic:
        return Reading(intent=Intent.BOUNCE if mail.bounce else Intent.AUTO_REPLY)
    letter = read_letter(sent)
    found = news(written(message), letter)
    when = now or mail.date or datetime.now(UTC)
    reading = read_pieces(_pieces(found, letter, asked), asked, language, when, mail.subject, awaited)
    if reading.intent is not Intent.ANSWERS and (found.forwarded or mail.forwarded):
        return replace(reading, intent=Intent.FORWARD)
    return reading


def _pieces(found: News, letter: Letter, asked: Mapping[int, Question]) -> list[Piece]:
    """The blocks with their anchors, and the options that were marked where nothing was typed."""
    numbered = numbers(letter, asked)
    corrected = _corrected(found, letter, numbered)
    pieces = [Piece(one.text, one.number, Place.QUESTION) for one in corrected]
    pieces += [
        _piece(block, numbered, found.alignment)
        for block in found.blocks
        if not any(block.after is not None and numbered[block.after] == one.number for one in corrected)
    ]
    if found.alignment is None:
        return pieces
    typed = {piece.anchor for piece in pieces if piece.anchor is not None}
    marks = marked(found.alignment, numbered, asked, typed)
    if found.doubtful is None:
        return pieces + marks
    doubtful = [_piece(block, numbered, found.alignment) for block in found.doubtful]
    return pieces + [replace(piece, place=Place.DOUBTFUL) for piece in (*doubtful, *marks)]


def _corrected(found: News, letter: Letter, numbered: Sequence[int | None]) -> list[Correction]:
    """Values edited in their place; not where somebody else may have done it."""
    if found.alignment is None or found.doubtful is not None:
        return []
    return corrections(letter, found.alignment, numbered, found.blocks)


def _piece(block: Block, numbered: Sequence[int | None], alignment: Alignment | None) -> Piece:
    text = unwrapped(block.lines)
    if block.after is None or alignment is None:
        return Piece(text, None, Place.TOP)
    if (number := numbered[block.after]) is None:
        return Piece(text, None, Place.END if block.last else Place.BETWEEN)
    if leftover(block, alignment, numbered):
        return Piece(text, number, Place.MARKED)
    return Piece(ticked(block, alignment) or text, number, Place.QUESTION)
