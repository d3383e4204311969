"""A migrated database of each kind, a campaign folder and a desk, for the tests of the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from conversations import session as sessions
from conversations.forms import Form
from intake import campaign_files, forms, migrations, people
from intake.campaign import load
from intake.desk import Desk
from intake.store import Store
from intake.tables import Conversation, Person, Source
from tests.servers import postgres
from tests.servers.fixtures import postgres_cluster

__all__ = ["postgres_cluster"]

KEY = b"a secret for tests"
NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
"""Tuesday, 10 o'clock in Riga; the campaign runs from 12 January to 13 February."""
Compiled = tuple[str, Form, dict[str, bytes]]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def campaign_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("campaign") / "campaign"
    campaign_files.write(folder, campaign_files.Window(date(2026, 1, 12), date(2026, 2, 13)))
    return folder


@pytest.fixture(scope="session")
def compiled(campaign_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    xform, form, files = forms.compiled(campaign_folder / "initiative.md", tmp_path_factory.mktemp("forms"))
    return xform, form, dict(files)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A migrated database, for tests that keep nothing in it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'shared.db'}"
    if request.param == "postgresql":
        cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.database()
    store = Store(url)
    migrations.upgrade(store.engine)
    yield store
    store.close()


@pytest.fixture(scope="session")
def shared_desk(shared_store: Store, campaign_folder: Path, compiled: Compiled) -> Desk:
    form_id = shared_store.run(lambda session: forms.install(session, *compiled, NOW))
    return desk_of(campaign_folder, form_id)


@pytest.fixture
def session(shared_store: Store, shared_desk: Desk) -> Iterator[Session]:
    """One transaction on either database; whatever a test does in it is taken back."""
    with shared_store.engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    return shared_desk


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A migrated database of this test alone, for tests that commit."""
    url = f"sqlite:///{tmp_path / 'own.db'}"
    cluster: postgres.Cluster | None = None
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.database()
    store = Store(url)
    migrations.upgrade(store.engine)
    yield store
    store.close()
    if cluster is not None:
        cluster.drop(url)


@pytest.fixture
def person(session: Session, now: datetime) -> Callable[..., Person]:
    """Makes a contact with a mailbox: `person("anna@example.org", name="Anna Ozola")`."""

    def make(email: str, **known: object) -> Person:
        source = known.pop("source", Source.STAFF)
        made = people.add(session, now, source=Source(str(source)), basis="GDPR 6(1)(e)", **known)
        assert people.join(session, made, "email", email, now)
        return made

    return make


@pytest.fixture
def conversation(session: Session, desk: Desk, now: datetime) -> Callable[..., Conversation]:
    """Makes a draft of a person."""
    codes = iter(range(1000))

    def make(owner: Person, **known: object) -> Conversation:
        values = {
            "code": f"CODE{next(codes)}",
            "session": sessions.begin(desk.form(session), language="lv", now=now).to_json(),
            "begun_on": "email",
            "begun_at": now,
            "updated_at": now,
        }
        made = Conversation(person_id=owner.id or 0, form_id=desk.form_id, **values | known)
        session.add(made)
        session.flush()
        return made

    return make


def desk_of(folder: Path, form_id: int) -> Desk:
    """The desk of a campaign folder."""
    return Desk(
        campaign=load(folder),
        shelf=forms.Shelf(),
        form_id=form_id,
        key=KEY,
        mail_address="anketa@example.org",
        bot="atsauce_bot",
        base_url="https://atsauce.example.org",
        staff=("staff@example.org", "lead@example.org"),
    )
