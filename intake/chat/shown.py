"""The keyboard that stands at the end of a chat now: which buttons a typed word could mean, and under which message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlmodel import Session, SQLModel

from intake.channels.telegram.buttons import Action, Button, decode
from intake.tables import Outbox, OutboxState

FIRST_LOOKED_AT, LOOKED_AT = 4, 24
"""Newest messages and edits of the chat."""
_TABLE = SQLModel.metadata.tables[str(Outbox.__tablename__)]
_NEWEST = (
    select(_TABLE.c.provider_id, _TABLE.c.payload, _TABLE.c.state)
    .where(_TABLE.c.channel == bindparam("on"), _TABLE.c.address == bindparam("to"))
    .order_by(_TABLE.c.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Shown:
    """`message_id` is None while the message with the keyboard has not been sent yet, and where the keyboard is in
    place of the phone's own: a message that has one cannot be changed."""

    message_id: int | None
    keyboard: tuple[Mapping[str, Any], ...]

    def buttons(self) -> Iterator[tuple[str, Button, str]]:
        """Label, meaning and data of each button."""
        for one in self.keyboard:
            if (button := decode(one.get("callback_data", ""))) is not None:
                yield one["text"], button, one["callback_data"]

    def holds(self, action: Action) -> bool:
        return any(button.action is action for _, button, _ in self.buttons())

    def belongs(self, path: str, salt: str) -> bool:
        """Whether it stands under the question at `path`."""
        return any(button.belongs(path, salt) for _, button, _ in self.buttons())


NOWHERE = Shown(None, ())


def latest(session: Session, channel: str, chat: str) -> Shown:
    """The newest keyboard that has not been taken away. It is nearly always in the last few messages."""
    for most in (FIRST_LOOKED_AT, LOOKED_AT):
        rows = session.connection().execute(_NEWEST, {"on": channel, "to": chat, "most": most}).all()
        found = _among(rows)
        if found is not None or len(rows) < most:
            return found or NOWHERE
    return NOWHERE


def _among(rows: Sequence[Row[str | None, Mapping[str, Any], str]]) -> Shown | None:
    changed: set[int] = set()
    put_away = False
    for provider_id, payload, state in rows:
        markup = payload.get("markup") or {}
        if "typed" in payload and not put_away:
            return Shown(None, tuple(payload["typed"]))
        put_away = put_away or "remove_keyboard" in markup or "keyboard" in markup
        found = _shown(provider_id if state == OutboxState.SENT else None, payload, changed)
        if found is not None:
            return found
    return None


def _shown(provider_id: str | None, payload: Mapping[str, Any], changed: set[int]) -> Shown | None:
    """What one row says about its message, unless a later one changed it."""
    if payload.get("kind") in ("edit", "edit_markup"):
        number = int(payload["message_id"])
    elif payload.get("kind") == "message":
        number = int(provider_id) if provider_id and provider_id.isdecimal() else 0
    else:
        return None
    if number and number in changed:
        return None
    changed.add(number)
    rows = (payload.get("markup") or {}).get("inline_keyboard")
    return Shown(number or None, tuple(one for row in rows for one in row)) if rows else None
