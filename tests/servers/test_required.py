"""A missing server: skipped on a developer's machine, an error in CI."""

import pytest

from tests.servers.required import need


def test_nothing_missing() -> None:
    need(None)


def test_missing_skips_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATSAUCE_REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Dovecot here"):
        need("no Dovecot here")


def test_missing_fails_where_servers_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATSAUCE_REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="no Dovecot here"):
        need("no Dovecot here")
