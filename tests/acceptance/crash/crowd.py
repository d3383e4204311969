"""Who takes part: people in chats who answer by typing, and people with mailboxes who reply to their letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from intake.playground.bot_api import BotApi
from intake.playground.mail import MailServer
from intake.playground.mail.correspondent import Correspondent
from intake.playground.mail.mailboxes import Letter

INTAKE = "anketa@example.org"
CHATS, LATER_STOPPED = 25, 2
CONTACTS = 24
FIRST_CHAT = 7001


def answers(number: int) -> tuple[str, ...]:
    """What the person in a chat types, one after another; no two people say the same."""
    return (
        f"Iniciatīva {number}",
        f"Atelpas brīža pakalpojums ģimenēm, kurās aug bērni ar invaliditāti, kopa {number}.",
        f"Vecākiem nav, kam uzticēt bērnu, un viņi izdeg bez atpūtas, kopa {number}.",
        *("b", "b", "d", "b", "a"),
    )


STORED = {"form": "service", "novelty": "latvia", "service": "carers", "target": "child_dis", "scope": "one"}
"""What the letters mean, checked by whoever reads the database afterwards."""


@dataclass
class Crowd:
    """Everybody, and what they have said so far."""

    api: BotApi
    mail: MailServer
    updates: int = 0
    mails: int = 0
    files: list[bytes] = field(default_factory=list)
    """What people in chats have sent beside their answers."""
    replied: set[int] = field(default_factory=set)
    stopped_chats: set[int] = field(default_factory=set)
    stopped_addresses: set[str] = field(default_factory=set)
    _typed: Iterator[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.mail.mailbox(INTAKE)
        self._typed = self._lines()

    def contacts(self, path: Path, numbers: range) -> Path:
        """A list of contacts as the staff have it."""
        head = "email,organisation,source,basis,obtained_at\n"
        rows = (f"{address(n)},Biedrība {n},mājaslapa,VDAR 6(1)(e),2026-03-02\n" for n in numbers)
        path.write_text(head + "".join(rows))
        return path

    def type(self, most: int) -> int:
        """The next few lines of people in chats, round and round; how many were left."""
        typed = 0
        while typed < most and (line := next(self._typed, None)) is not None:
            number, text = line
            self.api.person(FIRST_CHAT + number).write(text)
            self.updates += 1
            typed += 1
        return typed

    def send_files(self, many: int) -> None:
        """Somebody in a chat who has begun sends documents, no two alike."""
        for _ in range(many):
            content = f"%PDF-1.7 apraksts {len(self.files)}".encode() * 1000
            self.api.person(FIRST_CHAT + len(self.files) % CHATS).send_document("apraksts.pdf", content)
            self.files.append(content)
            self.updates += 1

    async def reply(self, most: int) -> int:
        """Those who have their invitation and have not replied yet do so; each third asks to be left alone."""
        done = 0
        for number in range(CONTACTS):
            person = self._correspondent(number)
            if done < most and number not in self.replied and (letter := _invitation(person)):
                self.replied.add(number)
                if number % 3 == 2:
                    self.stopped_addresses.add(address(number))
                await person.reply(letter, _reply(number))
                self.mails += 1
                done += 1
        return done

    def stop_in_chats(self) -> None:
        for number in range(LATER_STOPPED):
            self.api.person(FIRST_CHAT + number).write("stop")
            self.stopped_chats.add(FIRST_CHAT + number)
            self.updates += 1

    def _correspondent(self, number: int) -> Correspondent:
        return self.mail.correspondent(address(number), f"Anna {number}")

    def _lines(self) -> Iterator[tuple[int, str]]:
        for number in range(CHATS):
            yield number, "/start"
        for line in range(len(answers(0))):
            for number in range(CHATS):
                yield number, answers(number)[line]


def address(number: int) -> str:
    return f"info{number}@biedriba{number}.example"


def _invitation(person: Correspondent) -> Letter | None:
    return next(iter(person.letters()), None)


def _reply(number: int) -> str:
    if number % 3 == 2:
        return "Atteikties"
    return f"1. Pasta iniciatīva {number}\n2. Brīvprātīgie katru nedēļu apciemo vientuļus seniorus, kopa {number}."
