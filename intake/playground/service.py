"""`atsauce playground`: a campaign with invented people, and the real service running against local servers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import typer

from intake import campaign_files, log
from intake.campaign import Campaign, load
from intake.clock import Clock
from intake.playground import app as servers
from intake.playground.app import Playground, Ports
from intake.playground.rehearsal import Closed, Rehearsal
from intake.playground.wording import words
from intake.settings import Settings

FOLDER, STAFF = "playground", "staff"
PAGE_PORT = 8090
OPEN_FOR = timedelta(days=26)


def main(campaign: Path | None = None) -> None:
    """Run until Ctrl-C, with the built-in campaign or a copy of one's own folder; every try begins anew."""
    log.configure()
    data = Settings(_env_file=None).data
    without_proxies()
    with contextlib.suppress(KeyboardInterrupt):  # pressed before it was ready
        asyncio.run(_run(data / FOLDER, campaign))


def without_proxies() -> None:
    """Forget the proxies of the environment: a call to this machine must not go through another."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]


async def _run(folder: Path, own: Path | None) -> None:
    stop = asyncio.Event()
    async with running(folder, own, on_running=lambda: _catch_signals(stop)) as place:
        typer.echo(words("lv")["terminal"]["ready"].format(address=place.page_url))
        await _until_stopped(stop, place.rehearsal)


@contextlib.asynccontextmanager
async def running(
    folder: Path,
    own: Path | None = None,
    *,
    page_port: int = PAGE_PORT,
    on_running: Callable[[], None] = lambda: None,
) -> AsyncIterator[Playground]:
    """The playground with the service in it and its people invited; `folder` is emptied first."""
    campaign = _prepare(folder, own)
    clock = Clock(_beginning(campaign))
    place = await _servers(clock, page_port)
    rehearsal = place.stage.rehearsal = Rehearsal(settings(folder, campaign.folder, place, clock), clock, on_running)
    try:
        await rehearsal.start()
        await rehearsal.invite([one for one in place.residents.values() if one.key != STAFF])
        yield place
    finally:
        await rehearsal.close()
        await place.close()


def _prepare(folder: Path, own: Path | None) -> Campaign:
    """A fresh folder with the campaign to try; the staff's own is copied and stays as it is."""
    target = folder / "campaign"
    if own is not None:
        load(own)  # a campaign that cannot be used is refused before anything is removed
    shutil.rmtree(folder, ignore_errors=True)
    if own is not None:
        shutil.copytree(own, target)
    else:
        today = datetime.now(UTC).date()
        campaign_files.write(target, campaign_files.Window(today, today + OPEN_FOR))
    return load(target)


def _beginning(campaign: Campaign) -> datetime:
    """Within the sending hours, also on a Sunday night, and within the campaign, also when it is over."""
    now = datetime.now(UTC)
    if not campaign.opens() <= now <= campaign.closes():
        now = campaign.opens()
    return campaign.next_sending(now)


async def _servers(clock: Clock, page_port: int) -> Playground:
    """On the usual port of the page, or on any free one when that is taken."""
    try:
        return await servers.start(ports=Ports(page=page_port), clock=clock.now)
    except OSError:
        return await servers.start(clock=clock.now)


def settings(folder: Path, campaign_folder: Path, place: Playground, clock: Clock) -> Settings:
    """Only what points here: nothing of the environment, so that nobody outside can be reached."""
    named = {name.removeprefix("ATSAUCE_").lower(): value for name, value in place.settings().items()}
    return Closed.model_validate(
        named
        | {
            "campaign": campaign_folder,
            "data": folder,
            "database_url": f"sqlite:///{folder / 'atsauce.db'}",
            "staff": place.residents[STAFF].address,
            "staff_chat": place.residents[STAFF].group,
            "secret": "the playground keeps no secrets",
            "clock": clock.now(),
            "web_port": 0,
        }
    )


def _catch_signals(stop: asyncio.Event) -> None:
    """The playground ends as a whole; the service alone would leave its page standing."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)


async def _until_stopped(stop: asyncio.Event, rehearsal: Rehearsal) -> None:
    """Until somebody ends it, or the service ends by a fault, which is raised."""
    asked = asyncio.create_task(stop.wait())
    waiting: set[asyncio.Future[Any]] = {asked, rehearsal.fault}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if rehearsal.fault.done() and (error := rehearsal.fault.result()) is not None:
        raise error
