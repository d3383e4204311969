"""Submissions written for other survey tools."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import Session

from intake import audit, exchange, export
from intake.commands import screen
from intake.commands.acting import ACTOR
from intake.commands.opening import Counter
from intake.commands.questionnaires import said


def export_to(c: Counter, folder: Path, format: exchange.Format, *, split: bool) -> None:
    """Write the files and say which."""

    def rule(session: Session) -> tuple[dict[str, str], int]:
        contents, count = exchange.files(session, c.desk, format, split=split)
        audit.note(session, c.now(), ACTOR, "export", format.value, f"{count} submissions")
        return contents, count

    contents, count = c.change(rule)
    for path in export.save(contents, folder):
        screen.say(str(path))
    screen.say(said("exported", count=count))
