"""The real servers as fixtures, for a conftest.py to import; each test process has servers of its own."""

from collections.abc import Iterator

import pytest

from tests.servers import chromium, mail, postgres
from tests.servers.required import need


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """The PostgreSQL of this test process, without fsync; a test that stops or kills it starts its own instead."""
    need(postgres.why_not())
    with postgres.cluster(fsync=False) as running:
        yield running


@pytest.fixture
def postgres_url(postgres_cluster: postgres.Cluster) -> Iterator[str]:
    """The URL of an empty database of this test alone."""
    url = postgres_cluster.database()
    yield url
    postgres_cluster.drop(url)


@pytest.fixture(scope="session")
def _mail_servers() -> Iterator[mail.MailServers]:
    need(mail.why_not())
    with mail.mail_servers() as running:
        yield running


@pytest.fixture
def mail_servers(_mail_servers: mail.MailServers) -> mail.MailServers:
    """Postfix and Dovecot of this test process with empty mailboxes; not to be killed."""
    _mail_servers.empty()
    return _mail_servers


@pytest.fixture
def chromium_launch() -> chromium.LaunchOptions:
    """The keyword arguments for Playwright's `chromium.launch`."""
    need(chromium.why_not())
    return chromium.launch_options()
