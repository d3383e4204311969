"""A person with a mailbox: reads letters, waits for them, replies, forwards and writes, over real SMTP."""

from collections.abc import Callable
from email.message import EmailMessage

from intake.playground.mail import compose
from intake.playground.mail.mailboxes import Clock, Letter, Mailbox
from intake.playground.mail.post import post
from intake.playground.mail.smtp import SmtpServer
from intake.playground.wording import words

TIMEOUT_S = 10.0


class Correspondent:
    """What a test (or a script) does in the place of a person with a mail program."""

    def __init__(self, mailbox: Mailbox, server: SmtpServer, name: str, language: str, clock: Clock) -> None:
        self.mailbox = mailbox
        self.writer = compose.Writer(mailbox.address, name, words(language)["mail"])
        self._server = server
        self._clock = clock
        self._taken = 0

    @property
    def address(self) -> str:
        return self.mailbox.address

    def letters(self) -> list[Letter]:
        """Everything in the INBOX, oldest first."""
        return list(self.mailbox.letters)

    async def next_letter(self, timeout_s: float = TIMEOUT_S) -> Letter:
        """The next letter not taken yet by this call; waits for it."""
        letter = await self.mailbox.until(lambda: self.mailbox.after(self._taken), timeout_s)
        self._taken = letter.uid
        return letter

    async def finds(self, holds: Callable[[EmailMessage], bool], timeout_s: float = TIMEOUT_S) -> Letter:
        """Wait until a letter satisfies `holds`, and return the first that does."""
        letters = self.mailbox.letters
        return await self.mailbox.until(
            lambda: next((letter for letter in letters if holds(letter.message)), None), timeout_s
        )

    def quoted(self, letter: Letter) -> str:
        """The letter as a reply quotes it, to type answers between its lines (then `reply(..., quote=False)`)."""
        return compose.quoted(letter.message, self.writer.words)

    async def reply(self, letter: Letter, body: str, *, with_html: bool = False, quote: bool = True) -> EmailMessage:
        message = compose.reply(self.writer, letter.message, body, self._clock(), with_html=with_html, quote=quote)
        return await self.send(message)

    async def forward(self, letter: Letter, to: str, body: str = "") -> EmailMessage:
        return await self.send(compose.forward(self.writer, letter.message, to, body, self._clock()))

    async def write(self, to: str, subject: str, body: str) -> EmailMessage:
        return await self.send(compose.new(self.writer, to, subject, body, self._clock()))

    async def send(self, message: EmailMessage) -> EmailMessage:
        """Send any message over SMTP with this person's credentials."""
        address, password = self.mailbox.address, self.mailbox.password
        await post(message, host=self._server.host, port=self._server.port, address=address, password=password)
        return message
