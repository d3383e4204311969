"""The residents' mail program: reads over IMAP and sends over SMTP with the resident's own password."""

from email.message import EmailMessage

from intake.channels.email.servers import Security, Server
from intake.playground import letters
from intake.playground.mail import MailServer, compose
from intake.playground.mail.post import post
from intake.playground.reader import Reader
from intake.playground.residents import Resident
from intake.playground.wording import words


class Mailing:
    """Letters of any resident; replies quote in the resident's own language."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def reader(self, resident: Resident) -> Reader:
        mailbox, imap = self._server.mailbox(resident.address), self._server.imap
        return Reader(Server(imap.host, imap.port, Security.NONE, mailbox.address, mailbox.password))

    async def write(self, resident: Resident, to: str, subject: str, body: str) -> str:
        message = compose.new(_writer(resident), to, subject, body, self._server.clock())
        return await self._send(resident, message)

    async def reply(self, resident: Resident, uid: int, body: str) -> str:
        """A reply whose body holds the quoted letter already, with the answers typed anywhere in it."""
        letter = letters.parsed(await self.reader(resident).letter(uid))
        message = compose.reply(_writer(resident), letter, body, self._server.clock(), quote=False)
        return await self._send(resident, message)

    async def forward(self, resident: Resident, uid: int, to: str, body: str) -> str:
        letter = letters.parsed(await self.reader(resident).letter(uid))
        message = compose.forward(_writer(resident), letter, to, body, self._server.clock())
        return await self._send(resident, message)

    async def _send(self, resident: Resident, message: EmailMessage) -> str:
        mailbox, smtp = self._server.mailbox(resident.address), self._server.smtp
        await post(message, host=smtp.host, port=smtp.port, address=mailbox.address, password=mailbox.password)
        return str(message["Message-ID"])


def _writer(resident: Resident) -> compose.Writer:
    return compose.Writer(resident.address, resident.name, words(resident.language)["mail"])
