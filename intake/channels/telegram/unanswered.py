"""Private chats that wait for an answer, and when it is time to show that it is on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

PATIENCE_S = 0.7
"""Nobody minds to wait so long without a sign; nearly every answer is there within a tenth of it."""
AGAIN_S = 4.5
"""Telegram takes a sign away after five seconds (Bot API: sendChatAction)."""
MOST_SIGNS = 7
"""In a row in one chat: half a minute."""


@dataclass(slots=True)
class Wait:
    """`due` is when a sign is due; `recorded`: the database knows of what was said, so it can be asked."""

    due: float
    recorded: bool = False
    signs: int = 0


class Unanswered:
    """Instants are seconds of a monotonic clock, given by the caller. `some` is set as long as somebody waits."""

    def __init__(self) -> None:
        self.some = asyncio.Event()
        self._waits: dict[str, Wait] = {}

    def heard(self, chats: Iterable[str], now: float) -> None:
        for chat in chats:
            self._waits.setdefault(chat, Wait(now + PATIENCE_S)).recorded = False
            self.some.set()

    def recorded(self, chats: Iterable[str]) -> None:
        for chat in chats:
            if chat in self._waits:
                self._waits[chat].recorded = True

    def answered(self, chat: str) -> None:
        """Something was sent there, or nothing will be."""
        self._waits.pop(chat, None)
        if not self._waits:
            self.some.clear()

    def longest(self, now: float) -> tuple[str, Wait] | None:
        """The chat that has waited longest for a sign that is due; it is not due again at once."""
        chat = min(self._waits, key=lambda one: self._waits[one].due, default=None)
        if chat is None or self._waits[chat].due > now:
            return None
        wait = self._waits[chat]
        wait.due, wait.signs = now + AGAIN_S, wait.signs + 1
        if wait.signs >= MOST_SIGNS:
            self.answered(chat)
        return chat, wait

    def __contains__(self, chat: str) -> bool:
        return chat in self._waits
