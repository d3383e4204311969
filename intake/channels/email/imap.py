"""One IMAP connection: the only place that knows aioimaplib, with a time limit and a race against loss on every call.

aioimaplib 2.0.3 notices a lost connection only by its callback, is unusable after one timed-out command, sends names
unquoted, and drops an untagged EXISTS that comes with the answer to a command of the "async" kind (SEARCH, FETCH).
SELECT keeps all its lines, so a look at the mailbox is a new SELECT, and IDLE follows it with nothing in between.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import re
import ssl
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import aioimaplib

from intake.channels.email.oauth import LoginProblem, Tokens
from intake.channels.email.servers import Security, Server

CONNECT_S = 20.0
COMMAND_S = 60.0
XOAUTH2_S = 15.0
FETCH_S = 600.0
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The library formats every line it receives for its log; ours holds ids only.
logging.getLogger("aioimaplib").setLevel(logging.WARNING)

_FETCH = re.compile(rb"[0-9]+ FETCH \(")
_UID = re.compile(rb"\bUID ([0-9]+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE ([0-9]+)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_QUOTED_BODY = re.compile(rb'\bBODY\[[A-Z]*\] "((?:[^"\\]|\\.)*)"')
T = TypeVar("T")


class ImapProblem(Exception):
    """The connection is of no more use. `key` is a sentence in checks.toml: unreachable, wrong_password, ..."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Selected:
    """The state of the folder at this moment; `uid_next` is None where the server does not say."""

    uid_validity: int
    uid_next: int | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a mail before it is fetched."""

    uid: int
    size: int
    received: datetime


class Imap:
    """A connection to one folder. After any ImapProblem: `drop()` and open another."""

    def __init__(self, server: Server, folder: str = "INBOX", tokens: Tokens | None = None) -> None:
        self._server, self._folder, self._tokens = server, folder, tokens
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._client: Any = None

    async def open(self) -> None:
        """Connect and log in."""
        server = self._server
        options: dict[str, Any] = {"host": server.host, "port": server.port, "timeout": COMMAND_S}
        tls = server.security is Security.TLS
        self._client = aioimaplib.IMAP4_SSL(**options) if tls else aioimaplib.IMAP4(**options)
        self._client.protocol.conn_lost_cb = self._on_lost  # IMAP4_SSL does not take it
        await self._call(self._client.wait_hello_from_server(), CONNECT_S, "unreachable")
        if self._tokens is not None:
            await self._authenticate(self._tokens)
            return
        answer = await self._call(self._client.login(quoted(server.user), server.password))
        if answer.result != "OK":
            raise ImapProblem("wrong_password")

    async def _authenticate(self, tokens: Tokens) -> None:
        """XOAUTH2; the library never says that the server refuses it, so silence means no."""
        try:
            token = await tokens.access()
        except LoginProblem as problem:
            raise ImapProblem(problem.key) from problem
        answer = await self._call(self._client.xoauth2(self._server.user, token), XOAUTH2_S, "oauth_rejected")
        if answer.result != "OK":
            raise ImapProblem("oauth_rejected")

    async def select(self) -> Selected:
        """Look at the folder anew."""
        answer = await self._call(self._client.select(folder_name(self._folder)))
        if answer.result != "OK":
            raise ImapProblem("no_folder")
        text = b"\n".join(bytes(line) for line in answer.lines)
        validity = re.search(rb"\[UIDVALIDITY ([0-9]+)\]", text, re.IGNORECASE)
        following = re.search(rb"\[UIDNEXT ([0-9]+)\]", text, re.IGNORECASE)
        if validity is None:
            raise ImapProblem("no_uids")
        return Selected(int(validity[1]), int(following[1]) if following else None)

    async def uids_after(self, uid: int) -> list[int]:
        """The UIDs greater than this one, ascending (`n:*` always names the last mail, also when it is older)."""
        return [found for found in await self._search(f"UID {uid + 1}:*") if found > uid]

    async def uids_since(self, day: datetime) -> list[int]:
        """The UIDs of what arrived on this day or later."""
        return await self._search(f"SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}")

    async def envelopes(self, uids: Sequence[int]) -> list[Envelope]:
        """Sizes and dates of these mails; those that are gone are left out."""
        found = []
        for text, _ in await self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)"):
            uid, size, date = _UID.search(text), _SIZE.search(text), _DATE.search(text)
            if uid and size and int(uid[1]) in uids:
                found.append(Envelope(int(uid[1]), int(size[1]), _instant(date[1] if date else b"")))
        return sorted(found, key=lambda envelope: envelope.uid)

    async def bodies(self, uids: Sequence[int], *, headers_only: bool = False) -> dict[int, bytes]:
        """The mails themselves, unmarked as read; those that are gone are left out."""
        what = "(UID BODY.PEEK[HEADER])" if headers_only else "(UID BODY.PEEK[])"
        found = {}
        for text, body in await self._fetch(uids, what):
            if (uid := _UID.search(text)) and body is not None and int(uid[1]) in uids:
                found[int(uid[1])] = body
        return found

    async def append(self, folder: str, message: bytes) -> None:
        """Put a mail that was sent into a folder, marked as read."""
        answer = await self._call(self._client.append(message, folder_name(folder), "\\Seen"))
        if answer.result != "OK":
            raise ImapProblem("no_folder")

    async def news(self, timeout_s: float, poll_s: float) -> None:
        """Return when the server announces something, at the latest after `timeout_s` (`poll_s` without IDLE)."""
        if not self._client.has_capability("IDLE"):
            await self._pause(poll_s)
            return
        idle = await self._call(self._client.idle_start(timeout_s + COMMAND_S))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._call(self._announcement(), None)
        self._client.idle_done()
        await self._call(idle)

    def drop(self) -> None:
        """Cut the connection; never waits."""
        if self._client is None:
            return
        for task in list(self._client.protocol.tasks) + list(self._client.tasks):
            task.add_done_callback(_forget)
            task.cancel()
        if self._client.protocol.transport is not None:
            self._client.protocol.transport.abort()

    async def _announcement(self) -> None:
        """Wait until the server says that something changed."""
        while True:
            lines = await self._client.wait_server_push(None)
            if lines == aioimaplib.STOP_WAIT_SERVER_PUSH:
                return
            if any(line.startswith(b"BYE") for line in lines):
                raise ImapProblem("lost")
            if not all(line.startswith(b"OK") for line in lines):  # Dovecot says "OK Still here" every two minutes
                return

    async def _search(self, criteria: str) -> list[int]:
        # Exchange refuses CHARSET: ASCII criteria and none.
        answer = await self._call(self._client.uid_search(criteria, charset=None))
        _require_ok(answer)
        numbers = (line.split() for line in answer.lines[:-1] if re.fullmatch(rb"[0-9 ]*", bytes(line)))
        return sorted({int(number) for line in numbers for number in line})

    async def _fetch(self, uids: Sequence[int], what: str) -> list[tuple[bytes, bytes | None]]:
        if not uids:
            return []
        answer = await self._call(self._client.uid("FETCH", ",".join(map(str, uids)), what), FETCH_S)
        _require_ok(answer)
        return list(records(answer.lines[:-1]))

    async def _pause(self, seconds: float) -> None:
        await asyncio.wait({self._lost}, timeout=seconds)
        if self._lost.done():
            raise ImapProblem("lost")

    async def _call(self, work: Awaitable[T], timeout_s: float | None = COMMAND_S, key: str = "lost") -> T:
        """The result of one call of the library, or an ImapProblem: too late, connection lost, or garbled."""
        task = asyncio.ensure_future(work)
        either: set[asyncio.Future[Any]] = {task, self._lost}
        try:
            await asyncio.wait(either, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise ImapProblem("too_slow" if key == "lost" and not self._lost.done() else key)
            return task.result()
        except ImapProblem:
            raise
        except ssl.SSLError as error:
            raise ImapProblem("certificate") from error
        except (OSError, TimeoutError) as error:
            raise ImapProblem("unreachable" if key == "unreachable" else "too_slow") from error
        except Exception as error:  # the library answers garbled lines with whatever breaks first
            raise ImapProblem("garbled") from error
        finally:
            task.add_done_callback(_forget)
            task.cancel()

    def _on_lost(self, _error: Exception | None) -> None:
        if not self._lost.done():
            self._lost.set_result(None)


def records(lines: Iterable[bytes | bytearray]) -> Iterable[tuple[bytes, bytes | None]]:
    """One (attributes, literal) for each mail of a FETCH answer; the library gives literals as bytearrays."""
    text, body = b"", None
    for line in lines:
        if isinstance(line, bytearray):
            body = bytes(line)
        elif _FETCH.match(line):
            if text:
                yield text, body if body is not None else _quoted_body(text)
            text, body = line, None
        else:
            text += b" " + line
    if text:
        yield text, body if body is not None else _quoted_body(text)


def quoted(text: str) -> str:
    """A quoted string (RFC 3501, section 9)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def folder_name(name: str) -> str:
    """A folder's name in modified UTF-7 (RFC 3501, section 5.1.3), quoted."""
    out, foreign = [], ""
    for character in [*name, ""]:
        if character and not " " <= character <= "~":
            foreign += character
            continue
        if foreign:
            encoded = base64.b64encode(foreign.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
            out.append(f"&{encoded}-")
            foreign = ""
        out.append("&-" if character == "&" else character)
    return quoted("".join(out))


def _quoted_body(text: bytes) -> bytes | None:
    """A body that came as a quoted string instead of a literal (short ones may)."""
    found = _QUOTED_BODY.search(text)
    return re.sub(rb"\\(.)", rb"\1", found[1]) if found else None


def _instant(text: bytes) -> datetime:
    """INTERNALDATE as an instant in UTC; now where it is missing or wrong, so that nothing counts as too old."""
    try:
        return parsedate_to_datetime(text.decode("ascii").strip().replace("-", " ", 2)).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)


def _require_ok(answer: Any) -> None:
    if answer.result != "OK":
        raise ImapProblem("refused")


def _forget(task: asyncio.Future[Any]) -> None:
    """Take note of a task's end, so that asyncio does not report what nobody waits for any more."""
    if not task.cancelled():
        task.exception()
