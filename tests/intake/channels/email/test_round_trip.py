"""A mail to ourselves through each kind of address, and letters that use only what came back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.channels.email.checks import check_round_trip
from intake.channels.email.round_trip import FILE, Paths, remember, remembered
from intake.playground.mail import MailServer, SmtpFault
from tests.servers.mail import MailServers

US = "anketa@example.test"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


async def keys(server: MailServer, data: Path, patience_s: float = 5.0) -> list[tuple[str, bool]]:
    smtp, imap = server.smtp_url(US), server.imap_url(US)
    found = await check_round_trip(smtp, imap, US, "lv", data=data, now=NOW, patience_s=patience_s)
    return [(one.key, one.ok) for one in found]


async def test_everything_arrives(server: MailServer, tmp_path: Path) -> None:
    found = await keys(server, tmp_path)
    assert found == [("round_trip_plain", True), ("round_trip_plus", True), ("round_trip_verp", True)]
    assert remembered(tmp_path, US) == Paths(plain=True, plus=True, verp=True)
    assert len(server.mailbox(US).letters) == 3


async def test_what_does_not_arrive_is_not_used(server: MailServer, tmp_path: Path) -> None:
    original = server.mailboxes.append
    mailbox = server.mailbox("elsewhere@example.test")

    async def lost(address: str, raw: bytes) -> object:
        return await original(mailbox.address if "+" in address else address, raw)

    server.mailboxes.append = lost  # type: ignore[method-assign, assignment]
    found = await keys(server, tmp_path, patience_s=0.5)
    assert found == [("round_trip_plain", True), ("round_trip_no_plus", True), ("round_trip_no_verp", True)]
    assert remembered(tmp_path, US) == Paths(plain=True)


async def test_it_cannot_be_sent(server: MailServer, tmp_path: Path) -> None:
    server.smtp.faults.plan(SmtpFault.RCPT_REFUSED)
    assert await keys(server, tmp_path) == [("round_trip_failed", False)]
    assert not (tmp_path / FILE).exists()


def test_it_is_remembered_for_this_address_alone(tmp_path: Path) -> None:
    remember(tmp_path, US, Paths(plain=True, plus=True, verp=False, selector="mail1"))
    assert remembered(tmp_path, US.upper()) == Paths(plain=True, plus=True, verp=False, selector="mail1")
    assert remembered(tmp_path, "other@example.test") == Paths()
    (tmp_path / FILE).write_text("[1, 2")
    assert remembered(tmp_path, US) == Paths()


@pytest.mark.servers
async def test_on_postfix_and_dovecot(mail_servers: MailServers, tmp_path: Path) -> None:
    smtp, imap = mail_servers.smtp_url(US), mail_servers.imap_url(US)
    found = await check_round_trip(smtp, imap, US, "en", data=tmp_path, now=NOW, patience_s=20)
    assert [one.key for one in found][:3] == ["round_trip_plain", "round_trip_plus", "round_trip_verp"]
