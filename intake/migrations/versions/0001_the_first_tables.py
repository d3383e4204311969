"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import intake.tables

revision = "0001"
down_revision = None


def upgrade() -> None:

    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("actor", intake.tables.Words(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("subject", intake.tables.Words(), nullable=False),
        sa.Column("result", intake.tables.Words(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "campaign_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deadline", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("paused_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "digest_run",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "form_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", intake.tables.Words(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("xform", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("created_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    with op.batch_alter_table("form_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_version_name"), ["name"], unique=False)

    op.create_table(
        "mark",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", intake.tables.Words(), nullable=False),
        sa.Column("registration_number", sa.String(length=11), nullable=True),
        sa.Column("strict_key", intake.tables.Words(), nullable=False),
        sa.Column("folded_key", intake.tables.Words(), nullable=False),
        sa.Column("legal_form", intake.tables.Words(), nullable=True),
        sa.Column("sector", intake.tables.Words(), nullable=True),
        sa.Column("municipality", intake.tables.Words(), nullable=True),
        sa.Column("created_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("registration_number"),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_folded_key"), ["folded_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_strict_key"), ["strict_key"], unique=False)

    op.create_table(
        "staff_pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", intake.tables.Words(), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("acts", sa.JSON(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("passed_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("staff_pass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_pass_address"), ["address"], unique=False)

    op.create_table(
        "suppression",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("at", intake.tables.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", intake.tables.Words(), nullable=False),
        sa.Column("salutation", intake.tables.Words(), nullable=False),
        sa.Column("role", intake.tables.Words(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("source", intake.tables.Words(), nullable=False),
        sa.Column("source_detail", intake.tables.Words(), nullable=False),
        sa.Column("basis", intake.tables.Words(), nullable=False),
        sa.Column("obtained_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("contact_group", intake.tables.Words(), nullable=False),
        sa.Column("previous_survey", sa.Boolean(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("referred_by", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("pass_code", sa.String(length=16), nullable=False),
        sa.Column("informed_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("stopped_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("paused_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("declined_reminders_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("forgotten_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("last_input_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("last_channel", sa.String(length=16), nullable=False),
        sa.Column("created_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["referred_by"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("pass_code"),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_referred_by"), ["referred_by"], unique=False)

    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("value", intake.tables.Words(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("soft_bounces", sa.Integer(), nullable=False),
        sa.Column("created_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "value"),
    )
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_person_id"), ["person_id"], unique=False)

    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("begun_on", sa.String(length=16), nullable=False),
        sa.Column("begun_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("answered_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("updated_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["form_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_conversation_state"), ["state"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("key", intake.tables.Words(), nullable=False),
        sa.Column("stream", intake.tables.Words(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", intake.tables.Words(), nullable=False),
        sa.Column("content_key", intake.tables.Words(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("received_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("handled_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "key"),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("inbox_stream", ["stream", "state", "id"], unique=False)
        batch_op.create_index("inbox_waiting", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbox_content_key"), ["content_key"], unique=False)

    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("referrer_id", sa.Integer(), nullable=False),
        sa.Column("organisation", intake.tables.Words(), nullable=False),
        sa.Column("email", intake.tables.Words(), nullable=True),
        sa.Column("municipality", intake.tables.Words(), nullable=False),
        sa.Column("person_name", intake.tables.Words(), nullable=False),
        sa.Column("may_name", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("decided_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("decided_by", intake.tables.Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation_id", "email"),
    )
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nomination_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nomination_referrer_id"), ["referrer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nomination_state"), ["state"], unique=False)

    op.create_table(
        "once_link",
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("used_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("code_digest"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", intake.tables.Words(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("address", intake.tables.Words(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("lease_until", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("provider_id", intake.tables.Words(), nullable=True),
        sa.Column("reason", intake.tables.Words(), nullable=False),
        sa.Column("created_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("sent_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_provider_id"), ["provider_id"], unique=False)
        batch_op.create_index("outbox_due", ["state", "channel", "due_at", "id"], unique=False)
        batch_op.create_index("outbox_order", ["channel", "address", "state", "id"], unique=False)
        batch_op.create_index("outbox_person", ["person_id", "kind"], unique=False)

    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("submitted_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["form_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation_id", "revision"),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_person_id"), ["person_id"], unique=False)

    op.create_table(
        "typed",
        sa.Column("chat", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("chat", "message_id"),
    )
    with op.batch_alter_table("typed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_typed_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("withdrawn_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["form_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_person_id"), ["person_id"], unique=False)

    op.create_table(
        "initiative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("title", intake.tables.Words(), nullable=False),
        sa.Column("description", intake.tables.Words(), nullable=False),
        sa.Column("need", intake.tables.Words(), nullable=False),
        sa.Column("form", intake.tables.Words(), nullable=False),
        sa.Column("novelty", intake.tables.Words(), nullable=False),
        sa.Column("service", intake.tables.Words(), nullable=False),
        sa.Column("target", intake.tables.Words(), nullable=False),
        sa.Column("scope", intake.tables.Words(), nullable=False),
        sa.Column("municipality", intake.tables.Words(), nullable=False),
        sa.Column("region", intake.tables.Words(), nullable=False),
        sa.Column("stage", intake.tables.Words(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("role", intake.tables.Words(), nullable=False),
        sa.Column("publish", intake.tables.Words(), nullable=False),
        sa.Column("created_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation_id"),
    )
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_initiative_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_initiative_person_id"), ["person_id"], unique=False)

    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("inbox_id", sa.Integer(), nullable=True),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("text", intake.tables.Words(), nullable=False),
        sa.Column("created_at", intake.tables.Instant(timezone=True), nullable=False),
        sa.Column("resolved_at", intake.tables.Instant(timezone=True), nullable=True),
        sa.Column("resolved_by", intake.tables.Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbox_id"],
            ["inbox.id"],
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("outbox_id"),
    )
    with op.batch_alter_table("matter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matter_resolved_at"), ["resolved_at"], unique=False)
