"""The page's own server over HTTP: letters really travel by SMTP and IMAP, the chat over the Bot API."""

import asyncio
import base64
import json
import re
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from email.message import EmailMessage

import httpx
import pytest

from intake.playground import app, letters
from intake.playground.app import Playground
from intake.playground.residents import Resident, built_in
from intake.playground.wording import words
from tests.servers.local import playground, telegram_bot

LETTERS = "/api/people/anna/letters"
JSON = {"Content-Type": "application/json"}
BODY = """<p style="color:red">Labdien! <a href="https://t.me/AtsauceBot?start=k3x9">Telegram</a>
<a href="mailto:anketa+p@example.org?subject=Anketa%20k3x9">cits</a> <a href="https://example.org/stop">stop</a></p>
<script>alert(1)</script><form action="/x"><button>x</button></form>"""


@pytest.fixture
async def place() -> AsyncIterator[Playground]:
    async with playground() as running:
        yield running


@pytest.fixture
async def http(place: Playground) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=place.page_url, timeout=10, verify=False) as client:
        yield client


async def invite(place: Playground) -> None:
    """What the service does: a letter to Anna over SMTP."""
    intake = place.mail.correspondent(place.intake_address, "Fonds")
    message = EmailMessage()
    message["From"], message["To"] = place.intake_address, "anna.ozola@cerina.example"
    message["Subject"], message["Message-ID"] = "Anketa", "<1@example.org>"
    message.set_content("1. Nosaukums *\nAtbilde:\n\nTelegram: https://t.me/AtsauceBot?start=k3x9\n")
    message.add_alternative(BODY, subtype="html")
    await intake.send(message)


async def test_the_page_speaks_latvian_and_english(http: httpx.AsyncClient) -> None:
    latvian, english = await http.get("/"), await http.get("/?lang=en")
    assert '<html lang="lv">' in latvian.text
    assert "Pastkaste" in latvian.text
    assert '<html lang="en">' in english.text
    assert "Mailbox" in english.text
    assert '<html lang="en">' in (await http.get("/?person=anna&start=k3x9")).text
    assert "default-src 'self'" in latvian.headers["Content-Security-Policy"]
    for name in (
        "page.css",
        "page.js",
        "people.js",
        "mail.js",
        "chat.js",
        "clock.js",
        "campaign.js",
        "form.js",
        "dom.js",
    ):
        assert (await http.get(f"/static/{name}")).status_code == 200
    assert (await http.get("/static/app.py")).status_code == 404


async def test_a_letter_is_read_and_answered(place: Playground, http: httpx.AsyncClient) -> None:
    await invite(place)
    (listed,) = (await http.get(LETTERS)).json()
    assert listed["subject"] == "Anketa"
    letter = (await http.get(f"{LETTERS}/{listed['uid']}")).json()
    assert letter["html"] is True
    assert "\n> Atbilde:\n" in letter["quote"]
    answer = letter["quote"].replace("> Atbilde:", "> Atbilde:\nMobilā brigāde")
    sent = (await http.post(f"{LETTERS}/{listed['uid']}/reply", json={"body": answer})).json()
    arrived = place.mail.mailbox(place.intake_address).letters[0].message
    assert arrived["Message-ID"] == sent["message_id"]
    assert arrived["In-Reply-To"] == "<1@example.org>"
    assert arrived["From"] == "Anna Ozola <anna.ozola@cerina.example>"
    assert "> Atbilde:\nMobilā brigāde" in arrived.get_content().replace("\r\n", "\n")


async def test_forwarding_and_writing(place: Playground, http: httpx.AsyncClient) -> None:
    await invite(place)
    (listed,) = (await http.get(LETTERS)).json()
    to = {"to": "janis.berzins@liepkalne.example", "body": "Skat."}
    assert (await http.post(f"{LETTERS}/{listed['uid']}/forward", json=to)).status_code == 200
    assert (await http.get("/api/people/janis/letters")).json()[0]["subject"] == "Fwd: Anketa"
    new = {"to": place.intake_address, "subject": "atteikties", "body": ""}
    assert (await http.post(LETTERS, json=new)).status_code == 200
    assert len(place.mail.mailbox(place.intake_address).letters) == 1


