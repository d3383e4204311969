"""The IMAP side: pymap's server in this event loop, with connections that a test can cut."""

import asyncio
from asyncio import StreamReader, StreamWriter
from uuid import uuid4

from proxyprotocol.sock import SocketInfo
from pymap.imap import IMAPServer

from intake.playground.mail.mailboxes import Mailboxes


class ImapServer:
    """Listens on loopback; keeps its port over `stop` and `start`."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self._serve = IMAPServer(mailboxes.login, mailboxes.config)
        self._mailboxes = mailboxes
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], StreamWriter] = {}

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._mailboxes.config.apply_context()
        self._server = await asyncio.start_server(self._accept, host, port or self.port)
        self.host, self.port = self._server.sockets[0].getsockname()[:2]

    async def stop(self) -> None:
        """Stop listening and cut every connection; new ones are refused until `start`."""
        if self._server is not None:
            self._server.close()
            await self.drop_connections()
            self._server = None

    async def drop_connections(self) -> None:
        """Cut every connection without a BYE, as a server that is killed."""
        for writer in self._connections.values():
            writer.transport.abort()
        if self._connections:
            await asyncio.wait(list(self._connections))

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a stream callback that is a coroutine runs in a task)
        self._connections[task] = writer
        try:
            await self._serve(reader, writer, SocketInfo.get(writer, None, unique_id=uuid4().bytes))
        finally:
            del self._connections[task]
