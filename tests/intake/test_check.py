"""`atsauce check`: what is wrong is named with what to do, in the campaign's language, and nothing is sent."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select
from typer.testing import CliRunner

from intake import check
from intake.check import Line
from intake.cli import app
from intake.playground.bot_api.server import BotApi
from intake.playground.mail.server import MailServer
from intake.store import Store
from intake.tables import AuditEvent, Outbox, Person

Set = Callable[..., None]


@pytest.fixture
def folder(campaign_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(campaign_folder, tmp_path / "campaign"))


@pytest.fixture
def set_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path) -> Set:
    """Settings of a machine where only a channel is missing."""
    for name in list(os.environ):
        if name.startswith("ATSAUCE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"ATSAUCE_{name.upper()}", str(value))

    change(data=tmp_path / "data", campaign=folder, staff="staff@example.org", base_url="https://atsauce.example.org")
    return change


async def problems(language: str = "en") -> dict[str, str]:
    return {line.key: line.text for line in await check.check(language) if not line.ok}


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def test_no_channel_is_the_only_problem(set_: Set) -> None:
    assert list(await problems()) == ["no_channel"]


@pytest.mark.parametrize(
    ("name", "value", "key", "words"),
    [
        ("campaign", "/nowhere", "campaign_refused", "atsauce campaign new"),
        ("campaign", "", "campaign_missing", "ATSAUCE_CAMPAIGN"),
        ("data", "/proc/none", "data_refused", "ATSAUCE_DATA"),
        ("database_url", "nonsense", "database_url", "postgresql://"),
        ("database_url", "postgresql://a:hunter2@127.0.0.1:1/x", "database_refused", "ATSAUCE_DATABASE_URL"),
        ("base_url", "http://atsauce.example.org", "base_url_http", "https://"),
        ("staff", "anna", "staff_wrong", "anna"),
        ("web_port", "99999", "settings", "ATSAUCE_WEB_PORT"),
        ("smtp_url", "mail.example.org", "wrong_url", "ATSAUCE_SMTP_URL"),
    ],
)
async def test_what_is_wrong_is_named(set_: Set, name: str, value: str, key: str, words: str) -> None:
    set_(**{name: value})
    found = await problems()
    assert words in found[key]
    assert "hunter2" not in str(found)


@pytest.mark.parametrize("language", ["lv", "en"])
async def test_a_letter_that_cannot_be_written(set_: Set, folder: Path, language: str) -> None:
    letter = folder / "letters" / "lv" / "invitation.md"
    letter.write_text(letter.read_text("utf-8") + "\n{{ favourite_colour }}\n", encoding="utf-8")
    broken = folder / "letters" / "en" / "digest.md"
    broken.write_text("no front matter", encoding="utf-8")
    stopped = folder / "letters" / "en" / "stopped.md"
    stopped.write_text("---\nsubject: a\n---\n{% if %}", encoding="utf-8")
    found = [line.text for line in await check.check(language) if line.key == "letter_refused"]
    assert any("lv/invitation.md" in text for text in found)
    assert any("en/stopped.md" in text for text in found)


async def test_a_questionnaire_with_errors(set_: Set, folder: Path) -> None:
    path = folder / "initiative.md"
    path.write_text(path.read_text("utf-8").replace("| text | title |", "| txet | title |", 1), encoding="utf-8")
    found = await problems()
    assert "initiative.md" in found.get("form_refused", ""), found


@pytest.fixture
async def servers() -> AsyncIterator[tuple[BotApi, MailServer]]:
    async with BotApi() as bot, MailServer(require_auth=True) as mail:
        mail.mailbox("anketa@example.org")
        yield bot, mail


async def test_all_is_well(set_: Set, servers: tuple[BotApi, MailServer]) -> None:
    bot, mail = servers
    address = "anketa@example.org"
    set_(telegram_token=bot.token, telegram_api_url=bot.url, mail_address=address)
    set_(smtp_url=mail.smtp_url(address), imap_url=mail.imap_url(address))
    assert await problems() == {}


async def test_wrong_token_password_and_servers(set_: Set, servers: tuple[BotApi, MailServer]) -> None:
    bot, mail = servers
    address = "anketa@example.org"
    wrong = mail.imap_url(address).rpartition(":")[0].rpartition("@")[2]
    port = mail.imap_url(address).rpartition(":")[2]
    set_(telegram_token="123:wrong", telegram_api_url=bot.url, mail_address=address)
    set_(smtp_url=f"smtp://127.0.0.1:{closed_port()}", imap_url=f"imap://anketa%40example.org:wrong@{wrong}:{port}")
    found = await problems()
    assert "telegram_token" in found
    assert any("ATSAUCE_SMTP_URL" in text for text in found.values())
    assert any("ATSAUCE_IMAP_URL" in text for text in found.values())
    set_(telegram_api_url=f"http://127.0.0.1:{closed_port()}")
    assert "telegram_unreachable" in await problems()


async def test_nothing_is_sent_or_kept(set_: Set, tmp_path: Path) -> None:
    await check.check("lv")
    store = Store(f"sqlite:///{tmp_path / 'data' / 'atsauce.db'}")
    rows = store.run(
        lambda session: [len(session.scalars(select(table)).all()) for table in (Person, Outbox, AuditEvent)]
    )
    store.close()
    assert rows == [0, 0, 0]


def test_the_command(set_: Set) -> None:
    result: Result = CliRunner().invoke(app, ["check", "--json"])
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert said["ok"] is False
    assert {"key", "ok", "text"} == set(said["lines"][0])
    plain = CliRunner().invoke(app, ["check"])
    assert "JĀLABO." in plain.stdout
    assert plain.stdout.strip().endswith("Jālabo: 1. Nekas netika sūtīts.")


def test_a_line_is_a_row() -> None:
    assert Line("key", True, "text").row() == {"key": "key", "ok": True, "text": "text"}
