"""Logging in with OAuth 2.0, against a provider on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from intake.channels.email import imap as imap_module
from intake.channels.email import oauth
from intake.channels.email.imap import Imap, ImapProblem
from intake.channels.email.oauth import FILE, Application, Device, LoginProblem, Tokens, begin, finish, provider
from intake.channels.email.servers import Security, Server
from intake.channels.email.smtp import Smtp
from tests.intake.channels.email.test_imap import HANG, scripted


@dataclass
class Provider:
    """Gives a code, then a token once somebody has typed it; renews tokens until told not to."""

    url: str = ""
    pending: int = 1
    revoked: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    given: int = 0

    async def code(self, request: web.Request) -> web.Response:
        self.asked.append({str(k): str(v) for k, v in (await request.post()).items()})
        found = {"user_code": "ABCD-EFGH", "device_code": "secret-code", "verification_uri": "https://login.example"}
        return web.json_response(found | {"interval": 0, "expires_in": 60})

    async def token(self, request: web.Request) -> web.Response:
        form = {str(k): str(v) for k, v in (await request.post()).items()}
        self.asked.append(form)
        if self.revoked:
            return web.json_response({"error": "invalid_grant"}, status=400)
        if form["grant_type"] == oauth.DEVICE_GRANT and self.pending:
            self.pending -= 1
            return web.json_response({"error": "authorization_pending"}, status=400)
        self.given += 1
        return web.json_response(
            {"access_token": f"access{self.given}", "refresh_token": f"refresh{self.given}", "expires_in": 3600}
        )


@pytest.fixture
async def server() -> AsyncIterator[Provider]:
    found = Provider()
    app = web.Application()
    app.router.add_post("/devicecode", found.code)
    app.router.add_post("/token", found.token)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


class Seconds:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def tokens(server: Provider, folder: Path, clock: Seconds) -> Tokens:
    return Tokens(Application(provider(server.url), "our-client", "our-secret"), folder, clock)


async def test_the_device_flow(server: Provider, tmp_path: Path) -> None:
    application = Application(provider(server.url), "our-client")
    device = await begin(application)
    assert (device.code, device.address) == ("ABCD-EFGH", "https://login.example")
    found = await finish(application, device)
    clock = Seconds()
    kept = Tokens(application, tmp_path, clock)
    kept.keep(found)
    assert await kept.access() == "access1"
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [form.get("client_id") for form in server.asked] == ["our-client"] * 3


async def test_a_token_is_renewed_before_it_ends(server: Provider, tmp_path: Path) -> None:
    clock = Seconds()
    kept = tokens(server, tmp_path, clock)
    kept.keep({"refresh_token": "typed", "expires_in": 1})
    assert await kept.access() == "access1"
    assert server.asked[-1]["refresh_token"] == "typed"
    clock.now += 3000
    assert await kept.access() == "access1"
    clock.now += 400
    assert await kept.access() == "access2"
    assert server.asked[-1]["refresh_token"] == "refresh1"
    assert await tokens(server, tmp_path, clock).access() == "access2", "kept for the next start"


async def test_what_may_go_wrong(server: Provider, tmp_path: Path) -> None:
    clock = Seconds()
    kept = tokens(server, tmp_path, clock)
    with pytest.raises(LoginProblem, match="oauth_no_login"):
        await kept.access()
    kept.keep({"refresh_token": "typed", "expires_in": 1})
    server.revoked = True
    with pytest.raises(LoginProblem, match="oauth_ended"):
        await kept.access()
    application = Application(provider(server.url), "our-client")
    with pytest.raises(LoginProblem, match="oauth_refused"):
        await finish(application, Device("A", "b", "c", 0.0, 60.0))
    nobody = Application(provider("http://127.0.0.1:9"), "x")
    with pytest.raises(LoginProblem, match="oauth_unreachable"):
        await begin(nobody)
    (tmp_path / FILE).write_text("{")
    with pytest.raises(LoginProblem, match="oauth_no_login"):
        await kept.access()


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("google", "https://oauth2.googleapis.com/token"),
        ("microsoft", "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"),
        ("microsoft:contoso.example", "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"),
    ],
)
def test_providers(name: str, host: str) -> None:
    assert provider(name).token_url == host


@pytest.mark.parametrize("name", ["", "yahoo", "http://elsewhere.example"])
def test_no_provider(name: str) -> None:
    with pytest.raises(LoginProblem, match="oauth_unknown"):
        provider(name)


async def test_google_gives_no_code(tmp_path: Path) -> None:
    with pytest.raises(LoginProblem, match="oauth_no_device"):
        await begin(Application(provider("google"), "x"))


def test_nothing_secret_is_shown() -> None:
    assert "hidden" not in repr(Application(provider("google"), "x", "hidden"))


async def test_imap(server: Provider, tmp_path: Path) -> None:
    kept = tokens(server, tmp_path, Seconds())
    kept.keep({"refresh_token": "typed", "expires_in": 1})
    async with scripted(AUTHENTICATE="{tag} OK done") as (account, script):
        imap = Imap(account, "INBOX", kept)
        await imap.open()
        await imap.select()
        imap.drop()
    (line,) = [heard for heard in script.heard if heard.startswith("AUTHENTICATE")]
    kind, said = line.split()[1:]
    assert (kind, base64.b64decode(said)) == ("XOAUTH2", b"user=anketa\x01auth=Bearer access1\x01\x01")


@pytest.mark.parametrize("answer", ["{tag} NO rejected", "+ eyJzdGF0dXMiOiI0MDAifQ==", HANG])
async def test_imap_that_refuses(
    server: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(imap_module, "XOAUTH2_S", 0.3)
    kept = tokens(server, tmp_path, Seconds())
    kept.keep({"refresh_token": "typed", "expires_in": 1})
    async with scripted(AUTHENTICATE=answer) as (account, _):
        imap = Imap(account, "INBOX", kept)
        with pytest.raises(ImapProblem, match="oauth_rejected"):
            await imap.open()
        imap.drop()


async def test_without_a_login_nothing_is_tried(server: Provider, tmp_path: Path) -> None:
    async with scripted() as (account, _):
        imap = Imap(account, "INBOX", tokens(server, tmp_path, Seconds()))
        with pytest.raises(ImapProblem, match="oauth_no_login"):
            await imap.open()
        imap.drop()


async def test_smtp(server: Provider, tmp_path: Path) -> None:
    heard: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while line := (await reader.readline()).decode().strip():
            heard.append(line)
            answers = {"EHLO": "250-here\r\n250 AUTH XOAUTH2", "AUTH": "235 2.7.0 welcome"}
            writer.write((answers.get(line.split()[0], "250 OK") + "\r\n").encode())
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1")
    kept = tokens(server, tmp_path, Seconds())
    kept.keep({"refresh_token": "typed", "expires_in": 1})
    port = listening.sockets[0].getsockname()[1]
    smtp = Smtp(Server("127.0.0.1", port, Security.NONE, "anketa@example.test", ""), tokens=kept)
    await smtp.check()
    await smtp.close()
    listening.close()
    (line,) = [one for one in heard if one.startswith("AUTH")]
    assert base64.b64decode(line.split()[-1]) == b"user=anketa@example.test\x01auth=Bearer access1\x01\x01"


def test_the_file_holds_what_is_needed_and_no_more(server: Provider, tmp_path: Path) -> None:
    kept = tokens(server, tmp_path, Seconds())
    kept.keep({"refresh_token": "r", "access_token": "a", "expires_in": 60, "id_token": "personal"})
    assert json.loads((tmp_path / FILE).read_text()) == {"refresh_token": "r", "access_token": "a", "ends": 1_000_060.0}
