"""The other engines as processes that speak lines of JSON; why one cannot run here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyxform

from tests.conformance.state import State, Step

HERE = Path(__file__).parent
ZONE = "Europe/Riga"
JAR = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"


class Absent(Exception):
    """An engine that this machine cannot run, and why."""


class Refused(Exception):
    """The engine does not take the form."""


class Engine:
    """A process; closed at the end of `with`."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "TZ": ZONE}, cwd=HERE, text=True, encoding="utf-8",
        )  # fmt: skip

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)

    def ask(self, request: Mapping[str, Any]) -> None:
        """Send a request; several may wait for their answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended by itself")
        reply: dict[str, Any] = json.loads(line)
        if "refused" in reply:
            raise Refused(reply["refused"])
        return reply

    def load(self, form: str, xform: str, files: Mapping[str, str], now: datetime) -> None:
        self.ask({"load": form, "xform": xform, "files": files, "now": now.isoformat()})
        self.answer()

    def play(self, form: str, steps: Sequence[Step]) -> None:
        self.ask({"play": form, "steps": steps})

    def states(self) -> list[State]:
        """After each step; an engine that could not begin failed at the first."""
        try:
            return [State.read(told) for told in self.answer()["states"]]
        except Refused as refused:
            return [State({}, {}, str(refused))]


def web_forms() -> Engine:
    """ODK Web Forms in node."""
    node = shutil.which("node")
    if node is None:
        raise Absent("node is not installed")
    if not (HERE / "node_modules" / "@getodk" / "xforms-engine").is_dir():
        raise Absent("ODK Web Forms is not installed (`make conformance` installs it)")
    return Engine("ODK Web Forms", [node, "web_forms.mjs"])


def javarosa(classes: Path) -> Engine:
    """JavaRosa from the validator that pyxform ships, compiled into the directory `classes`."""
    java, javac = shutil.which("java"), shutil.which("javac")
    if java is None or javac is None:
        raise Absent("Java is not installed (java and javac)")
    if not JAR.is_file():
        raise Absent("pyxform came without its validator")
    done = subprocess.run([javac, "-cp", JAR, "-d", classes, HERE / "JavaRosa.java"], capture_output=True, text=True)
    if done.returncode:
        raise Absent(f"the driver of JavaRosa does not compile: {done.stderr.splitlines()[0]}")
    options = [
        f"-Duser.timezone={ZONE}",
        "-Duser.language=en",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        f"{JAR}{os.pathsep}{classes}",
    ]
    return Engine("JavaRosa", [java, *options, "JavaRosa"])


@contextmanager
def running() -> Iterator[tuple[list[Engine], list[str]]]:
    """The engines that run here, and why the others do not."""
    engines, reasons = [], []
    with ExitStack() as stack:
        classes = Path(stack.enter_context(TemporaryDirectory()))
        for name, launch in (("ODK Web Forms", web_forms), ("JavaRosa", lambda: javarosa(classes))):
            try:
                engines.append(stack.enter_context(launch()))
            except Absent as absent:
                reasons.append(f"{name} is left out: {absent}")
        yield engines, reasons
