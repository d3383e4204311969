"""The rows: people and their addresses, what they were sent and what they answered, and what the staff decided."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Index, LargeBinary, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside: what PostgreSQL or UTF-8 cannot hold (NUL, lone surrogates) becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _UNSTORABLE.sub("\ufffd", value)


def instant(**options: Any) -> Any:
    return Field(sa_type=Instant, **options)


def words(**options: Any) -> Any:
    return Field(sa_type=Words, **options)


class Source(StrEnum):
    """Where a contact came from (DOMAIN.md 4, rule 1)."""

    STAFF = "staff"
    REGISTER = "register"
    SELF = "self"
    REFERRAL = "referral"
    FORWARD = "forward"


class Organisation(SQLModel, table=True):
    """One organisation, displayed as first written; `strict_key` decides sameness, `folded_key` only proposes."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = words()
    registration_number: str | None = Field(default=None, sa_type=String(11), unique=True)
    strict_key: str = words(index=True)
    folded_key: str = words(index=True)
    legal_form: str | None = words(default=None)
    sector: str | None = words(default=None)
    municipality: str | None = words(default=None)
    created_at: datetime = instant()


class Person(SQLModel, table=True):
    """A practitioner: whoever may answer. `code` is the personal link's, `pass_code` that of the link to pass on."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = words(default="")
    salutation: str = words(default="")
    role: str = words(default="")
    language: str = Field(default="lv", sa_type=String(8))
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    source: str = words()
    source_detail: str = words(default="")
    basis: str = words()
    obtained_at: datetime = instant()
    contact_group: str = words(default="")
    previous_survey: bool = False
    wave: int = 0
    referred_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    code: str = Field(sa_type=String(16), unique=True)
    pass_code: str = Field(sa_type=String(16), unique=True)
    informed_at: datetime | None = instant(default=None)
    """When the notice of Art. 13 or 14 was first sent or shown."""
    stopped_at: datetime | None = instant(default=None)
    paused_at: datetime | None = instant(default=None)
    """An unclear refusal: nothing is sent until the staff have read it."""
    declined_reminders_at: datetime | None = instant(default=None)
    forgotten_at: datetime | None = instant(default=None)
    """When everything that said who it was had been deleted."""
    united_with: int | None = Field(default=None, index=True)
    """Who they turned out to be: their links lead there."""
    last_input_at: datetime | None = instant(default=None)
    last_channel: str = Field(default="email", sa_type=String(16))
    created_at: datetime = instant()


class AddressState(StrEnum):
    ACTIVE = "active"
    BOUNCED = "bounced"
    BLOCKED = "blocked"


class Address(SQLModel, table=True):
    """A mailbox or a chat of a person."""

    __table_args__ = (UniqueConstraint("channel", "value"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    channel: str = Field(sa_type=String(16))
    value: str = words()
    state: AddressState = Field(default=AddressState.ACTIVE, sa_type=String(16))
    came_with: int | None = Field(default=None)
    """Whose it was before two people were united."""
    soft_bounces: int = 0
    created_at: datetime = instant()


class Suppression(SQLModel, table=True):
    """An address that said stop, as a keyed digest only (DOMAIN.md 4, rule 6)."""

    digest: str = Field(sa_type=String(64), primary_key=True)
    reason: str = Field(sa_type=String(32))
    at: datetime = instant()


class FormVersion(SQLModel, table=True):
    """A questionnaire as it was when a conversation began; immutable."""

    __tablename__ = "form_version"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=String(64), index=True)
    version: str = words(default="")
    digest: str = Field(sa_type=String(64), unique=True)
    xform: str = Field(sa_type=Text)
    files: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """Name -> text of the code lists."""
    created_at: datetime = instant()


DELETED = "deleted"
"""State of a conversation whose unfinished answers were deleted."""


class Conversation(SQLModel, table=True):
    """One person's answers to one questionnaire about one initiative; `session` is the engine's JSON."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    form_id: int = Field(foreign_key="form_version.id")
    code: str = Field(sa_type=String(16), unique=True)
    """A mail that carries it continues this draft, from any address."""
    state: str = Field(default="open", sa_type=String(16), index=True)
    session: str = Field(sa_type=Text)
    begun_on: str = Field(sa_type=String(16))
    begun_at: datetime = instant()
    answered_at: datetime | None = instant(default=None)
    """When the first answer was stored."""
    updated_at: datetime = instant()
    about: str = Field(default="", sa_type=String(36), index=True, sa_column_kwargs={"server_default": ""})
    """The `entity_id` of the initiative it was opened for; empty where it is to make one."""


