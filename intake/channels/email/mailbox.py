"""Listening to a mailbox for ever: what is new since the mark, in order, whoever else reads the mailbox."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from intake.channels import Batch, Raw
from intake.channels.email.imap import Envelope, Imap, ImapProblem, Selected
from intake.channels.email.oauth import Tokens
from intake.channels.email.servers import Server

MAX_MAIL = 25_000_000
"""Of a larger mail only the headers are fetched."""
MAX_BATCH = 10_000_000
UIDS_A_TIME = 50
IDLE_S = 9 * 60.0
"""Gmail drops a connection after about ten minutes of IDLE."""
POLL_S = 30.0
MAX_PAUSE_S = 60.0
STEADY_S = 30.0
"""A connection that lasted this long is opened again at once."""
OVERSIZE = "X-Atsauce-Oversize"
"""Header put before the headers of a mail that was too large; its value is the size in bytes."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a mailbox was read. `begun`: when we first looked; `seen`: when we last took something."""

    uid_validity: int
    uid: int
    begun: datetime
    seen: datetime

    def __str__(self) -> str:
        begun, seen = self.begun.isoformat(timespec="seconds"), self.seen.isoformat(timespec="seconds")
        return json.dumps({"uidvalidity": self.uid_validity, "uid": self.uid, "begun": begun, "seen": seen})

    @classmethod
    def parse(cls, text: str) -> Mark:
        """The mark that was stored; ValueError or KeyError when it is none of ours."""
        value = json.loads(text)
        begun, seen = datetime.fromisoformat(value["begun"]), datetime.fromisoformat(value["seen"])
        return cls(int(value["uidvalidity"]), int(value["uid"]), begun, seen)


