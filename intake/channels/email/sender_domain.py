"""What the sender's domain says about its mail: SPF, DKIM and DMARC, looked up in the DNS (RFC 7208, 6376, 7489).

Without them much of our mail is refused or goes to the spam folder, and whoever runs the domain can add them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import dns.asyncresolver
import dns.exception
import dns.resolver

TIMEOUT_S = 5.0
SELECTORS = ("default", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "mail", "dkim", "smtp", "key1")
"""Names under which mail services usually publish their key; a mail sent to ourselves tells the real one."""


@dataclass(frozen=True, slots=True)
class Known:
    """One record: whether it is as it should be, and the key of a sentence in checks.toml with its values."""

    ok: bool
    key: str
    detail: str = ""


async def look_up(domain: str, *, selectors: Sequence[str] = (), server: tuple[str, int] | None = None) -> list[Known]:
    """SPF, DKIM and DMARC of a domain, in that order; one finding when the DNS does not answer.

    `selectors` are the DKIM selectors that are known to be used, `server` replaces the system's DNS servers.
    """
    try:
        names = _Names(server)
        async with asyncio.timeout(3 * TIMEOUT_S):
            return [
                _spf(await names.texts(domain)),
                await _dkim(names, domain, selectors),
                _dmarc(await names.policy(domain)),
            ]
    except (dns.exception.DNSException, OSError, TimeoutError):
        return [Known(False, "dns_silent", domain)]


class _Names:
    def __init__(self, server: tuple[str, int] | None) -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=server is None)
        self._resolver.lifetime = TIMEOUT_S
        if server is not None:
            self._resolver.nameservers, self._resolver.port = [server[0]], server[1]

    async def texts(self, name: str) -> list[str]:
        """The TXT records of a name, empty where it has none; raises DNSException when nobody answers."""
        try:
            answer = await self._resolver.resolve(name, "TXT")
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]

    async def policy(self, domain: str) -> list[str]:
        """The DMARC records of the domain, or of the nearest one above it that has any (RFC 7489, section 6.6.3)."""
        labels = domain.split(".")
        for start in range(len(labels) - 1):
            if found := _of("v=dmarc1", await self.texts("_dmarc." + ".".join(labels[start:]))):
                return found
        return []


def _of(version: str, texts: Sequence[str]) -> list[str]:
    return [text for text in texts if text.lower().replace(" ", "").startswith(version)]


def _spf(texts: Sequence[str]) -> Known:
    found = _of("v=spf1", texts)
    if len(found) != 1:
        return Known(False, "spf_several" if found else "spf_missing")
    return Known(False, "spf_open") if found[0].lower().split()[-1] in ("+all", "all") else Known(True, "spf_ok")


async def _dkim(names: _Names, domain: str, selectors: Sequence[str]) -> Known:
    wanted = list(dict.fromkeys([*selectors, *SELECTORS]))
    answers = await asyncio.gather(*(names.texts(f"{one}._domainkey.{domain}") for one in wanted))
    found = [one for one, texts in zip(wanted, answers, strict=True) if any(_key(text) for text in texts)]
    if found:
        return Known(True, "dkim_ok", found[0])
    return Known(False, "dkim_missing" if selectors else "dkim_not_found", ", ".join(selectors))


def _key(text: str) -> bool:
    """Whether a record holds a key; an empty one is revoked (RFC 6376, section 3.6.1)."""
    tags = dict(part.strip().partition("=")[::2] for part in text.split(";"))
    return bool(tags.get("p", "").strip()) and tags.get("v", "DKIM1").strip() == "DKIM1"


def _dmarc(found: Sequence[str]) -> Known:
    if len(found) != 1:
        return Known(False, "dmarc_several" if found else "dmarc_missing")
    tags = dict(part.strip().partition("=")[::2] for part in found[0].lower().split(";"))
    policy = tags.get("p", "").strip()
    return (
        Known(True, "dmarc_ok", policy) if policy in ("none", "quarantine", "reject") else Known(False, "dmarc_wrong")
    )
