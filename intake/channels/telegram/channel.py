"""Telegram as a channel: listens, reads and sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from telegram.error import TelegramError

from intake.channels import Batch, NotYet, Outgoing, TryLater
from intake.channels.telegram import incoming, looking, sending
from intake.channels.telegram.client import Client
from intake.channels.telegram.commands import introduce, introduce_staff
from intake.channels.telegram.health import Clock, Health
from intake.channels.telegram.incoming import ChatInput
from intake.channels.telegram.pace import Pace
from intake.channels.telegram.polling import LONG_POLL_S, Backoff, Poller, private_chat
from intake.channels.telegram.sending import Call
from intake.channels.telegram.transport import READ_TIMEOUT_S
from intake.channels.telegram.unanswered import Unanswered

LONGEST_WAIT_S = 2.0
"""A message that would have to wait longer for its turn goes back to the outbox, with the time to come again."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Checked:
    """`username` is the bot's name without @, for t.me links; empty when Telegram did not tell."""

    health: Health
    username: str


class TelegramChannel:
    """One bot. Unpaced, it sends as fast as the server takes it (local servers, benchmarks)."""

    name = "telegram"

    def __init__(
        self,
        token: str,
        api_url: str | None = None,
        *,
        paced: bool = True,
        now: Clock = _utc_now,
        backoff: Backoff | None = None,
        long_poll_s: int = LONG_POLL_S,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self.client = Client(token, api_url, read_timeout_s=read_timeout_s)
        self._now = now
        self.unanswered = Unanswered()
        self._pace = Pace() if paced else None
        self._poller = Poller(self.client, now, backoff or Backoff(), long_poll_s)

    @property
    def health(self) -> Health:
        """How listening goes."""
        return self._poller.health

    async def check(self) -> Checked:
        """Whether Telegram takes the token; a failure is in the health, never raised."""
        try:
            username = await self.username()
        except TelegramError as error:
            return Checked(Health().ill(error, self._now()), "")
        return Checked(Health().well(self._now()), username)

    async def username(self) -> str:
        """The bot's name without @; raises telegram.error.TelegramError."""
        me = await self.client.call("getMe", {})
        return str(me.get("username") or "") if isinstance(me, dict) else ""

    async def introduce(
        self, languages: Sequence[str], descriptions: Mapping[str, str] | None = None
    ) -> tuple[str, ...]:
        """Set commands and descriptions, see commands.introduce; gives the failures, none of which is fatal."""
        return await introduce(self.client, languages, descriptions)

    async def introduce_staff(self, chat_id: int, language: str) -> tuple[str, ...]:
        """Set the commands of the staff chat, see commands.introduce_staff."""
        return await introduce_staff(self.client, chat_id, language)

    async def listen(self, mark: str | None) -> AsyncIterator[Batch]:
        """Updates for ever. The position is kept by Telegram, so `mark` is not used."""
        loop = asyncio.get_running_loop()
        async for batch in self._poller.batches():
            chats = {chat for raw in batch.raws if (chat := private_chat(raw.stream))}
            self.unanswered.heard(chats, loop.time())
            yield batch
            self.unanswered.recorded(chats)

    def read(self, body: bytes) -> ChatInput | None:
        """What the update says, None when it is nothing for us; raises Unreadable."""
        return incoming.read(body)

    async def send(self, outgoing: Outgoing) -> str:
        """The id of the message; "" for what makes none. Raises SendFailed."""
        call = sending.call_for(outgoing)
        if call.method != "sendChatAction":
            self.unanswered.answered(outgoing.address)
        await self._wait_for_turn(outgoing.address, call)
        try:
            return sending.message_id(await self.client.call(call.method, call.parameters), outgoing.payload)
        except TelegramError as error:
            if sending.done_already(error, outgoing.payload):
                return sending.message_id(None, outgoing.payload)
            failure = sending.failure(error, once=bool(outgoing.payload.get("once")))
            self._slow_down(outgoing.address, failure)
            raise failure from None

    async def download(self, file_id: str) -> bytes:
        """The content of a file, see looking.download."""
        return await looking.download(self.client, file_id)

    async def is_member(self, chat_id: int, user_id: int) -> bool:
        """Whether somebody is in a chat, see looking.is_member."""
        return await looking.is_member(self.client, chat_id, user_id)

    async def close(self) -> None:
        await self.client.close_connections()

    async def _wait_for_turn(self, chat: str, call: Call) -> None:
        if self._pace is None or not call.counts:
            return
        now = asyncio.get_running_loop().time()
        wait_s = self._pace.wait_s(chat, now)
        if wait_s > LONGEST_WAIT_S:
            raise NotYet("too many messages to this chat", "pace", after_s=wait_s)
        self._pace.take(chat, now)
        await asyncio.sleep(wait_s)

    def _slow_down(self, chat: str, failure: Exception) -> None:
        if self._pace is not None and isinstance(failure, TryLater) and failure.after_s:
            self._pace.hold(chat, asyncio.get_running_loop().time(), failure.after_s)
