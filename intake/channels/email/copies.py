"""Copies of what was sent in the account's own folder, for whoever looks there; sending never waits for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

import structlog

from intake.channels.email.imap import Imap, ImapProblem
from intake.channels.email.oauth import Tokens
from intake.channels.email.servers import Server

TIMEOUT_S = 20.0
FIRST_PAUSE_S, LAST_PAUSE_S = 5.0, 600.0
MOST_WAITING = 500
"""Letters that wait while the folder takes none; older ones are given up."""
CLOSE_S = 5.0
log = structlog.get_logger(__name__)


class Copies:
    """A folder for sent mail, on a connection of its own. What cannot be put there is tried again for as long as
    the service runs; the outbox holds every letter anyway, so nothing is lost with a copy."""

    def __init__(
        self, server: Server, folder: str, tokens: Tokens | None = None, *, pause_s: float = FIRST_PAUSE_S
    ) -> None:
        self._server, self._folder, self._tokens, self._pause_s = server, folder, tokens, pause_s
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._imap: Imap | None = None
        self._work: asyncio.Task[None] | None = None

    def keep(self, message: bytes) -> None:
        """Have a copy made, in the order in which letters go out."""
        if len(self._waiting) == MOST_WAITING:
            log.warning("no copy of a sent letter", waiting=MOST_WAITING)
        self._waiting.append(message)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._copy())

    async def close(self) -> None:
        """Finish what can be finished at once."""
        if self._work is not None:
            await asyncio.wait({self._work}, timeout=CLOSE_S)
            self._work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._work
        if self._waiting:
            log.warning("no copies of sent letters", letters=len(self._waiting))
        self._drop()

    async def _copy(self) -> None:
        pause_s = self._pause_s
        while self._waiting:
            message = self._waiting[0]
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    await (await self._connection()).append(self._folder, message)
            except (ImapProblem, TimeoutError) as problem:
                self._drop()
                key = getattr(problem, "key", "too_slow")
                log.warning("a copy waits", problem=key, letters=len(self._waiting), again_s=pause_s)
                await asyncio.sleep(pause_s)
                pause_s = min(LAST_PAUSE_S, pause_s * 2)
            else:
                pause_s = self._pause_s
                if self._waiting and self._waiting[0] is message:  # else it was given up meanwhile
                    self._waiting.popleft()

    def _drop(self) -> None:
        if self._imap is not None:
            self._imap.drop()
            self._imap = None

    async def _connection(self) -> Imap:
        if self._imap is None:
            self._imap = Imap(self._server, self._folder, self._tokens)
            await self._imap.open()
        return self._imap
