"""The campaign in the playground: its clock jumps, people come, suggestions are decided on, another form is tried."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

from intake import campaign_files
from intake.playground import service
from intake.playground.app import Playground
from intake.tables import Conversation, Nomination, NominationState, Outbox

WAIT_S = 30.0
FORM = """| survey |
| | type | name | label::Latviešu (lv) | label::English (en) | required | appearance |
| | text | title | Kā to sauc? | What is it called? | yes | core |
| | integer | year | Kurā gadā sākāt? | When did it begin? | | core |
| settings |
| | form_title | form_id | default_language |
| | Īsa anketa | short | Latviešu (lv) |
"""
BROKEN = FORM.replace("| integer | year |", "| integr | year |").replace("When did it begin?", "${nothing}")


async def until(holds: Callable[[], Awaitable[object] | object], what: str) -> None:
    """Wait until it holds, whoever makes it so."""
    try:
        async with asyncio.timeout(WAIT_S):
            while not (found := holds()) or (isinstance(found, Awaitable) and not await found):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {WAIT_S:.0f} s: {what}") from None


def subjects(place: Playground, key: str) -> list[str]:
    letters = place.mail.mailbox(place.residents[key].address).letters
    return [str(letter.message["Subject"]) for letter in letters]


def dates(place: Playground, key: str) -> list[str]:
    """Days on which this person got letters, in Riga."""
    zone = place.rehearsal.service.desk.campaign.zone  # type: ignore[union-attr]
    letters = place.mail.mailbox(place.residents[key].address).letters
    return [f"{letter.message['Date'].datetime.astimezone(zone):%Y-%m-%d %H:%M}" for letter in letters]


async def jump(http: httpx.AsyncClient, to: str) -> httpx.Response:
    return await http.post("/api/campaign/clock", json={"to": to})


async def test_people_are_invited_at_once(place: Playground) -> None:
    await until(lambda: all(subjects(place, key) for key in ("anna", "janis", "ilze")), "three invitations")
    assert "anketu" in subjects(place, "anna")[0]


async def test_on_the_way_to_the_deadline_everything_happens_in_its_hour(
    place: Playground, http: httpx.AsyncClient
) -> None:
    await until(lambda: subjects(place, "anna"), "the invitation")
    begun = place.rehearsal.clock.now()
    assert (await jump(http, "reminder")).status_code == 200
    assert len(subjects(place, "anna")) == 2
    assert dates(place, "anna")[1].endswith("10:00")
    assert subjects(place, "staff"), "the digest of a morning on the way"
    assert all(date.endswith("08:30") for date in dates(place, "staff"))
    assert (await jump(http, "deadline")).status_code == 200
    assert len(subjects(place, "anna")) == 3, "one invitation, two reminders"
    assert place.rehearsal.clock.now() > begun
    assert (await jump(http, "deadline")).status_code == 409


async def test_a_day_ahead_nobody_is_written_to_twice_and_time_only_goes_forward(
    place: Playground, http: httpx.AsyncClient
) -> None:
    await until(lambda: subjects(place, "anna"), "the invitation")
    before = place.rehearsal.clock.now()
    await jump(http, "day")
    assert 24 <= (place.rehearsal.clock.now() - before).total_seconds() / 3600 < 24.1
    assert len(subjects(place, "anna")) == 1
    assert (await jump(http, f"{place.rehearsal.clock.now().date() + timedelta(days=3)}T15:30")).status_code == 200
    zone = place.rehearsal.service.desk.campaign.zone  # type: ignore[union-attr]
    assert f"{place.rehearsal.clock.now().astimezone(zone):%H:%M}" == "15:30"
    for wrong in ("2020-01-01T10:00", "9999-01-01T10:00", "yesterday", ""):
        refused = await jump(http, wrong)
        assert (refused.status_code, bool(refused.json()["error"])) == (409, True)


async def test_somebody_more(place: Playground, http: httpx.AsyncClient) -> None:
    given = {"name": "Līga Kļava", "address": "liga@klava.example", "language": "en", "invited": True}
    added = (await http.post("/api/people", json=given)).json()
    await until(lambda: subjects(place, added["key"]), "her invitation")
    assert "invitation" in subjects(place, added["key"])[0].lower()
    nobody = await http.post("/api/people", json={"name": "", "address": "Somebody@else.test"})
    assert nobody.json()["chat"] is True
    chat = f"/api/people/{nobody.json()['key']}/chat"
    await http.post(f"{chat}/start", json={})

    async def welcomed() -> bool:
        return any(message["from"]["is_bot"] for message in (await http.get(chat)).json()["messages"])

    await until(welcomed, "the bot answers whom the fund does not know")
    assert not subjects(place, nobody.json()["key"])
    for wrong in ("someone@gmail.com", "nonsense", "anna.ozola@cerina.example", "x@example.org\nBcc:"):
        refused = await http.post("/api/people", json={"name": "X", "address": wrong})
        assert (refused.status_code, bool(refused.json()["error"])) == (409, True)


async def test_suggestions_are_decided_on(place: Playground, http: httpx.AsyncClient) -> None:
    running = place.rehearsal.service
    assert running is not None
    await running.store.write(_suggest)
    approved = await http.post("/api/campaign/referrals/1/approve", json={})
    assert approved.status_code == 200
    mailbox = place.mail.mailbox("birojs@atbalsts.example")
    await until(lambda: mailbox.letters, "the invitation of somebody suggested")
    declined = await http.post("/api/campaign/referrals/2/decline", json={})
    assert declined.status_code == 200
    assert (await http.post("/api/campaign/referrals/99/approve", json={})).status_code == 409
    assert (await http.post("/api/campaign/referrals/1/destroy", json={})).status_code == 404
    states = await running.store.read(lambda session: [row.state for row in session.exec(select(Nomination))])
    assert states == [NominationState.APPROVED, NominationState.DECLINED]


def _suggest(session: Session) -> None:
    now = datetime.now(UTC)
    session.add(
        Conversation(person_id=1, form_id=1, code="X", session="", begun_on="email", begun_at=now, updated_at=now)
    )
    session.flush()
    for number, name in enumerate(("Atbalsts", "Cits"), 1):
        email = f"{'birojs' if number == 1 else 'cits'}@atbalsts.example"
        row = Nomination(conversation_id=1, referrer_id=1, organisation=name, email=email, created_at=now)
        row.state = NominationState.WAITING
        session.add(row)


async def test_the_page_is_told_of_the_campaign(place: Playground, http: httpx.AsyncClient) -> None:
    told: dict[str, Any] = {}
    async with http.stream("GET", "/api/people/anna/events") as stream:
        name = ""
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                told[name] = json.loads(line.removeprefix("data: "))
            campaign = told.get("campaign", {"status": {"outbox_sent": 0}})
            if campaign["status"]["outbox_sent"] >= 3 and "people" in told:
                break
    assert told["campaign"]["status"]["invited"] == 3
    assert {row["state"] for row in told["campaign"]["outbox"]} == {"sent"}
    assert told["campaign"]["digest"]["subject"]
    assert told["campaign"]["form"]["core"] == 10
    assert told["clock"]["zone"] == "Europe/Riga"
    assert {"anna", "janis", "ilze", "staff"} <= {person["key"] for person in told["people"]}
    assert "@" not in json.dumps({**told["campaign"], "digest": None}), "persons by their numbers only"


async def send_form(http: httpx.AsyncClient, name: str, content: str | bytes) -> httpx.Response:
    body = content.encode() if isinstance(content, str) else content
    headers = {"Content-Type": "application/octet-stream"}
    return await http.post("/api/campaign/form", params={"name": name}, content=body, headers=headers)


async def test_a_form_with_errors_changes_nothing(place: Playground, http: httpx.AsyncClient) -> None:
    running = place.rehearsal.service
    outcome = (await send_form(http, "mana.md", BROKEN)).json()
    assert outcome["running"] is False
    assert {("survey", 4)} == {(one["sheet"], one["row"]) for one in outcome["findings"] if one["severity"] == "error"}
    assert place.rehearsal.service is running


async def test_an_own_form_runs_from_then_on(place: Playground, http: httpx.AsyncClient) -> None:
    async with http.stream("GET", "/api/people/anna/events") as stream:
        lines = aiter(stream.aiter_lines())
        outcome = (await send_form(http, "mana anketa.md", FORM)).json()
        assert outcome["running"] is True, outcome
        async with asyncio.timeout(WAIT_S):
            while '"file": "own.md"' not in await anext(lines):
                pass  # the page that was open is told
    given = {"name": "Līga Kļava", "address": "liga@klava.example", "invited": True}
    key = (await http.post("/api/people", json=given)).json()["key"]
    await until(lambda: subjects(place, key), "an invitation")
    letter = place.mail.mailbox("liga@klava.example").letters[0].message
    assert "Kā to sauc?" in str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    chat = f"/api/people/{key}/chat"
    await http.post(f"{chat}/start", json={})

    async def asked() -> bool:
        return "Kā to sauc?" in (await http.get(chat)).text.encode().decode("unicode_escape", "replace") or any(
            "Kā to sauc?" in message.get("text", "") for message in (await http.get(chat)).json()["messages"]
        )

    await until(asked, "its first question")
    running = place.rehearsal.service
    assert running is not None
    assert running.desk.campaign.questionnaire == "own.md"


async def test_code_lists_and_other_files(place: Playground, http: httpx.AsyncClient) -> None:
    assert (await send_form(http, "../../krasas.csv", "name,label\nr,Sarkana\n")).json()["kept"] == "krasas.csv"
    running = place.rehearsal.service
    assert running is not None
    assert (running.desk.campaign.folder / "krasas.csv").is_file()
    assert (await send_form(http, "anketa.pdf", b"%PDF")).status_code == 409
    assert (await send_form(http, "anketa.xlsx", b"PK")).json()["running"] is False
    assert (await http.post("/api/campaign/form", content=b"x")).status_code == 415


async def test_the_staffs_own_campaign_is_copied(tmp_path: Path) -> None:
    own = tmp_path / "own"
    campaign_files.write(own, campaign_files.Window(date(2031, 3, 3), date(2031, 3, 31)))
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    async with service.running(tmp_path / "playground", own, page_port=0) as place:
        now = place.rehearsal.clock.now()
        assert now.astimezone(UTC).date().isoformat() == "2031-03-03", "the campaign begins"
        running = place.rehearsal.service
        assert running is not None
        await until(lambda: subjects(place, "anna"), "the invitation")
        sent = await running.store.read(lambda session: [row.kind for row in session.exec(select(Outbox))])
        assert set(sent) == {"invitation"}
    assert before == {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}


class Trap:
    """A server that nobody should ever connect to."""

    def __init__(self) -> None:
        self.connections = 0

    async def __aenter__(self) -> Trap:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


@asynccontextmanager
async def started(folder: Path, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command as somebody at a terminal runs it; never left behind."""
    process = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).with_name("atsauce"), "playground"),
        cwd=folder,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def ready(process: asyncio.subprocess.Process) -> str:
    """The page's address once it is printed."""
    assert process.stdout is not None
    async for line in process.stdout:
        if b"http://" in line:
            return "http://" + line.decode().partition("http://")[2].strip()
    assert process.stderr is not None
    raise AssertionError((await process.stderr.read()).decode())