class Typed(SQLModel, table=True):
    """Which question a chat message answered, so that editing the message corrects the answer."""

    chat: str = Field(sa_type=String(32), primary_key=True)
    message_id: int = Field(primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    path: str = Field(sa_type=Text)
    part: str = words(default="")
    """The text of a message as long as a message can be: what follows at once belongs to it."""
    at: datetime | None = instant(default=None)


class AttachmentState(StrEnum):
    WAITING = "waiting"
    STORED = "stored"
    FAILED = "failed"
    ERASED = "erased"


class Attachment(SQLModel, table=True):
    """A file that somebody sent: fetched after the commit, kept outside the database under the hash of its content."""

    __table_args__ = (Index("attachment_due", "state", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    inbox_id: int | None = Field(default=None, foreign_key="inbox.id")
    path: str = Field(default="", sa_type=Text)
    """The question that it answers; empty for a remark."""
    kind: str = Field(sa_type=String(8))
    provider_id: str = words()
    name: str = words(default="")
    state: AttachmentState = Field(default=AttachmentState.WAITING, sa_type=String(16))
    attempts: int = 0
    due_at: datetime = instant()
    digest: str = Field(default="", sa_type=String(64), index=True)
    """SHA-256 of the content, in hexadecimal; the file's name in the folder."""
    size: int | None = None
    reason: str = words(default="")
    created_at: datetime = instant()
    stored_at: datetime | None = instant(default=None)


class Submission(SQLModel, table=True):
    """A questionnaire as it was submitted, all answers and the form version; a correction is another revision."""

    __table_args__ = (UniqueConstraint("conversation_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    revision: int = 1
    person_id: int = Field(foreign_key="person.id", index=True)
    form_id: int = Field(foreign_key="form_version.id")
    language: str = Field(sa_type=String(8))
    channel: str = Field(sa_type=String(16))
    late: bool = False
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    entities: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    """What it created and updated: list, action, id, path, and digests of the values."""
    submitted_at: datetime = instant()


class Initiative(SQLModel, table=True):
    """What the mapping is about, made and updated by submissions; choice names are separated by one space."""

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(sa_type=String(36), unique=True)
    """The id of the entity (ODK Entities): what later questionnaires update it by."""
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    submission_id: int = Field(foreign_key="submission.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    title: str = words()
    description: str = words(default="")
    need: str = words(default="")
    form: str = words(default="")
    novelty: str = words(default="")
    service: str = words(default="")
    target: str = words(default="")
    scope: str = words(default="")
    municipality: str = words(default="")
    region: str = words(default="")
    stage: str = words(default="")
    year: int | None = None
    role: str = words(default="")
    publish: str = words(default="")
    properties: dict[str, str] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"})
    """What else a questionnaire saves with it, by name."""
    created_at: datetime = instant()
    updated_at: datetime = instant()


class Selection(SQLModel, table=True):
    """An initiative that the staff chose for a later stage (2: the detailed questionnaire, 3: a case study)."""

    initiative_id: int = Field(foreign_key="initiative.id", primary_key=True)
    stage: int = Field(primary_key=True)
    actor: str = words()
    at: datetime = instant()


class Consent(SQLModel, table=True):
    """One answer about one purpose, with the wording it was given to (DOMAIN.md 4, rule 12)."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    submission_id: int | None = Field(default=None, foreign_key="submission.id")
    purpose: str = Field(sa_type=String(32))
    answer: str = Field(sa_type=String(32))
    form_id: int = Field(foreign_key="form_version.id")
    language: str = Field(sa_type=String(8))
    channel: str = Field(sa_type=String(16))
    at: datetime = instant()
    withdrawn_at: datetime | None = instant(default=None)


class NominationState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    KNOWN = "known"
    """The person was invited already, whoever named them first."""
    DROPPED = "dropped"
    """The address said stop; the referrer is not told."""


class Nomination(SQLModel, table=True):
    """A suggestion made in a questionnaire; approved, it becomes a person of the next wave."""

    __table_args__ = (UniqueConstraint("conversation_id", "email"),)

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    referrer_id: int = Field(foreign_key="person.id", index=True)
    organisation: str = words(default="")
    email: str | None = words(default=None)
    municipality: str = words(default="")
    person_name: str = words(default="")
    may_name: bool = False
    state: NominationState = Field(default=NominationState.WAITING, sa_type=String(16), index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = instant()
    decided_at: datetime | None = instant(default=None)
    decided_by: str = words(default="")


class InboxState(StrEnum):
    WAITING = "waiting"
    HANDLED = "handled"
    SET_ASIDE = "set_aside"


class Inbox(SQLModel, table=True):
    """An input as it arrived, committed before it was confirmed to whoever sent it."""

    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("inbox_waiting", "state", "id"),
        Index("inbox_stream", "stream", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(sa_type=String(16))
    key: str = words()
    stream: str = words()
    body: bytes = Field(sa_type=LargeBinary)
    state: InboxState = Field(default=InboxState.WAITING, sa_type=String(16))
    outcome: str = words(default="")
    content_key: str | None = words(default=None, index=True)
    """A mail's Message-ID or hash: the same mail may come under two keys."""
    person_id: int | None = Field(default=None, foreign_key="person.id")
    received_at: datetime = instant()
    handled_at: datetime | None = instant(default=None)


class Mark(SQLModel, table=True):
    """The position in a source up to which its inputs are in the inbox."""

    channel: str = Field(sa_type=String(16), primary_key=True)
    position: str = Field(sa_type=Text)


class OutboxState(StrEnum):
    DUE = "due"
    LEASED = "leased"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


class Outbox(SQLModel, table=True):
    """A message to send, written in the transaction that causes it; `key` makes a second one impossible."""

    __table_args__ = (
        Index("outbox_due", "state", "channel", "due_at", "id"),
        Index("outbox_order", "channel", "address", "state", "id"),
        Index("outbox_person", "person_id", "kind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(sa_type=String(16))
    kind: str = Field(sa_type=String(32))
    key: str = words(unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id")
    address: str = words()
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: OutboxState = Field(default=OutboxState.DUE, sa_type=String(16))
    attempts: int = 0
    due_at: datetime = instant()
    lease_until: datetime | None = instant(default=None)
    provider_id: str | None = words(default=None, index=True)
    reason: str = words(default="")
    created_at: datetime = instant()
    sent_at: datetime | None = instant(default=None)


class Matter(SQLModel, table=True):
    """Something that needs a person: a question, a remark, an unclear refusal, an unknown delivery."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=String(32))
    person_id: int | None = Field(default=None, foreign_key="person.id")
    inbox_id: int | None = Field(default=None, foreign_key="inbox.id")
    outbox_id: int | None = Field(default=None, foreign_key="outbox.id", unique=True)
    text: str = words(default="")
    created_at: datetime = instant()
    resolved_at: datetime | None = instant(default=None, index=True)
    resolved_by: str = words(default="")


class AuditEvent(SQLModel, table=True):
    """An act of the staff or of the retention job: who, what, on which row, with what result; practitioners by id."""

    __tablename__ = "audit_event"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    actor: str = words()
    act: str = Field(sa_type=String(32))
    subject: str = words(default="")
    result: str = words(default="")


class StaffPass(SQLModel, table=True):
    """A one-time code sent to a staff address and the acts that wait for it; once given back it holds for the day."""

    __tablename__ = "staff_pass"

    id: int | None = Field(default=None, primary_key=True)
    address: str = words(index=True)
    code_digest: str = Field(sa_type=String(64))
    acts: list[str] = Field(default_factory=list, sa_type=JSON)
    day: str = Field(sa_type=String(10))
    attempts: int = 0
    created_at: datetime = instant()
    passed_at: datetime | None = instant(default=None)


class StaffMember(SQLModel, table=True):
    """Whether a Telegram user is in the staff chat, as Telegram last said; `inbox_id` is the act that waits for it."""

    __tablename__ = "staff_member"

    user_id: int = Field(sa_type=BigInteger, primary_key=True)
    member: bool = False
    checked_at: datetime | None = instant(default=None)
    inbox_id: int | None = Field(default=None, foreign_key="inbox.id", index=True)


class DigestRun(SQLModel, table=True):
    """The numbers of one digest, so that the next one knows whether anything changed."""

    __tablename__ = "digest_run"

    day: str = Field(sa_type=String(10), primary_key=True)
    at: datetime = instant()
    numbers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    sent: bool = False


class OnceLink(SQLModel, table=True):
    """A link that joins a chat to a person once, sent to their known mailbox."""

    __tablename__ = "once_link"

    code_digest: str = Field(sa_type=String(64), primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id")
    created_at: datetime = instant()
    used_at: datetime | None = instant(default=None)


class CampaignState(SQLModel, table=True):
    """What changed while the campaign runs: a moved deadline, a pause, a staff chat that got another id."""

    __tablename__ = "campaign_state"

    id: int | None = Field(default=1, primary_key=True)
    deadline: datetime | None = instant(default=None)
    paused_at: datetime | None = instant(default=None)
    staff_chat_was: int | None = Field(default=None, sa_type=BigInteger)
    """The id in the settings, that of a group before it became a supergroup."""
    staff_chat: int | None = Field(default=None, sa_type=BigInteger)
