"""How the campaign goes: counts, plan, digest, suggestions, export."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlmodel import Session, col

from intake import audit, exchange, export, numbers, outreach
from intake import digest as digests
from intake.acts import Act, Verb
from intake.commands import exchanged, screen
from intake.commands.acting import ACTOR, act
from intake.commands.campaigns import AsJson
from intake.commands.opening import counter, refuse
from intake.tables import Nomination, NominationState

referrals = typer.Typer(help="Suggested organisations: list them, approve them, decline them.")

Numbers = Annotated[list[int], typer.Argument(metavar="N...", min=1, help="Numbers of suggestions.")]


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    XML = "xml"
    ODK_CSV = "odk-csv"
    KOBO_CSV = "kobo-csv"


def status(as_json: AsJson = False) -> None:
    """Show how the campaign stands, in counts."""
    with counter() as c:
        found = c.look(numbers.status)
        if as_json:
            screen.data(found)
        else:
            rows = [(c.say(f"status_{name}"), value) for name, value in _flat(found)]
            screen.table((c.say("what"), c.say("count")), rows)


def _flat(found: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}_")
        else:
            yield f"{prefix}{name}", value


def plan(as_json: AsJson = False) -> None:
    """List what will go out to whom and when, as things stand now."""
    with counter() as c:
        planned = c.look(lambda session: outreach.plan(session, c.desk, c.now()))
        local = c.desk.campaign.local
        if as_json:
            rows = [
                {"at": local(one.at), "kind": one.kind, "person": one.person_id, "address": one.address}
                for one in planned
            ]
            screen.data(rows)
            return
        header = [c.say(f"column_{name}") for name in ("at", "kind", "number", "address")]
        screen.table(header, ((f"{local(p.at):%Y-%m-%d %H:%M}", p.kind, p.person_id, p.address) for p in planned))
        screen.say(c.say("planned", letters=len(planned)))


def digest(
    send: Annotated[bool, typer.Option("--send", help="Send it to the staff now.")] = False, as_json: AsJson = False
) -> None:
    """Show what the staff's digest would say now."""
    with counter() as c:
        if send:
            if not c.desk.staff:
                refuse(c.say("no_staff"))
            sent = c.change(lambda session: digests.send(session, c.desk, c.now()))
            screen.say(c.say("digest_sent", letters=sent))
            return
        values = c.look(lambda session: digests.compose(session, c.desk, c.now()))
        if as_json:
            screen.data(values)
        else:
            written = c.look(lambda session: digests.written(session, c.desk, values))
            screen.say(written.subject + "\n\n" + written.text)


def export_to(
    folder: Annotated[Path, typer.Argument(metavar="DIR", file_okay=False, help="Where the files are written.")],
    format: Annotated[
        Format,
        typer.Option(
            "--format",
            help="xlsx or csv for a spreadsheet, json with everything; xml, odk-csv, kobo-csv for other survey tools.",
        ),
    ],
    split: Annotated[bool, typer.Option("--split", help="In odk-csv, a column for each choice.")] = False,
) -> None:
    """Write initiatives and submissions with all answers as files."""
    with counter() as c:
        if format not in (Format.CSV, Format.XLSX, Format.JSON):
            exchanged.export_to(c, folder, exchange.Format(format.value), split=split)
            return
        found = c.change(lambda session: _export(session, c.desk, format, c.now()))
        for path in export.write(found, folder):
            screen.say(str(path))
        screen.say(c.say("exported", initiatives=len(found.initiatives), submissions=len(found.submissions)))


def _export(session: Session, desk: Any, format: Format, now: Any) -> export.Tables:
    found = export.gather(session, desk, format.value)
    audit.note(session, now, ACTOR, "export", format.value, f"{len(found.submissions)} submissions")
    return found


@referrals.callback(invoke_without_command=True)
def suggested(context: typer.Context, as_json: AsJson = False) -> None:
    """Suggested organisations: list them, approve them, decline them."""
    if context.invoked_subcommand is None:
        _list(as_json, everything=False)


@referrals.command("list")
def list_all(
    everything: Annotated[bool, typer.Option("--all", help="Those that were decided as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the suggestions that wait for a decision."""
    _list(as_json, everything)


@referrals.command()
def approve(numbers: Numbers) -> None:
    """Invite suggested organisations, each once whoever else names it."""
    act(Act(Verb.APPROVE, numbers=tuple(numbers)))


@referrals.command()
def decline(numbers: Numbers) -> None:
    """Do not invite suggested organisations; their addresses are not kept."""
    act(Act(Verb.DECLINE, numbers=tuple(numbers)))


def _list(as_json: bool, everything: bool) -> None:
    with counter() as c:
        rows = c.look(lambda session: _nominations(session, everything))
        if as_json:
            screen.data(rows)
            return
        names = ("number", "organisation", "municipality", "email", "referrer", "state")
        header = [c.say(f"column_{name}") for name in names]
        cells = ([c.say(f"nomination_{row['state']}") if n == "state" else row[n] or "" for n in names] for row in rows)
        screen.table(header, cells)
        if any(row["state"] == NominationState.WAITING for row in rows):
            screen.say(c.say("how_to_decide"))


def _nominations(session: Session, everything: bool) -> list[dict[str, Any]]:
    statement = select(Nomination).order_by(col(Nomination.id))
    if not everything:
        statement = statement.where(col(Nomination.state) == NominationState.WAITING)
    return [
        {
            "number": row.id,
            "organisation": row.organisation,
            "municipality": row.municipality,
            "email": row.email,
            "referrer": row.referrer_id,
            "state": str(row.state),
            "person": row.person_id,
            "created_at": row.created_at,
        }
        for row in session.scalars(statement)
    ]
