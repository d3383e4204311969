"""Letters a second: due in the outbox -> leased -> sending -> SMTP -> sent, beside a bare aiosmtplib loop."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from intake import contacts, migrations, outreach
from intake.channels.email.message import identified, render
from intake.clock import Clock
from intake.opening import campaign_of, open_desk
from intake.settings import Settings
from intake.store import opened as open_store
from intake.tables import CampaignState, Outbox
from tests.benchmarks.child import ATSAUCE, Child, module, running
from tests.benchmarks.place import NOW, Kind, Place
from tests.benchmarks.table import Result

LETTERS = 250


def measure(place: Place, runs: int, tell: Callable[[str], None]) -> list[Result]:
    """The service on each kind of database and the bare loop, in turn."""
    times: dict[str, list[tuple[float, float]]] = {}
    with ExitStack() as stack:
        sink = stack.enter_context(running(module("sink")))
        address = sink.line()
        for run in range(runs):
            for kind in place.kinds:
                tell(f"letters, run {run + 1} of {runs}: {kind.name}")
                times.setdefault(kind.name, []).append(_service(place, kind, sink, address))
            tell(f"letters, run {run + 1} of {runs}: the bare loop")
            times.setdefault("", []).append(_bare(place, sink, address))
    bare = times.pop("")
    return [Result("letters", name, own, bare, "aiosmtplib") for name, own in times.items()]


def _service(place: Place, kind: Kind, sink: Child, address: dict[str, str]) -> tuple[float, float]:
    """Letters a second, and CPU seconds a letter. Invitations wait in a paused campaign until the service is there."""
    url = kind.fresh("invited", lambda url: _invite(place, url))
    servers = {
        "ATSAUCE_SMTP_URL": f"smtp://{address['host']}:{address['port']}",
        "ATSAUCE_IMAP_URL": "imap://nobody:nothing@127.0.0.1:1",
    }
    with running([ATSAUCE, "run", "--role", "deliver"], place.settings(url, **servers)) as service:
        service.until("ready")
        before = service.cpu_s()
        with open_store(url) as store:
            store.run(_resume)
        came = sink.ask(letters=LETTERS)
        return (came["letters"] - 1) / came["seconds"], (service.cpu_s() - before) / came["letters"]


def _bare(place: Place, sink: Child, address: dict[str, str]) -> tuple[float, float]:
    with running(module("bare_loop", str(address["host"]), str(address["port"]))) as loop:
        loop.ask(folder=str(place.folder / "letters"))
        before = loop.cpu_s()
        came = sink.ask(letters=LETTERS)
        return (came["letters"] - 1) / came["seconds"], (loop.cpu_s() - before) / came["letters"]


def _invite(place: Place, url: str) -> None:
    settings = Settings(
        campaign=place.folder / "campaign", data=place.folder / "data", database_url=url, clock=NOW, _env_file=None
    )
    clock = Clock(NOW)
    with open_store(url) as store:
        migrations.upgrade(store.engine)
        desk = open_desk(settings, store, campaign_of(settings), clock)

        def invite(session: Session) -> None:
            session.add(CampaignState(id=1, paused_at=NOW))
            contacts.load(session, desk, enumerate(_contacts(), 2), {}, NOW)
            outreach.invite_all(session, desk, NOW)

        store.run(invite)
        store.run(lambda session: _write(session, place.folder / "letters"))


def _contacts() -> list[dict[str, str]]:
    given = {"source": "mājaslapa", "basis": "VDAR 6(1)(e)", "obtained_at": "2026-03-02", "language": "lv"}
    return [given | {"email": f"info{n}@biedriba{n}.example", "organisation": f"Biedrība {n}"} for n in range(LETTERS)]


def _write(session: Session, folder: Path) -> None:
    """The same letters as files, for the bare loop."""
    folder.mkdir(exist_ok=True)
    for row in session.scalars(select(Outbox).order_by(col(Outbox.id))):
        (folder / f"{row.id:05}.eml").write_bytes(render(identified(row.payload, row.id or 0)))


def _resume(session: Session) -> None:
    session.get_one(CampaignState, 1).paused_at = None
