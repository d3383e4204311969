"""A mail server that takes letters and counts them, in a process of its own: aiosmtpd, nothing is kept.

Reads lines of JSON and answers each: {"letters": 300} once so many more came, with the seconds from the first to the
last of them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time

from aiosmtpd.smtp import SMTP, Envelope, Session


class Count:
    """aiosmtpd's handler: says 250 and remembers when."""

    def __init__(self) -> None:
        self.came: list[float] = []
        self._changed = asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.came.append(time.perf_counter())
        self._changed.set()
        return "250 2.0.0 OK"

    async def until(self, letters: int) -> list[float]:
        while len(self.came) < letters:
            self._changed.clear()
            await self._changed.wait()
        came, self.came = self.came, []
        return came


async def main() -> None:
    logging.disable()
    count = Count()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(count, hostname="sink.example.org"), "127.0.0.1"
    )
    host, port = server.sockets[0].getsockname()[:2]
    print(json.dumps({"host": host, "port": port}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        came = await count.until(json.loads(line)["letters"])
        print(json.dumps({"letters": len(came), "seconds": came[-1] - came[0]}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
