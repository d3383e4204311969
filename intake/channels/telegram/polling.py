"""Takes updates from Telegram: confirmed only after they were committed, and whatever their shape."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import structlog
from telegram.error import InvalidToken, TelegramError

from intake.channels import Batch, Raw
from intake.channels.telegram.client import Client
from intake.channels.telegram.health import Clock, Health, State
from intake.channels.telegram.transport import Slowed

log = structlog.get_logger()

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
LONG_POLL_S = 25
LIMIT = 100
HASH_LENGTH = 16
_LARGEST_ID = 2**31


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait after a failure, in seconds. Full jitter, so that two pollers do not step together."""

    first_s: float = 0.5
    cap_s: float = 30.0
    wrong_token_s: float = 30.0
    longest_obeyed_s: float = 3600.0

    def wait_s(self, error: TelegramError, failures: int, chance: float) -> float:
        """`failures` in a row, from 1; `chance` between 0 and 1."""
        if isinstance(error, Slowed):
            return min(error.after_s, self.longest_obeyed_s) + chance * self.first_s
        if isinstance(error, InvalidToken):
            return self.wrong_token_s
        return min(self.cap_s, self.first_s * 2.0 ** min(failures - 1, 16)) * (0.5 + chance / 2)


class Poller:
    """One long poll after another; never ends by itself."""

    def __init__(self, client: Client, now: Clock, backoff: Backoff, long_poll_s: int) -> None:
        self.health = Health()
        self._client, self._now = client, now
        self._backoff, self._long_poll_s = backoff, long_poll_s

    def _is(self, health: Health, again_in_s: float = 0.0) -> None:
        """Remember how it goes, and say it once when it has changed."""
        if health.state is State.WORKING and self.health.state not in (State.STARTING, State.WORKING):
            log.info("Telegram answers again")
        elif health.state is not State.WORKING and health.state is not self.health.state:
            log.warning("Telegram", state=health.state.value, error=health.error, again_in_s=round(again_in_s, 1))
        self.health = health

    async def batches(self) -> AsyncIterator[Batch]:
        """Batches of updates; asking for the next one confirms the last one.

        `offset` goes only into that confirming call: ids become random after a quiet week (Bot API: Update), and an
        offset kept for longer could then throw away what was never read. After a failure the batch simply comes
        again, and is known by its keys.
        """
        offset, failures, last_keys = None, 0, None
        while True:
            try:
                updates = await self._poll(offset)
            except TelegramError as error:
                offset, failures = None, failures + 1
                pause_s = self._backoff.wait_s(error, failures, random.random())  # noqa: S311
                self._is(self.health.ill(error, self._now()), pause_s)
                await asyncio.sleep(pause_s)
                continue
            failures, offset = 0, next_offset(updates)
            self._is(self.health.well(self._now()))
            if updates:
                batch = Batch(tuple(self._raw(update) for update in updates))
                keys = [raw.key for raw in batch.raws]
                if keys == last_keys or offset is None:  # cannot be confirmed, so it will come again and again
                    await asyncio.sleep(self._backoff.first_s)
                last_keys = keys
                yield batch

    async def _poll(self, offset: int | None) -> list[Any]:
        loop = asyncio.get_running_loop()
        asked = loop.time()
        parameters = {
            "offset": offset,
            "limit": LIMIT,
            "timeout": self._long_poll_s,
            "allowed_updates": ALLOWED_UPDATES,
        }
        updates = await self._client.call("getUpdates", parameters, extra_read_s=self._long_poll_s)
        if not isinstance(updates, list):
            raise TelegramError("updates are not a list")
        if not updates and loop.time() - asked < self._backoff.first_s:
            await asyncio.sleep(self._backoff.first_s)  # a server that does not hold the poll must not be hammered
        return updates

    def _raw(self, update: Any) -> Raw:
        body = json.dumps(update, separators=(",", ":")).encode()
        return Raw(key_of(update, body), stream_of(update), body, self._now())


def next_offset(updates: list[Any]) -> int | None:
    """The offset that confirms these updates; None when none of them has an id to confirm it by."""
    known = [id_ for id_ in map(_update_id, updates) if id_ is not None]
    return max(known) + 1 if known else None


def key_of(update: Any, body: bytes) -> str:
    """The id and a hash of the content: ids may be given again, for other updates, after they were reset."""
    id_ = _update_id(update)
    return f"{'?' if id_ is None else id_}:{sha256(body).hexdigest()[:HASH_LENGTH]}"


def stream_of(update: Any) -> str:
    """The chat (or else the person) it came from, found even where the update is malformed."""
    if isinstance(update, dict):
        for part in update.values():
            inner = part.get("message") if isinstance(part, dict) else None
            for holder, name in ((part, "chat"), (inner, "chat"), (part, "from")):
                id_ = _nested_id(holder, name)
                if id_ is not None:
                    return f"tg:{id_}"
    return "tg:?"


def private_chat(stream: str) -> str | None:
    """The chat of a stream, where it is one person's (Bot API: ids of groups are negative)."""
    chat = stream.removeprefix("tg:")
    return chat if chat.isdecimal() else None


def _nested_id(holder: Any, name: str) -> int | None:
    inner = holder.get(name) if isinstance(holder, dict) else None
    id_ = inner.get("id") if isinstance(inner, dict) else None
    return id_ if isinstance(id_, int) and not isinstance(id_, bool) and abs(id_) < 2**63 else None


def _update_id(update: Any) -> int | None:
    # A negative offset would make Telegram forget updates (Bot API: getUpdates), so such an id is not believed.
    id_ = update.get("update_id") if isinstance(update, dict) else None
    return id_ if isinstance(id_, int) and not isinstance(id_, bool) and 0 <= id_ < _LARGEST_ID else None
