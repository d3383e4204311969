"""The report on the campaign: on the screen, for a program, or as a page to keep and to pass on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from intake import audit, export
from intake import report as reports
from intake.commands import screen
from intake.commands.acting import ACTOR
from intake.commands.campaigns import AsJson
from intake.commands.opening import Counter, counter


def report(
    page: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Write it as a page (.html) that any browser shows."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Report on the campaign in numbers: steps, channels, waves, suggestions, topics covered and topics missing."""
    with counter() as c:
        found = c.look(lambda session: reports.compose(session, c.desk, c.now()))
        if page is not None:
            (path,) = export.save({page.name: reports.as_page(found, c.desk)}, page.parent)
            c.change(lambda session: _note(session, c))
            screen.say(c.say("report_written", path=path))
        elif as_json:
            screen.data(found)
        else:
            _show(c, found)


def _note(session: Session, c: Counter) -> None:
    audit.note(session, c.now(), ACTOR, "export", "report")


def _show(c: Counter, found: dict[str, Any]) -> None:
    for part in reports.tables(found, c.language):
        screen.table(part.header, part.rows, title=part.title)
    for line in reports.sentences(found, c.language):
        screen.say(line)
