"""The throwaway cluster: fresh databases, and committed rows survive a kill."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.servers import postgres
from tests.servers.required import need

pytestmark = pytest.mark.servers


@pytest.fixture
def own() -> Iterator[postgres.Cluster]:
    need(postgres.why_not())
    with postgres.cluster() as running:
        yield running


def rows(url: str) -> list[tuple[int]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT n FROM numbers ORDER BY n").fetchall()


def insert(url: str, n: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO numbers VALUES (%s)", (n,))


def make_table(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE numbers (n int)")
        connection.execute("INSERT INTO numbers VALUES (0)")


def test_databases_are_copies_of_their_template_and_apart(postgres_cluster: postgres.Cluster) -> None:
    template = postgres_cluster.template("with_numbers", make_table)
    first, second = postgres_cluster.database(template), postgres_cluster.database(template)
    insert(first, 1)
    assert rows(first) == [(0,), (1,)]
    assert rows(second) == [(0,)]


def test_a_fresh_database_is_empty(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
        assert tables.fetchone() == (0,)


def test_kill_and_start_keep_what_was_committed(own: postgres.Cluster) -> None:
    url = own.database()
    make_table(url)
    open_connection = psycopg.connect(url)
    open_connection.execute("INSERT INTO numbers VALUES (99)")
    own.kill()
    assert not own.running
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    own.start()
    open_connection.close()
    assert rows(url) == [(0,)]
    own.restart()
    insert(url, 1)
    assert rows(url) == [(0,), (1,)]
