"""The service as an operator runs it: `atsauce run` as a process of its own, started, stopped, killed; and its log."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

READY_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 30.0
ATSAUCE = Path(sys.executable).with_name("atsauce")
SHOWN = 6_000
"""Characters of the log in a failure's message."""


class NotRunning(AssertionError):
    """The service did not do what its operator asked; the message ends with its log."""


class Service:
    """One process at a time; the log holds what all of them wrote."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "service.log"
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self, settings: Mapping[str, str], *arguments: str) -> None:
        """Start it and wait for the line with the word `ready`."""
        await self.launch(settings, *arguments)
        await self.ready()

    async def launch(self, settings: Mapping[str, str], *arguments: str) -> None:
        """Start it without waiting for anything."""
        assert not self.running, "the service runs already"
        self._ready.clear()
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                ATSAUCE, "run", *arguments, cwd=self._folder, env=settings, stdout=asyncio.subprocess.PIPE, stderr=log
            )
        self._reader = asyncio.create_task(self._read(self._process))

    async def ready(self) -> None:
        """Return once it said so; fail as soon as it has ended instead."""
        assert self._reader is not None
        said = asyncio.create_task(self._ready.wait())
        done, _ = await asyncio.wait({said, self._reader}, timeout=READY_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
        said.cancel()
        if not self._ready.is_set():
            what = "ended before" if self._reader in done else f"took more than {READY_TIMEOUT_S:.0f} s until"
            raise NotRunning(f"the service {what} it was ready\n{self.log()}")

    async def stop(self) -> None:
        """SIGTERM, and wait for an end in order."""
        if await self._end(signal.SIGTERM) != 0:
            raise NotRunning(f"the service did not end in order\n{self.log()}")

    async def kill(self) -> None:
        """SIGKILL, as a power cut would end it."""
        await self._end(signal.SIGKILL)

    async def close(self) -> None:
        if self.running:
            await self.kill()

    def log(self) -> str:
        """The end of what it wrote."""
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return f"--- service ---\n{text[-SHOWN:]}---"

    def whole_log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    async def _end(self, number: signal.Signals) -> int:
        process, reader = self._process, self._reader
        assert process is not None, "the service was not started"
        assert reader is not None
        if process.returncode is None:
            process.send_signal(number)
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise NotRunning(f"the service did not stop within {STOP_TIMEOUT_S:.0f} s\n{self.log()}") from None
        finally:
            await reader
        self._process = None
        return process.returncode or 0

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            with self._log.open("ab") as log:
                log.write(line)
            if b"ready" in line:
                self._ready.set()
