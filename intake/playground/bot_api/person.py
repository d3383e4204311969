"""A person with Telegram in hand: writes, presses buttons, sends things, blocks the bot, and reads the chat."""

from collections.abc import Callable
from typing import Any

from intake.playground.bot_api.account import Account, Callback
from intake.playground.bot_api.chat import Chat
from intake.playground.bot_api.entities import typed
from intake.playground.bot_api.errors import Json
from intake.playground.bot_api.files import as_document, as_photo, as_voice
from intake.playground.bot_api.keyboards import buttons

TIMEOUT_S = 10.0
RIGA = (56.9496, 24.1052)


class Impossible(Exception):
    """Something that a person cannot do in a real client, such as pressing a button that is not there."""


class Person:
    """One person and the chats they are in. Acts return the message as Telegram keeps it (JSON of the Bot API)."""

    def __init__(self, account: Account, user: Json) -> None:
        self.account = account
        self.user = user
        self.chat = account.open_private_chat(user)
        self._taken = 0

    # What a person does.

    def write(self, text: str, *, chat: Chat | None = None, reply_to: int | None = None) -> Json:
        """Type and send a text; /commands become entities."""
        if not 1 <= len(text) <= 4096:
            raise Impossible("a message has 1 to 4096 characters")
        replied = (chat or self.chat).messages[reply_to] if reply_to else None
        return self._say(chat, text=text, entities=typed(text), reply_to_message=replied)

    def start(self, payload: str = "") -> Json:
        """Press "Start", with the payload of a t.me link."""
        return self.write(f"/start {payload}".strip())

    def press(self, button: str, *, message_id: int | None = None, chat: Chat | None = None) -> Callback | Json:
        """Press a button by its label or callback data: the newest one shown, or that of one message."""
        where = chat or self.chat
        for message in reversed(where.messages.values()):
            if message_id in (None, message["message_id"]):
                for shown in buttons(message.get("reply_markup")):
                    if button in (shown["text"], shown.get("callback_data")) and "callback_data" in shown:
                        return self.tap(message["message_id"], shown["callback_data"], chat=chat)
        for shown in buttons(where.reply_keyboard):
            if shown["text"] == button:
                return self._press_reply(shown, chat)
        raise Impossible(f"no button {button!r} is shown")

    def _press_reply(self, shown: Json, chat: Chat | None) -> Json:
        """A button in place of the phone's keyboard sends what it asks for, else its label."""
        if shown.get("request_contact"):
            return self.send_contact(chat=chat)
        if shown.get("request_location"):
            return self.send_location(*RIGA, chat=chat)
        return self.write(shown["text"], chat=chat)

    def tap(self, message_id: int, data: str, *, chat: Chat | None = None) -> Callback:
        """Press with this data even if the button is gone by now: a stale or a doubled tap."""
        where = chat or self.chat
        if message_id not in where.messages:
            raise Impossible("the message is not there any more")
        return self.account.press(where, self.user, where.messages[message_id], data)

    def edit(self, message_id: int, text: str, *, chat: Chat | None = None) -> Json:
        where = chat or self.chat
        message = where.messages[message_id]
        if message["from"]["id"] != self.user["id"] or "text" not in message:
            raise Impossible("only one's own texts can be edited")
        content = {"text": text, "entities": typed(text), "edit_date": self.account.now()}
        edited = {name: value for name, value in {**message, **content}.items() if value}
        where.show(edited)
        self.account.updates.put("edited_message", edited)
        return edited

    def send_contact(self, phone_number: str = "+37120000000", *, chat: Chat | None = None, **other: Any) -> Json:
        """One's own number; with `other` names (and a `user_id`, if they use Telegram) somebody else's."""
        names = {key: self.user[key] for key in ("first_name", "last_name") if self.user.get(key)}
        whose = other or {"user_id": self.user["id"], **names}
        return self._say(chat, contact={"phone_number": phone_number, **whose})

    def send_location(self, latitude: float, longitude: float, *, chat: Chat | None = None) -> Json:
        return self._say(chat, location={"latitude": latitude, "longitude": longitude})

    def send_photo(self, content: bytes, caption: str = "") -> Json:
        stored = self.account.files.store("photo.jpg", content, "image/jpeg")
        return self._say(None, photo=as_photo(stored), caption=caption)

    def send_document(
        self, name: str, content: bytes, content_type: str = "application/pdf", caption: str = ""
    ) -> Json:
        stored = self.account.files.store(name, content, content_type)
        return self._say(None, document=as_document(stored), caption=caption)

    def send_voice(self, content: bytes) -> Json:
        return self._say(None, voice=as_voice(self.account.files.store("voice.ogg", content, "audio/ogg")))

    def send(self, *, chat: Chat | None = None, **content: Any) -> Json:
        """Whatever else a client can send, as the Bot API has it: sticker=..., poll=..., a text with forward_origin."""
        return self._say(chat, **content)

    def block(self) -> None:
        """Block the bot; it learns of it by my_chat_member and by 403."""
        self.chat.blocked = True
        self._membership(self.chat, "kicked")

    def unblock(self) -> None:
        self.chat.blocked = False
        self._membership(self.chat, "member")

    def join(self, group: Chat) -> None:
        group.members[self.user["id"]] = self.user

    # What a person sees.

    def history(self, chat: Chat | None = None) -> list[Json]:
        """The messages as they stand now: edits applied, deleted ones gone."""
        return list((chat or self.chat).messages.values())

    def shown(self, chat: Chat | None = None) -> Json:
        """The newest message of the bot."""
        return next(message for message in reversed(self.history(chat)) if message["from"]["id"] != self.user["id"])

    async def next_message(self, timeout_s: float = TIMEOUT_S) -> Json:
        """The bot's next message not taken yet by this call, in the order sent; waits for it."""
        message = await self.chat.until(self._untaken, timeout_s)
        self._taken = message["message_id"]
        return message

    async def sees(
        self, holds: Callable[[Json], bool], *, chat: Chat | None = None, timeout_s: float = TIMEOUT_S
    ) -> Json:
        """Wait until a message as it stands (new or edited) satisfies `holds`, and return it."""
        where = chat or self.chat
        return await where.until(lambda: next(filter(holds, where.messages.values()), None), timeout_s)

    async def answered(self, callback: Callback | Json, timeout_s: float = TIMEOUT_S) -> Json:
        """Wait for answerCallbackQuery of a pressed button; its text and show_alert."""
        if not isinstance(callback, Callback):
            raise Impossible("only an inline button is answered")
        return await callback.chat.until(lambda: callback.answer, timeout_s)

    def _untaken(self) -> Json | None:
        for message in self.chat.messages.values():
            if message["message_id"] > self._taken and message["from"]["id"] == self.account.user["id"]:
                return message
        return None

    def _say(self, chat: Chat | None, **content: Any) -> Json:
        where = chat or self.chat
        if where.private and where.blocked:
            raise Impossible("the bot is blocked; unblock it first")
        if self.user["id"] not in where.members:
            raise Impossible("not a member of this group")
        where.wrote = True
        message = self.account.compose(where, self.user, **content)
        where.show(message)
        self.account.updates.put("message", message)
        return message

    def _membership(self, chat: Chat, status: str) -> None:
        self.account.updates.put("my_chat_member", self.account.membership(chat, self.user, status))
        chat.changed()
