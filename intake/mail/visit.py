"""One incoming mail while it is handled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from intake.channels.email.incoming import Mail
from intake.desk import Desk
from intake.tables import Inbox

CHANNEL = "email"


@dataclass(frozen=True, slots=True)
class Visit:
    """Lives for one transaction; `body` are the bytes as they came."""

    session: Session
    desk: Desk
    row: Inbox
    body: bytes
    mail: Mail
    now: datetime
