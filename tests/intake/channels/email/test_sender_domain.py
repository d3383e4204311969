"""SPF, DKIM and DMARC, asked of a DNS server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from intake.channels.email import sender_domain
from intake.channels.email.checks import check_domain
from intake.channels.email.sender_domain import look_up

KEY = "v=DKIM1; k=rsa; p=MIGfMA0GCSq"
GOOD = {
    "tilts.example": "v=spf1 mx -all",
    "default._domainkey.tilts.example": KEY,
    "_dmarc.tilts.example": "v=DMARC1; p=quarantine",
}


class Zone(asyncio.DatagramProtocol):
    """Answers TXT questions from a table; a name that is not there does not exist."""

    def __init__(self, records: Mapping[str, str], *, silent: bool) -> None:
        self.records, self.silent = records, silent

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        asked = dns.message.from_wire(data)
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        name = asked.question[0].name
        texts = [text for text in self.records.get(name.to_text().rstrip("."), "").split("|") if text]
        if texts:
            answer.answer = [dns.rrset.from_text(name, 60, "IN", "TXT", *(f'"{text}"' for text in texts))]
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        if not self.silent:
            self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def zone(records: Mapping[str, str], *, silent: bool = False) -> AsyncIterator[tuple[str, int]]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Zone(records, silent=silent), local_addr=("127.0.0.1", 0)
    )
    yield transport.get_extra_info("sockname")[:2]
    transport.close()


CASES: list[tuple[dict[str, str], list[str]]] = [
    ({}, ["spf_ok", "dkim_ok", "dmarc_ok"]),
    ({"tilts.example": ""}, ["spf_missing", "dkim_ok", "dmarc_ok"]),
    ({"tilts.example": "google-site-verification=x"}, ["spf_missing", "dkim_ok", "dmarc_ok"]),
    ({"tilts.example": "v=spf1 mx -all|v=spf1 a -all"}, ["spf_several", "dkim_ok", "dmarc_ok"]),
    ({"tilts.example": "v=spf1 +all"}, ["spf_open", "dkim_ok", "dmarc_ok"]),
    ({"default._domainkey.tilts.example": ""}, ["spf_ok", "dkim_not_found", "dmarc_ok"]),
    ({"default._domainkey.tilts.example": "v=DKIM1; p="}, ["spf_ok", "dkim_not_found", "dmarc_ok"]),
    ({"_dmarc.tilts.example": ""}, ["spf_ok", "dkim_ok", "dmarc_missing"]),
    ({"_dmarc.tilts.example": "v=DMARC1; p=maybe"}, ["spf_ok", "dkim_ok", "dmarc_wrong"]),
    ({"_dmarc.tilts.example": "v=DMARC1; p=none|v=DMARC1; p=reject"}, ["spf_ok", "dkim_ok", "dmarc_several"]),
]


@pytest.mark.parametrize(("changed", "keys"), CASES)
async def test_records(changed: dict[str, str], keys: list[str]) -> None:
    async with zone(GOOD | changed) as server:
        found = await look_up("tilts.example", server=server)
    assert [one.key for one in found] == keys
    assert [one.ok for one in found] == [key.endswith("_ok") for key in keys]


async def test_a_policy_above_the_domain_counts() -> None:
    records = {"mail.tilts.example": "v=spf1 mx -all", "_dmarc.tilts.example": "v=DMARC1; p=none"}
    async with zone(records) as server:
        found = await look_up("mail.tilts.example", selectors=["x9"], server=server)
    assert [(one.key, one.detail) for one in found] == [("spf_ok", ""), ("dkim_missing", "x9"), ("dmarc_ok", "none")]


async def test_a_silent_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_domain, "TIMEOUT_S", 0.1)
    async with zone(GOOD, silent=True) as server:
        assert [one.key for one in await look_up("tilts.example", server=server)] == ["dns_silent"]


@pytest.mark.parametrize("language", ["lv", "en"])
async def test_what_the_staff_are_told(language: str) -> None:
    local = "smtp://u:p@127.0.0.1:25"
    (alone,) = await check_domain(local, "anketa@tilts.example", language)
    assert (alone.ok, alone.key) == (True, "dns_loopback")
    async with zone({}) as server:
        found = await check_domain(local, "anketa@tilts.example", language, server=server)
    assert [one.key for one in found] == ["spf_missing", "dkim_not_found", "dmarc_missing"]
    assert all("tilts.example" in one.text and "{" not in one.text for one in found)
    assert await check_domain(local, "no address", language) == []
