"""How a message enters and leaves: what every channel promises, and the ways in which sending can fail.

A failure of a provider is one of five, and the difference is what the outbox does next:

    SendFailed
    ├── TryLater   surely not delivered; worth trying again (after `after_s`, if the provider said so)
    ├── Refused    surely not delivered, and never will be: this message is wrong
    ├── Gone       surely not delivered: this address no longer takes messages (blocked, unknown mailbox)
    ├── Moved      surely not delivered: this address is another one now
    └── Unknown    nobody can know: the connection was lost after the message may have been taken
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Raw:
    """One input as it arrived: `key` is unique within the channel, `stream` names what must stay in order."""

    key: str
    stream: str
    body: bytes
    received: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs that are committed together with `mark`, the position they reach in the source."""

    raws: tuple[Raw, ...]
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send: `payload` is the channel's own JSON, `attempt` counts from 1."""

    id: int
    address: str
    payload: Mapping[str, Any]
    attempt: int = 1


class Unreadable(Exception):
    """The input cannot be understood; it is set aside whole and shown to the staff."""


class SendFailed(Exception):
    """Sending did not succeed; `code` is the provider's, for the log."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


class TryLater(SendFailed):
    """Surely not delivered, and worth trying again."""

    def __init__(self, reason: str, code: str = "", after_s: float | None = None) -> None:
        super().__init__(reason, code)
        self.after_s = after_s


class NotYet(TryLater):
    """Our own pace holds it back until `after_s` have passed; nobody was asked, so it was no attempt."""


class Refused(SendFailed):
    """Surely not delivered; this message will never be accepted."""


class Gone(SendFailed):
    """Surely not delivered; the address takes no messages any more."""


class Moved(SendFailed):
    """Surely not delivered; whoever is meant has the address `to` now."""

    def __init__(self, to: str) -> None:
        super().__init__("the address has changed", "moved")
        self.to = to


class Unknown(SendFailed):
    """The connection was lost after the message may have been taken."""


class Channel(Protocol):
    """A way to people. `listen` never ends; asking it for the next batch confirms the last one to the provider."""

    name: str

    def listen(self, mark: str | None) -> AsyncIterator[Batch]: ...

    def read(self, body: bytes) -> object | None:
        """What the bytes say, None when they are nothing for us; raises Unreadable."""

    async def send(self, outgoing: Outgoing) -> str:
        """Send and return the provider's id of the message; raises SendFailed."""

    async def close(self) -> None: ...
