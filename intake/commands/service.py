"""The service itself: run it, check it, migrate its database, try again what it could not read."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from intake import audit, inbox, log, wording
from intake import check as checks
from intake.commands import screen
from intake.commands.acting import ACTOR
from intake.commands.campaigns import AsJson
from intake.commands.opening import REFUSED, counter, language, refusing, said
from intake.commands.opening import migrate as migrate_database
from intake.settings import Settings


def run(
    role: Annotated[
        list[str] | None,
        typer.Option(help="Do only this: receive, handle, deliver, schedule or web; may be given several times."),
    ] = None,
) -> None:
    """Run the service until it is told to end."""
    from intake import app  # only here: it brings in every channel and the web server

    try:
        roles = [app.Role(name) for name in role] if role else list(app.Role)
    except ValueError as error:
        raise typer.BadParameter(f"{error}; there are: {', '.join(app.Role)}", param_hint="--role") from None
    log.configure(json=not sys.stderr.isatty())

    async def serve() -> None:
        async with app.opened(Settings()) as service:
            await app.run(service, roles, lambda: typer.echo(said("ready")))

    with refusing():
        asyncio.run(serve())


SendToSelf = Annotated[
    bool, typer.Option("--send-to-self", help="Mail our own address, to learn which kinds of addresses arrive.")
]


def check(as_json: AsJson = False, send_to_self: SendToSelf = False) -> None:
    """Say what is missing or unreachable, before anything is sent."""
    with refusing():
        lines = asyncio.run(checks.check(language(), send_to_self=send_to_self))
    if as_json:
        screen.data({"ok": all(line.ok for line in lines), "lines": [line.row() for line in lines]})
    else:
        for line in lines:
            screen.say(f"{said('check_ok' if line.ok else 'check_problem')} {line.text}")
        problems = sum(not line.ok for line in lines)
        screen.say(said("check_problems", problems=problems) if problems else said("check_all_well"))
    if not all(line.ok for line in lines):
        raise typer.Exit(REFUSED)


def migrate() -> None:
    """Bring the database up to date; may be run at any time."""
    migrate_database()
    screen.say(said("migrated"))


def replay() -> None:
    """Let what could not be read be tried again, for example after an update."""
    with counter() as c:
        screen.say(c.say("replayed", inputs=c.change(lambda session: _replay(session, c.now()))))


def _replay(session: Session, now: datetime) -> int:
    found = inbox.replay(session)
    audit.note(session, now, ACTOR, "replay", "inbox", f"{found} inputs")
    return found


def playground(
    campaign: Annotated[
        Path | None,
        typer.Argument(
            metavar="CAMPAIGN_DIR", exists=True, file_okay=False, help="A campaign of your own; it is copied first."
        ),
    ] = None,
) -> None:
    """Try a campaign here: a local mailbox, a local chat and a page to use both; nothing leaves this machine."""
    from intake.playground.wording import words

    typer.echo(words(wording.FIRST)["terminal"]["preparing"])
    from intake.playground import service  # only here: it brings in local mail and Bot API servers

    with refusing():
        service.main(campaign)
