"""Whom somebody was united with, whose an address was before; the id of a staff chat that became a supergroup"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("united_with", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_person_united_with"), ["united_with"], unique=False)

    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.add_column(sa.Column("came_with", sa.Integer(), nullable=True))

    with op.batch_alter_table("campaign_state", schema=None) as batch_op:
        batch_op.add_column(sa.Column("staff_chat_was", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("staff_chat", sa.BigInteger(), nullable=True))
