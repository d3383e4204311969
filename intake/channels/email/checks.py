"""What `atsauce check` finds out about mail, in words for staff: nothing is sent and nothing is read."""

from __future__ import annotations

import asyncio
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from intake.channels import SendFailed
from intake.channels.email.addresses import normalise
from intake.channels.email.imap import Imap, ImapProblem
from intake.channels.email.servers import Server, WrongUrl, imap_server, smtp_server
from intake.channels.email.smtp import Smtp

TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is in order, the key of the sentence, and the sentence."""

    ok: bool
    key: str
    text: str


async def check_mail(smtp_url: str, imap_url: str, address: str, language: str, folder: str = "INBOX") -> list[Finding]:
    """Connect and log in to both servers. Findings in the order sending, receiving, address (only when it is wrong)."""
    findings = list(await asyncio.gather(check_smtp(smtp_url, language), check_imap(imap_url, language, folder)))
    try:
        normalise(address)
    except ValueError:
        key = "wrong_address" if address else "missing"
        findings.append(_finding(key, language, "ATSAUCE_MAIL_ADDRESS"))
    return findings


async def check_smtp(url: str, language: str) -> Finding:
    """Whether letters could be handed over."""
    setting = "ATSAUCE_SMTP_URL"
    if not url:
        return _finding("missing", language, setting)
    try:
        server = smtp_server(url)
    except WrongUrl as error:
        return _finding(str(error), language, setting)
    smtp = Smtp(server, timeout_s=TIMEOUT_S)
    try:
        await smtp.check()
    except SendFailed as failure:
        return _finding(failure.reason, language, setting, server)
    finally:
        await smtp.close()
    return _finding("smtp_ok", language, setting, server, ok=True)


async def check_imap(url: str, language: str, folder: str = "INBOX") -> Finding:
    """Whether the mailbox could be read."""
    setting = "ATSAUCE_IMAP_URL"
    if not url:
        return _finding("missing", language, setting)
    try:
        server = imap_server(url)
    except WrongUrl as error:
        return _finding(str(error), language, setting)
    imap = Imap(server, folder)
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


def sentence(key: str, language: str, setting: str = "", server: Server | None = None) -> str:
    """The sentence of a key in `language` (Latvian where there is none)."""
    texts = _texts()
    text = texts.get(language, texts["lv"])[key]
    return text.format(setting=setting, host=server.host if server else "", port=server.port if server else "")


def _finding(key: str, language: str, setting: str, server: Server | None = None, *, ok: bool = False) -> Finding:
    return Finding(ok, key, sentence(key, language, setting, server))


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
