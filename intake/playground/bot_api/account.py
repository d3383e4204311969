"""The bot's account: its people, chats, updates and files, and what was counted on the way."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from intake.playground.bot_api.chat import Chat
from intake.playground.bot_api.errors import Json, bad_request, forbidden
from intake.playground.bot_api.faults import Faults
from intake.playground.bot_api.files import Files
from intake.playground.bot_api.updates import Updates

Clock = Callable[[], datetime]
TOKEN = "1000001:local-playground-token-of-no-value"  # noqa: S105 (opens nothing outside this machine)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One successful sendMessage."""

    chat_id: int
    message_id: int
    text: str


@dataclass
class Callback:
    """A pressed button; `answer` holds the parameters of answerCallbackQuery once it came."""

    query: Json
    chat: Chat
    expired: bool = False
    answer: Json | None = None


class Account:
    """Everything that the server knows about one bot. Lives in memory, for as long as the server."""

    def __init__(self, token: str = TOKEN, username: str = "AtsauceBot", clock: Clock = utc_now) -> None:
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise ValueError("a token is a number, a colon, and letters, digits, - or _")
        self.token = token
        self.clock = clock
        self.user: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Atsauce",
            "username": username,
        }
        self.chats: dict[int, Chat] = {}
        self.updates = Updates()
        self.files = Files()
        self.faults = Faults()
        self.callbacks: dict[str, Callback] = {}
        self.deliveries: list[Delivery] = []
        self.calls: dict[str, int] = {}
        self.profile: dict[tuple[str, str, str], Any] = {}
        self._message_ids = itertools.count(1)
        self._callback_ids = itertools.count(4_000_000_000)

    def now(self) -> int:
        return int(self.clock().timestamp())

    def open_private_chat(self, user: Json) -> Chat:
        """The chat between the bot and this person, in which the person has not written yet."""
        if user["id"] not in self.chats:
            names = {key: user[key] for key in ("first_name", "last_name", "username") if user.get(key)}
            self.chats[user["id"]] = Chat({"id": user["id"], "type": "private", **names}, {user["id"]: user})
        return self.chats[user["id"]]

    def open_group(self, chat_id: int, title: str) -> Chat:
        """A group with the bot in it; people join it by `Person.join`."""
        if chat_id not in self.chats:
            self.chats[chat_id] = Chat({"id": chat_id, "type": "group", "title": title}, {})
        return self.chats[chat_id]

    def upgrade_group(self, chat_id: int, to: int, by: Json) -> Chat:
        """Somebody's act makes the group a supergroup, which has another id; both chats are told."""
        group = self.chats[chat_id]
        new = self.chats[to] = Chat({**group.info, "id": to, "type": "supergroup"}, dict(group.members))
        group.moved_to = to
        self.updates.put("message", self.compose(group, by, migrate_to_chat_id=to))
        self.updates.put("message", self.compose(new, by, migrate_from_chat_id=chat_id))
        return new

    def chat(self, chat_id: object) -> Chat:
        """The chat of a call's chat_id, or the Refusal "chat not found"."""
        if chat_id in (None, ""):
            raise bad_request("chat_id is empty")
        try:
            return self.chats[int(str(chat_id))]
        except (KeyError, ValueError):
            raise bad_request("chat not found") from None

    def writable(self, chat_id: object) -> Chat:
        chat = self.chat(chat_id)
        chat.open_to_bot()
        return chat

    def compose(self, chat: Chat, sender: Json, **content: Any) -> Json:
        """A new message, not shown yet."""
        return {
            "message_id": next(self._message_ids),
            "from": sender,
            "chat": chat.info,
            "date": self.now(),
            **{name: value for name, value in content.items() if value},
        }

    def press(self, chat: Chat, user: Json, message: Json, data: str) -> Callback:
        callback_id = str(next(self._callback_ids))
        query = {
            "id": callback_id,
            "from": user,
            "message": message,
            "chat_instance": str(-chat.id),
            "data": data,
        }
        callback = self.callbacks[callback_id] = Callback(query, chat)
        self.updates.put("callback_query", query)
        return callback

    def expire_callbacks(self) -> None:
        """Make every button pressed so far too old to be answered."""
        for callback in self.callbacks.values():
            callback.expired = True

    def membership(self, chat: Chat, user: Json, status: str) -> Json:
        """The bot's own membership changed, by an act of `user` (Bot API: ChatMemberUpdated)."""
        member = {"user": self.user, "status": "member"}
        gone = (
            {"user": self.user, "status": "kicked", "until_date": 0} if chat.private else {**member, "status": "left"}
        )
        old, new = (member, gone) if status == "kicked" else (gone, member)
        return {"chat": chat.info, "from": user, "date": self.now(), "old_chat_member": old, "new_chat_member": new}

    def leave(self, chat: Chat) -> None:
        if chat.private:
            raise forbidden("bot can't leave private chats")
        chat.blocked = True
