"""Which chat is the staff's: a group that becomes a supergroup gets another id than the settings say."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlmodel import Session

from intake import audit, outbox
from intake.desk import Desk
from intake.store import insert_once
from intake.tables import CampaignState

log = structlog.get_logger()

KIND = outbox.STAFF
CHANNEL = "telegram"


def current(session: Session, desk: Desk) -> int | None:
    """Its id now; None where there is none."""
    state = session.get(CampaignState, 1) if desk.staff_chat is not None else None
    moved = state is not None and state.staff_chat_was == desk.staff_chat
    return state.staff_chat if state is not None and moved else desk.staff_chat


def move(session: Session, now: datetime, was: int, to: int) -> bool:
    """It has another id from now on, and what waits goes there. False when that was known."""
    insert_once(session, CampaignState, {"id": 1})
    state = session.get_one(CampaignState, 1, with_for_update=True, populate_existing=True)
    outbox.move(session, CHANNEL, str(was), str(to))
    if (state.staff_chat_was, state.staff_chat) == (was, to):
        return False
    state.staff_chat_was, state.staff_chat = was, to
    audit.note(session, now, "telegram", "move", f"staff chat {was}", f"staff chat {to}")
    log.warning("the staff chat has another id: set ATSAUCE_STAFF_CHAT", was=was, now=to)
    return True
