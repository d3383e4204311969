"""One server process of the tests with everything it forks: started, stopped, killed."""

import os
import pwd
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 20.0
# Below Linux's range for outgoing connections (32768 and up), so that none of those takes the port of a stopped server.
PORTS = range(20_000, 32_000)

_given: set[int] = set()


class ServerFailed(RuntimeError):
    """A server did not start or stop in time; the message ends with its log."""


def free_port() -> int:
    """A loopback port nobody listens on; each call of a process gives another, other test processes begin elsewhere."""
    offset = os.getpid() * 97 % len(PORTS)
    for n in range(len(PORTS)):
        port = PORTS[(offset + n) % len(PORTS)]
        if port not in _given and _can_bind(port):
            _given.add(port)
            return port
    raise ServerFailed("no free port on loopback")


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        # Servers set it too: connections of a killed server that linger in TIME_WAIT do not occupy its port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """Whether a connection to this loopback port is accepted."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def until(condition: Callable[[], object], what: str, timeout_s: float = START_TIMEOUT_S) -> None:
    """Return as soon as the condition holds; fail with `what` after `timeout_s` seconds."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise ServerFailed(f"{what}: not within {timeout_s:.0f} s")
        time.sleep(0.01)


class Daemon:
    """A server that runs in the foreground as our child; `ports` are those that it opens."""

    def __init__(self, argv: Sequence[str], log: Path, ports: Sequence[int], user: str | None = None) -> None:
        self.argv, self.log, self.ports, self.user = list(argv), log, list(ports), user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, ready: Callable[[], bool] | None = None) -> None:
        """Start and wait until all ports accept connections, or until `ready` says so."""
        assert self._process is None, "already started"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                user=self.user,
                group=_group(self.user),
                extra_groups=[] if self.user else None,
            )
        self._wait_until(ready or (lambda: all(listens(port) for port in self.ports)))

    def _wait_until(self, ready: Callable[[], bool]) -> None:
        process = self._process
        assert process is not None
        try:
            until(lambda: process.poll() is not None or ready(), f"{self.argv[0]} does not answer")
        except ServerFailed as failure:
            self.kill()
            raise ServerFailed(f"{failure}\n{self._tail()}") from None
        if process.poll() is not None:
            self._process = None
            raise ServerFailed(f"{self.argv[0]} ended with {process.returncode}\n{self._tail()}")

    def stop(self, signum: signal.Signals = signal.SIGTERM) -> None:
        """Stop it the orderly way; nothing happens when it does not run."""
        if self._process is None:
            return
        tree = _tree(self._process.pid)
        self._process.send_signal(signum)
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFailed(f"{self.argv[0]} does not stop\n{self._tail()}") from None
        # What a stopped server leaves behind would hold its ports and its files.
        _kill_all(tree[1:])
        self._ended()

    def kill(self) -> None:
        """SIGKILL the process and all its descendants at once, as a power cut would end them."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGSTOP)  # so that it forks no more while we look
        _kill_all(_tree(self._process.pid))
        self._process.wait()
        self._ended()

    def restart(self) -> None:
        """Stop the orderly way and start again on the same port and files."""
        self.stop()
        self.start()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _ended(self) -> None:
        self._process = None
        until(lambda: all(_can_bind(port) for port in self.ports), f"{self.argv[0]} keeps its port", STOP_TIMEOUT_S)

    def _tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""


def _group(user: str | None) -> int | None:

    return pwd.getpwnam(user).pw_gid if user else None


def _tree(pid: int) -> list[int]:
    """The process and its descendants, parents first. PostgreSQL's children each open a session, so groups don't do."""
    children: dict[int, list[int]] = {}
    for child, parent in _parents():
        children.setdefault(parent, []).append(child)
    found = [pid]
    for one in found:
        found.extend(children.get(one, []))
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue  # ended meanwhile
            # proc(5): the name in brackets may hold blanks; state and parent follow it.
            yield int(entry.name), int(stat.rpartition(")")[2].split()[1])


def _kill_all(pids: Sequence[int]) -> None:
    """SIGKILL these processes and wait until each has ended."""
    handles = []
    for pid in pids:
        try:
            handles.append(os.pidfd_open(pid))
        except ProcessLookupError:
            continue
    for handle in handles:
        try:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        except ProcessLookupError:
            continue
    for handle in handles:
        select.select([handle], [], [], STOP_TIMEOUT_S)
        os.close(handle)
