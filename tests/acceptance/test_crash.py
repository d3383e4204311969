"""The service is killed at named points and at random while people answer; nothing is lost, nothing is sent twice."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from intake import campaign_files
from intake.playground.bot_api import BotApi
from intake.playground.mail import MailServer
from intake.store import Store
from intake.tables import Mark
from tests.acceptance.crash import verdict
from tests.acceptance.crash.crowd import CONTACTS, INTAKE, Crowd
from tests.acceptance.crash.service import Service, service
from tests.servers import postgres
from tests.servers.fixtures import postgres_cluster
from tests.servers.required import need

__all__ = ["postgres_cluster"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

WINDOW = campaign_files.Window(date(2026, 3, 16), date(2026, 4, 10))
INVITING = datetime(2026, 3, 23, 8, tzinfo=UTC)
"""A Monday at ten in Riga."""
REMINDING = datetime(2026, 3, 25, 11, tzinfo=UTC)
"""Ten working days before the deadline (Easter is between), after the hour of the reminders."""
LETTERS_GO = ("email: sending*3", "email: sending*3", "email: sent*2", "email: marked*2")
ANSWERS_COME = (
    *("telegram: heard", "telegram: recorded", "telegram: recorded", "handling*3", "handled*2", "committing*9"),
    *("telegram: leased*2", "telegram: sending*4", "telegram: sending*4", "telegram: sent*3", "telegram: sent*3"),
    *("fetching", "fetched", "fetching*2", "fetched*2", "storing", "stored"),
    *("telegram: marked*2", "email: heard", "email: recorded", "ticked*2", "telegram: draining"),
)
LETTERS_ARE_ANSWERED = ("email: leased", "email: sending", "email: sent", "email: draining")
REMINDERS_GO = ("ticking", "telegram: sending*2", "telegram: sent*2", "email: sending*2", "email: sent*2", "ticked")
RANDOM_KILLS = 5
TEXTS_A_START = 9
FILES = 2
QUIET_S, PATIENCE_S = 4.0, 15.0


@dataclass
class Story:
    """Everything that one run needs."""

    crowd: Crowd
    service: Service
    store: Store
    folder: Path

    async def until_killed(self, crash_at: str, texts: int = TEXTS_A_START, replies: int = 0) -> None:
        """Start, let people say something, and see it die at the named point."""
        await self.service.start(crash_at)
        self.crowd.type(texts)
        await self.crowd.reply(replies)
        self.crowd.send_files(FILES * crash_at.startswith(("fetch", "stor")))
        if crash_at.endswith("draining"):
            self.service.terminate()
        try:
            assert await self.service.ended(PATIENCE_S) == -signal.SIGKILL, crash_at
        except TimeoutError:
            pytest.fail(f"it never came to {crash_at!r}")
        self.service.kills += 1
        await self.nothing_confirmed_is_missing()

    async def until_quiet(self) -> None:
        """Run undisturbed until nothing waits; where the service is to wait for minutes, its clock is moved on."""
        for _ in range(8):
            await self.service.start()
            try:
                await until(self._quiet, QUIET_S)
                return
            except TimeoutError:
                pass
            finally:
                self.service.terminate()
                assert await self.service.ended() == 0
        pytest.fail("something never came to an end")

    async def begin_to_listen(self) -> None:
        """Mail is read from the first look at the mailbox on."""
        await self.service.start()
        await until(self._listening, PATIENCE_S)
        await self.service.kill()

    async def nothing_confirmed_is_missing(self) -> None:
        recorded = await self.store.read(verdict.recorded)
        assert recorded.get("telegram", 0) >= self.crowd.api.account.updates.confirmed

    async def invite(self, contacts: range) -> None:
        path = self.crowd.contacts(self.folder / "contacts.csv", contacts)
        assert await self.service.command("contacts", "import", str(path)) == 0
        assert await self.service.command("invite") == 0

    async def _quiet(self) -> bool:
        return not len(self.crowd.api.account.updates) and await self.store.read(verdict.busy) == 0

    async def _listening(self) -> bool:
        return await self.store.read(lambda session: session.get(Mark, "email")) is not None


async def until(holds: Callable[[], Awaitable[bool]], timeout_s: float) -> None:
    """Look into the database of the other process until it is so; TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not await holds():  # noqa: ASYNC110 - nothing tells of a row
            await asyncio.sleep(0.05)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'atsauce.db'}"
    need(postgres.why_not())
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    return cluster.database()


