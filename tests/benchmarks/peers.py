"""Newly written text and microseconds a message, beside four libraries of PyPI, each in a throwaway environment.

Timed is the processor of the reading process: for ours all from the bytes of the mail to the new text, taking it apart
included; for the others, which know no mail, from its decoded text (of HTML: as lines) alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path
from statistics import median

from intake.channels.email.reply import new_text, read_answers
from intake.channels.email.reply.html import html_lines
from tests.benchmarks.lengthened import lengthened
from tests.benchmarks.replies import Case, asked, folded

LIBRARIES = ("talon", "mail-parser-reply", "quotequail", "email-reply-parser")
INSTALL_S, RUN_S = 180, 300
TIMES = 3
"""Each mail is read so often, and the least time counts."""
HEAD = f"{'':38}{'exact':>12}{'as recorded':>14}{'at 20 kB':>12}"


@dataclass(frozen=True)
class Row:
    """What one reader took out of all mails: how many exactly, and the median times; or why it was left out."""

    name: str
    exact: int | None = None
    of: int = 0
    microseconds: float = 0.0
    longer: float = 0.0
    """Microseconds of mails of 20 kB."""
    skipped: str = ""

    def __str__(self) -> str:
        if self.skipped:
            return f"{self.name:38}left out: {self.skipped}"
        exact = "" if self.exact is None else f"{self.exact} of {self.of}"
        return f"{self.name:38}{exact:>12}{self.microseconds:>11.0f} us{self.longer:>9.0f} us"


def rows(cases: Sequence[Case]) -> list[Row]:
    """Ours with and without the letter that was answered, then the others, which know no letter."""
    longer = [replace(case, raw=lengthened(case.raw)) for case in cases]
    number = count()
    ours: dict[str, Callable[[Case], str]] = {
        "Atsauce, the letter known": lambda case: new_text(case.raw, case.sent),
        "  and that letter met for the first time": lambda case: new_text(case.raw, case.sent + b"%d" % next(number)),
        "Atsauce, the letter not known": lambda case: new_text(case.raw, None),
    }
    found = [_row(name, cases, _taken(cases, read), _taken(longer, read)) for name, read in ours.items()]
    questions = asked()
    answers = [
        _taken(some, lambda case: str(read_answers(case.raw, case.sent, questions, case.language)))
        for some in (cases, longer)
    ]
    found.append(replace(_row("Atsauce, the answers, too", cases, *answers), exact=None))
    return found + [_theirs(name, cases, longer) for name in LIBRARIES]


def _taken(cases: Sequence[Case], read: Callable[[Case], str]) -> list[tuple[str, float]]:
    found = []
    for case in cases:
        taken = []
        for _ in range(TIMES):
            begun = time.process_time_ns()
            text = read(case)
            taken.append((time.process_time_ns() - begun) / 1e3)
        found.append((text, min(taken)))
    return found


def _theirs(name: str, cases: Sequence[Case], longer: Sequence[Case]) -> Row:
    with tempfile.TemporaryDirectory(prefix="atsauce-bench-") as folder:
        try:
            python = _installed(name, Path(folder))
            given = json.dumps([_text(case.raw) for case in (*cases, *longer)])
            command = [str(python), str(Path(__file__).with_name("peer.py")), name]
            done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=RUN_S, check=True)
            found = json.loads(done.stdout)
            return _row(name, cases, found[: len(cases)], found[len(cases) :])
        except subprocess.TimeoutExpired:
            return Row(name, skipped="took too long")
        except (subprocess.CalledProcessError, OSError, ValueError) as error:
            said = str(getattr(error, "stderr", "") or error).strip().splitlines()
            return Row(name, skipped=(said or ["no reason given"])[-1][:80])


def _installed(name: str, folder: Path) -> Path:
    """A Python with this package and nothing else; the registry is the one that pip is set up for."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True, timeout=INSTALL_S)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=0", name]
    subprocess.run(install, check=True, capture_output=True, text=True, timeout=INSTALL_S)
    return python


def _text(raw: bytes) -> str:
    """What these libraries take: the text part, or the text of the HTML where there is none."""
    message = message_from_bytes(raw, policy=policy.default)
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        content = str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, ValueError):
        return ""
    if part.get_content_type() == "text/plain":
        return content
    return "\n".join("> " * line.depth + line.text for line in html_lines(content))


def _row(
    name: str, cases: Sequence[Case], found: Sequence[tuple[str, float]], longer: Sequence[tuple[str, float]]
) -> Row:
    exact = sum(_right(case, text) for case, (text, _) in zip(cases, found, strict=True))
    return Row(name, exact, len(cases), median(us for _, us in found), median(us for _, us in longer))


def _right(case: Case, text: str) -> bool:
    """What was typed and nothing else; a signature may stay, since most of these libraries mean to keep it."""
    new, signature = folded(case.truth["new_text"]), folded(str(case.truth.get("signature") or ""))
    return folded(text) in (new, f"{new} {signature}", f"{new} -- {signature}")
