"""What `atsauce check` finds out about mail, in words for staff; nothing is sent to anybody but ourselves."""

from __future__ import annotations

import asyncio
import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from intake.channels import SendFailed
from intake.channels.email.addresses import domain, normalise
from intake.channels.email.imap import Imap, ImapProblem
from intake.channels.email.oauth import Tokens
from intake.channels.email.round_trip import PATIENCE_S, remember, travel
from intake.channels.email.sender_domain import look_up
from intake.channels.email.servers import Server, WrongUrl, imap_server, smtp_server
from intake.channels.email.smtp import Smtp

TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is in order, the key of the sentence, and the sentence."""

    ok: bool
    key: str
    text: str


async def check_mail(
    smtp_url: str,
    imap_url: str,
    address: str,
    language: str,
    folder: str = "INBOX",
    *,
    sent_folder: str = "",
    tokens: Tokens | None = None,
) -> list[Finding]:
    """Connect and log in to both servers. Findings in the order sending, receiving, and then only what is wrong: the
    folder for copies, the address."""
    both = check_smtp(smtp_url, language, tokens), check_imap(imap_url, language, folder, tokens)
    findings = list(await asyncio.gather(*both))
    if sent_folder and findings[1].ok:
        found = await check_imap(imap_url, language, sent_folder, tokens)
        if found.key == "no_folder":
            findings.append(_finding("no_sent_folder", language, "ATSAUCE_MAIL_SENT_FOLDER"))
    try:
        normalise(address)
    except ValueError:
        key = "wrong_address" if address else "missing"
        findings.append(_finding(key, language, "ATSAUCE_MAIL_ADDRESS"))
    return findings


async def check_domain(
    smtp_url: str, address: str, language: str, *, selector: str = "", server: tuple[str, int] | None = None
) -> list[Finding]:
    """SPF, DKIM and DMARC of the sender's domain. On loopback nothing is looked up, unless a DNS server is named."""
    try:
        host, ours = domain(normalise(address)), smtp_server(smtp_url)
    except ValueError:
        return []  # said already
    if ours.loopback and server is None:
        return [Finding(True, "dns_loopback", sentence("dns_loopback", language))]
    found = await look_up(host, selectors=[selector] if selector else [], server=server)
    return [Finding(one.ok, one.key, sentence(one.key, language, domain=host, detail=one.detail)) for one in found]


async def check_round_trip(
    smtp_url: str,
    imap_url: str,
    address: str,
    language: str,
    *,
    data: Path,
    now: datetime,
    folder: str = "INBOX",
    tokens: Tokens | None = None,
    patience_s: float = PATIENCE_S,
) -> list[Finding]:
    """Mail ourselves through each kind of address, and remember what came back."""
    try:
        paths = await travel(
            smtp_server(smtp_url),
            imap_server(imap_url),
            address,
            now,
            folder=folder,
            tokens=tokens,
            patience_s=patience_s,
        )
    except (SendFailed, ImapProblem, ValueError) as problem:
        reason = getattr(problem, "key", None) or getattr(problem, "reason", None) or str(problem)
        return [Finding(False, "round_trip_failed", sentence("round_trip_failed", language, detail=reason))]
    remember(data, address, paths)
    found = [("plain", paths.plain), ("plus", paths.plus), ("verp", paths.verp)]
    keys = [f"round_trip_{name}" if came else f"round_trip_no_{name}" for name, came in found]
    # Only the plain address must work; the others are used where they do.
    ok = [paths.plain, True, True]
    findings = [Finding(well, key, sentence(key, language, domain=address)) for key, well in zip(keys, ok, strict=True)]
    for name, verdict in paths.verdicts:
        key = "verdict_pass" if verdict == "pass" else "verdict_fail"
        text = sentence(key, language, domain=name.upper(), detail=verdict)
        findings.append(Finding(verdict in ("pass", "none", "neutral"), key, text))
    return findings


async def check_smtp(url: str, language: str, tokens: Tokens | None = None) -> Finding:
    """Whether letters could be handed over."""
    setting = "ATSAUCE_SMTP_URL"
    if not url:
        return _finding("missing", language, setting)
    try:
        server = smtp_server(url)
    except WrongUrl as error:
        return _finding(str(error), language, setting)
    smtp = Smtp(server, timeout_s=TIMEOUT_S, tokens=tokens)
    try:
        await smtp.check()
    except SendFailed as failure:
        return _finding(failure.reason, language, setting, server)
    finally:
        await smtp.close()
    return _finding("smtp_ok", language, setting, server, ok=True)


async def check_imap(url: str, language: str, folder: str = "INBOX", tokens: Tokens | None = None) -> Finding:
    """Whether the mailbox could be read."""
    setting = "ATSAUCE_IMAP_URL"
    if not url:
        return _finding("missing", language, setting)
    try:
        server = imap_server(url)
    except WrongUrl as error:
        return _finding(str(error), language, setting)
    imap = Imap(server, folder, tokens)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await imap.open()
            await imap.select()
    except ImapProblem as problem:
        return _finding(problem.key, language, setting, server)
    except TimeoutError:
        return _finding("too_slow", language, setting, server)
    finally:
        imap.drop()
    return _finding("imap_ok", language, setting, server, ok=True)


def sentence(
    key: str, language: str, setting: str = "", server: Server | None = None, *, domain: str = "", detail: str = ""
) -> str:
    """The sentence of a key in `language` (Latvian where there is none)."""
    texts = _texts()
    text = texts.get(language, texts["lv"])[key]
    host, port = (server.host, server.port) if server else ("", "")
    return text.format(setting=setting, host=host, port=port, domain=domain, detail=detail)


def _finding(key: str, language: str, setting: str, server: Server | None = None, *, ok: bool = False) -> Finding:
    return Finding(ok, key, sentence(key, language, setting, server))


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