@pytest.fixture
async def story(database: str, tmp_path: Path) -> AsyncIterator[Story]:
    campaign_files.write(tmp_path / "campaign", WINDOW)
    async with BotApi() as api, MailServer() as mail:
        crowd = Crowd(api, mail)
        settings = {
            "ATSAUCE_CAMPAIGN": str(tmp_path / "campaign"),
            "ATSAUCE_DATA": str(tmp_path / "data"),
            "ATSAUCE_DATABASE_URL": database,
            "ATSAUCE_TELEGRAM_TOKEN": api.token,
            "ATSAUCE_TELEGRAM_API_URL": api.url,
            "ATSAUCE_SMTP_URL": mail.smtp_url(INTAKE),
            "ATSAUCE_IMAP_URL": mail.imap_url(INTAKE),
            "ATSAUCE_MAIL_ADDRESS": INTAKE,
            "ATSAUCE_STAFF": "fonds@example.org",
            "ATSAUCE_WEB_PORT": "0",
        }
        async with service(settings, INVITING, tmp_path / "log") as running:
            store = Store(database)
            yield Story(crowd, running, store, tmp_path)
            store.close()


async def test_killed_at_every_point(story: Story) -> None:
    await _killed_while_migrating(story)
    await _letters_and_answers(story)
    await _random_kills_and_faults(story)
    await _the_rest(story)
    await _reminders(story)
    rows = await story.store.read(verdict.read)
    verdict.check(rows, story.crowd, story.folder / "data")
    assert story.crowd.updates >= 200
    assert story.crowd.mails + len(story.crowd.mail.smtp.deliveries) >= 50
    print(f"{story.service.kills} kills")


async def _killed_while_migrating(story: Story) -> None:
    assert await story.service.command("migrate", crash_at="migrating") == -signal.SIGKILL
    story.service.kills += 1
    assert await story.service.command("migrate") == 0


async def _letters_and_answers(story: Story) -> None:
    """Kills at the points that invitations, answers and replies pass; at some of them twice."""
    await story.begin_to_listen()
    await story.invite(range(CONTACTS // 2))
    for point in LETTERS_GO:
        await story.until_killed(point)
    for point in ANSWERS_COME:
        await story.until_killed(point, replies=int(point.startswith("email")))
    await story.invite(range(CONTACTS // 2, CONTACTS))
    for point in LETTERS_ARE_ANSWERED:
        await story.until_killed(point, replies=1)


async def _random_kills_and_faults(story: Story) -> None:
    """At any instant, while the servers fail as well."""
    chance = random.Random(20260323)
    for number in range(RANDOM_KILLS):
        story.crowd.mail.smtp.faults.clear()  # people's own mail goes through the same server
        await story.crowd.reply(1)
        _plan_faults(story.crowd.api, story.crowd.mail, number)
        await story.service.start()
        story.crowd.type(TEXTS_A_START)
        await asyncio.sleep(chance.uniform(0.0, 0.8))
        await story.crowd.mail.imap.drop_connections()
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        await story.service.kill()
        await story.nothing_confirmed_is_missing()


def _plan_faults(api: BotApi, mail: MailServer, number: int) -> None:
    api.faults.plan("sendMessage", "429", times=2, retry_after_s=1)
    api.faults.plan("sendMessage", ("drop after", "502", "drop before", "drop after", "502")[number])
    api.faults.plan("getUpdates", ("502", "drop before", "409", "drop after", "429")[number])
    mail.smtp.faults.plan(("drop after", "451", "drop at data", "452", "drop before")[number])


async def _the_rest(story: Story) -> None:
    """Everybody says what is left to say, some in chats ask to be left alone; then all comes to an end."""
    story.crowd.mail.smtp.faults.clear()
    await story.until_quiet()
    while story.crowd.type(100):
        pass
    await story.crowd.reply(CONTACTS)
    await story.until_quiet()
    story.crowd.stop_in_chats()
    await story.until_quiet()


async def _reminders(story: Story) -> None:
    """Days later: one reminder each for those who have not finished, whatever happens meanwhile."""
    story.service.clock = max(story.service.clock, REMINDING)
    for point in REMINDERS_GO:
        story.crowd.mail.smtp.faults.clear()
        if point.startswith("telegram"):  # letters wait, so that there are some left for the points of theirs
            story.crowd.mail.smtp.faults.plan("451", times=100)
        await story.until_killed(point, texts=0)
    await story.until_quiet()
