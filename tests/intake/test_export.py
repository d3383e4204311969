"""Exports: every answer of every version, harmless to spreadsheets, the same on both databases."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlmodel import Session

from intake import export, initiatives
from intake.desk import Desk
from intake.tables import Conversation, Person

ANSWERS = {
    "title": "Atvērtās durvis",
    "target": "seniors youth",
    "organisation": "Biedrība “Tilts”",
    "legal_form": "biedriba",
    "contact_email": "anna@example.org",
    "removed_question": "old",
    "suggestion": [{"suggested_organisation": "Krasts"}, {"suggested_organisation": "Jūra"}],
}


@pytest.fixture
def draft(
    session: Session,
    desk: Desk,
    now: datetime,
    person: Callable[..., Person],
    conversation: Callable[..., Conversation],
) -> Conversation:
    made = conversation(person("anna@example.org", name="Anna Ozola"))
    initiatives.submit(session, desk, made, ANSWERS, language="lv", channel="email", now=now)
    session.flush()
    return made


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_a_row_a_submission_and_a_column_an_answer(
    session: Session, desk: Desk, draft: Conversation, tmp_path: Path
) -> None:
    files = export.write(export.gather(session, desk, "csv"), tmp_path / "new" / "folder")
    assert [path.name for path in files] == ["initiatives.csv", "submissions.csv"]
    (row,) = read(files[1])
    assert (row["title"], row["target"], row["channel"]) == ("Atvērtās durvis", "seniors youth", "email")
    assert (row["suggestion_1_suggested_organisation"], row["suggestion_2_suggested_organisation"]) == (
        "Krasts",
        "Jūra",
    )
    assert row["removed_question"] == "old"
    asked = [question.name for question in desk.form(session).questions if question.repeat is None]
    assert set(asked) <= set(row)
    assert (row["form"], row["late"], row["submitted_at"]) == ("initiative", "no", "2026-01-20T10:00:00+02:00")
    (initiative,) = read(files[0])
    assert (initiative["organisation"], initiative["sector"]) == ("Biedrība “Tilts”", "ngo")


def test_a_correction_takes_the_place_of_what_it_corrects(
    session: Session, desk: Desk, now: datetime, draft: Conversation, tmp_path: Path
) -> None:
    later = now + timedelta(days=60)
    initiatives.submit(session, desk, draft, ANSWERS | {"title": "Jauns"}, language="lv", channel="telegram", now=later)
    session.flush()
    (row,) = read(export.write(export.gather(session, desk, "csv"), tmp_path)[1])
    assert (row["title"], row["revision"], row["late"]) == ("Jauns", "2", "yes")


def test_json_has_all_answers_and_the_version(
    session: Session, desk: Desk, draft: Conversation, tmp_path: Path
) -> None:
    files = export.write(export.gather(session, desk, "json"), tmp_path)
    (submission,) = json.loads((tmp_path / "submissions.json").read_text("utf-8"))
    assert submission["answers"] == ANSWERS
    assert submission["form_digest"] == desk.form(session).digest
    assert [path.name for path in files] == ["initiatives.json", "submissions.json"]


@pytest.mark.parametrize("dangerous", ["=1+1", "+371 20000000", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1"])
def test_no_cell_is_a_formula(
    session: Session,
    desk: Desk,
    now: datetime,
    person: Callable[..., Person],
    conversation: Callable[..., Conversation],
    tmp_path: Path,
    dangerous: str,
) -> None:
    made = conversation(person("anna@example.org"))
    answers = {"title": dangerous, "organisation": dangerous, "suggestion": [{"suggested_person": dangerous}]}
    initiatives.submit(session, desk, made, answers | {dangerous: "x"}, language="lv", channel="email", now=now)
    session.flush()
    for path in export.write(export.gather(session, desk, "csv"), tmp_path):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.strip().startswith(export.FORMULA)]
    (path,) = export.write(export.gather(session, desk, "xlsx"), tmp_path)
    for sheet in openpyxl.load_workbook(path).worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in cells}
        assert not [cell for cell in cells if str(cell.value).strip().startswith(export.FORMULA)]


def test_a_workbook_has_what_the_csv_files_have(
    session: Session, desk: Desk, draft: Conversation, tmp_path: Path
) -> None:
    (path,) = export.write(export.gather(session, desk, "xlsx"), tmp_path)
    book = openpyxl.load_workbook(path)
    for file in export.write(export.gather(session, desk, "csv"), tmp_path):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines))
        found = [
            ["" if cell is None else str(cell) for cell in row] for row in book[file.stem].iter_rows(values_only=True)
        ]
        assert found == rows
    assert book["initiatives"].freeze_panes == "A2"


def test_a_workbook_holds_any_text(session: Session, desk: Desk, draft: Conversation, tmp_path: Path) -> None:
    hostile = "x" * 40_000 + "\x0b\x1f"
    initiatives.submit(
        session, desk, draft, ANSWERS | {"title": "\x01" + hostile}, language="lv", channel="email", now=draft.begun_at
    )
    session.flush()
    (path,) = export.write(export.gather(session, desk, "xlsx"), tmp_path)
    assert len(str(openpyxl.load_workbook(path)["submissions"]["L2"].value)) <= 32_767


def test_nothing_yet_is_two_files_with_their_headers(session: Session, desk: Desk, tmp_path: Path) -> None:
    for path in export.write(export.gather(session, desk, "csv"), tmp_path):
        assert read(path) == []
        assert path.read_text("utf-8-sig").startswith("number,")


def test_only_the_owner_may_read_the_files(session: Session, desk: Desk, draft: Conversation, tmp_path: Path) -> None:
    for path in export.write(export.gather(session, desk, "json"), tmp_path):
        assert path.stat().st_mode & 0o077 == 0


def test_an_answer_named_like_a_column_does_not_replace_it(
    session: Session,
    desk: Desk,
    now: datetime,
    person: Callable[..., Person],
    conversation: Callable[..., Conversation],
    tmp_path: Path,
) -> None:
    made = conversation(person("anna@example.org"))
    initiatives.submit(
        session, desk, made, {"title": "T", "channel": "pigeon"}, language="lv", channel="email", now=now
    )
    session.flush()
    (row,) = read(export.write(export.gather(session, desk, "csv"), tmp_path)[1])
    assert (row["channel"], row["answer_channel"]) == ("email", "pigeon")
