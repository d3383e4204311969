"""Where a mail server is and how to speak to it, read from a URL of the settings."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import parse_qs, unquote, urlsplit


class Security(Enum):
    """How the connection is protected."""

    NONE = "none"
    TLS = "tls"
    STARTTLS = "starttls"


class WrongUrl(ValueError):
    """The setting is no usable URL; the message is the key of a sentence in checks.toml."""


@dataclass(frozen=True, slots=True)
class Server:
    """One mail server; `repr` never shows the password."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def loopback(self) -> bool:
        return is_loopback(self.host)


_SMTP = {"smtp": (Security.NONE, 25), "smtps": (Security.TLS, 465), "smtp+starttls": (Security.STARTTLS, 587)}
_IMAP = {"imap": (Security.NONE, 143), "imaps": (Security.TLS, 993)}


def smtp_server(url: str) -> Server:
    """Read `smtp://`, `smtps://` or `smtp+starttls://user:password@host:port`.

    Off loopback `smtp://` means STARTTLS or nothing: clear text only where the URL asks for it with `?tls=none`.
    """
    server, plain = _server(url, _SMTP)
    if server.security is Security.NONE and not server.loopback and not plain:
        return Server(server.host, server.port, Security.STARTTLS, server.user, server.password)
    return server


def imap_server(url: str) -> Server:
    """Read `imap://` or `imaps://user:password@host:port`; clear text off loopback only with `?tls=none`."""
    server, plain = _server(url, _IMAP)
    if server.security is Security.NONE and not server.loopback and not plain:
        raise WrongUrl("clear_text")
    return server


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or number alone (nothing is looked up)."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _server(url: str, schemes: dict[str, tuple[Security, int]]) -> tuple[Server, bool]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise WrongUrl("wrong_url") from error
    if parts.scheme not in schemes or not parts.hostname:
        raise WrongUrl("wrong_url")
    security, usual = schemes[parts.scheme]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    server = Server(parts.hostname, port or usual, security, user, password)
    return server, parse_qs(parts.query).get("tls") == ["none"]
