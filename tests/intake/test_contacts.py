"""Lists of contacts as staff have them: good rows come in, broken ones are named, nobody comes twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import contacts, outbox, people, privacy
from intake.contacts import ContactsRefused
from intake.desk import Desk
from intake.tables import Organisation, Person

GOOD = {"email": "anna@example.org", "source": "website", "basis": "GDPR 6(1)(e)", "obtained_at": "2026-01-05"}


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"email": ""}, "email"),
        ({"email": "anna at example.org"}, "email"),
        ({"email": "anna@@example.org"}, "email"),
        ({"email": "anna@example.org, juris@example.org"}, "email"),
        ({"source": ""}, "source"),
        ({"basis": ""}, "basis"),
        ({"obtained_at": ""}, "obtained_at"),
        ({"obtained_at": "last year"}, "obtained_at"),
        ({"obtained_at": "2026-02-30"}, "obtained_at"),
        ({"previous_survey": "maybe"}, "previous_survey"),
        ({"language": "de"}, "language"),
        ({"registration_number": "123"}, "registration_number"),
        ({"registration_number": "32010112345"}, "registration_number"),
    ],
)
def test_a_broken_row_is_named_and_nothing_of_it_kept(
    session: Session, desk: Desk, now: datetime, changed: Mapping[str, str], column: str
) -> None:
    report = contacts.load(session, desk, iter([(7, GOOD | changed)]), {}, now)
    assert [(problem.row, problem.column) for problem in report.problems] == [(7, column)]
    assert report.added == 0
    assert people.by_address(session, "email", "anna@example.org") is None


@pytest.mark.parametrize(
    ("changed", "attribute", "value"),
    [
        ({}, "language", "lv"),
        ({"language": "EN"}, "language", "en"),
        ({"previous_survey": "jā"}, "previous_survey", True),
        ({"previous_survey": "Yes"}, "previous_survey", True),
        ({"previous_survey": "nē"}, "previous_survey", False),
        ({"salutation": "Labdien, Ozolas kundze!"}, "salutation", "Labdien, Ozolas kundze!"),
        ({"group": "B"}, "contact_group", "B"),
        ({"email": "Anna@EXAMPLE.org"}, "source_detail", "website"),
    ],
)
def test_a_good_row(
    session: Session, desk: Desk, now: datetime, changed: Mapping[str, str], attribute: str, value: object
) -> None:
    assert contacts.load(session, desk, iter([(2, GOOD | changed)]), {}, now).added == 1
    found = people.by_address(session, "email", "anna@example.org")
    assert found is not None
    assert getattr(found, attribute) == value


def test_the_rest_is_imported_beside_a_broken_row(session: Session, desk: Desk, now: datetime) -> None:
    rows = [(2, GOOD), (3, GOOD | {"email": "nobody"}), (4, GOOD | {"email": "juris@example.org"})]
    report = contacts.load(session, desk, iter(rows), {}, now)
    assert (report.added, [problem.row for problem in report.problems]) == (2, [3])


def test_values_for_the_whole_import_fill_empty_cells_only(session: Session, desk: Desk, now: datetime) -> None:
    given = {"source": "register", "basis": "GDPR 6(1)(e)", "obtained_at": "2026-01-01"}
    rows = [(2, {"email": "anna@example.org", "source": ""}), (3, {"email": "juris@example.org", "source": "website"})]
    assert contacts.load(session, desk, iter(rows), given, now).added == 2
    sources = session.scalars(select(col(Person.source_detail)).order_by(col(Person.id))).all()
    assert sources == ["register", "website"]


def test_nobody_comes_twice(session: Session, desk: Desk, now: datetime) -> None:
    rows = [(2, GOOD), (3, GOOD | {"email": "ANNA@example.org"})]
    report = contacts.load(session, desk, iter(rows), {}, now)
    assert (report.added, report.known) == (1, 1)
    again = contacts.load(session, desk, iter(rows), {}, now)
    assert (again.added, again.known) == (0, 2)


def test_an_address_that_said_stop_stays_out(
    session: Session, desk: Desk, now: datetime, person: Callable[..., Person]
) -> None:
    privacy.forget(session, desk, person("anna@example.org"), now, "test")
    report = contacts.load(session, desk, iter([(2, GOOD)]), {}, now)
    assert (report.added, report.stopped) == (0, 1)
    assert outbox.stopped(session, "anna@example.org", desk.key)


def test_one_organisation_for_all_its_people(session: Session, desk: Desk, now: datetime) -> None:
    rows = [
        (2, GOOD | {"organisation": "Biedrība “Saules tilts”", "registration_number": "4000 8001 803"}),
        (3, GOOD | {"email": "juris@example.org", "organisation": 'BIEDRĪBA "SAULES TILTS"', "sector": "ngo"}),
    ]
    contacts.load(session, desk, iter(rows), {}, now)
    found = session.scalars(select(Organisation)).one()
    assert (found.name, found.registration_number, found.sector) == ("Biedrība “Saules tilts”", "40008001803", "ngo")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1257"])
def test_csv_as_spreadsheets_save_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(delimiter.join(["Email", " Name "]) + "\n" + delimiter.join(["a@example.org", "Āris"]), encoding)
    assert list(contacts.rows(path)) == [(2, {"email": "a@example.org", "name": "Āris"})]


def test_xlsx_with_dates_and_numbers_as_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["email", "obtained_at", "registration_number", "name"])
    sheet.append(["a@example.org", datetime(2026, 1, 5), 40008001803.0, None])  # noqa: DTZ001 - as openpyxl has it
    sheet.append([None, None, None, None])
    sheet.append(["b@example.org", "2026-01-06", "40008001803", "Bruno"])
    book.save(tmp_path / "list.xlsx")
    first = {"email": "a@example.org", "obtained_at": "2026-01-05", "registration_number": "40008001803", "name": ""}
    found = list(contacts.rows(tmp_path / "list.xlsx"))
    assert found[0] == (2, first)
    assert [number for number, _ in found] == [2, 4]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("list.csv", b"", "no column `email`"),
        ("list.csv", b"name\nAnna\n", "no column `email`"),
        ("list.csv", b"email,favourite colour\n", "favourite colour"),
        ("list.xlsx", b"not a workbook", "no .xlsx workbook"),
        ("list.csv", b"email\n" + b"a@example.org\n" * 50_001, "split the list"),
    ],
)
def test_a_list_that_is_none(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ContactsRefused, match=words):
        list(contacts.rows(path))


def test_hostile_cells_are_kept_as_text(session: Session, desk: Desk, now: datetime) -> None:
    row = GOOD | {"name": "=HYPERLINK(1)\x00\ud800", "organisation": "'; DROP TABLE person; --"}
    assert contacts.load(session, desk, iter([(2, row)]), {}, now).added == 1
    assert session.scalar(select(func.count()).select_from(Person)) == 1
