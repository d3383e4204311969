"""The real servers as fixtures for every test; a test that asks for one skips with the reason where it is absent."""

from collections.abc import Iterator

import pytest
import structlog

from tests.servers.fixtures import _mail_servers, chromium_launch, mail_servers, postgres_cluster, postgres_url

__all__ = ["_mail_servers", "chromium_launch", "mail_servers", "postgres_cluster", "postgres_url"]


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """A command tried in this process sets up its log; the next test shall not write to a stream that is closed."""
    yield
    structlog.reset_defaults()
