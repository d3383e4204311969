"""What both benchmarks need: a campaign in a folder, databases of the two kinds, and the service's settings."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from intake import campaign_files
from tests.servers import postgres

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
"""A Tuesday within sending hours, so that letters go out whenever the benchmark runs."""
WINDOW = campaign_files.Window(date(2026, 3, 2), date(2026, 4, 10))
ADDRESS = "anketa@example.org"


@dataclass(frozen=True)
class Kind:
    """A kind of database: `fresh(prepare)` gives the URL of one that `prepare(url)` filled; prepared once a name."""

    name: str
    fresh: Callable[[str, Callable[[str], None]], str]


@dataclass
class Place:
    """A folder with the campaign, and settings that point the service at it."""

    folder: Path
    kinds: list[Kind] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def settings(self, url: str, **more: str) -> dict[str, str]:
        return {
            "ATSAUCE_CAMPAIGN": str(self.folder / "campaign"),
            "ATSAUCE_DATA": str(self.folder / "data"),
            "ATSAUCE_DATABASE_URL": url,
            "ATSAUCE_SECRET": "a secret of no value for the benchmark",
            "ATSAUCE_CLOCK": NOW.isoformat(),
            "ATSAUCE_WEB_PORT": "0",
            "ATSAUCE_MAIL_ADDRESS": ADDRESS,
            **more,
        }


@contextmanager
def opened() -> Iterator[Place]:
    """The place with SQLite, and with PostgreSQL where it is installed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="atsauce-bench-")))
        campaign_files.write(folder / "campaign", WINDOW)
        place = Place(folder, [Kind("SQLite (FULL)", _sqlite(folder))])
        if (reason := postgres.why_not()) is None:
            cluster = stack.enter_context(postgres.cluster(fsync=True))
            place.kinds.append(
                Kind("PostgreSQL", lambda name, prepare: cluster.database(cluster.template(name, prepare)))
            )
        else:
            place.missing.append(reason)
        yield place


def _sqlite(folder: Path) -> Callable[[str, Callable[[str], None]], str]:
    numbers = count(1)

    def fresh(name: str, prepare: Callable[[str], None]) -> str:
        template, copy = folder / f"{name}.db", folder / f"{name}-{next(numbers)}.db"
        if not template.exists():
            prepare(f"sqlite:///{template}")
        shutil.copyfile(template, copy)
        return f"sqlite:///{copy}"

    return fresh
