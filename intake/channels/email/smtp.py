"""Sending with aiosmtplib: one connection, one mail at a time, and for each failure what is known about the mail.

Surely not accepted: everything up to the server's 354, and any 4xx or 5xx. Unknown: the connection is lost or silent
after the text went out. A drop at QUIT is a success. The library's own `data()` cannot tell a drop before the 354 from
one after the text, so the two steps are taken here one by one.
"""

from __future__ import annotations

import asyncio
import re

import aiosmtplib

from intake.channels import Gone, NotYet, Refused, TryLater, Unknown
from intake.channels.email.addresses import domain, normalise
from intake.channels.email.oauth import LoginProblem, Tokens
from intake.channels.email.pace import Pace
from intake.channels.email.servers import Security, Server

IDLE_CHECK_S = 20.0
"""A connection that was quiet for longer is asked with RSET before it is used."""
MAILS_A_CONNECTION = 200
BUSY_S = 60.0
"""How long to wait after 421 (the service is closing) or a wrong configuration."""

_ENHANCED = re.compile(r"\b([245]\.[0-9]{1,3}\.[0-9]{1,3})\b")
# RFC 3463 and its registry: no such mailbox or domain, moved, null MX, mailbox disabled.
_GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
# An older server names no such code (RFC 5321, section 4.2.3): its words tell whether it refuses the mailbox, or us.
_NO_MAILBOX = frozenset({550, 551, 553})
_SAYS_NOBODY = re.compile(
    r"unknown|no such|not exist|not found|no longer|unavailable|disabled|invalid|no mailbox", re.I
)
_SAYS_US = re.compile(r"relay|polic|spam|block|denied|permi|authent|authori[sz]|reputation|list|spf|dmarc|dkim", re.I)
# RFC 4954: the server wants a login, or another one. Our settings are wrong, not the mail.
_OUR_SETTINGS = frozenset({530, 534, 535, 538})
_DOT = re.compile(rb"(?m)^\.")


