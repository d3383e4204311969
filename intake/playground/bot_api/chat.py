"""One chat as its members see it: messages as they stand now, keyboards, and who may write."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from intake.playground.bot_api.errors import Json, Refusal, bad_request, forbidden

HISTORY_LIMIT = 2_000
Found = TypeVar("Found")


class Chat:
    """A private chat or a group. Messages are never changed in place, so a copy once given stays as it was."""

    def __init__(self, info: Json, members: dict[int, Json]) -> None:
        self.info = info
        self.members = members
        self.messages: dict[int, Json] = {}
        self.reply_keyboard: Json | None = None
        self.fixed: set[int] = set()
        """Messages that came with a keyboard of another kind than inline: they cannot be edited."""
        self.notices: deque[Json] = deque(maxlen=20)
        self.action: str | None = None
        self.wrote = info["type"] != "private"
        self.blocked = False
        self.moved_to: int | None = None
        """The supergroup that this group has become."""
        self.revision = 0
        self._watchers: list[asyncio.Future[None]] = []

    @property
    def id(self) -> int:
        return int(self.info["id"])

    @property
    def private(self) -> bool:
        return bool(self.info["type"] == "private")

    def open_to_bot(self) -> None:
        """Raise the Refusal that the bot gets when it may not write here."""
        if self.moved_to is not None:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved_to,
            )
        if self.blocked:
            raise forbidden("bot was blocked by the user" if self.private else "bot was kicked from the group chat")
        if not self.wrote:
            raise forbidden("bot can't initiate conversation with a user")

    def show(self, message: Json) -> None:
        """Add a message, or put its edited form in its place."""
        self.messages[message["message_id"]] = message
        if len(self.messages) > HISTORY_LIMIT:
            del self.messages[next(iter(self.messages))]
        self.changed()

    def delete(self, message_id: int) -> None:
        self.message(message_id, "message to delete not found")
        del self.messages[message_id]
        self.changed()

    def message(self, message_id: int, reason: str = "message not found") -> Json:
        try:
            return self.messages[message_id]
        except KeyError:
            raise bad_request(reason) from None

    def changed(self) -> None:
        self.revision += 1
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)

    async def until(self, find: Callable[[], Found | None], timeout_s: float) -> Found:
        """What `find` gives once it gives something, asked again after each change; else TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not (found := find()):
                watcher = asyncio.get_running_loop().create_future()
                self._watchers.append(watcher)
                await watcher
        return found
