"""Settings: which servers are this machine itself."""

from __future__ import annotations

import pytest

from intake.settings import on_loopback


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("smtp://a:b@127.0.0.1:25", True),
        ("http://localhost:8081", True),
        ("http://[::1]:8081", True),
        ("imap://127.8.9.1", True),
        ("smtp://127.0.0.1.example.org", False),
        ("smtp://127.example.org", False),
        ("https://localhost.example.org", False),
        ("smtp://192.0.2.1", False),
        ("", False),
    ],
)
def test_this_machine_and_no_other(url: str, here: bool) -> None:
    assert on_loopback(url) is here