class Smtp:
    """A sending connection to one server, opened when needed; rates space the mails out, `tokens` log in."""

    def __init__(
        self,
        server: Server,
        *,
        rate_per_minute: float | None = None,
        to_one_domain: float | None = None,
        tokens: Tokens | None = None,
        timeout_s: float = 60.0,
    ) -> None:
        self._server, self._timeout_s, self._tokens = server, timeout_s, tokens
        self.host = server.host
        self._pace = Pace(
            lambda: asyncio.get_running_loop().time(), a_minute=rate_per_minute or 0, to_one_domain=to_one_domain or 0
        )
        self._client: aiosmtplib.SMTP | None = None
        self._lock = asyncio.Lock()
        self._used_at = 0.0
        self._mails = 0

    async def send(self, sender: str, recipient: str, message: bytes) -> str:
        """Hand over one mail with this envelope and return the server's answer; raises SendFailed."""
        try:
            sender, recipient = normalise(sender), normalise(recipient)
        except ValueError as error:
            raise Refused(str(error), "5.1.3") from error
        async with self._lock:
            await self._wait_for_turn(domain(recipient))
            try:
                answer = await self._hand_over(sender, recipient, message)
            except asyncio.CancelledError:
                self._drop()  # nobody knows where the dialogue stands
                raise
            except TryLater as failure:
                if failure.code.startswith("4"):
                    self._pace.put_off()
                raise
            self._pace.accepted()
            self._used_at = asyncio.get_running_loop().time()
            return answer

    async def check(self) -> None:
        """Connect and log in; raises TryLater with the reason."""
        async with self._lock:
            await self._connection()

    async def close(self) -> None:
        """Say goodbye; what happens to the goodbye does not matter."""
        client, self._client = self._client, None
        if client is None or not client.is_connected:
            return
        try:
            await client.quit(timeout=5.0)
        except (aiosmtplib.SMTPException, OSError):
            client.close()

    async def _wait_for_turn(self, recipients: str) -> None:
        if self._pace.is_long(recipients):
            raise NotYet("too many letters at once", "pace", after_s=self._pace.put_back_s(recipients))
        if wait_s := self._pace.wait_s(recipients):
            await asyncio.sleep(wait_s)
        self._pace.sent(recipients)

    async def _hand_over(self, sender: str, recipient: str, message: bytes) -> str:
        client = await self._envelope(sender, recipient, len(message))
        await self._expect_354(client)
        self._mails += 1
        return await self._transmit(client, message)

    async def _envelope(self, sender: str, recipient: str, size: int) -> aiosmtplib.SMTP:
        """MAIL and RCPT; a connection that had died since the last mail is replaced once, nothing was sent on it."""
        reused = self._client is not None
        client = await self._connection()
        try:
            options = [f"SIZE={size}"] if client.supports_extension("size") else []
            await client.mail(sender, options=options)
            await client.rcpt(recipient)
        except aiosmtplib.SMTPResponseException as error:
            raise await self._refusal(client, error) from error
        except (aiosmtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            if reused and not isinstance(error, TimeoutError):
                return await self._envelope(sender, recipient, size)
            raise TryLater("the mail server broke off before the letter", _kind(error)) from error
        return client

    async def _expect_354(self, client: aiosmtplib.SMTP) -> None:
        try:
            code, text = await client.execute_command(b"DATA")
        except (aiosmtplib.SMTPException, OSError) as error:
            self._drop()
            raise TryLater("the mail server broke off before the letter", _kind(error)) from error
        if code != 354:
            raise await self._refusal(client, aiosmtplib.SMTPDataError(code, text))

    async def _transmit(self, client: aiosmtplib.SMTP, message: bytes) -> str:
        """The text and its answer: from the first byte on, losing the connection means not knowing."""
        protocol = client.protocol
        if protocol is None:
            raise TryLater("the mail server broke off before the letter", "disconnected")
        end = b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            # Nothing is awaited between the two, so no answer can come in unseen.
            protocol.write(_DOT.sub(b"..", message) + end)
            code, text = await protocol.read_response(timeout=self._timeout_s)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._drop()
            raise Unknown("the connection was lost after the letter went out", _kind(error)) from error
        if code != 250:
            raise await self._refusal(client, aiosmtplib.SMTPDataError(code, text))
        return text

    async def _refusal(
        self, client: aiosmtplib.SMTP, error: aiosmtplib.SMTPResponseException
    ) -> TryLater | Refused | Gone:
        """What a 4xx or 5xx means for the mail; the connection is made ready for the next one, or dropped."""
        code = error.code
        if code == 421 or code < 400:
            self._drop()
            return TryLater("the mail server is closing", str(code), after_s=BUSY_S)
        await self._reset(client)
        return _verdict(error)

    async def _reset(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.rset(timeout=5.0)
        except (aiosmtplib.SMTPException, OSError):
            self._drop()

    async def _connection(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._mails >= MAILS_A_CONNECTION:
            await self.close()
        if self._client is not None and not self._client.is_connected:
            self._drop()
        if self._client is not None and self._idle_s() > IDLE_CHECK_S:
            await self._reset(self._client)
        if self._client is None:
            self._client = await self._connect()
            self._mails = 0
        return self._client

    async def _connect(self) -> aiosmtplib.SMTP:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=None if self._tokens else server.password or None,
            oauth_token_generator=self._tokens.access if self._tokens else None,
            local_hostname="localhost" if server.loopback else None,
            timeout=self._timeout_s,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
        )
        try:
            await client.connect()
        except LoginProblem as problem:
            raise TryLater(problem.key, after_s=BUSY_S) from problem
        except aiosmtplib.SMTPAuthenticationError as error:
            raise TryLater("wrong_password", str(error.code), after_s=BUSY_S) from error
        except aiosmtplib.SMTPResponseException as error:
            raise TryLater("not_ready", str(error.code), after_s=BUSY_S) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TryLater(_why_not_connected(error), _kind(error)) from error
        return client

    def _idle_s(self) -> float:
        return asyncio.get_running_loop().time() - self._used_at

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _verdict(error: aiosmtplib.SMTPResponseException) -> TryLater | Refused | Gone:
    found = _ENHANCED.search(error.message)
    code = f"{error.code} {found[1]}" if found else str(error.code)
    if error.code in _OUR_SETTINGS:
        return TryLater("wrong_password", code, after_s=BUSY_S)
    if error.code < 500:
        return TryLater("the mail server asks to try later", code)
    recipient = isinstance(error, aiosmtplib.SMTPRecipientRefused)
    if recipient and (found[1] in _GONE if found else _nobody(error)):
        return Gone("no such mailbox", code)
    return Refused("the mail server refuses the " + ("address" if recipient else "letter"), code)


def _nobody(error: aiosmtplib.SMTPResponseException) -> bool:
    said = error.message[:1_000]
    return error.code in _NO_MAILBOX and bool(_SAYS_NOBODY.search(said)) and not _SAYS_US.search(said)


def _why_not_connected(error: BaseException) -> str:
    """A key of checks.toml. The library says "no STARTTLS" and "no AUTH" by exceptions that are no network errors."""
    if "certificate" in str(error).lower() or "ssl" in type(error.__cause__ or error).__name__.lower():
        return "certificate"
    return "unreachable" if isinstance(error, OSError) else "no_tls_or_login"


def _kind(error: BaseException) -> str:
    """A word for the log that holds nothing of the mail."""
    return "timeout" if isinstance(error, TimeoutError) else type(error).__name__
