"""A person at a chat with the bot: waits for a question, types, presses, walks a whole questionnaire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from intake.playground.bot_api import Person

WAIT_S = 60.0
Message = dict[str, Any]


@dataclass(frozen=True)
class Press:
    """Buttons to press one after the other, by the beginnings of their labels (without ticks)."""

    labels: tuple[str, ...]

    def __init__(self, *labels: str) -> None:
        object.__setattr__(self, "labels", labels)


Step = str | Press
Steps = Mapping[str, Step]
"""A piece of the question -> what the person does when it is asked."""


@dataclass
class Chat:
    """The person's side; `seen` holds what was passed over while waiting."""

    person: Person
    seen: list[str] = field(default_factory=list)

    async def reads(self, *parts: str) -> Message:
        """The next message that contains one of the parts; those before it are passed over."""
        while True:
            try:
                message = await self.person.next_message(WAIT_S)
            except TimeoutError:
                raise AssertionError(f"nobody said {parts} within {WAIT_S:.0f} s; said: {self._said()}") from None
            self.seen.append(message.get("text", ""))
            if not parts or any(part in self.seen[-1] for part in parts):
                return message

    async def becomes(self, part: str) -> Message:
        """Wait until a message as it stands (new or edited) contains the part."""
        try:
            return await self.person.sees(lambda message: part in message.get("text", ""), timeout_s=WAIT_S)
        except TimeoutError:
            raise AssertionError(f"no message became {part!r}; there are: {self._said()}") from None

    def start(self, payload: str = "") -> None:
        self.person.start(payload)

    def types(self, text: str) -> None:
        self.person.write(text)

    async def press(self, label: str, message: Message | None = None) -> None:
        """Press the button whose label begins so, on this or the newest message that has one; wait for the answer."""

        def shown() -> tuple[int, str] | None:
            messages = self.person.chat.messages
            where = [messages[message["message_id"]]] if message else list(reversed(messages.values()))
            return next(((one["message_id"], data) for one in where if (data := _button(one, label))), None)

        try:
            message_id, data = await self.person.chat.until(shown, WAIT_S)
        except TimeoutError:
            there = [_labels(one) for one in self.person.history()[-3:]]
            raise AssertionError(f"no button {label!r} within {WAIT_S:.0f} s; there are: {there}") from None
        await self.person.answered(self.person.tap(message_id, data), WAIT_S)

    async def walk(self, steps: Steps, until: str) -> Message:
        """Do as the steps say, question by question, until a message contains `until`; returns that one."""
        while True:
            message = await self.reads(until, *steps)
            text = message["text"]
            if until in text:
                return message
            await self.do(steps[next(part for part in steps if part in text)], message)

    async def do(self, step: Step, message: Message) -> None:
        if isinstance(step, str):
            self.types(step)
            return
        for label in step.labels:
            await self.press(label, message)

    def _said(self) -> list[str]:
        return [text[:120] for text in self.seen[-8:]]

    def count(self) -> int:
        """How many messages of the bot the chat holds."""
        return sum(message["from"]["is_bot"] for message in self.person.history())


def _button(message: Message, label: str) -> str | None:
    """The data of the button whose label begins so."""
    return next((one["callback_data"] for one in _buttons(message) if _bare(one["text"]).startswith(label)), None)


def _buttons(message: Message) -> list[Message]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button for row in rows for button in row if "callback_data" in button]


def _labels(message: Message) -> list[str]:
    return [button["text"] for button in _buttons(message)]


def _bare(label: str) -> str:
    """Without the tick, and without the letter that options written out in the text have."""
    return re.sub(r"^[a-z]\) ", "", label.lstrip("☐☑ "))
