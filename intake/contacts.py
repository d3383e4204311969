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
from intake.wording.refusal import Refusal, sentence

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


class ContactsRefused(Refusal):
    """The list as a whole cannot be read; the sentence says why and what to do."""


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
        raise ContactsRefused(sentence("contacts_too_large", file=path.name, limit=MOST_BYTES // 1_000_000))
    table = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    header = [cell.strip().lower() for cell in next(table, [])]
    if "email" not in header:
        raise ContactsRefused(sentence("contacts_no_email", file=path.name, columns=", ".join(COLUMNS)))
    if unknown := [name for name in header if name and name not in COLUMNS]:
        named = ", ".join(name[:40] for name in unknown[:10])
        raise ContactsRefused(sentence("contacts_unknown_columns", unknown=named, columns=", ".join(COLUMNS)))
    for number, cells in enumerate(table, 2):
        if number > MOST_ROWS:
            raise ContactsRefused(sentence("contacts_too_many", limit=MOST_ROWS))
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
    spoken = desk.campaign.languages
    empty = [column for column in REQUIRED if not values.get(column)]
    for column in (*empty, *_wrong(values, spoken)):
        reason = sentence("row_empty" if column in empty else f"row_{column}", languages=", ".join(spoken))
        yield Problem(number, column, reason.text(desk.campaign.language))


def _wrong(values: Mapping[str, str], spoken: tuple[str, ...]) -> Iterator[str]:
    """The columns whose values cannot be used."""
    if (email := values.get("email")) and not _is_address(email):
        yield "email"
    if (when := values.get("obtained_at")) and _date(when) is None:
        yield "obtained_at"
    if values.get("previous_survey", "").lower() not in YES | NO:
        yield "previous_survey"
    if (language := values.get("language", "").lower()) and language not in spoken:
        yield "language"
    if values.get("registration_number") and not _number(values["registration_number"]):
        yield "registration_number"


def _is_address(text: str) -> bool:
    try:
        normalise(text)
    except ValueError:
        return False
    return True


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
        raise ContactsRefused(sentence("contacts_csv", file=path.name, error=error)) from None


def _xlsx(path: Path) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > MOST_UNPACKED:
                raise ContactsRefused(sentence("contacts_unpacks", file=path.name, limit=MOST_UNPACKED // 1_000_000))
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise ContactsRefused(sentence("contacts_no_workbook", file=path.name)) from None
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
