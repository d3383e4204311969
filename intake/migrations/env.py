"""Alembic's entry: runs on the connection that `upgrade` holds."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import intake.tables  # noqa: F401 - declares the tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
