"""The service's clock: the machine's, or one that was set to start at another instant for trying things out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """`now()` is an aware instant in UTC; `offset` moves it."""

    def __init__(self, start: datetime | None = None) -> None:
        self.offset = timedelta(0) if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def jump(self, to: datetime) -> None:
        """Go on from the instant `to`."""
        self.offset = to - datetime.now(UTC)
