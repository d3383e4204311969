"""Email as a channel: letters out over SMTP, everything that comes in over IMAP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any

from intake.channels import Batch, Outgoing, Refused
from intake.channels.email import incoming
from intake.channels.email.addresses import key, normalise, verp
from intake.channels.email.incoming import Mail
from intake.channels.email.mailbox import Mailbox
from intake.channels.email.message import identified, render
from intake.channels.email.servers import imap_server, smtp_server
from intake.channels.email.smtp import Smtp


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
        rate_per_minute: float | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.address = normalise(address)
        self._smtp = Smtp(smtp_server(smtp_url), rate_per_minute=rate_per_minute)
        self._mailbox = Mailbox(imap_server(imap_url), folder=folder, clock=clock)

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
        """Send one letter and return its Message-ID; a payload that cannot be a mail is Refused before the network."""
        try:
            payload = identified(outgoing.payload, outgoing.id)
            message = render(payload)
            sender = self._envelope_sender(payload, outgoing.id)
            if key(normalise(payload["to"])) != key(normalise(outgoing.address)):
                raise ValueError("the letter is written to somebody else")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(f"not a letter: {error}", "payload") from error
        await self._smtp.send(sender, outgoing.address, message)
        return str(payload["message_id"])

    async def close(self) -> None:
        await self._smtp.close()

    def _envelope_sender(self, payload: Mapping[str, Any], outbox_id: int) -> str:
        """Where bounces go: to our address, with `verp` in the payload to one that names the row."""
        if payload.get("verp"):
            return verp(self.address, outbox_id, payload["token"])
        return self.address
