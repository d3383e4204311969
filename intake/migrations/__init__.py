"""The database's history: `upgrade` brings any older one to the tables of today; it may be run at any time."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from intake import crash


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date in one transaction; a second process waits for it and finds nothing to do."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7236551)"))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        crash.point("migrating")


def current(engine: Engine) -> bool:
    """Whether the tables are those of today."""
    with engine.connect() as connection:
        version = MigrationContext.configure(connection).get_current_revision()
    return version == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
