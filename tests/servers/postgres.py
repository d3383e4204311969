"""A throwaway PostgreSQL cluster on a loopback port: fresh databases in milliseconds, stopped or killed on demand."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.daemon import Daemon, free_port

SUPERUSER = "atsauce"


def why_not() -> str | None:
    """The reason why no cluster can be started here, or None."""
    if _programs() is None:
        return "PostgreSQL's initdb and postgres are not installed (Debian: postgresql)"
    if os.geteuid() == 0 and _unprivileged() is None:
        return "PostgreSQL refuses to run as root and there is no user postgres or nobody"
    return None


@contextmanager
def cluster(*, fsync: bool = True) -> "Iterator[Cluster]":
    """A running cluster, removed afterwards; without `fsync` it is faster and survives a kill, but no power cut."""
    # Not pytest's tmp_path: only root may enter that, and the server runs as somebody else.
    root = Path(tempfile.mkdtemp(prefix="atsauce-postgres-"))
    if user := _unprivileged():
        shutil.chown(root, user)
    server = Cluster(root, fsync=fsync)
    try:
        server.initialise()
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(root, ignore_errors=True)


class Cluster:
    """One server with its files; `database()` gives the URL of a new empty or copied database."""

    def __init__(self, root: Path, *, fsync: bool) -> None:
        programs = _programs()
        assert programs is not None, why_not()
        self.port = free_port()
        self._programs, self._root, self._data = programs, root, root / "data"
        self._templates: set[str] = set()
        self._numbers = itertools.count(1)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "on" if fsync else "off",
            "max_connections": "100",
            "shared_buffers": "32MB",
            "timezone": "UTC",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        argv = [str(programs / "postgres"), "-D", str(self._data), *options]
        self._daemon = Daemon(argv, root / "log", [self.port], _unprivileged())

    def initialise(self) -> None:
        """Write the files of a new cluster (initdb)."""
        user = _unprivileged()
        subprocess.run(
            [
                self._programs / "initdb",
                *("-D", self._data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd="/",
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
        )

    def start(self) -> None:
        """Start and wait until it answers queries (after a kill: until it has recovered)."""
        self._daemon.start(self._answers)

    def stop(self) -> None:
        """End all connections and stop in order (a 'fast' shutdown)."""
        self._daemon.stop(signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL the server and every backend."""
        self._daemon.kill()

    def restart(self) -> None:
        """Stop in order and start again; the URLs stay valid."""
        self.stop()
        self.start()

    @property
    def running(self) -> bool:
        return self._daemon.running

    def url(self, name: str) -> str:
        """The URL of a database of this cluster, in the form of ATSAUCE_DATABASE_URL."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{name}"

    def database(self, template: str = "template1") -> str:
        """Create a database as a copy of `template` and return its URL; nobody may be connected to the template."""
        name = f"test_{next(self._numbers)}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)),
        )
        return self.url(name)

    def template(self, name: str, prepare: Callable[[str], None]) -> str:
        """The name of a template that `prepare(url)` filled once; it must close its connections."""
        if name not in self._templates:
            self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            prepare(self.url(name))
            self._templates.add(name)
        return name

    def drop(self, url: str) -> None:
        """Drop a database of ours, whoever is still connected."""
        name = url.rpartition("/")[2]
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


def _programs() -> Path | None:
    """The directory that holds initdb and postgres: the newest of Debian's, else the one on PATH."""
    packaged = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    for directory in sorted(packaged, key=lambda path: int(path.parent.name), reverse=True):
        if (directory / "initdb").exists() and (directory / "postgres").exists():
            return directory
    initdb = shutil.which("initdb")
    # initdb looks for postgres beside the file that a link leads to.
    found = Path(initdb).resolve().parent if initdb else None
    return found if found and (found / "postgres").exists() else None


def _unprivileged() -> str | None:
    """The user to run as where we are root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)
