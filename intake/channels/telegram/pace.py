"""Keeps sending under Telegram's limits: one message a second in a chat, 20 a minute in a group, 30 a second in all."""

from __future__ import annotations

from dataclasses import dataclass

CHAT_PER_S, CHAT_BURST = 1.0, 3
GROUP_PER_S, GROUP_BURST = 20 / 60, 5
ALL_PER_S, ALL_BURST = 30.0, 30
MOST_CHATS = 10_000


@dataclass(slots=True)
class Bucket:
    """Tokens that come back at `per_s` up to `burst`; taking one ahead of time makes the next ones wait longer."""

    per_s: float
    burst: int
    free_at: float = float("-inf")
    """The instant at which the bucket is (or will be) full again."""

    def wait_s(self, now: float) -> float:
        """Seconds until a token is there."""
        return max(0.0, self.free_at - now - (self.burst - 1) / self.per_s)

    def take(self, now: float) -> None:
        self.free_at = max(self.free_at, now) + 1 / self.per_s

    def hold(self, until: float) -> None:
        """No token before `until`, whatever was saved."""
        self.free_at = max(self.free_at, until + (self.burst - 1) / self.per_s)


class Pace:
    """The buckets of one bot. Instants are seconds of a monotonic clock, given by the caller."""

    def __init__(self, *, all_per_s: float = ALL_PER_S, most_chats: int = MOST_CHATS) -> None:
        self._all = Bucket(all_per_s, ALL_BURST)
        self._chats: dict[str, Bucket] = {}
        self._most_chats = most_chats

    def wait_s(self, chat: str, now: float) -> float:
        """Seconds until a message to `chat` may leave; nothing is taken."""
        return max(self._chat(chat, now).wait_s(now), self._all.wait_s(now))

    def take(self, chat: str, now: float) -> None:
        """Count a message to `chat`, to leave after `wait_s`."""
        self._chat(chat, now).take(now)
        self._all.take(now)

    def hold(self, chat: str, now: float, seconds: float) -> None:
        """Telegram said how long this chat has to wait; the others go on."""
        self._chat(chat, now).hold(now + seconds)

    def _chat(self, chat: str, now: float) -> Bucket:
        if chat not in self._chats:
            self._forget_the_idle(now)
            self._chats[chat] = _bucket(chat)
        return self._chats[chat]

    def _forget_the_idle(self, now: float) -> None:
        if len(self._chats) >= self._most_chats:
            self._chats = {chat: bucket for chat, bucket in self._chats.items() if bucket.free_at > now}
            self._most_chats = max(self._most_chats, 2 * len(self._chats))


def _bucket(chat: str) -> Bucket:
    # Bot API: ids of groups and channels are negative.
    return Bucket(GROUP_PER_S, GROUP_BURST) if chat.startswith("-") else Bucket(CHAT_PER_S, CHAT_BURST)
