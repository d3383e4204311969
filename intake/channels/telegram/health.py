"""How the conversation with Telegram is going, for `atsauce check` and the staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from telegram.error import Conflict, InvalidToken, TelegramError

from intake.channels.telegram.transport import ServerFault, Slowed

Clock = Callable[[], datetime]


class State(StrEnum):
    """What the last call showed."""

    STARTING = "starting"
    WORKING = "working"
    WRONG_TOKEN = "wrong_token"  # noqa: S105
    ANOTHER_POLLER = "another_poller"
    WEBHOOK_SET = "webhook_set"
    SLOWED = "slowed"
    SERVER_FAULT = "server_fault"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Health:
    """`error` names the last failure (never a text of Telegram's); instants are aware."""

    state: State = State.STARTING
    succeeded: datetime | None = None
    failed: datetime | None = None
    error: str = ""

    def well(self, now: datetime) -> Health:
        return replace(self, state=State.WORKING, succeeded=now)

    def ill(self, error: TelegramError, now: datetime) -> Health:
        return replace(self, state=state_of(error), failed=now, error=name_of(error))


def state_of(error: TelegramError) -> State:
    if isinstance(error, InvalidToken):
        return State.WRONG_TOKEN
    if isinstance(error, Conflict):
        return State.WEBHOOK_SET if "webhook" in error.message.lower() else State.ANOTHER_POLLER
    if isinstance(error, Slowed):
        return State.SLOWED
    return State.SERVER_FAULT if isinstance(error, ServerFault) else State.UNREACHABLE


def name_of(error: TelegramError) -> str:
    """A code for logs: the class, and the HTTP status where there is one."""
    return f"{type(error).__name__} {error.status}" if isinstance(error, ServerFault) else type(error).__name__