async def test_files_go_with_letters_and_sent_ones_are_kept(place: Playground, http: httpx.AsyncClient) -> None:
    await invite(place)
    content = bytes(range(256)) * 20_000
    file = {"name": "plāns\n.pdf", "type": "application/pdf", "content": base64.b64encode(content).decode()}
    odd = {"name": "x", "type": "x/y", "content": base64.b64encode(b"\xff\x00").decode()}
    (listed,) = (await http.get(LETTERS)).json()
    assert (
        await http.post(f"{LETTERS}/{listed['uid']}/reply", json={"body": "Sk.", "files": [file, odd]})
    ).status_code == 200
    (sent,) = (await http.get(LETTERS, params={"folder": "sent"})).json()
    where = f"{LETTERS}/{sent['uid']}"
    letter = (await http.get(where, params={"folder": "sent"})).json()
    assert letter["attachments"] == [{"name": "plāns .pdf", "size": len(content)}, {"name": "x", "size": 2}]
    found = await http.get(f"{where}/files/0", params={"folder": "sent"})
    assert found.content == content
    assert found.headers["Content-Disposition"] == "attachment"
    assert (await http.get(f"{where}/files/2", params={"folder": "sent"})).status_code == 404
    to = {"to": "janis.berzins@liepkalne.example", "body": "Skat."}
    assert (await http.post(f"{where}/forward", params={"folder": "sent"}, json=to)).status_code == 200
    forwarded = place.mail.mailbox("janis.berzins@liepkalne.example").letters[0].message
    assert [part.get_filename() for part in forwarded.iter_attachments()] == ["plāns .pdf", "x"]


async def test_html_is_shown_harmless(place: Playground, http: httpx.AsyncClient) -> None:
    await invite(place)
    (listed,) = (await http.get(LETTERS)).json()
    shown = await http.get(f"{LETTERS}/{listed['uid']}/html")
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "<script" not in shown.text
    assert "<form" not in shown.text
    assert re.findall(r'href="([^"]+)"', shown.text) == [
        "/?person=anna&amp;start=k3x9",
        "/?person=anna&amp;mailto=anketa%2Bp%40example.org&amp;subject=Anketa+k3x9&amp;body=",
        "https://example.org/stop",
    ]


@pytest.mark.parametrize(
    "content",
    [
        "Content-Type: text/plain; charset=nobody-knows\r\n\r\nLabdien",
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nLabdien\r\n--a\r\n"
        "Content-Type: x/y\r\n\r\nz\r\n--a\r\n"
        "Content-Type: message/rfc822\r\n\r\nSubject: Sveiki\r\n\r\nLabrīt\r\n--a--\r\n",
    ],
)
def test_a_letter_of_any_kind_is_shown(content: str) -> None:
    shown = letters.view(1, f"From: a@b.example\r\n{content}".encode(), words("lv")["mail"])
    assert "Labdien" in shown["text"]
    assert len(shown["attachments"]) in (0, 2)


@pytest.mark.parametrize(
    "hostile",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<a href="https://example.org/" ping="https://evil.example/">x</a>',
        '<svg><a xlink:href="https://evil.example/">x</a></svg>',
        '<map><area href="data:text/html,x"></map>',
        '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
        '<link rel="prefetch" href="https://evil.example/">',
        '<base href="https://evil.example/">',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    ],
)
def test_nothing_in_a_letter_runs_or_reaches_out(hostile: str) -> None:
    raw = f"From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Labdien</p>{hostile}".encode()
    shown = letters.harmless_html(raw, "anna", "AtsauceBot")
    assert "Labdien" in shown
    assert "evil.example" not in shown
    assert "alert" not in shown
    assert "data:" not in shown


@pytest.mark.parametrize("url", ["https://t.me/OtherBot?start=x", "https://t.me.evil.example/AtsauceBot", "https://a/"])
def test_other_links_leave(url: str) -> None:
    assert letters.playground_link(url, "anna", "AtsauceBot") is None


async def test_a_chat_on_the_page_is_a_chat_with_the_bot(place: Playground, http: httpx.AsyncClient) -> None:
    assert (await http.post("/api/people/anna/chat/start", json={"payload": "k3x9"})).status_code == 200
    async with telegram_bot(place.bot_api) as bot:
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.text == "/start k3x9"
        assert update.effective_user is not None
        assert update.effective_user.full_name == "Anna Ozola"
        await bot.send_message(update.message.chat_id, "Labdien!")
    shown = (await http.get("/api/people/anna/chat")).json()
    assert [message["text"] for message in shown["messages"]] == ["/start k3x9", "Labdien!"]
    refused = await http.post("/api/people/anna/chat/press", json={"button": "nav"})
    assert refused.status_code == 409
    query = {"name": 'plāns “A”\n"b".txt', "kind": "document"}
    sent = await http.post("/api/people/anna/file", params=query, content=b"x", headers={"Content-Type": "text/plain"})
    assert sent.json()["document"]["file_name"] == 'plāns “A” "b".txt'
    file = await http.get(f"/api/people/anna/file/{sent.json()['document']['file_id']}")
    assert file.content == b"x"
    assert file.headers["Content-Disposition"] == "attachment"


