"""Email as a channel: letters out over SMTP, everything that comes in over IMAP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any

from intake.channels import Batch, NotYet, Outgoing, Refused, TryLater
from intake.channels.email import incoming, relayed
from intake.channels.email.addresses import key, normalise, verp
from intake.channels.email.copies import Copies
from intake.channels.email.incoming import Mail
from intake.channels.email.mailbox import Mailbox
from intake.channels.email.message import identified, render
from intake.channels.email.oauth import Tokens
from intake.channels.email.servers import imap_server, smtp_server
from intake.channels.email.smtp import Smtp

PATIENT = 5
"""Tries after which a letter waits longer: a full mailbox or a grey list takes hours."""
LONG_PAUSE_S, LONGEST_PAUSE_S = 300.0, 4 * 3600.0


class EmailChannel:
    """One mail account that writes and reads as `address`. WrongUrl or ValueError where a setting is unusable."""

    name = "email"

    def __init__(
        self,
        smtp_url: str,
        imap_url: str,
        address: str,
        *,
        folder: str = "INBOX",
        sent_folder: str = "",
        rate_per_minute: float | None = None,
        to_one_domain: float | None = None,
        tokens: Tokens | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.address = normalise(address)
        server = imap_server(imap_url)
        self._smtp = Smtp(
            smtp_server(smtp_url), rate_per_minute=rate_per_minute, to_one_domain=to_one_domain, tokens=tokens
        )
        self._mailbox = Mailbox(server, folder=folder, tokens=tokens, clock=clock)
        self._copies = Copies(server, sent_folder, tokens) if sent_folder else None

    @property
    def problem(self) -> str | None:
        """What is wrong with the mailbox now, as a key of checks.toml; None when all is well."""
        return self._mailbox.problem

    def listen(self, mark: str | None) -> AsyncIterator[Batch]:
        return self._mailbox.listen(mark)

    def read(self, body: bytes) -> Mail:
        """What the mail says; raises Unreadable."""
        return incoming.read(body, self.address)

    async def send(self, outgoing: Outgoing) -> str:
        """Send one letter and return the Message-ID under which it arrives, as far as the server says it.

        A payload that cannot be a mail is Refused before the network.
        """
        try:
            payload = identified(outgoing.payload, outgoing.id)
            message = render(payload)
            sender = self._envelope_sender(payload, outgoing.id)
            if key(normalise(payload["to"])) != key(normalise(outgoing.address)):
                raise ValueError("the letter is written to somebody else")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(f"not a letter: {error}", "payload") from error
        try:
            answer = await self._smtp.send(sender, outgoing.address, message)
        except NotYet:
            raise
        except TryLater as failure:
            after_s = failure.after_s
            if after_s is None and failure.code.startswith("4"):
                after_s = _pause_s(outgoing.attempt)
            raise TryLater(failure.reason, failure.code, after_s) from failure
        if self._copies is not None:
            self._copies.keep(message)
        return relayed.message_id(answer, self._smtp.host) or str(payload["message_id"])

    async def close(self) -> None:
        await self._smtp.close()
        if self._copies is not None:
            await self._copies.close()

    def _envelope_sender(self, payload: Mapping[str, Any], outbox_id: int) -> str:
        """Where bounces go: to our address, with `verp` in the payload to one that names the row."""
        if payload.get("verp"):
            return verp(self.address, outbox_id, payload["token"])
        return self.address


def _pause_s(attempt: int) -> float | None:
    """How long a letter that the server put off waits; None leaves it to the outbox."""
    return min(LONGEST_PAUSE_S, LONG_PAUSE_S * 4.0 ** (attempt - PATIENT)) if attempt >= PATIENT else None