async def ended(process: asyncio.subprocess.Process, number: signal.Signals = signal.SIGINT) -> None:
    """It ends in order and has nothing to complain about."""
    process.send_signal(number)
    _, complaints = await asyncio.wait_for(process.communicate(), WAIT_S)
    assert process.returncode == 0, complaints.decode()
    assert b"Traceback" not in complaints


async def test_whatever_the_environment_says_nobody_outside_is_reached(tmp_path: Path) -> None:
    async with Trap() as trap:
        outside = f"127.0.0.1:{trap.port}"
        hostile = {
            "ATSAUCE_SMTP_URL": f"smtp://me:secret@{outside}",
            "ATSAUCE_IMAP_URL": f"imap://me:secret@{outside}",
            "ATSAUCE_TELEGRAM_API_URL": f"http://{outside}",
            "ATSAUCE_TELEGRAM_TOKEN": "123456:AAHq0000000000000000000000000000000",
            "ATSAUCE_MAIL_ADDRESS": "real@fonds.example.org",
            "ATSAUCE_STAFF": "boss@fonds.example.org",
            "ATSAUCE_STAFF_CHAT": "-100123",
            "ATSAUCE_BASE_URL": f"http://{outside}",
            "ATSAUCE_DATABASE_URL": f"postgresql://me@{outside}/real",
            "ATSAUCE_CAMPAIGN": "/nowhere",
            **dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"), f"http://{outside}"),
        }
        (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in hostile.items()))
        async with started(tmp_path, **hostile) as process:
            page = await ready(process)
            async with httpx.AsyncClient(base_url=page, timeout=60, trust_env=False, verify=False) as http:
                await until(lambda: _letters(http, "anna"), "the invitation")
                assert (await jump(http, "day")).status_code == 200
                await until(lambda: _letters(http, "staff"), "the digest")
            await ended(process)
        assert trap.connections == 0


async def _letters(http: httpx.AsyncClient, key: str) -> list[Any]:
    found: list[Any] = (await http.get(f"/api/people/{key}/letters")).json()
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_ends_in_order_and_does_not_need_its_usual_port(tmp_path: Path, number: signal.Signals) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(AssertionError):  # somebody keeps it, which is as good
            await until(lambda: _bound(taken), "the port is taken")
        async with started(tmp_path) as process:
            page = await ready(process)
            assert f":{service.PAGE_PORT}/" not in page
            async with httpx.AsyncClient(base_url=page, trust_env=False, verify=False) as http:
                assert (await http.get("/")).status_code == 200
                async with http.stream("GET", "/api/people/anna/events") as stream:
                    await anext(aiter(stream.aiter_lines()))
                    await ended(process, number)


def _bound(taken: socket.socket) -> bool:
    """Whether the usual port is ours now; another try-out on this machine may have it for a while."""
    try:
        taken.bind(("127.0.0.1", service.PAGE_PORT))
        taken.listen()
    except OSError:
        return False
    return True
