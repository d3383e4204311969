"""Rung when there is work, so that a worker need not look all the time; other processes are noticed within a second."""

from __future__ import annotations

import asyncio
from collections import deque

LOOK_AGAIN_S = 1.0


class Bell:
    """One waiting worker or several: as many wake as there is work for. A ring while nobody waits is not lost."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._rung = 0

    def ring(self, pieces: int = 1) -> None:
        """There are `pieces` of work more; who has waited longest wakes first."""
        while pieces and self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                pieces -= 1
        self._rung = max(self._rung, pieces)

    async def wait(self, timeout_s: float = LOOK_AGAIN_S) -> None:
        """Until the next ring, or `timeout_s` at most."""
        if self._rung:
            self._rung -= 1
            return
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            await asyncio.wait((waiting,), timeout=timeout_s)
        except asyncio.CancelledError:
            if waiting.done():
                self.ring()  # whoever it woke is not there any more
            raise
        finally:
            if not waiting.done():
                self._waiting.remove(waiting)
