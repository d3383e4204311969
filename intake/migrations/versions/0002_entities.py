"""Initiatives have the id of their entity; a conversation may be about one; a submission says what it wrote"""

from __future__ import annotations

import json
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ENTITY_ID = "/data/meta/entity/@id"
NAMES = {"uq": "%(table_name)s_%(column_0_name)s_key"}
"""What PostgreSQL calls a unique column; SQLite has no name for it."""


def upgrade() -> None:
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(length=36), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_conversation_about"), ["about"], unique=False)

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entities", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entity_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("properties", sa.JSON(), server_default="{}", nullable=False))

    _number()
    with op.batch_alter_table("initiative", schema=None, naming_convention=NAMES) as batch_op:
        batch_op.alter_column("entity_id", existing_type=sa.String(length=36), nullable=False)
        batch_op.create_unique_constraint("initiative_entity_id_key", ["entity_id"])
        batch_op.drop_constraint("initiative_conversation_id_key", type_="unique")
        batch_op.create_index(batch_op.f("ix_initiative_conversation_id"), ["conversation_id"], unique=False)


def _number() -> None:
    """An initiative has the id that its conversation made for the entity, so that a correction finds it again."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT i.id, c.session FROM initiative i JOIN conversation c ON c.id = i.conversation_id")
    ).all()
    for number, session in rows:
        values = {"number": number, "entity_id": _made(session) or str(uuid.uuid4())}
        connection.execute(sa.text("UPDATE initiative SET entity_id = :entity_id WHERE id = :number"), values)


def _made(session: str) -> str:
    try:
        return str(uuid.UUID(json.loads(session)["answers"][ENTITY_ID]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
