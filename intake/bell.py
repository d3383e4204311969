"""Rung when there is work, so that a worker need not look all the time; other processes are noticed within a second."""

from __future__ import annotations

import asyncio
import contextlib

LOOK_AGAIN_S = 1.0


class Bell:
    """One waiting worker or several; a ring while nobody waits is not lost."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()

    async def wait(self, timeout_s: float = LOOK_AGAIN_S) -> None:
        """Until the next ring, or `timeout_s` at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        self._event.clear()