async def test_events_tell_of_mail_and_chat(place: Playground, http: httpx.AsyncClient) -> None:
    async with http.stream("GET", "/api/people/anna/events") as stream:
        lines = aiter(stream.aiter_lines())
        assert (await next_event(lines))[0] == "run"
        first = {await next_event(lines), await next_event(lines)}
        assert {name for name, _ in first} == {"mail", "chat"}
        await invite(place)
        assert (await next_event(lines))[0] == "mail"
        place.bot_api.person(5001).write("sveiki")
        name, data = await next_event(lines)
        assert (name, json.loads(data)["messages"][0]["text"]) == ("chat", "sveiki")


async def next_event(lines: AsyncIterator[str]) -> tuple[str, str]:
    name = (await anext(lines)).removeprefix("event: ")
    data = (await anext(lines)).removeprefix("data: ")
    assert await anext(lines) == ""
    return name, data


async def test_open_event_streams_do_not_keep_the_playground_from_closing() -> None:
    async with (
        playground() as running,
        httpx.AsyncClient(base_url=running.page_url, timeout=10, verify=False) as client,
        client.stream("GET", "/api/people/anna/events") as stream,
    ):
        await next_event(aiter(stream.aiter_lines()))
        await running.close()


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/api/people/nobody/letters", {"json": {}}, 404),
        (LETTERS, {"json": {"to": "x"}}, 400),
        (LETTERS, {"json": []}, 400),
        (LETTERS, {"data": {"to": "x"}}, 415),
        (LETTERS, {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ("/api/people/anna/chat/write", {"content": b" " * 1_000_001, "headers": JSON}, 413),
        (LETTERS, {"content": b" " * 30_000_001, "headers": JSON}, 413),
        (LETTERS, {"json": {"to": "", "subject": "", "body": "", "files": [{"name": "a"}]}}, 400),
        (LETTERS, {"json": {"to": "", "subject": "", "body": "", "files": "a"}}, 400),
    ],
)
async def test_wrong_requests(http: httpx.AsyncClient, path: str, sent: dict[str, object], status: int) -> None:
    assert (await http.post(path, **sent)).status_code == status  # type: ignore[arg-type]


async def test_mail_to_the_world_is_refused_in_words(http: httpx.AsyncClient) -> None:
    answer = await http.post(LETTERS, json={"to": "someone@gmail.com", "subject": "", "body": ""})
    assert answer.status_code == 502
    assert "tikai izdomātas adreses" in answer.json()["error"]


async def test_line_breaks_make_no_header(place: Playground, http: httpx.AsyncClient) -> None:
    new = {"to": f"{place.intake_address}\n", "subject": "x\nBcc: someone@gmail.com", "body": ""}
    assert (await http.post(LETTERS, json=new)).status_code == 200
    assert place.mail.mailbox(place.intake_address).letters[0].message["Subject"] == "x Bcc: someone@gmail.com"


async def test_a_foreign_host_name_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.get("/", headers={"Host": "evil.example"})).status_code == 400


async def test_a_letter_that_is_gone(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"{LETTERS}/999")).status_code == 502


async def test_settings_and_hook() -> None:
    seen: list[Playground] = []

    async def on_ready(place: Playground) -> None:
        await place.add(Resident("zane", "Zane Liepa", "zane@skola.example", chat_id=5009))
        seen.append(place)

    place = await app.start(residents=(), on_ready=on_ready)
    try:
        assert seen == [place]
        assert list(place.residents) == ["zane"]
        assert place.settings()["ATSAUCE_SMTP_URL"].startswith("smtp://anketa%40example.org:")
        assert place.settings()["ATSAUCE_TELEGRAM_API_URL"] == place.bot_api.url
    finally:
        await place.close()


async def test_only_loopback() -> None:
    with pytest.raises(ValueError, match="loopback"):
        await app.start("0.0.0.0")


def test_both_languages_have_the_same_words() -> None:
    latvian, english = words("lv"), words("en")
    assert {table: set(latvian[table]) for table in latvian} == {table: set(english[table]) for table in english}
    assert len({resident.key for resident in built_in()}) == len(built_in())


async def test_it_can_be_started_as_a_process() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "intake.playground", stdout=PIPE)
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    async with httpx.AsyncClient(verify=False) as client:
        assert (await client.get(told["page"])).status_code == 200
    process.terminate()
    assert await process.wait() == 0
