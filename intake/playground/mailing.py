"""The residents' mail program: reads over IMAP and sends over SMTP with the resident's own password."""

from collections.abc import Iterable
from email import policy
from email.message import EmailMessage

from intake.channels.email.servers import Security, Server
from intake.playground import letters
from intake.playground.mail import MailServer, compose
from intake.playground.mail.compose import File
from intake.playground.mail.mailboxes import SENT
from intake.playground.mail.post import post
from intake.playground.reader import Reader
from intake.playground.residents import Resident
from intake.playground.wording import words

Files = Iterable[File]


class Mailing:
    """Letters of any resident; replies quote in the resident's own language."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def reader(self, resident: Resident, folder: str = "INBOX") -> Reader:
        mailbox, imap = self._server.mailbox(resident.address), self._server.imap
        return Reader(Server(imap.host, imap.port, Security.NONE, mailbox.address, mailbox.password), folder)

    async def write(self, resident: Resident, to: str, subject: str, body: str, files: Files = ()) -> str:
        message = compose.new(_writer(resident), to, subject, body, self._server.clock())
        return await self._send(resident, compose.attach(message, files))

    async def reply(self, resident: Resident, letter: bytes, body: str, files: Files = ()) -> str:
        """A reply whose body holds the quoted letter already, with the answers typed anywhere in it."""
        parsed = letters.parsed(letter)
        message = compose.reply(_writer(resident), parsed, body, self._server.clock(), quote=False)
        return await self._send(resident, compose.attach(message, files))

    async def forward(self, resident: Resident, letter: bytes, to: str, body: str, files: Files = ()) -> str:
        message = compose.forward(_writer(resident), letters.parsed(letter), to, body, self._server.clock())
        return await self._send(resident, compose.attach(message, files))

    async def _send(self, resident: Resident, message: EmailMessage) -> str:
        mailbox, smtp = self._server.mailbox(resident.address), self._server.smtp
        await post(message, host=smtp.host, port=smtp.port, address=mailbox.address, password=mailbox.password)
        await self.reader(resident, SENT).keep(message.as_bytes(policy=policy.SMTP))
        return str(message["Message-ID"])


def _writer(resident: Resident) -> compose.Writer:
    return compose.Writer(resident.address, resident.name, words(resident.language)["mail"])
