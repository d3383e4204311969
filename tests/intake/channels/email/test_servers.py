"""What a URL of the settings means: never clear text off loopback unless it is asked for by name."""

import pytest

from intake.channels.email.servers import Security, Server, WrongUrl, imap_server, is_loopback, smtp_server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:2525", Server("127.0.0.1", 2525, Security.NONE)),
        ("smtp://localhost", Server("localhost", 25, Security.NONE)),
        ("smtp://mail.example.org", Server("mail.example.org", 25, Security.STARTTLS)),
        ("smtp://mail.example.org:25?tls=none", Server("mail.example.org", 25, Security.NONE)),
        ("smtps://mail.example.org", Server("mail.example.org", 465, Security.TLS)),
        (
            "smtp+starttls://inga%40example.org:p%40ss%2Fw@mail.example.org",
            Server("mail.example.org", 587, Security.STARTTLS, "inga@example.org", "p@ss/w"),
        ),
    ],
)
def test_smtp_urls(url: str, server: Server) -> None:
    assert smtp_server(url) == server


def test_imap_urls() -> None:
    assert imap_server("imaps://a:b@mail.example.org") == Server("mail.example.org", 993, Security.TLS, "a", "b")
    assert imap_server("imap://[::1]:1430").security is Security.NONE
    assert imap_server("imap://dovecot?tls=none").security is Security.NONE
    with pytest.raises(WrongUrl, match="clear_text"):
        imap_server("imap://a:b@mail.example.org")


@pytest.mark.parametrize("url", ["", "mail.example.org", "http://x", "smtp://", "smtp://x:port", "smtp://x:99999"])
def test_no_url(url: str) -> None:
    with pytest.raises(WrongUrl, match="wrong_url"):
        smtp_server(url)


def test_password_is_not_shown() -> None:
    assert "geheim" not in repr(smtp_server("smtps://a:geheim@mail.example.org"))


def test_only_this_machine_is_loopback() -> None:
    assert is_loopback("127.1.2.3")
    assert not is_loopback("localhost.example.org")
    assert not is_loopback("127.0.0.1.example.org")
