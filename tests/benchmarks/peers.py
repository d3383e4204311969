"""Newly written text and microseconds a message, beside four libraries of PyPI, each in a throwaway environment."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from statistics import median

from intake.channels.email.reply import new_text
from intake.channels.email.reply.html import html_lines
from tests.benchmarks.replies import Case, folded

LIBRARIES = ("talon", "mail-parser-reply", "quotequail", "email-reply-parser")
INSTALL_S, RUN_S = 180, 120


@dataclass(frozen=True)
class Row:
    """What one reader took out of all mails: how many exactly, and the median time; or why it was left out."""

    name: str
    exact: int = 0
    of: int = 0
    microseconds: float = 0.0
    skipped: str = ""

    def __str__(self) -> str:
        if self.skipped:
            return f"{self.name:34}left out: {self.skipped}"
        return f"{self.name:34}{self.exact:>4} of {self.of:<6}{self.microseconds:>8.0f} us"


def rows(cases: Sequence[Case]) -> list[Row]:
    """Ours with and without the letter that was answered, then the others, which know no letter."""
    ours = [
        _ours("Atsauce, the letter known", cases, lambda case: new_text(case.raw, case.sent)),
        _ours("Atsauce, the letter not known", cases, lambda case: new_text(case.raw, None)),
    ]
    return ours + [_theirs(name, cases) for name in LIBRARIES]


def _ours(name: str, cases: Sequence[Case], read: Callable[[Case], str]) -> Row:
    found = []
    for case in cases:
        begun = time.perf_counter()
        text = read(case)
        found.append((text, (time.perf_counter() - begun) * 1e6))
    return _row(name, cases, found)


def _theirs(name: str, cases: Sequence[Case]) -> Row:
    with tempfile.TemporaryDirectory(prefix="atsauce-bench-") as folder:
        try:
            python = _installed(name, Path(folder))
            given = json.dumps([_text(case.raw) for case in cases])
            command = [str(python), str(Path(__file__).with_name("peer.py")), name]
            done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=RUN_S, check=True)
            return _row(name, cases, json.loads(done.stdout))
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
    part = message.get_body(("plain", "html"))  # type: ignore[attr-defined]
    if part is None:
        return ""
    try:
        content = str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, ValueError):
        return ""
    if part.get_content_type() == "text/plain":
        return content
    return "\n".join("> " * line.depth + line.text for line in html_lines(content))


def _row(name: str, cases: Sequence[Case], found: Sequence[Sequence[object]]) -> Row:
    pairs = [(str(text), float(str(us))) for text, us in found]
    exact = sum(_right(case, text) for case, (text, _) in zip(cases, pairs, strict=True))
    return Row(name, exact, len(cases), median(us for _, us in pairs))


def _right(case: Case, text: str) -> bool:
    """What was typed and nothing else; a signature may stay, since most of these libraries mean to keep it."""
    new, signature = folded(case.truth["new_text"]), folded(str(case.truth.get("signature") or ""))
    return folded(text) in (new, f"{new} {signature}", f"{new} -- {signature}")
