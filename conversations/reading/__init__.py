"""The new pieces of a reply, each with its anchor -> answers, what could not be read, remarks, commands, intent."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from conversations.answers import Parsed, Rejected, parse
from conversations.answers.contacts import without_personal_codes
from conversations.forms.definition import Kind, Question
from conversations.reading.corrections import correction
from conversations.reading.labelled import labelled_line
from conversations.reading.meaning import asks, command, greets, refuses, without_greeting
from conversations.reading.numbered import Item, numbered
from conversations.reading.outcome import Command, Intent, Piece, Place, Reading, Unread
from conversations.reading.several import Mark, Part, parts
from conversations.reading.table import spaced, table

__all__ = ["Command", "Intent", "Piece", "Place", "Reading", "Unread", "read_pieces"]

_SUBJECT_PREFIX = re.compile(r"(?:\s{0,3}(?:re|atb|aw|sv|vs|ответ|отв)(?:\[\d{1,3}\])?\s{0,3}:)+\s{0,3}", re.IGNORECASE)
_STOPS = ("stop", "erase")
_ASKED_BACK = ("proposed", "handed_on")
"""Reasons of what nobody said in words."""


def read_pieces(
    pieces: Sequence[Piece],
    asked: Mapping[int, Question],
    language: str,
    now: datetime,
    subject: str = "",
    awaited: Collection[int] | None = None,
) -> Reading:
    """Read all pieces of one mail; `asked` maps the printed number to its question, `now` gives dates their year.

    `awaited` are the numbers that are still open, where `asked` has more of them (a bare answer means the only one).
    """
    reader = _Reader(asked, language, now, frozenset(asked if awaited is None else awaited))
    for number, text in _anchored(pieces, Place.QUESTION).items():
        reader.answer(number, _without_number(text, number))
    others: list[Part] = []
    for piece in pieces:
        if piece.anchor is None and piece.place is not Place.DOUBTFUL:
            first, *more = parts(piece.text, reader.mark)
            reader.about(first)
            others += more
    for piece in pieces:
        if piece.place is Place.MARKED:
            reader.propose(piece)
        elif piece.place is Place.DOUBTFUL and piece.anchor is None:
            reader.remarks.append(piece.text)
    typed_there = {piece.anchor for piece in pieces if piece.place is Place.QUESTION}
    for number, text in _anchored(pieces, Place.DOUBTFUL).items():
        reader.doubt(number, text, typed_there=number in typed_there)
    bare = _SUBJECT_PREFIX.sub("", subject, count=1)
    found = reader.reading(bare, own_subject=bare == subject)
    return replace(found, more=tuple(_another(part, asked, language, now) for part in others))


def _another(part: Part, asked: Mapping[int, Question], language: str, now: datetime) -> Reading:
    """What the mail says about one more initiative."""
    reader = _Reader(asked, language, now, frozenset())
    reader.about(part)
    return reader.reading("")


def _anchored(pieces: Sequence[Piece], place: Place) -> dict[int, str]:
    """The text written at each question, all pieces of it together."""
    texts: dict[int, str] = {}
    for piece in pieces:
        if piece.anchor is not None and piece.place is place:
            texts[piece.anchor] = f"{texts[piece.anchor]}\n{piece.text}" if piece.anchor in texts else piece.text
    return texts


def _without_number(text: str, number: int) -> str:
    """An answer may repeat the number of its question; a list that goes on counting is left alone."""
    match = re.match(rf"{number}\s?[.)]\s+(?=\S)", text)
    if match is None or re.search(rf"\n\s*{number + 1}\s?[.)]", text):
        return text
    return text[match.end() :]


def _mentions(items: Sequence[Item]) -> bool:
    """Whether a number stands in front of a question of the person's own, and is no answer."""
    return len(items) == 1 and asks(items[0].text)


