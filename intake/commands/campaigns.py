"""Preparing a campaign: its files, and what is wrong with a questionnaire."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from conversations.answers import dates
from conversations.answers.outcome import Parsed
from intake import campaign_files, forms, xlsform
from intake.commands import screen
from intake.commands.opening import REFUSED, language, refuse, refusing, said
from intake.opening import clock_of
from intake.settings import Settings
from intake.wording.refusal import sentence
from intake.xlsform import Severity

campaign = typer.Typer(help="Write the files of a campaign.", no_args_is_help=True)
form = typer.Typer(help="Look at a questionnaire.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of a table.")]


def day(text: str) -> date:
    """A date as people type it; wrong use where it is none."""
    read = dates.day(text, clock_of(Settings()).now())
    if not isinstance(read, Parsed):
        raise typer.BadParameter(sentence("no_date", text=text).text(language()))
    return date.fromisoformat(read.value)


@campaign.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    deadline: Annotated[
        date | None,
        typer.Option(
            parser=day, metavar="DATE", help="The last day for answers; by default about a month from the opening."
        ),
    ] = None,
    opening: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DATE", help="The first day on which letters go out; by default today."),
    ] = None,
) -> None:
    """Write the built-in campaign into a folder, to be edited."""
    with refusing():
        today = clock_of(Settings()).now().astimezone(campaign_files.ZONE).date()
        window = campaign_files.window(today, opening, deadline)
        if window is None:
            refuse(said("deadline_before_opening"))
        if campaign_files.occupied(folder):
            refuse(said("folder_occupied", folder=folder))
        written = campaign_files.write(folder, window)
        screen.say(said("campaign_written", folder=folder, files=len(written)))
        screen.say(said("campaign_next", folder=folder.resolve()))
        if window.deadline < today:
            screen.problem(said("deadline_past", deadline=window.deadline))


@form.command()
def lint(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)],
    as_json: AsJson = False,
) -> None:
    """Say everything that is wrong with a questionnaire (.xlsx, .csv or .md)."""
    spoken = language()
    format = xlsform.format_of(file.suffix)
    if format is None:
        raise typer.BadParameter(sentence("no_questionnaire", file=file.name).text(spoken), param_hint="FILE")
    with refusing():
        files = forms.code_lists(file.parent)
        findings = xlsform.lint(xlsform.read_bytes(file), format=format, files=files, language=spoken)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if as_json:
        names = ("severity", "sheet", "row", "column", "message", "remedy")
        rows = [{name: getattr(finding, name) for name in names} for finding in findings]
        screen.data({"file": str(file), "ok": not errors, "findings": rows})
    else:
        for finding in findings:
            screen.say(f"{said(f'severity_{finding.severity}')} {finding}")
        screen.say(said("form_errors", errors=errors) if errors else said("form_ok", file=file.name))
    if errors:
        raise typer.Exit(REFUSED)
