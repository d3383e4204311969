"""`atsauce playground`: the invented campaign with its people, and the real service running against local servers."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer
from sqlmodel import Session

from intake import app, campaign_files, contacts, log, outreach
from intake.campaign import load
from intake.clock import Clock
from intake.desk import Desk
from intake.playground import app as servers
from intake.playground.app import Playground, Ports
from intake.playground.wording import words
from intake.settings import Settings

FOLDER, STAFF = "playground", "staff"
PAGE_PORT = 8090
OPEN_FOR = timedelta(days=26)
BASIS = {"source": "izdomāts saraksts", "basis": "GDPR 6(1)(e)"}


def main() -> None:
    """Run until Ctrl-C. What an earlier run left is removed: every try begins anew."""
    log.configure()
    asyncio.run(_run(Settings(_env_file=None).data / FOLDER))


async def _run(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    campaign_folder = folder / "campaign"
    today = datetime.now(UTC).date()
    campaign_files.write(campaign_folder, campaign_files.Window(today, today + OPEN_FOR))
    clock = Clock(_working_morning(campaign_folder))
    place = await _servers(clock)
    try:
        settings = _settings(folder, campaign_folder, place, clock)
        async with app.opened(settings, clock) as service:
            await service.store.write(lambda session: _invite(session, service.desk, place, clock))
            await app.run(service, on_ready=lambda: _welcome(place))
    finally:
        await place.close()


async def _servers(clock: Clock) -> Playground:
    """On the usual port of the page, or on any free one when that is taken."""
    try:
        return await servers.start(ports=Ports(page=PAGE_PORT), clock=clock.now)
    except OSError:
        return await servers.start(clock=clock.now)


def _working_morning(folder: Path) -> datetime:
    """The campaign's clock begins within the sending hours, also on a Sunday night."""
    return load(folder).next_sending(datetime.now(UTC))


def _settings(folder: Path, campaign_folder: Path, place: Playground, clock: Clock) -> Settings:
    """Only what points here: nothing of the environment, so that nobody outside can be reached."""
    named = {name.removeprefix("ATSAUCE_").lower(): value for name, value in place.settings().items()}
    return Settings.model_validate(
        named
        | {
            "campaign": campaign_folder,
            "data": folder,
            "database_url": f"sqlite:///{folder / 'atsauce.db'}",
            "staff": place.residents[STAFF].address,
            "secret": "the playground keeps no secrets",
            "clock": clock.now(),
            "web_port": 0,
        }
    )


def _invite(session: Session, desk: Desk, place: Playground, clock: Clock) -> None:
    """The residents as a list of contacts, imported and invited as the staff would."""
    people = [resident for resident in place.residents.values() if resident.key != STAFF]
    given = BASIS | {"obtained_at": clock.now().date().isoformat()}
    rows = [
        (number, {"email": one.address, "name": one.name, "language": one.language})
        for number, one in enumerate(people, 2)
    ]
    contacts.load(session, desk, iter(rows), given, clock.now())
    outreach.invite_all(session, desk, clock.now())


def _welcome(place: Playground) -> None:
    typer.echo(words("lv")["terminal"]["ready"].format(address=place.page_url))
