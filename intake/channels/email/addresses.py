"""Mail addresses: one spelling for each, and the two tags we put behind the plus sign."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

MAX_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABELS = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_VERP = re.compile(r"b\.(?P<id>[0-9]{1,18})\.(?P<token>[A-Za-z0-9]{1,40})", re.IGNORECASE)


def normalise(text: str) -> str:
    """The address with a lower-case ASCII domain (IDNA 2008); ValueError when it is none."""
    local, at, domain = text.strip().rpartition("@")
    if not at or len(text) > MAX_ADDRESS or not _LOCAL.fullmatch(local) or len(local) > 64:
        raise ValueError("not a mail address")
    return f"{local}@{_ascii(domain)}"


def key(address: str) -> str:
    """What two spellings of one address share: nobody tells people apart by the case of their address."""
    return address.casefold()


def domain(address: str) -> str:
    return address.rpartition("@")[2]


def plus(address: str, tag: str) -> str:
    """`name+tag@domain`."""
    local, _, host = address.rpartition("@")
    return f"{local}+{tag}@{host}"


def tag_of(address: str, own: str | None) -> str | None:
    """The tag in `name+tag@domain`, where the rest is our own address (any address when `own` is None)."""
    local, _, host = address.rpartition("@")
    name, plus_sign, tag = local.partition("+")
    if not plus_sign or not tag:
        return None
    return tag if own is None or key(f"{name}@{host}") == key(own) else None


def verp(address: str, outbox_id: int, token: str) -> str:
    """The envelope sender that says in a bounce which message it was."""
    return plus(address, f"b.{outbox_id}.{token}")


@dataclass(frozen=True, slots=True)
class Verp:
    """Our own envelope sender, read back."""

    outbox_id: int
    token: str


def read_verp(tag: str) -> Verp | None:
    """What `verp` had put into the tag."""
    found = _VERP.fullmatch(tag)
    return Verp(int(found["id"]), found["token"]) if found else None


def _ascii(domain: str) -> str:
    if domain.startswith("[") or not domain:
        raise ValueError("not a mail address")
    plain = domain.lower()
    if not plain.isascii():
        try:
            plain = idna.encode(domain, uts46=True).decode()
        except (idna.IDNAError, UnicodeError) as error:
            raise ValueError("not a mail domain") from error
    if not _LABELS.fullmatch(plain) or len(plain) > 253:
        raise ValueError("not a mail domain")
    return plain
