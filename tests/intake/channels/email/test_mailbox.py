"""Listening to a mailbox, on the playground's server and on Dovecot: everything new once, in order, whatever breaks."""

import asyncio
import json
import shutil
import smtplib
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.channels import Batch, Raw
from intake.channels.email.mailbox import OVERSIZE, Mailbox, Mark
from intake.channels.email.servers import imap_server
from intake.playground.mail import MailServer
from tests.servers import dovecot
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.required import need

US = "anketa@example.test"
SOON_S = 20.0


def mail(n: int, size: int = 0) -> bytes:
    body = (b"x" * 70 + b"\r\n") * (size // 72)
    return f"From: inga@example.test\r\nMessage-ID: <{n}@example.test>\r\n\r\n({n}) \r\n".encode() + body


def numbers(batch: Batch) -> list[int]:
    return [int(raw.body.partition(b"Message-ID: <")[2].partition(b"@")[0]) for raw in batch.raws]


class Source(ABC):
    """A mailbox of some server, and what can happen to it."""

    url: str

    @abstractmethod
    async def deliver(self, *mails: bytes) -> None: ...

    @abstractmethod
    async def cut(self) -> None:
        """Break all connections without a word; new ones are possible."""

    @abstractmethod
    async def renumber(self) -> None:
        """Change UIDVALIDITY."""


class Local(Source):
    def __init__(self, server: MailServer) -> None:
        self._server = server
        self.url = server.imap_url(US)

    async def deliver(self, *mails: bytes) -> None:
        for one in mails:
            await self._server.mailboxes.append(US, one)

    async def cut(self) -> None:
        await self._server.imap.drop_connections()

    async def renumber(self) -> None:
        self._server.mailboxes.renumber(US)
        await self.cut()


class OnDovecot(Source):
    def __init__(self, server: Dovecot, address: str) -> None:
        self._server, self._address = server, address
        self.url = f"imap://{address}:{PASSWORD}@127.0.0.1:{server.imap_port}"

    async def deliver(self, *mails: bytes) -> None:
        def over_lmtp() -> None:
            with smtplib.LMTP("127.0.0.1", self._server.lmtp_port) as client:
                for one in mails:
                    client.sendmail("inga@example.test", self._address, one)

        await asyncio.to_thread(over_lmtp)

    async def cut(self) -> None:
        await asyncio.to_thread(self._server.kill)
        await asyncio.to_thread(self._server.start)

    async def renumber(self) -> None:
        await asyncio.to_thread(self._server.kill)
        maildir = self._server.mailbox(self._address)[0].parent.parent
        for path in maildir.glob("dovecot*"):
            path.unlink()
        # As after a restore; on its own Dovecot takes the second as the number, which may still be the same one.
        uids = maildir / "dovecot-uidlist"
        uids.write_text("3 V77 N1\n")
        shutil.chown(uids, maildir.owner())
        await asyncio.to_thread(self._server.start)


@contextmanager
def a_dovecot() -> Iterator[Dovecot]:
    root = Path(tempfile.mkdtemp(prefix="atsauce-dovecot-"))
    root.chmod(0o755)
    server = Dovecot(root)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="module")
def dovecot_server() -> Iterator[Dovecot]:
    need(dovecot.why_not())
    with a_dovecot() as server:
        yield server


@pytest.fixture(params=["pymap", "dovecot"])
async def source(request: pytest.FixtureRequest, server: MailServer) -> Source:
    if request.param == "pymap":
        return Local(server)
    running: Dovecot = request.getfixturevalue("dovecot_server")
    found = OnDovecot(running, f"a{time.monotonic_ns()}@example.test")
    await found.deliver(mail(0))  # Dovecot makes the mailbox with its first mail
    return found


@asynccontextmanager
async def listening(source: Source, mark: str | None = None) -> AsyncIterator[AsyncIterator[Batch]]:
    batches = Mailbox(imap_server(source.url), max_pause_s=0.1).listen(mark)
    try:
        yield batches
    finally:
        await batches.aclose()  # type: ignore[attr-defined]


async def taken(batches: AsyncIterator[Batch], count: int) -> tuple[list[Raw], str]:
    """At least `count` mails and the mark after them."""
    raws: list[Raw] = []
    mark = ""
    async with asyncio.timeout(SOON_S):
        while len(raws) < count:
            batch = await anext(batches)
            raws.extend(batch.raws)
            mark = batch.mark or mark
    return raws, mark


async def begun(batches: AsyncIterator[Batch]) -> str:
    first = await anext(batches)
    assert first.raws == ()
    assert first.mark is not None
    return first.mark


def ids(raws: list[Raw]) -> list[int]:
    return numbers(Batch(tuple(raws)))


async def test_only_what_arrives_from_now_on(source: Source) -> None:
    await source.deliver(mail(1), mail(2))
    async with listening(source) as batches:
        await begun(batches)
        await source.deliver(mail(3))
        raws, mark = await taken(batches, 1)
    assert ids(raws) == [3]
    assert raws[0].key == f"{json.loads(mark)['uidvalidity']}:{json.loads(mark)['uid']}"
    assert raws[0].stream == "mail"
    assert abs((raws[0].received - datetime.now(UTC)).total_seconds()) < 60


