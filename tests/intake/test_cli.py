"""The command line as staff and operators use it: what it says, what it exits with, never a traceback."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select
from sqlmodel import Session
from typer.testing import CliRunner

from intake import inbox, matters, organisations, people
from intake.channels import Batch, Raw
from intake.cli import COMMANDS, app
from intake.inbox import Vault
from intake.store import Store
from intake.tables import Conversation, FormVersion, Nomination, Person, Source
from tests.servers import postgres

NOW = "2026-01-20T10:00:00+02:00"
Run = Callable[..., Result]
CONTACTS = """email;name;organisation;source;basis;obtained_at
anna@example.org;Anna Ozola;Biedrība “Tilts”;website;GDPR 6(1)(e);2026-01-05
broken;Nobody;;website;GDPR 6(1)(e);2026-01-05
juris@example.org;Juris;Krasts;website;GDPR 6(1)(e);2026-01-05
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.database()
    yield url
    cluster.drop(url)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, campaign_folder: Path) -> dict[str, str]:
    """A place of its own, with no setting of the machine it runs on."""
    for name in list(os.environ):
        if name.startswith("ATSAUCE_"):
            monkeypatch.delenv(name)
    values = {
        "ATSAUCE_DATA": str(tmp_path / "data"),
        "ATSAUCE_CAMPAIGN": str(campaign_folder),
        "ATSAUCE_CLOCK": NOW,
        "ATSAUCE_STAFF": "staff@example.org",
        "ATSAUCE_SECRET": "a secret",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return values


@pytest.fixture
def run(settings: dict[str, str]) -> Run:
    """A command on SQLite."""

    def invoke(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, list(words))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == code, result.output
        return result

    return invoke


@pytest.fixture
def anywhere(run: Run, database: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on either database, migrated."""
    if database:
        monkeypatch.setenv("ATSAUCE_DATABASE_URL", database)
    run("migrate")
    return run


@pytest.fixture
def store(anywhere: Run, database: str, tmp_path: Path) -> Iterator[Store]:
    """The same database beside the command, as the running service has it open."""
    store = Store(database or f"sqlite:///{tmp_path / 'data' / 'atsauce.db'}")
    yield store
    store.close()


@pytest.fixture
def listed(tmp_path: Path) -> str:
    path = tmp_path / "contacts.csv"
    path.write_text(CONTACTS, encoding="utf-8")
    return str(path)


def shown(result: Result) -> Any:
    return json.loads(result.stdout)


def test_the_way_to_the_first_letter(anywhere: Run, listed: str) -> None:
    report = shown(anywhere("contacts", "import", listed, "--json"))
    assert (report["added"], [problem["row"] for problem in report["problems"]]) == (2, [3])
    dry = shown(anywhere("invite", "--dry-run", "--json"))
    assert [letter["address"] for letter in dry["letters"]] == ["anna@example.org", "juris@example.org"]
    assert shown(anywhere("status", "--json"))["outbox"]["due"] == 0
    assert len(shown(anywhere("invite", "--json"))["letters"]) == 2
    assert shown(anywhere("invite", "--json"))["letters"] == []
    status = shown(anywhere("status", "--json"))
    assert (status["contacts"], status["invited"], status["outbox"]["due"]) == (2, 0, 2)
    assert [one["at"][:16] for one in shown(anywhere("plan", "--json"))] == ["2026-01-20T10:00"] * 2


def test_status_has_the_agreed_names(anywhere: Run) -> None:
    status = shown(anywhere("status", "--json"))
    names = "contacts invited begun submitted initiatives referrals stopped bounced inbox outbox needs_a_person"
    assert list(status) == names.split()
    assert set(status["referrals"]) == {"nominated", "approved", "invited", "answered"}
    assert set(status["inbox"]) == {"waiting", "set_aside"}
    assert set(status["outbox"]) == {"due", "sending", "sent", "failed", "suppressed", "unknown"}


def test_tables_for_people(anywhere: Run, listed: str) -> None:
    assert "3. rinda" in anywhere("contacts", "import", listed).stdout
    assert "anna@example.org" in anywhere("invite", "--dry-run").stdout
    assert "anna@example.org" in anywhere("people").stdout
    assert "Kontakti" in anywhere("status").stdout
    assert "Ziņu skaits: 0." in anywhere("plan").stdout
    assert "Labdien!" in anywhere("digest").stdout
    anywhere("referrals")


@pytest.mark.parametrize("words", [["people"], ["plan"], ["digest"], ["referrals"], ["referrals", "list", "--all"]])
def test_json_of_everything_that_prints_a_table(anywhere: Run, words: list[str]) -> None:
    assert isinstance(shown(anywhere(*words, "--json")), dict | list)


def test_a_stop_by_telephone(anywhere: Run, listed: str) -> None:
    anywhere("contacts", "import", listed)
    anywhere("invite")
    assert "anna@example.org" in anywhere("stop", "Anna@Example.org").stdout
    anywhere("stop", "anna@example.org")
    status = shown(anywhere("status", "--json"))
    assert (status["stopped"], status["outbox"]["suppressed"]) == (1, 1)
    assert "“Anna”" in anywhere("stop", "Anna", code=1).stderr


def test_pause_extend_resume(anywhere: Run, listed: str) -> None:
    anywhere("contacts", "import", listed)
    anywhere("pause")
    assert "apturēta" in anywhere("invite").stdout
    assert shown(anywhere("digest", "--json"))["paused"] is True
    anywhere("resume")
    assert "2026. gada 27. februārim" in anywhere("extend", "27.02.2026").stdout
    assert shown(anywhere("digest", "--json"))["deadline"] == "2026-02-27"
    anywhere("extend", "2020-01-01", code=1)
    anywhere("extend", "soon", code=1)


def test_suggestions(anywhere: Run, store: Store, listed: str) -> None:
    anywhere("contacts", "import", listed)
    store.run(nominate)
    first, second = (row["number"] for row in shown(anywhere("referrals", "--json")))
    assert f"Nr. {first}" in anywhere("referrals", "approve", str(first)).stdout
    anywhere("referrals", "decline", str(second), str(first), code=1)
    states = [row["state"] for row in shown(anywhere("referrals", "list", "--all", "--json"))]
    assert states == ["approved", "declined"]
    anywhere("referrals", "approve", code=2)
    anywhere("referrals", "approve", "twelve", code=2)


def nominate(session: Session) -> None:
    person = session.scalars(select(Person)).first()
    form = session.scalars(select(FormVersion)).one()
    at = datetime(2026, 1, 20, tzinfo=UTC)
    draft = Conversation(
        person_id=person.id, form_id=form.id, code="X", session="", begun_on="email", begun_at=at, updated_at=at
    )
    session.add(draft)
    session.flush()
    for name in ("tilts", "krasts"):
        known = {"organisation": name, "email": f"{name}@other.example.org", "created_at": at}
        session.add(Nomination(conversation_id=draft.id, referrer_id=person.id, **known))
    matters.open_matter(session, "question", at)
    raw = Raw("1", "s", b"bad", at)
    inbox.record(session, "email", Batch((raw,)), Vault(b"a secret"))
    row = inbox.take(session)
    assert row is not None
    inbox.set_aside(session, row.id or 0, at, "broken")


def test_what_needs_a_person(anywhere: Run, store: Store, listed: str) -> None:
    anywhere("contacts", "import", listed)
    store.run(nominate)
    number = str(shown(anywhere("digest", "--json"))["attention"][0]["number"])
    anywhere("resolve", number)
    anywhere("resolve", number, code=1)
    assert shown(anywhere("status", "--json"))["inbox"] == {"waiting": 0, "set_aside": 1}
    anywhere("replay")
    assert shown(anywhere("status", "--json"))["inbox"] == {"waiting": 1, "set_aside": 0}


def test_forgetting(anywhere: Run, listed: str) -> None:
    anywhere("contacts", "import", listed)
    anywhere("forget", "anna@example.org", "--yes")
    assert "anna@example.org" not in anywhere("people").stdout
    anywhere("forget", "anna@example.org", code=1)
    assert shown(anywhere("contacts", "import", listed, "--json"))["stopped"] == 1


@pytest.mark.parametrize("format", ["csv", "json"])
def test_export(anywhere: Run, tmp_path: Path, format: str) -> None:
    anywhere("export", "--format", format, str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"initiatives.{format}",
        f"submissions.{format}",
    ]


def test_export_as_a_workbook(run: Run, tmp_path: Path) -> None:
    run("export", "--format", "xlsx", str(tmp_path / "out"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["atsauce.xlsx"]


def test_the_report_on_the_screen_for_a_program_and_as_a_page(run: Run, tmp_path: Path, listed: str) -> None:
    run("contacts", "import", listed)
    assert "Sākuši atbildēt" in run("report").stdout
    assert shown(run("report", "--json"))["steps"][0] == {"step": "contacts", "count": 2, "share": ""}
    run("report", "--page", str(tmp_path / "report.html"))
    assert "<h1>Pārskats: " in (tmp_path / "report.html").read_text(encoding="utf-8")
    run("report", "--page", str(tmp_path / "none" / "folder" / "report.html"))


def test_choosing_for_a_later_stage(run: Run, tmp_path: Path) -> None:
    assert shown(run("select", "--json")) == []
    assert "nav" in run("select").stdout
    assert "Nr. 7 nav" in run("select", "7", code=1).stderr
    assert "Nr. 7" in run("select", "7", "--stage", "3", "--take-back", code=1).stderr
    run("select", "7", "--stage", "1", code=2)
    run("select", "--contacts", str(tmp_path / "next.csv"))
    assert (tmp_path / "next.csv").read_text(encoding="utf-8-sig").startswith("email,name,")


def test_every_act_is_in_the_trail(run: Run, tmp_path: Path, listed: str) -> None:
    for words in (["contacts", "import", listed], ["invite"], ["pause"], ["resume"], ["extend", "2026-02-27"]):
        run(*words)
    run("export", "--format", "csv", str(tmp_path / "out"))
    run("stop", "anna@example.org")
    with sqlite3.connect(tmp_path / "data" / "atsauce.db") as connection:
        found = [act for (act,) in connection.execute("SELECT act FROM audit_event ORDER BY id")]
    connection.close()
    assert found == ["import", "invite", "pause", "resume", "extend", "export", "stop"]


def test_digest_now(anywhere: Run) -> None:
    assert shown(anywhere("status", "--json"))["outbox"]["due"] == 0
    anywhere("digest", "--send")
    assert shown(anywhere("status", "--json"))["outbox"]["due"] == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ATSAUCE_CAMPAIGN", "", "ATSAUCE_CAMPAIGN"),
        ("ATSAUCE_CAMPAIGN", "/nowhere", "atsauce campaign new"),
        ("ATSAUCE_CLOCK", "2026-01-20T10:00:00", "ATSAUCE_CLOCK"),
        ("ATSAUCE_CLOCK", "yesterday", "ATSAUCE_CLOCK"),
        ("ATSAUCE_WEB_PORT", "99999", "ATSAUCE_WEB_PORT"),
        ("ATSAUCE_DATABASE_URL", "nonsense", "ATSAUCE_DATABASE_URL"),
        ("ATSAUCE_DATABASE_URL", "mysql://root@127.0.0.1/x", "ATSAUCE_DATABASE_URL"),
        ("ATSAUCE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "ATSAUCE_DATABASE_URL"),
        ("ATSAUCE_DATABASE_URL", "sqlite:////proc/none/atsauce.db", "/proc/none"),
        ("ATSAUCE_SMTP_URL", "smtp://mail.example.org", "ATSAUCE_SMTP_URL"),
    ],
)
@pytest.mark.parametrize("command", [["status"], ["run"]])
def test_what_prevents_a_command_is_said(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str, command: list[str]
) -> None:
    monkeypatch.setenv("ATSAUCE_TELEGRAM_TOKEN", "1:not-asked-for")
    monkeypatch.setenv("ATSAUCE_TELEGRAM_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv(name, value)
    result = run(*command, code=1)
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_an_older_database_says_what_to_run(
    run: Run, monkeypatch: pytest.MonkeyPatch, postgres_cluster: postgres.Cluster
) -> None:
    url = postgres_cluster.database()
    monkeypatch.setenv("ATSAUCE_DATABASE_URL", url)
    assert "atsauce migrate" in run("status", code=1).stderr
    run("migrate")
    run("migrate")
    run("status")
    postgres_cluster.drop(url)


def test_a_password_is_never_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATSAUCE_DATABASE_URL", "postgresql://user:hunter2@127.0.0.1:1/none")
    for command in ("status", "check"):
        assert "hunter2" not in run(command, code=1).output


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["status", "--nonsense"],
        ["contacts", "import"],
        ["contacts", "import", "/nowhere.csv"],
        ["export", "--format", "pdf", "out"],
        ["export", "out"],
        ["resolve"],
        ["run", "--role", "cook"],
        ["form", "lint", "/nowhere.md"],
    ],
)
def test_wrong_use(run: Run, words: list[str]) -> None:
    run(*words, code=2)


def test_a_list_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name\nAnna\n")
    assert "nav kolonnas “email”" in run("contacts", "import", "list.csv", code=1).stderr
    (tmp_path / "list.csv").write_text("email\nbroken\n")
    run("contacts", "import", "list.csv", code=1)


@pytest.mark.parametrize("name", [name for group in COMMANDS.values() for name in group])
def test_help_is_a_sentence(run: Run, name: str) -> None:
    assert "Usage" in run(name, "--help").stdout


def test_text_from_outside_cannot_move_the_cursor(run: Run, store: Store) -> None:
    at = datetime(2026, 1, 20, tzinfo=UTC)

    def hostile(session: Session) -> None:
        organisation = organisations.find_or_add(session, "\x1b[2JTilts\x07", at)
        people.add(session, at, source=Source.STAFF, basis="x", organisation_id=organisation.id)  # type: ignore[union-attr]

    store.run(hostile)
    assert "\x1b" not in run("people").stdout


@pytest.mark.parametrize(
    ("languages", "words"), [('["lv", "en"]', "laika joslas “Mars” nav"), ('["en", "lv"]', "no time zone “Mars”")]
)
def test_a_refusal_speaks_the_language_of_the_campaign(
    run: Run, tmp_path: Path, campaign_folder: Path, monkeypatch: pytest.MonkeyPatch, languages: str, words: str
) -> None:
    text = (campaign_folder / "campaign.toml").read_text(encoding="utf-8")
    text = text.replace('"Europe/Riga"', '"Mars"').replace('["lv", "en"]', languages)
    (tmp_path / "campaign.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("ATSAUCE_CAMPAIGN", str(tmp_path))
    assert words in run("status", code=1).output


def test_a_broken_row_is_named_in_latvian(run: Run, listed: str) -> None:
    assert "nav e-pasta adrese" in run("contacts", "import", listed).output
