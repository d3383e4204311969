"""Migrations: the tables they make are those declared, and what older tables hold comes along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from intake import migrations
from intake.store import Store
from tests.servers import postgres

LONG_AGO = "2026-01-01 00:00:00+00:00"
MADE = "de4547f1-312a-4ac3-8af4-ed8344332f81"
"""The id that the first conversation gave the entity."""
ROWS: dict[str, dict[str, object]] = {
    "person": {
        **dict.fromkeys(("name", "salutation", "role", "source_detail", "contact_group", "basis"), ""),
        **{"language": "lv", "source": "self", "previous_survey": False, "wave": 0},
        **{"code": "a", "pass_code": "b", "last_channel": "email", "obtained_at": LONG_AGO, "created_at": LONG_AGO},
    },
    "form_version": {"name": "i", "version": "", "digest": "d", "xform": "x", "files": "{}", "created_at": LONG_AGO},
    "conversation": {
        **{"person_id": 1, "form_id": 1, "state": "submitted", "begun_on": "email"},
        **{"begun_at": LONG_AGO, "updated_at": LONG_AGO},
    },
    "submission": {
        **{"revision": 1, "person_id": 1, "form_id": 1, "language": "lv", "channel": "email", "late": False},
        **{"answers": "{}", "submitted_at": LONG_AGO},
    },
    "initiative": {
        **dict.fromkeys(("description", "need", "form", "novelty", "service", "target", "scope"), ""),
        **dict.fromkeys(("municipality", "region", "stage", "role", "publish"), ""),
        **{"person_id": 1, "title": "Saules darbnīca", "created_at": LONG_AGO, "updated_at": LONG_AGO},
    },
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database without tables."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path / 'own.db'}")
        yield store
        store.close()
        return
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.database()
    store = Store(url)
    yield store
    store.close()
    cluster.drop(url)


def test_the_tables_are_those_declared(empty: Store) -> None:
    migrations.upgrade(empty.engine)
    with empty.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
    assert migrations.current(empty.engine)


def test_initiatives_get_the_id_their_conversation_made(empty: Store) -> None:
    sessions = (json.dumps({"answers": {"/data/meta/entity/@id": MADE}}), "", "[]")
    with empty.engine.begin() as connection:
        _to(connection, "0001")
        _insert(connection, "person", id=1)
        _insert(connection, "form_version", id=1)
        for number, session in enumerate(sessions, 1):
            _insert(connection, "conversation", id=number, code=str(number), session=session)
            _insert(connection, "submission", id=number, conversation_id=number)
            _insert(connection, "initiative", id=number, conversation_id=number, submission_id=number)
        _to(connection, "0002")
        found = connection.execute(sa.text("SELECT entity_id, title FROM initiative ORDER BY id")).all()
    assert found[0] == (MADE, "Saules darbnīca")
    assert len({number for number, _ in found}) == len(sessions)


def _to(connection: sa.Connection, revision: str) -> None:
    config = migrations._config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _insert(connection: sa.Connection, table: str, **more: object) -> None:
    values = ROWS[table] | more
    names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)
