"""What a scripted IMAP server may say, and what we make of it: named problems, never an end, never a hang."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from intake.channels.email import imap as imap_module
from intake.channels.email.imap import Imap, ImapProblem, folder_name, records
from intake.channels.email.mailbox import Mailbox
from intake.channels.email.servers import Security, Server

SOON_S = 10.0
HANG, CLOSE = "hang", "close"
GREETING = "* OK ready"


class Script:
    """Command word -> lines of the answer ({tag} is filled in), or HANG, or CLOSE."""

    def __init__(self, **answers: str) -> None:
        self.answers = {
            "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK done",
            "LOGIN": "{tag} OK done",
            "SELECT": "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x\r\n{tag} OK done",
            "IDLE": "+ idling",
            **answers,
        }
        self.greeting = answers.get("greeting", GREETING)
        self.heard: list[str] = []
        self.connections = 0
        self.news = asyncio.Event()
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = self.greeting
        tag = ""
        while answer != CLOSE:
            if answer != HANG:
                writer.write(answer.replace("{tag}", tag).encode() + b"\r\n")
            line = (await reader.readline()).decode().split()
            if not line:
                return
            if line[0] == "DONE":
                answer = "{tag} OK idle ended"
                continue
            tag, word = line[0], line[1].upper()
            if word == "UID":
                word = line[2].upper()
            self.heard.append(" ".join(line[1:]))
            self.news.set()
            answer = self.answers.get(word, "{tag} BAD what")

    def say(self, text: str) -> None:
        """Say something unasked on all connections."""
        for writer in self._writers:
            if not writer.is_closing():
                writer.write(text.encode() + b"\r\n")

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON_S):
            while not condition():
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def scripted(**answers: str) -> AsyncIterator[tuple[Server, Script]]:
    script = Script(**answers)
    listening = await asyncio.start_server(script.serve, "127.0.0.1")
    port = listening.sockets[0].getsockname()[1]
    try:
        yield Server("127.0.0.1", port, Security.NONE, "anketa", 'se"cr\\et'), script
    finally:
        listening.close()


@pytest.fixture(autouse=True)
def _short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_module, "CONNECT_S", 0.3)
    monkeypatch.setattr(imap_module, "COMMAND_S", 0.3)


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"greeting": HANG}, "unreachable"),
        ({"greeting": CLOSE}, "unreachable"),
        ({"greeting": "* BYE too many connections"}, "unreachable"),
        ({"greeting": "HTTP/1.1 400 Bad Request"}, "unreachable"),
        ({"CAPABILITY": "* CAPABILITY\r\n{tag} OK done"}, "unreachable"),
        ({"LOGIN": "{tag} NO [AUTHENTICATIONFAILED] wrong"}, "wrong_password"),
        ({"LOGIN": HANG}, "too_slow"),
        ({"LOGIN": CLOSE}, "lost"),
        ({"LOGIN": "* BYE go away"}, "too_slow"),
        ({"SELECT": "{tag} NO no such folder"}, "no_folder"),
        ({"SELECT": "* 3 EXISTS\r\n{tag} OK done"}, "no_uids"),
        ({"SELECT": HANG}, "too_slow"),
    ],
)
async def test_problems_have_names(answers: dict[str, str], problem: str) -> None:
    async with scripted(**answers) as (server, _):
        imap = Imap(server)
        with pytest.raises(ImapProblem) as raised:
            await opened(imap)
        imap.drop()
    assert raised.value.key == problem


async def opened(imap: Imap) -> None:
    await imap.open()
    await imap.select()


async def test_nobody_listens() -> None:
    imap = Imap(Server("127.0.0.1", 9, Security.NONE))
    with pytest.raises(ImapProblem, match="unreachable"):
        await imap.open()
    imap.drop()


async def test_clear_text_where_tls_is_expected() -> None:
    async with scripted() as (server, _):
        imap = Imap(Server(server.host, server.port, Security.TLS))
        with pytest.raises(ImapProblem, match=r"certificate|unreachable"):
            await imap.open()
        imap.drop()


async def test_names_and_passwords_are_quoted() -> None:
    async with scripted() as (server, script):
        imap = Imap(server, "Aptauja un “atbildes” & citi")
        await imap.open()
        await imap.select()
        imap.drop()
    assert script.heard[1] == r'LOGIN "anketa" "se\"cr\\et"'
    assert script.heard[2] == 'SELECT "Aptauja un &IBw-atbildes&IB0- &- citi"'


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("INBOX", '"INBOX"'),
        ('a "b" \\', r'"a \"b\" \\"'),
        ("Iesūtne", '"Ies&AWs-tne"'),
        ("台北", '"&U,BTFw-"'),
        ("a&b", '"a&-b"'),
        ("😀", '"&2D3eAA-"'),
    ],
)
def test_folder_names(name: str, encoded: str) -> None:
    assert folder_name(name) == encoded


async def first_mark(batches: AsyncIterator[object]) -> None:
    async with asyncio.timeout(SOON_S):
        await anext(batches)


async def test_bye_during_idle_and_a_server_that_hangs_up_each_time() -> None:
    async with scripted() as (server, script):
        mailbox = Mailbox(server, max_pause_s=0.01)
        batches = mailbox.listen(None)
        await first_mark(batches)
        waiting = asyncio.ensure_future(anext(batches))
        for n in range(1, 4):
            await script.until(lambda n=n: script.heard.count("IDLE") >= n)  # type: ignore[misc]
            script.say("* BYE shutting down")
        await script.until(lambda: script.connections >= 3)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait({waiting})
        assert mailbox.problem in ("lost", "too_slow", None)


async def test_a_server_without_idle_is_polled() -> None:
    async with scripted(CAPABILITY="* CAPABILITY IMAP4rev1\r\n{tag} OK done") as (server, script):
        batches = Mailbox(server, poll_s=0.02, max_pause_s=0.01).listen(None)
        await first_mark(batches)
        waiting = asyncio.ensure_future(anext(batches))
        await script.until(lambda: sum(line.startswith("SELECT") for line in script.heard) >= 4)
        assert script.connections == 1
        waiting.cancel()
        await asyncio.wait({waiting})


async def test_more_lines_at_once_than_the_library_can_bear() -> None:
    """Somebody empties a folder of a thousand mails while we wait: the library breaks, we come back."""
    async with scripted() as (server, script):
        batches = Mailbox(server, max_pause_s=0.01).listen(None)
        await first_mark(batches)
        waiting = asyncio.ensure_future(anext(batches))
        await script.until(lambda: "IDLE" in script.heard)
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)  # its RecursionError
        script.say("\r\n".join("* 1 EXPUNGE" for _ in range(3000)))
        await script.until(lambda: script.heard.count("IDLE") >= 2)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait({waiting})


async def test_no_uidnext() -> None:
    select = "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n{tag} OK done"
    fetch = '* 1 FETCH (UID 5 RFC822.SIZE 3 INTERNALDATE "16-Nov-2026 09:30:00 +0200")\r\n{tag} OK done'
    search = "* SEARCH 5\r\n{tag} OK Search completed (0.001 + 0.000 secs)."
    async with scripted(SELECT=select, SEARCH=search, FETCH=fetch) as (server, _):
        imap = Imap(server)
        await imap.open()
        assert (await imap.select()).uid_next is None
        assert await imap.uids_after(4) == [5]
        assert await imap.uids_after(5) == []  # n:* always names the last one
        assert (await imap.envelopes([5]))[0].received.isoformat() == "2026-11-16T07:30:00+00:00"
        imap.drop()


def test_answers_of_several_shapes() -> None:
    lines: list[bytes | bytearray] = [
        b"1 FETCH (UID 5 BODY[] {3}",
        bytearray(b"abc"),
        b")",
        b"2 FETCH (BODY[] {0}",
        bytearray(b""),
        b" UID 6)",
        rb'3 FETCH (UID 7 BODY[] "a \"b\" c")',
        b"4 FETCH (FLAGS (\\Seen))",
    ]
    found = list(records(lines))
    assert [body for _, body in found] == [b"abc", b"", b'a "b" c', None]
    assert [b"UID 5" in found[0][0], b"UID 6" in found[1][0]] == [True, True]


async def test_fifty_thousand_old_mails_are_not_even_looked_at() -> None:
    select = "* 50000 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 50001] x\r\n{tag} OK done"
    async with scripted(SELECT=select) as (server, script):
        batches = Mailbox(server).listen(None)
        batch = await anext(batches)
        following = asyncio.ensure_future(anext(batches))
        await script.until(lambda: "IDLE" in script.heard)
        following.cancel()
        await asyncio.wait({following})
    assert batch.raws == ()
    assert not any("FETCH" in line or "SEARCH" in line for line in script.heard)
