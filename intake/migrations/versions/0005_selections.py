"""Initiatives that the staff chose for a later stage"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from intake.tables import Instant, Words

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "selection",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"]),
        sa.PrimaryKeyConstraint("initiative_id", "stage"),
    )
