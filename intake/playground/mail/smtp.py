"""The SMTP side: aiosmtpd, delivering into the mailboxes and nowhere else."""

import asyncio
import logging
import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import compat32
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from intake.playground.mail.address import canonical, invented
from intake.playground.mail.faults import REPLIES, SmtpFault, SmtpFaults
from intake.playground.mail.mailboxes import Mailboxes

MAX_BYTES = 25_000_000
_AFTER_CONTENT = (SmtpFault.DATA_LATER, SmtpFault.DATA_REFUSED, SmtpFault.DROP_BEFORE)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_AFTER_KEEPING = (SmtpFault.DROP_AFTER, SmtpFault.HANG_AFTER)


# aiosmtpd logs addresses, and a warning about its own future at each login.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail accepted for one recipient (the envelope's address, +tag and all)."""

    recipient: str
    sender: str
    message_id: str


class SmtpServer:
    """Listens on loopback; keeps its port over `stop` and `start`."""

    def __init__(self, mailboxes: Mailboxes, *, require_auth: bool = False, max_bytes: int = MAX_BYTES) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.faults = SmtpFaults()
        self.deliveries: list[Delivery] = []
        self.require_auth = require_auth
        self.max_bytes = max_bytes
        self.mailboxes = mailboxes
        self.connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None

    def delivered(self, recipient: str | None = None, message_id: str | None = None) -> int:
        """How many mails were accepted for this recipient (any +tag) and this Message-ID."""
        wanted = canonical(recipient) if recipient else None
        return sum(
            wanted in (None, canonical(delivery.recipient)) and message_id in (None, delivery.message_id)
            for delivery in self.deliveries
        )

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        make = partial(_Connection, self, loop)
        self._server = await loop.create_server(make, host, port or self.port)
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    async def stop(self) -> None:
        """Stop listening and close every connection; new ones are refused until `start`."""
        if self._server is not None:
            self._server.close()
            self.faults.release()
            await asyncio.gather(*(connection.end() for connection in list(self.connections)))
            self._server = None

    async def keep(self, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        message_id = _message_id(content)
        for recipient in envelope.rcpt_tos:
            self.deliveries.append(Delivery(recipient, envelope.mail_from or "", message_id))
            await self.mailboxes.append(recipient, _stamped(content, envelope, recipient))


class _Connection(SMTP):
    """One SMTP connection; meets the planned faults where they happen."""

    def __init__(self, server: SmtpServer, loop: asyncio.AbstractEventLoop) -> None:
        self.server = server
        super().__init__(
            _Conversation(server),
            loop=loop,
            hostname="mail.example.org",
            ident="playground",
            data_size_limit=server.max_bytes,
            enable_SMTPUTF8=True,
            authenticator=self._check_login,
            auth_require_tls=False,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.server.connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.server.connections.discard(self)

    async def end(self) -> None:
        """Close, and wait until the conversation's task is over."""
        self.drop()
        if self._handler_coroutine is not None:
            await asyncio.wait([self._handler_coroutine])

    def drop(self) -> None:
        if self.transport is not None:
            self._writer.transport.abort()

    async def _handle_client(self) -> None:
        fault = self.server.faults.take(SmtpFault.CLOSE, SmtpFault.NO_BANNER, SmtpFault.BUSY)
        if fault is SmtpFault.NO_BANNER:
            await self.server.faults.hang()
        elif fault is SmtpFault.BUSY:
            await self.push(REPLIES[fault])
        if fault is not None:
            self._writer.close()
            return
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:
        if self.server.faults.take(SmtpFault.DROP_AT_DATA):
            self.drop()
        else:
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        if self.server.faults.take(SmtpFault.DROP_AT_QUIT):
            self.drop()
        else:
            await super().smtp_QUIT(arg)

    def _check_login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        if not isinstance(auth_data, LoginPassword):
            return AuthResult(success=False, handled=False)
        address = auth_data.login.decode(errors="replace")
        known = address in self.server.mailboxes
        right = known and self.server.mailboxes.open(address).password.encode() == auth_data.password
        return AuthResult(success=right, handled=False)


class _Conversation:
    """What the server says to MAIL, RCPT and the content (aiosmtpd's handler)."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def handle_MAIL(
        self, server: "_Connection", session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._server.require_auth and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: "_Connection", session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self._server.faults.take(SmtpFault.RCPT_REFUSED, SmtpFault.RCPT_LATER, recipients=(address,))
        if fault is not None:
            return REPLIES[fault]
        if not invented(address):
            return "550 5.7.1 Relaying denied: only invented addresses exist here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: "_Connection", session: Session, envelope: Envelope) -> str:
        recipients = tuple(envelope.rcpt_tos)
        fault = self._server.faults.take(*_AFTER_CONTENT, recipients=recipients)
        if fault is SmtpFault.DROP_BEFORE:
            raise _lost(server)
        if fault is not None:
            return REPLIES[fault]
        await self._server.keep(envelope)
        after = self._server.faults.take(*_AFTER_KEEPING, recipients=recipients)
        if after is SmtpFault.HANG_AFTER:
            await self._server.faults.hang()
        if after is not None:
            raise _lost(server)
        return "250 2.0.0 OK: kept"


def _lost(connection: _Connection) -> asyncio.CancelledError:
    """Drop the connection and end its conversation, as aiosmtpd itself does on a lost one."""
    connection.drop()
    return asyncio.CancelledError()


def _message_id(content: bytes) -> str:
    """Read from the header block alone: the whole mail is not parsed for a count."""
    header = _END_OF_HEADER.split(content, maxsplit=1)[0]
    return str(BytesHeaderParser(policy=compat32).parsebytes(header).get("Message-ID", "")).strip()


def _stamped(content: bytes, envelope: Envelope, recipient: str) -> bytes:
    """With the trace that a delivering server adds (RFC 5321, section 4.4)."""
    trace = f"Return-Path: <{envelope.mail_from or ''}>\r\nDelivered-To: {recipient}\r\n"
    return trace.encode() + content
