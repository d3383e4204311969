"""The queue of updates behind getUpdates: offsets, one poll at a time, and disorder on demand."""

import asyncio
from collections import deque
from collections.abc import Collection
from itertools import islice
from typing import Any

from intake.playground.bot_api.errors import Json, conflict

MAX_LIMIT = 100
MAX_TIMEOUT_S = 50


class Updates:
    """Updates waiting for the bot, oldest first (Bot API: getUpdates)."""

    def __init__(self, first_id: int = 1) -> None:
        self.webhook: Json | None = None
        self.confirmed = 0
        self.waiting = asyncio.Event()  # set while a long poll waits
        self._next_id = first_id
        self._pending: deque[tuple[int, Any]] = deque()
        self._allowed: Collection[str] | None = None
        self._poll: asyncio.Future[None] | None = None
        self._repeated = 0
        self._reversed = 0

    def __len__(self) -> int:
        return len(self._pending)

    def put(self, kind: str, body: Json) -> int | None:
        """Queue an update; None when the bot did not ask for this kind."""
        if self._allowed is not None and kind not in self._allowed:
            return None
        return self.inject({"update_id": self._next_id, kind: body})

    def inject(self, raw: Any) -> int:
        """Queue an update exactly as given, however malformed."""
        given = raw.get("update_id") if isinstance(raw, dict) else None
        update_id = given if isinstance(given, int) else self._next_id
        self._next_id = max(self._next_id, update_id + 1)
        self._pending.append((update_id, raw))
        self._wake()
        return update_id

    def repeat(self, count: int) -> None:
        """Give each of the next `count` updates twice in one answer."""
        self._repeated += count

    def reverse(self, answers: int = 1) -> None:
        """Give the next `answers` non-empty answers in reverse order."""
        self._reversed += answers

    async def poll(self, offset: int, limit: int, timeout_s: float, allowed: Collection[str] | None) -> list[Any]:
        if self.webhook is not None:
            raise conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete it first")
        if allowed is not None:
            self._allowed = allowed or None
        self._end_other_poll()
        self._confirm(offset)
        if not self._pending and timeout_s > 0:
            await self._wait(min(timeout_s, MAX_TIMEOUT_S))
        return self._answer(min(max(limit, 1), MAX_LIMIT))

    def drop(self) -> None:
        self._pending.clear()

    def close(self) -> None:
        """End a waiting poll with an empty answer."""
        self._wake()

    def _confirm(self, offset: int) -> None:
        before = len(self._pending)
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        while offset > 0 and self._pending and self._pending[0][0] < offset:
            self._pending.popleft()
        self.confirmed += before - len(self._pending)

    def _answer(self, limit: int) -> list[Any]:
        answer: list[Any] = []
        for _, raw in islice(self._pending, limit):
            answer.append(raw)
            if self._repeated:
                self._repeated -= 1
                answer.append(raw)
        if answer and self._reversed:
            self._reversed -= 1
            answer.reverse()
        return answer

    async def _wait(self, timeout_s: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        self.waiting.set()
        try:
            async with asyncio.timeout(timeout_s):
                await poll
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None
                self.waiting.clear()

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def _end_other_poll(self) -> None:
        if self._poll is not None and not self._poll.done():
            reason = "terminated by other getUpdates request; make sure that only one bot instance is running"
            self._poll.set_exception(conflict(reason))
