"""A local mail server: any number of invented mailboxes, SMTP in, IMAP out, nothing leaves."""

from types import TracebackType
from typing import Self
from urllib.parse import quote

from intake.playground.mail.correspondent import Correspondent
from intake.playground.mail.imap import ImapServer
from intake.playground.mail.mailboxes import Clock, Mailbox, Mailboxes, utc_now
from intake.playground.mail.smtp import MAX_BYTES, SmtpServer


class MailServer:
    """SMTP and IMAP over the same mailboxes. Start it, or use it as `async with`."""

    def __init__(self, *, require_auth: bool = False, max_bytes: int = MAX_BYTES, clock: Clock = utc_now) -> None:
        self.clock = clock
        self.mailboxes = Mailboxes(clock)
        self.smtp = SmtpServer(self.mailboxes, require_auth=require_auth, max_bytes=max_bytes)
        self.imap = ImapServer(self.mailboxes)

    async def start(self, host: str = "127.0.0.1", smtp_port: int = 0, imap_port: int = 0) -> None:
        await self.smtp.start(host, smtp_port)
        await self.imap.start(host, imap_port)

    async def close(self) -> None:
        await self.smtp.stop()
        await self.imap.stop()

    def mailbox(self, address: str, password: str | None = None) -> Mailbox:
        """The mailbox of an address, made on the spot when new."""
        return self.mailboxes.open(address, password)

    def correspondent(self, address: str, name: str = "", language: str = "lv") -> Correspondent:
        """A person with this address, who reads and writes as with a mail program."""
        return Correspondent(self.mailbox(address), self.smtp, name, language, self.clock)

    def smtp_url(self, address: str) -> str:
        """For ATSAUCE_SMTP_URL, with the credentials of this address."""
        return f"smtp://{self._credentials(address)}@{self.smtp.host}:{self.smtp.port}"

    def imap_url(self, address: str) -> str:
        """For ATSAUCE_IMAP_URL, with the credentials of this address."""
        return f"imap://{self._credentials(address)}@{self.imap.host}:{self.imap.port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _credentials(self, address: str) -> str:
        mailbox = self.mailbox(address)
        return f"{quote(mailbox.address, safe='')}:{quote(mailbox.password, safe='')}"
