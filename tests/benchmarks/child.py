"""A process of the benchmark: it answers each line with a line of JSON, and its CPU time and memory can be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).parents[2]
ATSAUCE = Path(sys.executable).with_name("atsauce")


class Child:
    """A running process with its two pipes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, **request: Any) -> Any:
        """Send one line of JSON and wait for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self.line()

    def line(self) -> Any:
        """The next line of JSON."""
        return json.loads(self.until("{"))

    def until(self, word: str) -> str:
        """The next line that holds `word`; an error when the process ends first."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if word in line:
                return line
        raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()}")

    def cpu_s(self) -> float:
        """Seconds of CPU used by the process so far, in all its threads (proc(5))."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

    def memory_mb(self) -> tuple[float, float]:
        """Megabytes of memory that the process holds now, and the most it ever held (proc(5))."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        kilobytes = {
            name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if "kB" in rest
        }
        return kilobytes["VmRSS"] * 1024 / 1e6, kilobytes["VmHWM"] * 1024 / 1e6


@contextmanager
def running(argv: Sequence[str | Path], settings: Mapping[str, str] | None = None) -> Iterator[Child]:
    """The process, ended afterwards."""
    process = subprocess.Popen(
        [str(word) for word in argv],
        cwd=ROOT,
        env={**os.environ, **(settings or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get("ATSAUCE_BENCH_LOG") else subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Child(process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def module(name: str, *arguments: str) -> list[str]:
    """How to start a module of this package as a process."""
    return [sys.executable, "-m", f"tests.benchmarks.{name}", *arguments]
