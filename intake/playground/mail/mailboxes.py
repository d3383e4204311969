"""The mailboxes of the local mail server: pymap's in-memory backend, filled from outside."""

import asyncio
import secrets
import ssl
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TypeVar

from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.concurrent import Event, Subsystem
from pymap.parsing.message import AppendMessage
from pymap.selected import SelectedMailbox
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from intake.playground.mail.address import canonical

Found = TypeVar("Found")
SENT = "Sent"
"""The folder in which a mail program keeps what it sent."""
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Letter:
    """One mail as it lies in a mailbox."""

    uid: int
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.raw, policy=policy.default)
        if not isinstance(message, EmailMessage):
            raise TypeError("the default policy makes EmailMessage")
        return message


@dataclass
class Mailbox:
    """One address, its password, and what lies in its INBOX."""

    address: str
    password: str
    letters: list[Letter] = field(default_factory=list)
    _watchers: list[asyncio.Future[None]] = field(default_factory=list)

    def arrived(self, letter: Letter) -> None:
        self.letters.append(letter)
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)

    def after(self, uid: int) -> Letter | None:
        """The first letter with a greater UID."""
        return next((letter for letter in self.letters if letter.uid > uid), None)

    async def until(self, find: Callable[[], Found | None], timeout_s: float) -> Found:
        """What `find` gives once it gives something, asked again after each mail; else TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not (found := find()):
                watcher = asyncio.get_running_loop().create_future()
                self._watchers.append(watcher)
                await watcher
        return found


class _Inbox(MailboxData):
    """pymap's INBOX that does not lose the mail arriving while IDLE writes out the one before."""

    async def update_selected(self, selected: SelectedMailbox, *, wait_on: Event | None = None) -> SelectedMailbox:
        known = selected.mod_sequence
        if known is not None and known < self._mod_sequences.highest:
            wait_on = None
        return await super().update_selected(selected, wait_on=wait_on)


class _Config(Config):
    @property
    def greeting(self) -> bytes:
        return b"Playground ready"  # pymap would look the host name up in DNS


class Mailboxes:
    """Mailboxes by address, made when first needed; the same for SMTP, which fills them, and IMAP, which shows them."""

    def __init__(self, clock: Clock = utc_now) -> None:
        arguments = Namespace(passlib_cfg=None, proxy_protocol=None, inherited_sockets=None)
        self.config = _Config(
            arguments,
            demo_data=False,
            demo_user="",
            demo_password="",
            host=None,
            port=0,
            tls_enabled=False,
            reject_dnsbl=False,
            invalid_user_sleep=0.0,
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),  # unused; pymap would load every authority
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )
        self.login = Login(self.config)
        self._clock = clock
        self._mailboxes: dict[str, Mailbox] = {}
        self._inboxes: dict[str, MailboxData] = {}

    def __contains__(self, address: str) -> bool:
        return canonical(address) in self._mailboxes

    def __iter__(self) -> Iterator[Mailbox]:
        return iter(list(self._mailboxes.values()))

    def open(self, address: str, password: str | None = None) -> Mailbox:
        """The mailbox of an address; a new one gets this password, or a random one."""
        name = canonical(address)
        if name not in self._mailboxes:
            self._add(Mailbox(name, password or secrets.token_urlsafe(12)))
        return self._mailboxes[name]

    async def append(self, address: str, raw: bytes) -> Letter:
        """Put a mail into the INBOX; IDLE tells whoever listens."""
        mailbox = self.open(address)
        inbox = self._inboxes[mailbox.address]
        message = await inbox.append(AppendMessage(raw, self._clock()), recent=True)
        letter = Letter(message.uid, raw)
        mailbox.arrived(letter)
        return letter

    def renumber(self, address: str) -> None:
        """Give the mailbox a new UIDVALIDITY, as a server does after a restore."""
        inbox = self._inboxes[self.open(address).address]
        inbox._uid_validity += 1

    def _add(self, mailbox: Mailbox) -> None:
        self._mailboxes[mailbox.address] = mailbox
        self.login.users_dict[mailbox.address] = UserMetadata(self.config, mailbox.address, password=mailbox.password)
        folders = MailboxSet()
        folders._inbox = _Inbox(folders._content_cache, folders._thread_cache)
        folders._set[SENT] = MailboxData(folders._content_cache, folders._thread_cache)
        self._inboxes[mailbox.address] = folders._inbox
        self.config.set_cache[mailbox.address] = (folders, FilterSet())
