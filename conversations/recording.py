"""Recorded conversations: a text file that says who says what, played again and compared line by line.

    form: initiative
    language: lv
    now: 2026-11-23T10:00:00+00:00    the instant of the whole conversation; this one when it is left out
    fill: campaign_controller = Fonds

    > Saules darbnīca                 what the person types
    > [back]                          what the person presses; also [skip], [review], [submit], [pause], [resume],
                                      [withdraw], [time passes], [add], [enough], [done]
    > [choose b] [jump 8] [language en] [press c of /data/stage]
    > [file photo-1] [place 56.95 24.1]
    > [mail] title = Saules darbnīca; stage = idea; 8? Rīga
      ✔ Kā sauc iniciatīvu?: Saules darbnīca       what the service says, two spaces before every line

`8? Rīga` is a piece of the mail that could not be read. A line that begins with # is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from string import ascii_lowercase

from conversations.forms import Form
from conversations.session import Session, begin
from conversations.turn import (
    Accepted,
    AddRepeat,
    Answer,
    Ask,
    AskRepeat,
    Attach,
    Back,
    Choose,
    Done,
    EndRepeat,
    Fill,
    Input,
    Jump,
    Language,
    Locate,
    Notice,
    NotUnderstood,
    Pause,
    Prompt,
    Resume,
    Review,
    ReviewList,
    Said,
    Skip,
    Submit,
    Submitted,
    Tick,
    Unread,
    Withdraw,
    turn,
)

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LONGEST = 100
SEED = "recorded"
_PRESSED = re.compile(r"\[([a-z]+)(?: ([^\]]*))?\](?: (.*))?")
_PLAIN: dict[str, Callable[[datetime], Input]] = {
    "back": lambda now: Back(now=now),
    "skip": lambda now: Skip(now=now),
    "review": lambda now: Review(now=now),
    "submit": lambda now: Submit(now=now),
    "pause": lambda now: Pause(now=now),
    "resume": lambda now: Resume(now=now),
    "withdraw": lambda now: Withdraw(now=now),
    "time": lambda now: Tick(now=now),
}


class Recording:
    """One file: its head, and the lines of the conversation."""

    def __init__(self, text: str) -> None:
        head, _, self.talk = text.partition("\n\n")
        self.head = [line for line in head.split("\n") if line and not line.startswith("#")]
        self.remarks = [line for line in head.split("\n") if line.startswith("#")]

    def value(self, key: str, otherwise: str = "") -> str:
        return next(iter(self.values(key)), otherwise)

    def values(self, key: str) -> list[str]:
        return [line.partition(":")[2].strip() for line in self.head if line.startswith(f"{key}:")]

    @property
    def now(self) -> datetime:
        given = self.value("now")
        return datetime.fromisoformat(given) if given else NOW

    def begin(self, form: Form) -> Session:
        """The session as it is before anybody says anything."""
        fill = dict(_pair(line) for line in self.values("fill"))
        return begin(form, language=self.value("language", "lv"), now=self.now, seed=SEED, fill=fill)

    def play(self, form: Form) -> str:
        """The file as it would read if the service spoke now."""
        session = self.begin(form)
        lines = [*self.remarks, *self.head, ""]
        for line in self.talk.split("\n"):
            if line.startswith("> "):
                done = turn(form, session, read_input(line[2:], session, self.now))
                session = Session.from_json(done.session.to_json())
                lines += [line, *(f"  {said}" for prompt in done.prompts for said in say(prompt))]
            elif not line.startswith("  "):
                lines.append(line)
        return "\n".join(lines)


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name.strip(), value.strip()


def read_input(line: str, session: Session, now: datetime) -> Input:
    """What the person does; KeyError, ValueError or IndexError for what nobody can do."""
    pressed = _PRESSED.fullmatch(line)
    if pressed is None:
        return Answer(line.replace("\\n", "\n"), now=now)
    word, argument, rest = pressed[1], pressed[2] or "", pressed[3] or ""
    at = session.at or ""
    match word:
        case "choose":
            return Choose(at, _index(argument), now=now)
        case "press":
            letter, _, path = argument.partition(" of ")
            return Choose(path, _index(letter), now=now)
        case "done":
            return Done(argument or at, now=now)
        case "add":
            return AddRepeat(at, now=now)
        case "enough":
            return EndRepeat(at, now=now)
        case "jump":
            return Jump(argument, now=now)
        case "language":
            return Language(argument, now=now)
        case "file":
            return Attach(None, argument, now=now)
        case "place":
            latitude, longitude = argument.split()
            return Locate(float(latitude), float(longitude), now=now)
        case "mail":
            return _mail(rest, now)
    return _PLAIN[word](now)


def _index(letter: str) -> int:
    return int(letter) if letter.isdecimal() else ascii_lowercase.index(letter)


def _mail(text: str, now: datetime) -> Fill:
    values: dict[str, str] = {}
    unread: list[Unread] = []
    for piece in (piece.strip() for piece in text.split(";") if piece.strip()):
        question = re.fullmatch(r"(\d*)\? (.*)", piece)
        if question:
            unread.append(Unread(int(question[1]) if question[1] else None, question[2], "unplaced"))
        else:
            name, value = _pair(piece)
            values[name] = value
    return Fill(values, tuple(unread), now=now)


def say(prompt: Prompt) -> Iterator[str]:
    """A prompt in lines, long texts shortened."""
    match prompt:
        case Notice():
            yield f"ℹ {_short(prompt.text)}"
        case Said():
            yield f"— {prompt.text}"
        case Accepted():
            yield f"✔ {_short(prompt.label)}: {_short(prompt.value_text) or '–'}"
        case NotUnderstood():
            yield f"✘ {f'{prompt.number}. ' if prompt.number else ''}“{_short(prompt.text)}”: {prompt.reason_text}"
        case AskRepeat():
            yield from [f"⚠ {prompt.error}"] if prompt.error else []
            yield f"{prompt.label} [{prompt.count}]"
        case Ask():
            yield from _ask(prompt)
        case ReviewList():
            yield "≡"
            yield from (f"  {item.number}. {_short(item.label)}: {_short(item.value_text)}" for item in prompt.items)
            yield from (f"  ! {ask.number}. {_short(ask.label)}{_error(ask)}" for ask in prompt.missing)
        case Submitted():
            yield "✉"


def _ask(ask: Ask) -> Iterator[str]:
    if ask.error:
        yield f"⚠ {ask.error}{f' ({ask.example})' if ask.example else ''}"
    yield f"{ask.position}/{ask.total} · {ask.number}. {ask.label}{' *' if ask.required else ''}"
    if ask.hint:
        yield f"  ({_short(ask.hint)})"
    for option in ask.options:
        mark = "☑" if option.picked else "☐"
        yield f"  {mark} {f'{option.letter}) ' if option.letter else ''}{_short(option.label)}"
    if ask.present and not ask.options:
        yield f"  = {_short(ask.present)}"


def _error(ask: Ask) -> str:
    return f" – {ask.error}" if ask.error else ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