class Mailbox:
    """One folder on one server. `problem` is the key of what is wrong now (see checks.toml), None when all is well.

    `clock` replaces the server's time of arrival, for trying things out at another date.
    """

    def __init__(
        self,
        server: Server,
        *,
        folder: str = "INBOX",
        tokens: Tokens | None = None,
        clock: Callable[[], datetime] | None = None,
        poll_s: float = POLL_S,
        max_pause_s: float = MAX_PAUSE_S,
    ) -> None:
        self._server, self._folder, self._tokens, self._clock = server, folder, tokens, clock
        self._poll_s, self._max_pause_s = poll_s, max_pause_s
        self.problem: str | None = None

    async def listen(self, mark: str | None) -> AsyncIterator[Batch]:
        """Batches for ever; connections come and go. Without a mark only what arrives from now on is read."""
        position = Mark.parse(mark) if mark else None
        failures = 0
        while True:
            imap = Imap(self._server, self._folder, self._tokens)
            opened = asyncio.get_running_loop().time()
            try:
                await imap.open()
                async for batch, position in self._follow(imap, position):  # noqa: B007, B020
                    self.problem = None
                    if batch is not None:
                        yield batch
            except ImapProblem as problem:
                self.problem = problem.key
                log.warning("mailbox lost", problem=problem.key, failures=failures)
            finally:
                imap.drop()
            lasted = asyncio.get_running_loop().time() - opened
            failures = 0 if lasted > STEADY_S else failures + 1
            await asyncio.sleep(self._pause_s(failures))

    def _pause_s(self, failures: int) -> float:
        """Nothing after a connection that lasted, then doubling, each time a little different."""
        longest = min(self._max_pause_s, 0.25 * 2.0 ** min(failures, 20)) if failures else 0.0
        return longest * random.uniform(0.5, 1.0)  # noqa: S311

    async def _follow(self, imap: Imap, mark: Mark | None) -> AsyncIterator[tuple[Batch | None, Mark]]:
        """Batches of one connection with the mark that each reaches; None when there was a look and nothing new."""
        while True:
            selected = await imap.select()
            if mark is None:
                mark = await self._first_mark(imap, selected)
                yield Batch((), str(mark)), mark
                continue  # what arrived while the mark was being stored
            if mark.uid_validity != selected.uid_validity:
                async for batch, mark in self._resync(imap, selected, mark):  # noqa: B020
                    yield batch, mark
                continue
            if selected.uid_next is None or selected.uid_next > mark.uid + 1:
                uids = await imap.uids_after(mark.uid)
                async for batch, mark in self._take(imap, uids, mark):  # noqa: B020
                    yield batch, mark
                if uids:
                    continue
                mark = replace(mark, uid=max(mark.uid, (selected.uid_next or 1) - 1))  # what was expunged unread
            yield None, mark
            # Without UIDNEXT a mail may slip in between SEARCH and IDLE unannounced: look often instead.
            await imap.news(IDLE_S if selected.uid_next is not None else self._poll_s, self._poll_s)

    async def _first_mark(self, imap: Imap, selected: Selected) -> Mark:
        last = selected.uid_next - 1 if selected.uid_next is not None else max(await imap.uids_after(0), default=0)
        now = datetime.now(UTC)  # compared with the server's dates only, so never the clock for trying out
        return Mark(selected.uid_validity, last, now, now)

    async def _resync(self, imap: Imap, selected: Selected, mark: Mark) -> AsyncIterator[tuple[Batch, Mark]]:
        """The folder was numbered anew: read again what may be new; its Message-ID tells what was read before.

        Two days are read again (SINCE knows days only, in the server's zone), but nothing from before we began.
        """
        since = max(mark.begun, mark.seen - timedelta(days=2))
        log.warning("mailbox numbered anew", since=since.date().isoformat())
        uids = await imap.uids_since(since - timedelta(days=1))
        begin = min(uids) - 1 if uids else (selected.uid_next or 1) - 1
        mark = replace(mark, uid_validity=selected.uid_validity, uid=begin)
        yield Batch((), str(mark)), mark
        async for batch, mark in self._take(imap, uids, mark, since - timedelta(minutes=5)):  # noqa: B020
            yield batch, mark

    async def _take(
        self, imap: Imap, uids: Sequence[int], mark: Mark, since: datetime | None = None
    ) -> AsyncIterator[tuple[Batch, Mark]]:
        """These mails in order, a bounded number of bytes at a time."""
        for start in range(0, len(uids), UIDS_A_TIME):
            chunk = uids[start : start + UIDS_A_TIME]
            envelopes = await imap.envelopes(chunk)
            wanted = [one for one in envelopes if since is None or one.received >= since]
            for group in _groups(wanted):
                raws = await self._raws(imap, group, mark.uid_validity)
                mark = replace(mark, uid=group[-1].uid, seen=datetime.now(UTC))
                yield Batch(raws, str(mark)), mark
            if mark.uid < chunk[-1]:  # the rest of the chunk is gone, or too old
                mark = replace(mark, uid=chunk[-1])
                yield Batch((), str(mark)), mark

    async def _raws(self, imap: Imap, group: Sequence[Envelope], uid_validity: int) -> tuple[Raw, ...]:
        small = [one.uid for one in group if one.size <= MAX_MAIL]
        large = [one.uid for one in group if one.size > MAX_MAIL]
        bodies = await imap.bodies(small)
        headers = await imap.bodies(large, headers_only=True)
        raws = []
        for one in group:
            body = bodies.get(one.uid)
            if one.uid in headers:
                body = f"{OVERSIZE}: {one.size}\r\n".encode() + headers[one.uid]
            if body is not None:
                received = self._clock() if self._clock else one.received
                raws.append(Raw(f"{uid_validity}:{one.uid}", "mail", body, received))
        return tuple(raws)


def _groups(envelopes: Iterable[Envelope]) -> Iterable[list[Envelope]]:
    """Neighbours that together stay under MAX_BATCH bytes."""
    group: list[Envelope] = []
    for one in envelopes:
        if group and sum(other.size for other in group) + one.size > MAX_BATCH:
            yield group
            group = []
        group.append(one)
    if group:
        yield group
