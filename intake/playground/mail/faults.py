"""Failures of the SMTP server that a test orders in advance."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from intake.playground.mail.address import canonical


class SmtpFault(StrEnum):
    CLOSE = "close"  # the connection is closed before the banner
    NO_BANNER = "no banner"  # connected, and silence
    BUSY = "421"  # 421 in place of the banner
    RCPT_REFUSED = "550"
    RCPT_LATER = "451"
    DATA_LATER = "452"  # after the content
    DATA_REFUSED = "554"
    DROP_AT_DATA = "drop at data"  # the DATA command closes the connection
    DROP_BEFORE = "drop before"  # content received, not kept, connection closed
    DROP_AFTER = "drop after"  # kept, connection closed without an answer
    HANG_AFTER = "hang after"  # kept, and silence
    DROP_AT_QUIT = "drop at quit"


REPLIES = {
    SmtpFault.BUSY: "421 4.3.2 Service not available, try again later",
    SmtpFault.RCPT_REFUSED: "550 5.1.1 User unknown",
    SmtpFault.RCPT_LATER: "451 4.7.1 Greylisted, try again later",
    SmtpFault.DATA_LATER: "452 4.3.1 Insufficient system storage",
    SmtpFault.DATA_REFUSED: "554 5.7.1 Message refused",
}


@dataclass
class _Planned:
    kind: SmtpFault
    times: int
    recipient: str | None


class SmtpFaults:
    """The failures still to come."""

    def __init__(self) -> None:
        self.happened: list[SmtpFault] = []
        self._planned: list[_Planned] = []
        self._released = asyncio.Event()

    def plan(self, kind: SmtpFault | str, *, times: int = 1, recipient: str | None = None) -> None:
        """Let the next `times` occasions fail, or only those that concern `recipient`."""
        self._planned.append(_Planned(SmtpFault(kind), times, canonical(recipient) if recipient else None))

    def take(self, *kinds: SmtpFault, recipients: tuple[str, ...] = ()) -> SmtpFault | None:
        """The first planned fault of these kinds that concerns this occasion, used up by it."""
        names = {canonical(recipient) for recipient in recipients}
        for planned in self._planned:
            if planned.kind in kinds and (planned.recipient is None or planned.recipient in names):
                planned.times -= 1
                if planned.times <= 0:
                    self._planned.remove(planned)
                self.happened.append(planned.kind)
                return planned.kind
        return None

    def clear(self) -> None:
        self._planned.clear()

    async def hang(self) -> None:
        await self._released.wait()

    def release(self) -> None:
        """Let every hanging connection go."""
        self._released.set()
        self._released = asyncio.Event()
