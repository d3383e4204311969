"""Everything of one story together: the campaign's files, the servers, the service, the commands and the people."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import tomlkit
from sqlalchemy import select
from sqlmodel import col
from typer.testing import CliRunner, Result

from intake.cli import app
from intake.clock import Clock
from intake.playground.bot_api import BotApi
from intake.store import Store, opened
from intake.tables import AuditEvent, Inbox
from tests.acceptance.chat import Chat
from tests.acceptance.post import INTAKE, Correspondent, Post
from tests.acceptance.service import ATSAUCE, Service

STAFF = "fonds@example.org"
MORNING = "2026-11-25T09:30:00+02:00"
"""A Wednesday within the sending hours; the wall clock plays no part."""
DEADLINE = "2026-12-18"
WAIT_S = 60.0
CONTACTS = "email,name,organisation,language,salutation,previous_survey,source,basis,obtained_at"
_LINK = re.compile(r"https://t\.me/(\w+)\?start=([\w-]+)")


@dataclass
class Place:
    """Where a story happens. `database` is the URL; `folder` holds the files of campaign and data."""

    folder: Path
    database: str
    api: BotApi
    post: Post
    clock: Clock
    extra: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.service = Service(self.folder)
        self.campaign = self.folder / "campaign"
        self._correspondents: dict[str, Correspondent] = {}

    # --- settings and commands --------------------------------------------------------------------------------------

    def settings(self) -> dict[str, str]:
        """The whole environment of the service and its commands; the clock goes on from one to the next."""
        return {
            **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "ATSAUCE_DATABASE_URL": self.database,
            "ATSAUCE_TELEGRAM_TOKEN": self.api.token,
            "ATSAUCE_TELEGRAM_API_URL": self.api.url,
            "ATSAUCE_SMTP_URL": self.post.smtp_url(),
            "ATSAUCE_IMAP_URL": self.post.imap_url(),
            "ATSAUCE_MAIL_ADDRESS": INTAKE,
            "ATSAUCE_STAFF": STAFF,
            "ATSAUCE_CAMPAIGN": str(self.campaign),
            "ATSAUCE_DATA": str(self.folder / "data"),
            "ATSAUCE_SECRET": "a secret of the tests",
            "ATSAUCE_CLOCK": self.clock.now().isoformat(),
            "ATSAUCE_WEB_PORT": "0",
            **self.extra,
        }

    async def atsauce(self, *arguments: str, refused: bool = False) -> str:
        """Run a command in this process, where a process of its own would add nothing but time; what it printed."""
        result = await asyncio.to_thread(self._invoke, arguments)
        if result.exit_code != (1 if refused else 0):
            raise AssertionError(f"atsauce {' '.join(arguments)} gave {result.exit_code}:\n{result.output}")
        return result.output

    async def json(self, *arguments: str) -> Any:
        return json.loads(await self.atsauce(*arguments, "--json"))

    async def process(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command as an operator does."""
        command = [str(ATSAUCE), *arguments]
        return await asyncio.to_thread(
            subprocess.run, command, cwd=self.folder, env=self.settings(), capture_output=True, text=True, timeout=90
        )

    def _invoke(self, arguments: tuple[str, ...]) -> Result:
        stale: dict[str, str | None] = {name: None for name in os.environ if name.startswith("ATSAUCE_")}
        return CliRunner().invoke(app, list(arguments), env=stale | self.settings(), catch_exceptions=False)

    # --- the staff's preparations -----------------------------------------------------------------------------------

    async def prepare(self, **changes: Any) -> None:
        """A new campaign, edited as a member of the staff would, over a database with today's tables."""
        await self.atsauce("campaign", "new", str(self.campaign), "--opening", "2026-11-23", "--deadline", DEADLINE)
        self.edit(**changes)
        if not self.database.startswith("sqlite"):
            await self.atsauce("migrate")

    def edit(self, **changes: Any) -> None:
        """Change values of campaign.toml; `referrals__approval` is `approval` under `[referrals]`."""
        path = self.campaign / "campaign.toml"
        document: Any = tomlkit.parse(path.read_text(encoding="utf-8"))
        for name, value in changes.items():
            table, _, key = name.rpartition("__")
            (document[table] if table else document)[key] = value
        path.write_text(tomlkit.dumps(document), encoding="utf-8")

    def contacts(self, *rows: str) -> Path:
        """A list of contacts; a row is `email,name,organisation,language,salutation,previous_survey` or less."""
        path = self.folder / "contacts.csv"
        lines = [f"{row}{',' * (5 - row.count(','))},tīmekļvietne,VDAR 6(1)(e),2026-11-02" for row in rows]
        path.write_text("\n".join([CONTACTS, *lines]) + "\n", encoding="utf-8")
        return path

    async def invited(self, *rows: str) -> None:
        """These contacts, imported and invited."""
        await self.atsauce("contacts", "import", str(self.contacts(*rows)))
        await self.atsauce("invite")

    # --- the service ------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        await self.service.start(self.settings())

    async def restart(self, at: str | None = None) -> None:
        """Stop it in order and start it again on the same data, perhaps at another instant."""
        await self.service.stop()
        if at is not None:
            self.clock.jump(datetime.fromisoformat(at))
        await self.start()

    async def status(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.json("status")
        return found

    async def until(self, holds: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        """Wait until the status satisfies `holds`. The service tells nobody outside, so it is asked again and again."""
        try:
            async with asyncio.timeout(WAIT_S):
                while not holds(status := await self.status()):  # noqa: ASYNC110 (another process)
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"not within {WAIT_S:.0f} s: {what}; status: {status}\n{self.service.log()}") from None
        return status

    async def quiet(self) -> dict[str, Any]:
        """Wait until everything that came in is handled and everything due is sent."""
        return await self.until(
            lambda found: not (found["inbox"]["waiting"] or found["outbox"]["due"] or found["outbox"]["sending"]),
            "nothing waits and nothing is due",
        )

    # --- the people -------------------------------------------------------------------------------------------------

    def mail(self, address: str, name: str = "Anna Ozola") -> Correspondent:
        """The person with this mailbox; the same one at every call."""
        if address not in self._correspondents:
            self._correspondents[address] = Correspondent(self.post, address, name, self.clock.now)
        return self._correspondents[address]

    def staff(self) -> Correspondent:
        return self.mail(STAFF, "Fonds")

    def chat(self, person_id: int, first_name: str = "Anna") -> Chat:
        return Chat(self.api.person(person_id, first_name))

    async def row(self, address: str) -> dict[str, Any]:
        """The person with this address as `atsauce people` shows them."""
        found: list[dict[str, Any]] = await self.json("people")
        return next(row for row in found if address in row["addresses"])

    async def audit(self) -> list[tuple[str, str]]:
        """The audit trail: (act, who), oldest first."""
        store = Store(self.database)
        try:
            statement = select(AuditEvent).order_by(col(AuditEvent.id))
            return await store.read(lambda session: [(row.act, row.actor) for row in session.scalars(statement)])
        finally:
            store.close()

    async def outcomes(self, count: int) -> Counter[str]:
        """What became of the mails, once so many are handled: how often each word."""
        handled = select(col(Inbox.outcome)).where(col(Inbox.channel) == "email", col(Inbox.outcome) != "")
        with opened(self.database) as store:
            async with asyncio.timeout(WAIT_S):
                while len(found := await store.read(lambda s: list(s.scalars(handled)))) < count:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        return Counter(found)

    async def exported(self, name: str = "submissions") -> list[dict[str, Any]]:
        folder = self.folder / "export"
        await self.atsauce("export", "--format", "json", str(folder))
        rows: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return rows


def links(text: str) -> list[str]:
    """What stands after `start=` in the Telegram links of a letter, in their order."""
    return [payload for _, payload in _LINK.findall(text)]
