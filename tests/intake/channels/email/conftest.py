"""Mail servers for the tests of the mail channel: the playground's on every machine, Dovecot and Postfix if there."""

from collections.abc import AsyncIterator

import pytest

from intake.playground.mail import MailServer
from tests.servers.fixtures import _mail_servers, mail_servers
from tests.servers.local import mail_server

__all__ = ["_mail_servers", "mail_servers"]


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running
