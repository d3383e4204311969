"""Copies of what was sent in the account's own folder, for whoever looks there; a copy that fails harms nothing."""

from __future__ import annotations

import asyncio

import structlog

from intake.channels.email.imap import Imap, ImapProblem
from intake.channels.email.oauth import Tokens
from intake.channels.email.servers import Server

TIMEOUT_S = 20.0
log = structlog.get_logger(__name__)


class Copies:
    """A folder for sent mail, on a connection of its own."""

    def __init__(self, server: Server, folder: str, tokens: Tokens | None = None) -> None:
        self._server, self._folder, self._tokens = server, folder, tokens
        self._imap: Imap | None = None

    async def keep(self, message: bytes) -> None:
        """Append a copy; the letter has gone out already, so a failure is only noted."""
        for last in (False, True):
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    await (await self._connection()).append(self._folder, message)
                return
            except (ImapProblem, TimeoutError) as problem:
                self.close()
                if last:
                    log.warning("no copy of a sent letter", problem=getattr(problem, "key", "too_slow"))

    def close(self) -> None:
        if self._imap is not None:
            self._imap.drop()
            self._imap = None

    async def _connection(self) -> Imap:
        if self._imap is None:
            self._imap = Imap(self._server, self._folder, self._tokens)
            await self._imap.open()
        return self._imap