@dataclass(slots=True)
class _Reader:
    asked: Mapping[int, Question]
    language: str
    now: datetime
    awaited: frozenset[int]
    answers: dict[str, str] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)

    def answer(self, number: int, text: str) -> None:
        """Take `text` as the answer to a question, or say why it is none."""
        question = self.asked[number]
        match parse(question, text, language=self.language, now=self.now):
            case Parsed(value, rest, _):
                self._keep(number, question, value, rest)
            case Rejected(reason, _, written):
                self.unread.append(Unread(number, written, reason))

    def _keep(self, number: int, question: Question, value: str, rest: str) -> None:
        before = self.answers.get(question.name, value)
        if before != value:
            del self.answers[question.name]
            self.unread.append(Unread(number, f"{before} / {value}", "conflict"))
            return
        if any(one.number == number and one.reason == "conflict" for one in self.unread):
            return
        self.answers[question.name] = value
        follow_up = next((one for one in self.asked.values() if one.follow_up_of == question.name), None)
        if rest and follow_up is not None and "other" in value.split():
            self.answers.setdefault(follow_up.name, rest)
        elif rest:
            self.remarks.append(rest)

    def propose(self, piece: Piece) -> None:
        """A choice that was marked, not typed, is asked back where nothing was typed."""
        question = self.asked.get(piece.anchor or 0)
        if question and question.name not in self.answers and not any(u.number == piece.anchor for u in self.unread):
            self.unread.append(Unread(piece.anchor, piece.text, "proposed"))

    def doubt(self, number: int, text: str, *, typed_there: bool) -> None:
        """What was written by we do not know whom is asked back; beside the person's own answer it is a remark."""
        if typed_there or any(one.number == number for one in self.unread):
            self.remarks.append(f"{number}. {text}")
        elif self.asked[number].name not in self.answers:
            self.unread.append(Unread(number, text, "handed_on"))

    def about(self, part: Part) -> None:
        """Read what is said about one initiative; the name in its heading answers the first question in words."""
        self.free(part.text)
        title = next((n for n in sorted(self.asked) if self.asked[n].kind is Kind.TEXT), None)
        if part.name and title is not None and self.asked[title].name not in self.answers:
            self.answer(title, part.name)

    def mark(self, line: str) -> Mark | None:
        """Which question a line answers, if it stands at none."""
        if items := numbered(line, self).items:
            return Mark(items[0].number, any(self.closed(item.number) for item in items))
        found = labelled_line(line, list(self.asked.values()))
        return Mark(self._number(found[0]), sure=True) if found is not None else None

    def free(self, written: str) -> None:
        """Read text that stands at no question: numbered, labelled, a correction, or prose."""
        text = without_greeting(written)
        if found := correction(text, self.asked):
            self.answer(*found)
            return
        rows = table(text, self.asked)
        rest = spaced(rows.rest, self)
        for row in (*rows.items, *rest.items):
            self.answer(row.number, row.text)
        text = rest.rest
        taken = numbered(text, self)
        if taken.items and not _mentions(taken.items):
            for item in taken.items:
                self.answer(item.number, item.text)
            text = "\n".join(taken.prose)
        self._labelled(text)

    def has(self, number: int) -> bool:
        return number in self.asked

    def fits(self, number: int, text: str) -> bool:
        """Whether `text` can be the answer to a question."""
        question = self.asked[number]
        if not self.closed(number):
            return bool(text.strip())
        return isinstance(parse(question, text.strip(), language=self.language, now=self.now), Parsed)

    def closed(self, number: int) -> bool:
        return self.asked[number].kind is not Kind.TEXT

    def _labelled(self, text: str) -> None:
        questions = [question for question in self.asked.values() if question.name not in self.answers]
        current: tuple[Question, list[str]] | None = None
        for line in text.split("\n"):
            found = labelled_line(line, questions)
            if found is not None:
                self._close(current)
                current = (found[0], [found[1]])
            elif current is not None and line.strip():
                current[1].append(line)
            elif not line.strip():
                self._close(current)
                current = None
            else:
                self.prose.append(line)
        self._close(current)
        self.prose.append("")

    def _close(self, current: tuple[Question, list[str]] | None) -> None:
        if current is not None and any(current[1]):
            self.answer(self._number(current[0]), "\n".join(current[1]).strip())

    def _number(self, question: Question) -> int:
        return next(number for number, one in self.asked.items() if one is question)

    def reading(self, subject: str, *, own_subject: bool = False) -> Reading:
        """All together; what is no answer is kept as a remark, without personal codes. `own_subject`: the person wrote
        the subject, and did not merely answer one."""
        prose = "\n".join(self.prose).strip()
        said = without_greeting(prose)
        intent = self._intent(said, subject, own_subject)
        if said and not self._only_open(said, intent):
            self.remarks.append(prose if not greets(prose) else "")
        remarks = tuple(without_personal_codes(remark) for remark in self.remarks if remark.strip())
        return Reading(self.answers, tuple(self.unread), remarks, self._final(intent), tuple(self.commands))

    def _final(self, intent: Intent) -> Intent:
        said = any(one.reason != "handed_on" for one in self.unread)
        return Intent.ANSWERS if self.answers or (intent is Intent.OTHER and said) else intent

    def _intent(self, said: str, subject: str, own_subject: bool) -> Intent:
        if self.answers or any(one.number and one.reason not in _ASKED_BACK for one in self.unread):
            return Intent.ANSWERS
        if found := command(said) or self._in_subject(said, subject, own_subject):
            self.commands.append(found)
            return Intent.REFUSAL if found.act in _STOPS else Intent.OTHER
        if refuses(said) and not asks(said):
            return Intent.REFUSAL
        return Intent.QUESTION if asks(said) else Intent.OTHER

    def _in_subject(self, said: str, subject: str, own_subject: bool) -> Command | None:
        """A command as the subject of a mail that says nothing else; a stop also where a few words follow it."""
        found = command(subject) if own_subject or not said else None
        return found if not said or (found is not None and found.act in _STOPS) else None

    def _only_open(self, said: str, intent: Intent) -> bool:
        """A bare answer where one question alone was asked."""
        if intent is not Intent.OTHER or len(self.awaited) != 1 or self.commands:
            return bool(self.commands)
        number = next(iter(self.awaited))
        if not self.fits(number, said):
            return False
        self.answer(number, said)
        return True
