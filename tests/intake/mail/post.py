"""A mailbox of ours as the rules see it: letters that went out, mails that come in, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from intake import inbox, invitations, mail, people
from intake.channels.email.message import identified
from intake.clock import Clock
from intake.desk import Desk
from intake.tables import Conversation, Inbox, Matter, Outbox, OutboxState, Person, Source, Submission

OURS = "anketa@example.org"
TITLE = "Saules darbnīca"
ABOUT = "Radošās darbnīcas cilvēkiem ar garīga rakstura traucējumiem divas reizes nedēļā."
NEED = "Trūkst nodarbinātības iespēju un kopā būšanas."
CORE = f"1. Saules darbnīca\n2. {ABOUT}\n4. b\n8. d\n11. b\n13. Biedrība “Saules tilts”\n14. a"
REST = f"3. {NEED}\n5. c\n6. dienas centrs\n7. a, d\n17. a\n18. j\n22. c\n27. jā\n28. c"
WHOLE = f"{CORE}\n{REST}"


class Still(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class Post:
    """Write to it and see what comes of it."""

    session: Session
    desk: Desk
    clock: Still
    folder: Path
    _ids: count[int] = field(default_factory=lambda: count(1))

    def invite(self, address: str, **known: Any) -> Outbox:
        """The invitation of a new contact, as it went out."""
        source = Source(known.pop("source", Source.STAFF))
        made = people.add(self.session, self.now, source=source, basis="GDPR 6(1)(e)", **known)
        assert people.join(self.session, made, "email", address, self.now)
        assert invitations.invite(self.session, self.desk, made, self.now)
        return self.deliver()[-1]

    @property
    def now(self) -> datetime:
        return self.clock.at

    def submit(self, address: str) -> Outbox:
        """A whole questionnaire in two mails; the letter that confirms it."""
        _, (first,) = self.says(address, CORE, self.invite(address))
        outcome, (done,) = self.says(address, REST, first)
        assert outcome == "submitted", text(done)
        return done

    def later(self, **time: float) -> None:
        self.clock.at += timedelta(**time)

    def deliver(self) -> list[Outbox]:
        """Send what waits; the letters sent now."""
        self.session.flush()
        rows = self.session.scalars(select(Outbox).where(col(Outbox.state) == OutboxState.DUE).order_by(col(Outbox.id)))
        found = list(rows)
        for row in found:
            row.state, row.sent_at = OutboxState.SENT, self.now
            row.provider_id = str(identified(row.payload, row.id)["message_id"])
        self.session.flush()
        return found

    def mail(
        self,
        sender: str,
        text: str,
        *,
        to: Outbox | None = None,
        subject: str | None = None,
        threaded: bool = True,
        quote: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> EmailMessage:
        """A mail to us, in answer to a letter where one is given."""
        message = EmailMessage()
        message["From"], message["To"] = sender, OURS
        message["Message-ID"] = f"<mail{next(self._ids)}@example.net>"
        answered = f"Re: {to.payload['subject']}" if to is not None else "Labdien"
        message["Subject"] = answered if subject is None else subject
        if to is not None and threaded:
            message["In-Reply-To"] = message["References"] = str(to.provider_id)
        for name, value in (headers or {}).items():
            message[name] = value
        quoted = "\n".join(f"> {line}" for line in to.payload["text"].split("\n")) if to is not None and quote else ""
        message.set_content(f"{text}\n\n{quoted}")
        return message

    def receive(self, message: EmailMessage | bytes) -> str:
        """What becomes of a mail, in a word."""
        body = message if isinstance(message, bytes) else message.as_bytes()
        row = Inbox(channel="email", key=f"k{next(self._ids)}", stream="email", body=body, received_at=self.now)
        self.session.add(row)
        self.session.flush()
        outcome = mail.rule(self.desk, self.clock, self.folder)(self.session, row, body)
        inbox.finish(row, self.now, outcome, row.person_id)
        self.session.flush()
        return outcome

    def says(self, sender: str, text: str, to: Outbox | None = None, **more: Any) -> tuple[str, list[Outbox]]:
        """Write and take the post: the outcome, and the letters that it caused."""
        self.deliver()
        outcome = self.receive(self.mail(sender, text, to=to, **more))
        return outcome, self.deliver()

    def invitation(self, address: str) -> Outbox:
        """The first letter that went to an address."""
        statement = select(Outbox).where(col(Outbox.address) == address).order_by(col(Outbox.id))
        return self.session.scalars(statement.limit(1)).one()

    def person(self, address: str) -> Person:
        found = people.by_address(self.session, "email", address)
        assert found is not None, address
        return found

    def drafts(self, address: str) -> list[Conversation]:
        owner = self.person(address)
        statement = select(Conversation).where(col(Conversation.person_id) == owner.id)
        return list(self.session.scalars(statement.order_by(col(Conversation.id))))

    def submissions(self, address: str) -> list[Submission]:
        owner = self.person(address)
        statement = select(Submission).where(col(Submission.person_id) == owner.id).order_by(col(Submission.id))
        return list(self.session.scalars(statement))

    def matters(self) -> list[tuple[str, str]]:
        """(kind, text) of everything that waits for the staff."""
        return [(row.kind, row.text) for row in self.session.scalars(select(Matter).order_by(col(Matter.id)))]


def text(letter: Outbox) -> str:
    return str(letter.payload["text"])
