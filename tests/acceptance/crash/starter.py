"""Starts `atsauce` many times over: everything is imported once, each start is a fork of it.

Reads lines of JSON, {"arguments": ["run"], "settings": {...}}; writes {"pid": N} and later {"ended": N, "status": S}.
What a child prints comes out as it is.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from typing import Any

import intake.app  # noqa: F401 - what `run` needs
from intake import cli, crash


def main() -> None:
    signal.signal(signal.SIGCHLD, _reap)
    _say(ready=True)
    while line := sys.stdin.readline():
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(request["arguments"], request["settings"])
        _say(pid=pid)


def _become(arguments: list[str], settings: dict[str, str]) -> None:
    """Be that process from here on."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(settings)
    importlib.reload(crash)  # it looks at the environment once
    status = 0
    try:
        cli.app(arguments)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    sys.stdout.flush()
    os._exit(status)


def _reap(*_: object) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _say(ended=pid, status=status)


def _say(**what: Any) -> None:
    os.write(1, (json.dumps(what) + "\n").encode())


if __name__ == "__main__":
    main()
