"""What staff are told about the mail servers before anything is sent."""

import re
import tomllib
from pathlib import Path

import pytest

from intake.channels.email import checks, imap, smtp
from intake.channels.email.checks import check_imap, check_mail, check_smtp
from intake.playground.mail import MailServer, SmtpFault
from tests.servers.local import mail_server

US = "anketa@example.test"


async def test_all_is_well(server: MailServer) -> None:
    findings = await check_mail(server.smtp_url(US), server.imap_url(US), US, "lv")
    assert [finding.key for finding in findings] == ["smtp_ok", "imap_ok"]
    assert all(finding.ok for finding in findings)
    assert f"127.0.0.1:{server.smtp.port}" in findings[0].text


async def test_wrong_passwords() -> None:
    async with mail_server(require_auth=True) as server:
        wrong = server.smtp_url(US).replace(server.mailbox(US).password, "nepareiza")
        found = await check_smtp(wrong, "lv")
        assert (found.ok, found.key) == (False, "wrong_password")
        assert "ATSAUCE_SMTP_URL" in found.text
        assert "nepareiza" not in found.text
        wrong = server.imap_url(US).replace(server.mailbox(US).password, "nepareiza")
        found = await check_imap(wrong, "en")
        assert (found.ok, found.key) == (False, "wrong_password")
        assert found.text.startswith("The server 127.0.0.1:")


@pytest.mark.parametrize(
    ("smtp_url", "imap_url", "address", "keys"),
    [
        ("", "", "", ["missing", "missing", "missing"]),
        ("smtp://127.0.0.1:9", "imap://127.0.0.1:9", "x", ["unreachable", "unreachable", "wrong_address"]),
        ("nonsense", "http://x", US, ["wrong_url", "wrong_url"]),
        ("smtps://127.0.0.1:9", "imap://a:b@mail.example.org", US, ["unreachable", "clear_text"]),
    ],
)
async def test_what_is_missing_or_unreachable(smtp_url: str, imap_url: str, address: str, keys: list[str]) -> None:
    findings = await check_mail(smtp_url, imap_url, address, "lv")
    assert [finding.key for finding in findings] == keys
    assert not any(finding.ok for finding in findings)


async def test_no_clear_text_where_tls_is_asked_for(server: MailServer) -> None:
    url = server.smtp_url(US)
    assert (await check_smtp(url.replace("smtp://", "smtp+starttls://"), "lv")).key == "no_tls_or_login"
    found = await check_smtp(url.replace("smtp://", "smtps://"), "lv")
    assert found.key in ("certificate", "unreachable")


async def test_a_server_that_takes_nothing(server: MailServer) -> None:
    server.smtp.faults.plan(SmtpFault.BUSY)
    assert (await check_smtp(server.smtp_url(US), "lv")).key == "not_ready"


async def test_no_such_folder(server: MailServer) -> None:
    assert (await check_imap(server.imap_url(US), "lv", "Nav tādas")).key == "no_folder"


@pytest.mark.parametrize(("folder", "keys"), [("INBOX", []), ("Nav tādas", ["no_sent_folder"])])
async def test_the_folder_for_copies(server: MailServer, folder: str, keys: list[str]) -> None:
    findings = await check_mail(server.smtp_url(US), server.imap_url(US), US, "lv", sent_folder=folder)
    assert [found.key for found in findings if not found.ok] == keys


def test_every_problem_has_a_sentence_in_both_languages() -> None:
    texts = tomllib.loads(Path(checks.__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    assert texts["lv"].keys() == texts["en"].keys()
    for module in (imap, smtp):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for key in re.findall(r'(?:ImapProblem|TryLater)\("([a-z_]+)"', source):
            for language in texts:
                assert texts[language][key].format(setting="S", host="h", port=1)
