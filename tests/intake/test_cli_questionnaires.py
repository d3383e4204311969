"""Questionnaires from the command line: what is wrong, what changed, a workbook of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from intake.cli import app
from intake.xlsform import read_rows

Run = Callable[..., Result]
FORM = """\
| survey |
|  | type | name | label | relevant |
|  | integer | n | How many? | |
|  | text | why | Why? | ${n} > 3 |
| settings |
|  | form_id | version |
|  | small | 1 |
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    for name in list(os.environ):
        if name.startswith("ATSAUCE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "form.md").write_text(FORM, encoding="utf-8")
    (tmp_path / "new.md").write_text(FORM.replace("> 3", "> 4").replace("| 1 |", "| 2 |"), encoding="utf-8")

    def invoke(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == code, result.output
        return result

    return invoke


def test_a_form_without_faults_is_done(run: Run) -> None:
    assert "kļūdu nav" in run("form", "lint", "form.md").output
    assert json.loads(run("form", "lint", "form.md", "--json").stdout) == {
        "file": "form.md",
        "ok": True,
        "findings": [],
    }


def test_a_warning_is_told_and_does_not_refuse(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w.md").write_text(FORM.replace("${n} > 3", "regex(${n}, '3')"), encoding="utf-8")
    (finding,) = json.loads(run("form", "lint", "w.md", "--json").stdout)["findings"]
    assert (finding["severity"], finding["row"], finding["column"]) == ("warning", 4, "relevant")
    assert "JavaRosa" in finding["message"]


def test_what_can_never_be_asked_is_refused_with_its_cell(run: Run, tmp_path: Path) -> None:
    (tmp_path / "e.md").write_text(FORM.replace("${n} > 3", "${n} > 3 and ${n} < 2"), encoding="utf-8")
    found = json.loads(run("form", "lint", "e.md", "--json", code=1).stdout)
    (finding,) = found["findings"]
    assert (found["ok"], finding["sheet"], finding["row"], finding["column"]) == (False, "survey", 4, "relevant")
    assert finding["remedy"]
    assert "survey:4:relevant" in run("form", "lint", "e.md", code=1).output


@pytest.mark.parametrize("name", ["none.md", "form.txt"])
def test_what_is_no_questionnaire_is_wrong_use(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "form.txt").write_text(FORM, encoding="utf-8")
    run("form", "lint", name, code=2)


def test_differences_are_sentences_or_data(run: Run) -> None:
    output = run("form", "diff", "form.md", "new.md").output
    assert "Jautājuma “why” nosacījums (relevant) mainīts no “${n} > 3” uz “${n} > 4”." in output
    found = json.loads(run("form", "diff", "form.md", "new.md", "--json").stdout)
    assert [(one["what"], one["kind"], one["name"]) for one in found["changes"]] == [
        ("question", "logic", "why"),
        ("setting", "other", "version"),
    ]
    assert found["sessions"] is None
    assert "Nekas nav mainījies" in run("form", "diff", "form.md", "form.md").output


def test_open_conversations_are_named_where_there_is_a_database(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATSAUCE_DATA", str(tmp_path))
    run("migrate")
    found = json.loads(run("form", "diff", "form.md", "new.md", "--json").stdout)
    assert found["sessions"] == []
    assert json.loads(run("form", "diff", "form.md", "new.md", "--json", "--no-sessions").stdout)["sessions"] is None


def test_a_form_is_written_as_a_workbook(run: Run, tmp_path: Path) -> None:
    output = run("form", "export", "form.md", "--xlsx", "out.xlsx").output
    assert "out.xlsx" in output
    written = read_rows((tmp_path / "out.xlsx").read_bytes(), "xlsx")
    assert [row.get("name") for row in written.rows("survey")] == ["n", "why"]
    assert "Nekas nav mainījies" in run("form", "diff", "form.md", "out.xlsx").output
    run("form", "export", "form.md", "--xlsx", "out.txt", code=2)
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    run("form", "export", "bad.xlsx", "--xlsx", "out.xlsx", code=1)


@pytest.mark.parametrize("format", ["xml", "odk-csv", "kobo-csv"])
def test_submissions_are_written_for_other_tools(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    run("campaign", "new", "campaign")
    monkeypatch.setenv("ATSAUCE_CAMPAIGN", str(tmp_path / "campaign"))
    run("migrate")
    assert "Iesniegtās anketas: 0." in run("export", "--format", format, "out").output
    assert list((tmp_path / "out").iterdir()) == []
