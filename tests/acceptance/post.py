"""Mail for the people of a story: the same acts over the local servers and over Postfix and Dovecot."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Protocol

from intake.playground.mail import MailServer, compose
from intake.playground.wording import words
from tests.servers.mail import MailServers

WAIT_S = 60.0
LOOK_AGAIN_S = 0.02
INTAKE = "anketa@example.org"

Holds = Callable[[EmailMessage], object]


class Post(Protocol):
    """A mail system in which anybody has a mailbox."""

    def smtp_url(self) -> str:
        """For ATSAUCE_SMTP_URL, with the account of INTAKE."""
        ...

    def imap_url(self) -> str: ...

    def arrived(self, address: str) -> list[EmailMessage]:
        """Everything in the inbox of an address, oldest first."""
        ...

    async def changed(self, address: str, known: int) -> None:
        """Return when that inbox has another number of letters than is known."""
        ...

    async def send(self, sender: str, recipient: str, message: bytes) -> None: ...


@dataclass
class LocalPost:
    """aiosmtpd and pymap in this process."""

    server: MailServer

    def smtp_url(self) -> str:
        return self.server.smtp_url(INTAKE)

    def imap_url(self) -> str:
        return self.server.imap_url(INTAKE)

    def arrived(self, address: str) -> list[EmailMessage]:
        return [letter.message for letter in self.server.mailbox(address).letters]

    async def changed(self, address: str, known: int) -> None:
        mailbox = self.server.mailbox(address)
        await mailbox.until(lambda: len(mailbox.letters) != known, WAIT_S)

    async def send(self, sender: str, recipient: str, message: bytes) -> None:
        mailbox = self.server.mailbox(sender or "mailer-daemon@example.org")
        where = (self.server.smtp.host, self.server.smtp.port)
        await asyncio.to_thread(_send, where, (mailbox.address, mailbox.password), sender, recipient, message)


@dataclass
class RealPost:
    """Postfix and Dovecot."""

    servers: MailServers

    def smtp_url(self) -> str:
        return self.servers.smtp_url(INTAKE)

    def imap_url(self) -> str:
        return self.servers.imap_url(INTAKE)

    def arrived(self, address: str) -> list[EmailMessage]:
        return self.servers.arrived(address)

    async def changed(self, address: str, known: int) -> None:
        while len(self.servers.dovecot.mailbox(address)) == known:  # noqa: ASYNC110 (a maildir tells nobody)
            await asyncio.sleep(LOOK_AGAIN_S)

    async def send(self, sender: str, recipient: str, message: bytes) -> None:
        where = ("127.0.0.1", self.servers.postfix.port)
        await asyncio.to_thread(_send, where, None, sender, recipient, message)


class Correspondent:
    """A person with a mail program: reads, waits, replies, forwards and writes."""

    def __init__(self, system: Post, address: str, name: str, clock: Callable[[], datetime]) -> None:
        self.address = address
        self._post, self._clock = system, clock
        self._writer = compose.Writer(address, name, words("lv")["mail"])
        self._taken = 0

    def letters(self) -> list[EmailMessage]:
        return self._post.arrived(self.address)

    async def next_letter(self) -> EmailMessage:
        """The next letter not taken yet by this call; waits for it."""
        letters = await self._until(lambda letters: letters[self._taken :], "another letter")
        self._taken += 1
        return letters[0]

    def read_all(self) -> None:
        """Take everything that is there."""
        self._taken = len(self.letters())

    async def finds(self, holds: Holds, what: str = "such a letter") -> EmailMessage:
        """Wait until a letter satisfies `holds`, and return the first that does."""
        found = await self._until(lambda letters: [letter for letter in letters if holds(letter)], what)
        return found[0]

    async def has(self, count: int) -> list[EmailMessage]:
        """Wait until there are so many letters."""
        return await self._until(lambda letters: letters if len(letters) >= count else [], f"{count} letters")

    async def reply(self, letter: EmailMessage, body: str, *, html: bool = False, quote: bool = True) -> None:
        await self.send(compose.reply(self._writer, letter, body, self._clock(), with_html=html, quote=quote))

    async def forward(self, letter: EmailMessage, to: str, body: str = "Lūdzu, skat. zemāk.") -> None:
        await self.send(compose.forward(self._writer, letter, to, body, self._clock()))

    async def write(self, subject: str, body: str, to: str = INTAKE) -> None:
        await self.send(compose.new(self._writer, to, subject, body, self._clock()))

    async def send(self, message: EmailMessage, *, to: str = "") -> None:
        recipient = to or str(message["To"]).rpartition("<")[2].strip("<> ")
        await self._post.send(self.address, recipient, message.as_bytes(policy=policy.SMTP))

    async def send_raw(self, message: bytes, *, sender: str | None = None) -> None:
        """Any bytes, also such as are no mail."""
        await self._post.send(self.address if sender is None else sender, INTAKE, message)

    def quoted(self, letter: EmailMessage) -> str:
        """The letter as a reply quotes it, to type answers between its lines."""
        return compose.quoted(letter, self._writer.words)

    async def _until(self, find: Callable[[list[EmailMessage]], list[EmailMessage]], what: str) -> list[EmailMessage]:
        try:
            async with asyncio.timeout(WAIT_S):
                while not (found := find(letters := self.letters())):
                    await self._post.changed(self.address, len(letters))
        except TimeoutError:
            there = [str(letter["Subject"]) for letter in self.letters()]
            raise AssertionError(f"{self.address} waited {WAIT_S:.0f} s for {what}; in the inbox: {there}") from None
        return found


def text_of(letter: EmailMessage) -> str:
    return compose.text_of(letter).replace("\r\n", "\n")


def html_of(letter: EmailMessage) -> str:
    return compose.html_of(letter)


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _send(where: tuple[str, int], login: tuple[str, str] | None, sender: str, recipient: str, message: bytes) -> None:
    with smtplib.SMTP(*where, timeout=30) as client:
        if login is not None:
            client.login(*login)
        client.sendmail(sender, [recipient], message, mail_options=["BODY=8BITMIME"])
