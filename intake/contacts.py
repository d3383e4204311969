"""The staff's list of contacts (.csv or .xlsx): every good row is imported, every broken one is named."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
from sqlmodel import Session

from intake import organisations, outbox, people
from intake.channels.email.addresses import normalise
from intake.desk import Desk
from intake.tables import Source

COLUMNS = (
    "email",
    "name",
    "organisation",
    "registration_number",
    "language",
    "sector",
    "municipality",
    "role",
    "salutation",
    "previous_survey",
    "source",
    "basis",
    "obtained_at",
    "group",
)
REQUIRED = ("email", "source", "basis", "obtained_at")
MOST_BYTES, MOST_UNPACKED, MOST_ROWS, MOST_CELL = 20_000_000, 200_000_000, 50_000, 1_000
YES = frozenset({"yes", "y", "1", "true", "jā", "ja", "x"})
NO = frozenset({"", "no", "n", "0", "false", "nē", "ne", "-"})


class ContactsRefused(Exception):
    """The list as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row (1 is the header), in words for the staff."""

    row: int
    column: str
    message: str


@dataclass(slots=True)
class Report:
    """What an import did; `known` were there before, `stopped` must not be written to."""

    added: int = 0
    known: int = 0
    stopped: int = 0
    problems: list[Problem] = field(default_factory=list)


def rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a list with their numbers, cells as text. ContactsRefused when it cannot be read."""
    if path.stat().st_size > MOST_BYTES:
        raise ContactsRefused(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB: split the list")
    table = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    header = [cell.strip().lower() for cell in next(table, [])]
    if "email" not in header:
        raise ContactsRefused(f"{path.name} has no column `email`; known columns: {', '.join(COLUMNS)}")
    if unknown := [name for name in header if name and name not in COLUMNS]:
        raise ContactsRefused(f"unknown columns: {', '.join(unknown[:10])}; known columns: {', '.join(COLUMNS)}")
    for number, cells in enumerate(table, 2):
        if number > MOST_ROWS:
            raise ContactsRefused(f"more than {MOST_ROWS} rows: split the list")
        row = {name: cell.strip()[:MOST_CELL] for name, cell in zip(header, cells, strict=False) if name}
        if any(row.values()):
            yield number, row


def load(
    session: Session, desk: Desk, found: Iterator[tuple[int, dict[str, str]]], given: Mapping[str, str], now: datetime
) -> Report:
    """Import the rows; `given` are values for a whole import (source, basis, obtained_at)."""
    report = Report()
    for number, row in found:
        values = {**{name: value for name, value in given.items() if value}, **{k: v for k, v in row.items() if v}}
        problems = list(_check(number, values, desk))
        report.problems.extend(problems)
        if not problems:
            _add(session, desk, values, now, report)
    return report


def _check(number: int, values: Mapping[str, str], desk: Desk) -> Iterator[Problem]:
    for column in REQUIRED:
        if not values.get(column):
            yield Problem(number, column, "is empty; an address, source, basis and obtained_at are required")
    if email := values.get("email"):
        try:
            normalise(email)
        except ValueError:
            yield Problem(number, "email", "is not a mail address")
    if (when := values.get("obtained_at")) and _date(when) is None:
        yield Problem(number, "obtained_at", "is not a date; write 2026-01-31")
    if values.get("previous_survey", "").lower() not in YES | NO:
        yield Problem(number, "previous_survey", "is neither yes nor no")
    if (language := values.get("language", "").lower()) and language not in desk.campaign.languages:
        yield Problem(number, "language", f"is none of {', '.join(desk.campaign.languages)}")
    if values.get("registration_number") and not _number(values["registration_number"]):
        yield Problem(number, "registration_number", "is not 11 digits that begin with 4, 5, 6 or 9")


def _add(session: Session, desk: Desk, values: Mapping[str, str], now: datetime, report: Report) -> None:
    email = people.normal("email", normalise(values["email"]))
    if outbox.stopped(session, email, desk.key):
        report.stopped += 1
        return
    if people.by_address(session, "email", email) is not None:
        report.known += 1
        return
    organisation = organisations.find_or_add(
        session,
        values.get("organisation", ""),
        now,
        registration_number=_number(values.get("registration_number", "")),
        sector=values.get("sector"),
        municipality=values.get("municipality"),
    )
    person = people.add(
        session,
        now,
        source=Source.STAFF,
        source_detail=values["source"],
        basis=values["basis"],
        obtained_at=_date(values["obtained_at"]) or now,
        name=values.get("name", ""),
        role=values.get("role", ""),
        salutation=values.get("salutation", ""),
        language=values.get("language", desk.campaign.language).lower(),
        previous_survey=values.get("previous_survey", "").lower() in YES,
        contact_group=values.get("group", ""),
        organisation_id=organisation.id if organisation else None,
    )
    people.join(session, person, "email", email, now)
    report.added += 1


def _date(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _number(text: str) -> str | None:
    digits = "".join(char for char in text if char.isdecimal())
    return digits if len(digits) == 11 and digits[0] in "4569" else None


def _csv(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_bytes().decode("cp1257", "replace")  # what Excel in Latvia saves as plain CSV
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        raise ContactsRefused(f"{path.name}: {error}; save it again as CSV or .xlsx") from None


def _xlsx(path: Path) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > MOST_UNPACKED:
                raise ContactsRefused(f"{path.name} unpacks to more than {MOST_UNPACKED // 1_000_000} MB")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise ContactsRefused(f"{path.name} is no .xlsx workbook; save it again with Excel or LibreOffice") from None
    try:
        for cells in book.worksheets[0].iter_rows(values_only=True):
            yield [_text(cell) for cell in cells]
    finally:
        book.close()


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
