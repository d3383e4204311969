"""Places for the stories: local servers with SQLite for every one, the real servers where a test asks for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import pytest

from intake.clock import Clock
from tests.acceptance.place import MORNING, Place
from tests.acceptance.post import INTAKE, LocalPost, Post, RealPost
from tests.servers import mail as mail_servers
from tests.servers.local import bot_api, mail_server
from tests.servers.required import need

LEAKS = ("Traceback", "@example", "@biedriba", "task exception", "never retrieved")
"""What no log of the service may contain: faults of ours, and addresses."""


STORY_TIMEOUT_S = 400
"""A story starts several processes; on a busy machine each of them may take half a minute."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(STORY_TIMEOUT_S))


@pytest.fixture
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A prepared campaign; the parameter names the servers, "sqlite local" when a test says nothing. Mail servers that
    are "own" may be killed and set up differently."""
    database, mail = getattr(request, "param", "sqlite local").split()
    clock = Clock(datetime.fromisoformat(MORNING))
    url = f"sqlite:///{tmp_path / 'atsauce.db'}" if database == "sqlite" else request.getfixturevalue("postgres_url")
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(bot_api())
        post: Post
        if mail == "local":
            server = await stack.enter_async_context(mail_server(require_auth=True))
            server.mailbox(INTAKE)
            post = LocalPost(server)
        elif mail == "own":
            need(mail_servers.why_not())
            post = RealPost(stack.enter_context(mail_servers.mail_servers()))
        else:
            post = RealPost(request.getfixturevalue("mail_servers"))
        found = Place(tmp_path, url, api, post, clock)
        await found.prepare()
        try:
            yield found
        finally:
            await found.service.close()
            print(found.service.log())
        written = found.service.whole_log()
        assert not [word for word in LEAKS if word in written], f"the log says too much or holds a fault\n{written}"
