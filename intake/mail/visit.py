"""One incoming mail while it is handled, and the two things that may come of it: a matter for the staff, a letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import letters, matters, people
from intake.channels.email.incoming import Mail
from intake.channels.email.message import identified, render
from intake.channels.email.reply import new_text
from intake.desk import Desk
from intake.drafts import Draft
from intake.tables import Inbox, Outbox, Person

CHANNEL = "email"
MOST_AN_HOUR = 5
"""Answers to one address; the next one waits for the staff, since two machines may be talking."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Lives for one transaction; `body` are the bytes as they came, `letter` is the one of ours that they answer,
    `folder` where files are kept."""

    session: Session
    desk: Desk
    row: Inbox
    body: bytes
    mail: Mail
    now: datetime
    folder: Path
    letter: Outbox | None = None

    @property
    def sent(self) -> bytes:
        """The letter as it went out, empty where none is known."""
        return as_sent(self.letter) if self.letter is not None else b""

    def text(self) -> str:
        """What is new in the mail."""
        return new_text(self.body, self.sent or None)

    def tell(self, kind: str, person: Person | None, text: str = "") -> None:
        """Open a matter for the staff, with what was newly written unless `text` says it better."""
        person_id = person.id if person else None
        matters.open_matter(
            self.session, kind, self.now, person_id=person_id, inbox_id=self.row.id, text=text or self.text()
        )

    def put(
        self,
        template: str,
        values: Mapping[str, object],
        person: Person | None,
        *,
        kind: str = "answer",
        draft: Draft | None = None,
        numbers: tuple[int, ...] = (),
    ) -> None:
        """Answer the mail, in its thread, where it came from."""
        letters.put(
            self.session,
            self.desk,
            template=template,
            kind=kind,
            key=f"in:{self.row.id}:{template}",
            address=people.normal(CHANNEL, self.mail.sender),
            language=person.language if person else self.desk.campaign.language,
            values=values,
            now=self.now,
            person=person,
            conversation=draft.row if draft else None,
            reply_to=self.mail,
            numbers=numbers,
        )

    def too_many(self) -> bool:
        """Whether no more answers go to this address for a while."""
        answers = select(func.count(col(Outbox.id))).where(
            col(Outbox.channel) == CHANNEL,
            col(Outbox.address) == people.normal(CHANNEL, self.mail.sender),
            col(Outbox.kind) == "answer",
            col(Outbox.created_at) > self.now - timedelta(hours=1),
        )
        return (self.session.scalar(answers) or 0) >= MOST_AN_HOUR

    def wait(self, person: Person | None) -> str:
        """Leave it to the staff instead of answering once more."""
        self.tell("loop", person)
        return "too many answers"


def as_sent(letter: Outbox) -> bytes:
    """The bytes that went out; empty for a letter whose text was erased."""
    return render(identified(letter.payload, letter.id)) if letter.payload else b""
