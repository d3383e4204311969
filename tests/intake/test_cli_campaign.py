"""Writing a campaign's files, and saying what is wrong with a questionnaire."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from intake import campaign_files
from intake.campaign import load
from intake.cli import app

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    for name in list(os.environ):
        if name.startswith("ATSAUCE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ATSAUCE_CLOCK", "2026-01-20T10:00:00+02:00")
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == code, result.output
        return result

    return invoke


def test_a_new_campaign_is_complete_and_in_order(run: Run, tmp_path: Path) -> None:
    run("campaign", "new", "new", "--deadline", "2026-02-27")
    campaign = load(tmp_path / "new")
    assert (campaign.opening, campaign.deadline) == (date(2026, 1, 20), date(2026, 2, 27))
    names = {str(path.relative_to(tmp_path / "new")) for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert {"campaign.toml", "README.md", "contacts.csv", "initiative.md", "municipalities.csv"} <= names
    assert {"letters/lv/invitation.md", "letters/en/invitation.md", "letters/lv/digest.md"} <= names
    run("form", "lint", "new/initiative.md")


def test_comments_of_the_settings_stay(run: Run, tmp_path: Path) -> None:
    run("campaign", "new", "new", "--deadline", "27.02.2026")
    text = (tmp_path / "new" / "campaign.toml").read_text(encoding="utf-8")
    (line,) = [line for line in text.split("\n") if line.startswith("deadline")]
    assert line.startswith("deadline = 2026-02-27")
    assert "# answers are awaited" in line


def test_the_example_of_contacts_can_be_imported(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("campaign", "new", "new")
    monkeypatch.setenv("ATSAUCE_CAMPAIGN", str(tmp_path / "new"))
    report = json.loads(run("contacts", "import", "new/contacts.csv", "--json").stdout)
    assert (report["added"], report["problems"]) == (4, [])


@pytest.mark.parametrize("name", ["campaign.toml", "anything.txt"])
def test_nothing_is_overwritten(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / name).write_text("mine")
    run("campaign", "new", "old", code=1)
    assert [path.name for path in (tmp_path / "old").iterdir()] == [name]
    assert (tmp_path / "old" / name).read_text() == "mine"


def test_an_empty_folder_will_do_and_a_file_will_not(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run("campaign", "new", "empty")
    (tmp_path / "file").write_text("")
    run("campaign", "new", "file", code=1)
    run("campaign", "new", "/proc/none", code=1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--deadline", "soon"], 2),
        (["--opening", "2026-03-01", "--deadline", "2026-02-01"], 1),
        (["--deadline", "2025-12-01"], 0),
    ],
)
def test_days(run: Run, words: list[str], code: int) -> None:
    result = run("campaign", "new", "new", *words, code=code)
    if code == 0:
        assert "2025-12-01" in result.stderr


@pytest.mark.parametrize(
    ("today", "opening", "deadline", "expected"),
    [
        (date(2026, 1, 20), None, None, (date(2026, 1, 20), date(2026, 2, 27))),
        (date(2026, 1, 20), None, date(2026, 3, 1), (date(2026, 1, 20), date(2026, 3, 1))),
        (date(2026, 1, 20), date(2026, 2, 1), None, (date(2026, 2, 1), date(2026, 3, 6))),
        (date(2026, 1, 20), date(2026, 2, 1), date(2026, 1, 31), None),
    ],
)
def test_window(today: date, opening: date | None, deadline: date | None, expected: tuple[date, date] | None) -> None:
    found = campaign_files.window(today, opening, deadline)
    assert (found and (found.opening, found.deadline)) == expected


def test_a_broken_questionnaire_is_told_everything_at_once(run: Run, tmp_path: Path) -> None:
    run("campaign", "new", "new")
    path = tmp_path / "new" / "initiative.md"
    spoiled = path.read_text("utf-8").replace("select_one stage", "select_one nowhere", 1)
    path.write_text(spoiled.replace("| text | title |", "| txet | title |", 1), encoding="utf-8")
    result = json.loads(run("form", "lint", str(path), "--json", code=1).stdout)
    assert result["ok"] is False
    assert all(finding["message"] for finding in result["findings"])
    assert run("form", "lint", str(path), code=1).stdout.strip()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("form.docx", b"x", 2),
        ("form.md", b"no table", 1),
        ("form.xlsx", b"no workbook", 1),
        ("form.csv", b"\xff\xfe\x00\x00", 1),
        ("form.md", b"", 1),
    ],
)
def test_what_is_no_questionnaire(run: Run, tmp_path: Path, name: str, content: bytes, code: int) -> None:
    (tmp_path / name).write_bytes(content)
    run("form", "lint", name, code=code)
