"""A server that this machine lacks: the test is skipped with the reason, or fails where all have to be there."""

import os

import pytest


def need(why_not: str | None) -> None:
    """Skip the test for this reason; fail instead where all servers have to be there, as in CI."""
    if why_not is None:
        return
    if os.environ.get("ATSAUCE_REQUIRE_SERVERS") == "1":
        pytest.fail(f"ATSAUCE_REQUIRE_SERVERS=1, but {why_not}", pytrace=False)
    pytest.skip(why_not)
