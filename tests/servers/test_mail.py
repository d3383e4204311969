"""Postfix and Dovecot: mail arrives, bounces are real, a kill loses nothing."""

import imaplib
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.servers import dovecot, mail
from tests.servers.mail import MailServers
from tests.servers.required import need

pytestmark = pytest.mark.servers


@pytest.fixture
def own() -> Iterator[MailServers]:
    need(mail.why_not())
    with mail.mail_servers() as running:
        yield running


def letter(to: str, number: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bot@example.test", to, "Jautājums"
    message["Message-ID"] = f"<{number}@example.test>"
    message.set_content("Labdien! Kā jums klājas?\n")
    return message


def send(servers: MailServers, message: EmailMessage, sender: str = "bot@example.test") -> None:
    with smtplib.SMTP("127.0.0.1", servers.postfix.port) as smtp:
        smtp.send_message(message, sender, [message["To"]])


def test_mail_arrives_and_is_counted_by_message_and_recipient(mail_servers: MailServers) -> None:
    send(mail_servers, letter("anna@example.test"))
    send(mail_servers, letter("anna@example.test"))
    send(mail_servers, letter("Juris@example.org", 2))
    assert mail_servers.wait_for("juris@example.org")[0]["Subject"] == "Jautājums"
    mail_servers.wait_for("anna@example.test", 2)
    assert mail_servers.deliveries() == {
        ("<1@example.test>", "anna@example.test"): 2,
        ("<2@example.test>", "juris@example.org"): 1,
    }


def test_a_plus_address_arrives_at_its_base_and_keeps_the_code(mail_servers: MailServers) -> None:
    send(mail_servers, letter("bot+K7Q2@example.test"), "anna@example.org")
    (message,) = mail_servers.wait_for("bot@example.test")
    assert message["Delivered-To"].strip("<>") == "bot+K7Q2@example.test"
    assert message["Return-Path"] == "<anna@example.org>"


@pytest.mark.parametrize(
    ("to", "code"), [("nobody@example.test", 550), ("gone+x@example.org", 550), ("busy@a.lv", 450)]
)
def test_a_recipient_refused_in_the_dialogue(mail_servers: MailServers, to: str, code: int) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        send(mail_servers, letter(to))
    assert refusal.value.recipients[to][0] == code


def test_a_bounce_comes_back_to_the_envelope_sender(mail_servers: MailServers) -> None:
    send(mail_servers, letter("anna@bounces.example"), "bot+b-17@example.test")
    (notice,) = mail_servers.wait_for("bot@example.test")
    assert notice.get_content_type() == "multipart/report"
    assert notice["Return-Path"] == "<>"
    assert notice["Delivered-To"].strip("<>") == "bot+b-17@example.test"
    assert "Status: 5.1.1" in notice.as_string()


def test_a_letter_that_waits_is_reported_and_comes_back(own: MailServers) -> None:
    own.postfix.set(delay_warning_time="1s", maximal_queue_lifetime="3s", bounce_queue_lifetime="3s")
    send(own, letter("anna@deferred.example"))
    delayed, failed = own.wait_for("bot@example.test", 2)
    assert ("Action: delayed" in delayed.as_string(), "Action: failed" in failed.as_string()) == (True, True)
    assert "Status: 4.3.0" in failed.as_string()


def test_a_gateway_takes_away_headers_and_a_relay_the_message_id(mail_servers: MailServers) -> None:
    for domain in ("cleaned.example", "rewritten.example"):
        message = letter(f"anna@{domain}")
        message["Auto-Submitted"], message["List-Unsubscribe"] = "auto-generated", "<mailto:bot@example.test>"
        send(mail_servers, message)
    (cleaned,) = mail_servers.wait_for("anna@cleaned.example")
    (rewritten,) = mail_servers.wait_for("anna@rewritten.example")
    assert (cleaned["Auto-Submitted"], cleaned["List-Unsubscribe"]) == (None, None)
    assert (cleaned["Message-ID"], rewritten["Message-ID"]) == ("<1@example.test>", "<0102-1-000000@relay.example>")


def test_a_sieve_script_answers_by_itself(mail_servers: MailServers) -> None:
    need(dovecot.why_no_sieve())
    mail_servers.dovecot.filter("inga@example.org", 'require "vacation"; vacation :subject "Prom" "Esmu prom.";')
    send(mail_servers, letter("inga@example.org"))
    (answer,) = mail_servers.wait_for("bot@example.test")
    assert (answer["Subject"], answer["In-Reply-To"]) == ("Prom", "<1@example.test>")


def test_letters_of_one_second_keep_their_order(tmp_path: Path) -> None:
    need(mail.why_not())
    folder = tmp_path / "mail/anna@example.test/new"
    server = dovecot.Dovecot(tmp_path)
    folder.mkdir(parents=True)
    names = [f"1795295023.M{microseconds}P7.mx" for microseconds in (665, 90_665, 133_959)]
    for name in names:
        (folder / name).touch()
    assert [path.name for path in server.mailbox("anna@example.test")] == names


def test_a_mailbox_is_numbered_anew(mail_servers: MailServers) -> None:
    send(mail_servers, letter("anna@example.test"))
    mail_servers.wait_for("anna@example.test")
    before = uid_validity(mail_servers)
    mail_servers.dovecot.renumber("anna@example.test")
    assert uid_validity(mail_servers) == before + 1


def uid_validity(servers: MailServers) -> int:
    with imaplib.IMAP4("127.0.0.1", servers.dovecot.imap_port) as imap:
        imap.login("anna@example.test", mail.PASSWORD)
        assert imap.select() == ("OK", [b"1"])
        return int(imap.response("UIDVALIDITY")[1][0] or 0)


def test_deferred_mail_stays_in_the_queue_and_settles(own: MailServers) -> None:
    send(own, letter("anna@deferred.example"))
    own.settle()
    assert (own.postfix.deferred(), own.deliveries()) == (1, {})


def test_the_urls_hold_the_account_and_a_wrong_password_is_refused(mail_servers: MailServers) -> None:
    smtp_url, imap_url = (urlsplit(url("bot@example.test")) for url in (mail_servers.smtp_url, mail_servers.imap_url))
    user, password = unquote(smtp_url.username or ""), smtp_url.password or ""
    with smtplib.SMTP(smtp_url.hostname or "", smtp_url.port or 0) as smtp:
        assert smtp.login(user, password)[0] == 235
    with smtplib.SMTP("127.0.0.1", smtp_url.port or 0) as smtp, pytest.raises(smtplib.SMTPAuthenticationError):
        smtp.login(user, "wrong")
    with imaplib.IMAP4("127.0.0.1", imap_url.port or 0) as imap:
        assert imap.login(unquote(imap_url.username or ""), imap_url.password or "")[0] == "OK"
        assert imap.select()[0] == "OK"
        assert "IDLE" in imap.capabilities


def test_what_postfix_took_arrives_once_though_both_are_killed(own: MailServers) -> None:
    own.dovecot.kill()
    for number in range(20):
        send(own, letter("anna@example.test", number))
    own.postfix.kill()
    with pytest.raises(OSError, match="refused"):
        send(own, letter("anna@example.test", 99))
    own.start()
    own.wait_for("anna@example.test", 20)
    own.settle()
    assert set(own.deliveries().values()) == {1}
    own.stop()
    own.start()
    send(own, letter("juris@example.test", 21))
    own.wait_for("juris@example.test")
