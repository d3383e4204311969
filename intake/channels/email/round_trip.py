"""A mail to ourselves through each kind of address we would like to use, and what came back of them.

Plus addresses and envelope senders of our own are used in letters only where they were seen to work.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake.channels.email import mime
from intake.channels.email.addresses import domain, key, normalise, plus, verp
from intake.channels.email.imap import Imap
from intake.channels.email.message import render
from intake.channels.email.oauth import Tokens
from intake.channels.email.servers import Server
from intake.channels.email.smtp import Smtp

FILE = "mail-paths.json"
PATIENCE_S = 60.0
LOOK_EVERY_S = 1.0
_SELECTOR = re.compile(r"(?:^|;)\s*s\s*=\s*([A-Za-z0-9._-]{1,63})")
_VERDICT = re.compile(r"\b(spf|dkim|dmarc)\s{0,3}=\s{0,3}([a-z]{1,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paths:
    """What works for an address; nothing does until it was tried."""

    plain: bool = False
    plus: bool = False
    verp: bool = False
    selector: str = ""
    """The DKIM selector with which our mails are signed; empty where they are not."""
    verdicts: tuple[tuple[str, str], ...] = ()
    """("spf", "pass"), ... as the receiving server wrote them."""


async def travel(
    smtp: Server,
    imap: Server,
    address: str,
    now: datetime,
    *,
    folder: str = "INBOX",
    tokens: Tokens | None = None,
    patience_s: float = PATIENCE_S,
) -> Paths:
    """Send three mails and wait for them, `patience_s` at most; raises SendFailed, ImapProblem or ValueError."""
    own, token = normalise(address), secrets.token_hex(8)
    routes = {"plain": own, "plus": plus(own, f"SI-{token}"), "verp": verp(own, 0, token)}
    mailbox = Imap(imap, folder, tokens)
    try:
        await mailbox.open()
        selected = await mailbox.select()
        last = selected.uid_next - 1 if selected.uid_next else max(await mailbox.uids_after(0), default=0)
        await _send(Smtp(smtp, tokens=tokens), own, routes, token, now)
        return await _await(
            mailbox, last, {f"<check.{token}.{name}@{domain(own)}>": name for name in routes}, patience_s
        )
    finally:
        mailbox.drop()


async def _send(smtp: Smtp, own: str, routes: Mapping[str, str], token: str, now: datetime) -> None:
    try:
        for name, recipient in routes.items():
            payload = {
                "to": recipient,
                "from": own,
                "subject": "Atsauce",
                "text": f"atsauce check: {name}\n",
                "date": now.isoformat(),
                "message_id": f"<check.{token}.{name}@{domain(own)}>",
                "auto_submitted": "auto-generated",
            }
            await smtp.send(own, recipient, render(payload))
    finally:
        await smtp.close()


async def _await(mailbox: Imap, last: int, wanted: Mapping[str, str], patience_s: float) -> Paths:
    """Look until all have come or the patience is over."""
    came: dict[str, bytes] = {}
    until = asyncio.get_running_loop().time() + patience_s
    while len(came) < len(wanted):
        await mailbox.select()
        uids = await mailbox.uids_after(last)
        for uid, head in (await mailbox.bodies(uids[:100], headers_only=True)).items():
            last = max(last, uid)
            if (found := mime.header(mime.parse(head), "Message-ID")) in wanted:
                came[wanted[found]] = head
        if asyncio.get_running_loop().time() > until:
            break
        await asyncio.sleep(LOOK_EVERY_S if len(came) < len(wanted) else 0)
    return _paths(came)


def _paths(came: Mapping[str, bytes]) -> Paths:
    head = mime.parse(next(iter(came.values()))) if came else None
    signed = mime.header(head, "DKIM-Signature") if head else ""
    selector = _SELECTOR.search(signed)
    results = mime.headers(head, "Authentication-Results")[:1] if head else []
    verdicts = tuple((one.lower(), found.lower()) for result in results for one, found in _VERDICT.findall(result))
    return Paths("plain" in came, "plus" in came, "verp" in came, selector[1] if selector else "", verdicts)


def remember(data: Path, address: str, paths: Paths) -> None:
    """Keep what works, for the letters."""
    data.mkdir(parents=True, exist_ok=True)
    kept = {"address": normalise(address), "plus": paths.plus, "verp": paths.verp, "selector": paths.selector}
    (data / FILE).write_text(json.dumps(kept), encoding="utf-8")


def remembered(data: Path, address: str) -> Paths:
    """What was found to work for this address; nothing where it was never tried."""
    try:
        kept = json.loads((data / FILE).read_text(encoding="utf-8"))
        if key(kept["address"]) != key(normalise(address)):
            return Paths()
        return Paths(True, kept["plus"] is True, kept["verp"] is True, str(kept["selector"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Paths()
