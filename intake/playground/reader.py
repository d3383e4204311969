"""Reading a resident's mailbox over IMAP, as a mail program does, for the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from intake.channels.email.imap import Imap, ImapProblem
from intake.channels.email.servers import Server

IDLE_S = 9 * 60.0
POLL_S = 5.0  # never needed with the local server, which knows IDLE
SHOWN = 100


class Unreadable(Exception):
    """The mailbox, or a letter in it, could not be read."""


@dataclass(frozen=True)
class Reader:
    """One folder of a mailbox; each call is a connection of its own."""

    server: Server
    folder: str = "INBOX"

    async def keep(self, letter: bytes) -> None:
        """Put a letter into the folder, as a mail program does with what it sent."""
        async with self._opened() as imap:
            await imap.append(self.folder, letter)

    async def headers(self) -> dict[int, bytes]:
        """The header blocks of the newest letters by UID, oldest first."""
        async with self._opened() as imap:
            uids = (await imap.uids_after(0))[-SHOWN:]
            return dict(sorted((await imap.bodies(uids, headers_only=True)).items()))

    async def letter(self, uid: int) -> bytes:
        """One letter whole."""
        async with self._opened() as imap:
            found = await imap.bodies([uid])
        if uid not in found:
            raise Unreadable(f"no letter with UID {uid}")
        return found[uid]

    async def changes(self) -> AsyncIterator[None]:
        """Once at the beginning, then at each change of the mailbox (IDLE)."""
        async with self._opened() as imap:
            while True:
                yield None
                await imap.news(IDLE_S, POLL_S)
                await imap.select()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Imap]:
        imap = Imap(self.server, self.folder)
        try:
            await imap.open()
            await imap.select()
            yield imap
        except ImapProblem as problem:
            raise Unreadable(problem.key) from problem
        finally:
            imap.drop()
