"""Nobody outside is reached: a campaign, an environment and a folder full of real servers and tokens change nothing."""

from __future__ import annotations

import ipaddress
import json
import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from pathlib import Path

import tomlkit

from intake import campaign_files

OUTSIDE = {
    "ATSAUCE_TELEGRAM_TOKEN": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "ATSAUCE_TELEGRAM_API_URL": "https://api.telegram.org",
    "ATSAUCE_SMTP_URL": "smtps://us:secret@smtp.example.com",
    "ATSAUCE_IMAP_URL": "imaps://us:secret@imap.example.com",
    "ATSAUCE_MAIL_ADDRESS": "us@example.com",
    "ATSAUCE_MAIL_OAUTH": "google",
    "ATSAUCE_MAIL_CLIENT_ID": "client",
    "ATSAUCE_STAFF": "boss@gmail.com",
    "ATSAUCE_STAFF_CHAT": "-1001234567890",
    "ATSAUCE_BASE_URL": "https://atsauce.example.com",
    "ATSAUCE_DATABASE_URL": "postgresql://us@db.example.com/atsauce",
    "ATSAUCE_DNS": "192.0.2.53:53",
    "HTTPS_PROXY": "http://192.0.2.1:3128",
    "ALL_PROXY": "socks5://192.0.2.1:1080",
}
TRIED = """
import asyncio, json, sys
from pathlib import Path
met, told = set(), {}
def watch(event, given):
    if event in ("socket.connect", "socket.sendto") and isinstance(given[1], tuple):
        met.add(str(given[1][0]))
    if event in ("socket.getaddrinfo", "socket.gethostbyname") and given[0]:
        met.add(given[0].decode() if isinstance(given[0], bytes) else str(given[0]))
sys.addaudithook(watch)
from datetime import timedelta
from intake.playground import service
from intake.playground.residents import Resident
async def main():
    service.without_proxies()
    async with service.running(Path("data/playground"), Path("campaign"), page_port=0) as place:
        await place.add(Resident("out", "Ārpus Nams", "someone@gmail.com", chat_id=5050))
        await place.rehearsal.invite([place.residents["out"]])
        await place.rehearsal.jump(place.rehearsal.clock.now() + timedelta(days=40))
        found = place.rehearsal.service
        told["letters"] = sum(len(mailbox.letters) for mailbox in place.mail.mailboxes)
        told["staff"] = list(found.desk.staff)
        told["settings"] = list(found.settings.outside())
        told["database"] = found.settings.database
asyncio.run(main())
print(json.dumps({"met": sorted(met), **told}))
"""


async def test_a_campaign_that_names_the_world_stays_here(tmp_path: Path) -> None:
    today = campaign_files.window(campaign_files.date.today(), None, None)
    assert today is not None
    campaign_files.write(tmp_path / "campaign", today)
    settings = tmp_path / "campaign" / "campaign.toml"
    document = tomlkit.parse(settings.read_text(encoding="utf-8"))
    document["sender"]["address"] = "projekts@gmail.com"  # type: ignore[index]
    document["sender"]["telegram"] = "RealBot"  # type: ignore[index]
    document["staff"]["addresses"] = ["boss@gmail.com"]  # type: ignore[index]
    settings.write_text(tomlkit.dumps(document), encoding="utf-8")
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in OUTSIDE.items()), encoding="utf-8")
    process = await create_subprocess_exec(
        sys.executable, "-c", TRIED, cwd=tmp_path, env={**os.environ, **OUTSIDE}, stdout=PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    told = json.loads(out.splitlines()[-1])
    assert told["letters"] >= 3
    assert told["staff"] == ["darbinieki@fonds.example"]
    assert told["settings"] == []
    assert told["database"].startswith("sqlite:///")
    assert all(host == "localhost" or ipaddress.ip_address(host).is_loopback for host in told["met"]), told["met"]
