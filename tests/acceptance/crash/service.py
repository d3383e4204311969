"""`atsauce run` as a process that is to die: started, killed, started again with its clock moved on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
TIMEOUT_S = 30.0
WHILE_DOWN = timedelta(seconds=120)
"""How much later each start is, by the service's clock: longer than any lease."""


class Service:
    """One at a time. `settings` are those of every start."""

    def __init__(self, starter: asyncio.subprocess.Process, settings: Mapping[str, str], clock: datetime) -> None:
        self.settings = settings
        self.clock = clock
        self.kills = 0
        self._starter = starter
        self._started_s = 0.0
        self._pid = 0
        self._told, self._ready, self._ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._status = 0
        self._reading = asyncio.create_task(self._read())

    async def command(self, *arguments: str, crash_at: str = "") -> int:
        """Run a command to its end; its exit status, negative when it was killed."""
        await self._start(arguments, crash_at)
        return await self.ended()

    async def start(self, crash_at: str = "") -> None:
        """Start, and wait until it is ready (or dead)."""
        self.clock += WHILE_DOWN
        await self._start(("run",), crash_at)
        await self._first_of(self._ready, self._ended)

    async def ended(self, timeout_s: float = TIMEOUT_S) -> int:
        """Wait for the end of the process."""
        async with asyncio.timeout(timeout_s):
            await self._ended.wait()
        self.clock += timedelta(seconds=asyncio.get_running_loop().time() - self._started_s)
        self._pid = 0
        return os.waitstatus_to_exitcode(self._status)

    async def kill(self) -> None:
        """SIGKILL now."""
        os.kill(self._pid, signal.SIGKILL)
        assert await self.ended() == -signal.SIGKILL
        self.kills += 1

    def terminate(self) -> None:
        """SIGTERM: it drains and ends."""
        os.kill(self._pid, signal.SIGTERM)

    async def close(self) -> None:
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        if self._starter.stdin is not None:
            self._starter.stdin.close()
        await self._starter.wait()
        await self._reading

    async def _start(self, arguments: tuple[str, ...], crash_at: str) -> None:
        self._ready.clear()
        self._ended.clear()
        self._started_s = asyncio.get_running_loop().time()
        settings = {**self.settings, "ATSAUCE_CLOCK": self.clock.isoformat(), "ATSAUCE_CRASH_AT": crash_at}
        self._told.clear()
        self._write({"arguments": list(arguments), "settings": settings})
        async with asyncio.timeout(TIMEOUT_S):
            await self._told.wait()

    def _write(self, request: Mapping[str, Any]) -> None:
        assert self._starter.stdin is not None
        self._starter.stdin.write((json.dumps(request) + "\n").encode())

    async def _read(self) -> None:
        assert self._starter.stdout is not None
        async for line in self._starter.stdout:
            if b"(ready)" in line:
                self._ready.set()
            if line.startswith(b"{"):
                self._hear(json.loads(line))

    def _hear(self, said: Mapping[str, Any]) -> None:
        if "pid" in said:
            self._pid = said["pid"]
            self._told.set()
        elif "ended" in said:
            self._status = said["status"]
            self._ended.set()

    @staticmethod
    async def _first_of(*events: asyncio.Event) -> None:
        waiting = [asyncio.create_task(event.wait()) for event in events]
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()


@asynccontextmanager
async def service(settings: Mapping[str, str], clock: datetime, log: Path) -> AsyncIterator[Service]:
    """A service that can be started; what it logs is in the file `log`."""
    with log.open("ab") as errors:
        starter = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.acceptance.crash.starter"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
        running = Service(starter, settings, clock)
        try:
            yield running
        finally:
            await running.close()
