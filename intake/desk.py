"""What the rules need to know beside the rows: the campaign, its questionnaire, our own addresses and the key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from conversations.forms import Form
from intake.campaign import Campaign
from intake.forms import Shelf
from intake.tables import CampaignState


@dataclass(frozen=True, slots=True)
class Desk:
    """One for a process. `bot` is the bot's name without @, empty when there is no Telegram."""

    campaign: Campaign
    shelf: Shelf
    form_id: int
    key: bytes
    mail_address: str = ""
    plus: bool = False
    """Mail to `name+CODE@domain` was seen to arrive."""
    verp: bool = False
    """So was mail to an envelope sender that names a letter."""
    bot: str = ""
    base_url: str = ""
    staff: tuple[str, ...] = ()
    staff_chat: int | None = None

    def form(self, session: Session, form_id: int | None = None) -> Form:
        """A version of the questionnaire; the one new conversations begin with when none is named."""
        return self.shelf.form(session, form_id or self.form_id)

    def closes(self, session: Session) -> datetime:
        """The deadline, as the staff may have moved it."""
        state = session.get(CampaignState, 1)
        return self.campaign.closes(state.deadline if state else None)

    def telegram_link(self, code: str) -> str:
        """The link that opens the chat with this code; empty without Telegram."""
        return f"https://t.me/{self.bot}?start={code}" if self.bot else ""

    def is_staff(self, address: str) -> bool:
        return address.strip().lower() in self.staff