async def test_a_mail_that_comes_during_idle(source: Source) -> None:
    async with listening(source) as batches:
        await begun(batches)
        for n in range(1, 6):
            waiting = asyncio.ensure_future(anext(batches))
            await asyncio.sleep(0)
            await source.deliver(mail(n))
            async with asyncio.timeout(SOON_S):
                assert numbers(await waiting) == [n]


async def test_many_at_once_come_in_order_and_in_parts(source: Source) -> None:
    async with listening(source) as batches:
        await begun(batches)
        await source.deliver(*(mail(n) for n in range(1, 131)))
        sizes: list[int] = []
        seen: list[int] = []
        async with asyncio.timeout(SOON_S):
            while len(seen) < 130:
                batch = await anext(batches)
                seen.extend(numbers(batch))
                sizes.append(len(batch.raws))
    assert seen == list(range(1, 131))
    assert max(sizes) <= 50


async def test_it_goes_on_from_the_mark(source: Source) -> None:
    async with listening(source) as batches:
        mark = await begun(batches)
    await source.deliver(mail(1), mail(2))
    async with listening(source, mark) as batches:
        raws, mark = await taken(batches, 2)
    await source.deliver(mail(3))
    async with listening(source, mark) as batches:
        more, _ = await taken(batches, 1)
    assert ids(raws + more) == [1, 2, 3]


async def test_what_was_not_confirmed_comes_again(source: Source) -> None:
    async with listening(source) as batches:
        mark = await begun(batches)
        await source.deliver(mail(1))
        first, _ = await taken(batches, 1)  # and the service dies before it is stored
    async with listening(source, mark) as batches:
        again, _ = await taken(batches, 1)
    assert [raw.key for raw in first] == [raw.key for raw in again]


async def test_connections_cut_during_idle(source: Source) -> None:
    async with listening(source) as batches:
        await begun(batches)
        for n in range(1, 4):
            waiting = asyncio.ensure_future(anext(batches))
            await asyncio.sleep(0)
            await source.cut()
            await source.deliver(mail(n))
            async with asyncio.timeout(SOON_S):
                assert numbers(await waiting) == [n]


async def test_a_mailbox_numbered_anew_loses_nothing(source: Source) -> None:
    async with listening(source) as batches:
        await begun(batches)
        await source.deliver(mail(1))
        before, mark = await taken(batches, 1)
    await source.deliver(mail(2))
    await source.renumber()
    await source.deliver(mail(3))
    async with listening(source, mark) as batches:
        raws, after = await taken(batches, 2)
        while not {2, 3} <= set(ids(raws)):  # in whatever order the server numbered them
            more, after = await taken(batches, 1)
            raws += more
    # The first one may have come again: its Message-ID says so.
    assert {raw.key for raw in raws}.isdisjoint(raw.key for raw in before)
    assert json.loads(after)["uidvalidity"] != json.loads(mark)["uidvalidity"]


async def test_nothing_is_marked_as_read(source: Source) -> None:
    async with listening(source) as batches:
        await begun(batches)
        await source.deliver(mail(1))
        await taken(batches, 1)
    import imaplib

    server = imap_server(source.url)

    def unseen() -> list[bytes]:
        with imaplib.IMAP4(server.host, server.port) as client:
            client.login(f'"{server.user}"', server.password)
            client.select("INBOX", readonly=True)
            return client.search(None, "UNSEEN")[1][0].split()  # type: ignore[no-any-return]

    assert len(await asyncio.to_thread(unseen)) >= 1


async def test_of_an_oversize_mail_only_the_headers(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.channels.email.mailbox.MAX_MAIL", 100_000)
    async with listening(source) as batches:
        await begun(batches)
        await source.deliver(mail(1, 200_000), mail(2))
        raws, _ = await taken(batches, 2)
    assert ids(raws) == [1, 2]
    assert raws[0].body.startswith(f"{OVERSIZE}: ".encode())
    assert len(raws[0].body) < 1000


async def test_ten_megabytes(source: Source) -> None:
    big = mail(1, 10_000_000)
    async with listening(source) as batches:
        await begun(batches)
        await source.deliver(big)
        raws, _ = await taken(batches, 1)
    assert raws[0].body.endswith(big)


async def test_it_can_be_cancelled_at_once(source: Source) -> None:
    async with listening(source) as batches:
        await begun(batches)
        waiting = asyncio.ensure_future(anext(batches))
        for _ in range(50):
            await asyncio.sleep(0)
        waiting.cancel()
        async with asyncio.timeout(1.0):
            with pytest.raises(asyncio.CancelledError):
                await waiting


def test_marks_are_read_back() -> None:
    now = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
    mark = Mark(7, 12, now, now)
    assert Mark.parse(str(mark)) == mark
