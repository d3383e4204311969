"""Initiatives and submissions as files: a workbook or CSV for a spreadsheet, JSON with everything."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import selection, workbook
from intake.desk import Desk
from intake.tables import FormVersion, Initiative, Organisation, Person, Submission

FORMULA = tuple("=+-@＝＋－＠")
"""A spreadsheet computes a cell that begins so, also behind blanks; an apostrophe before it makes it text."""
COPIED = (
    *("title", "description", "need", "form", "novelty", "service", "target", "scope"),
    *("municipality", "region", "stage", "year", "role", "publish"),
)


INITIATIVE_COLUMNS = (
    *("number", "submission", "respondent", "wave", "organisation", "registration_number", "legal_form", "sector"),
    *COPIED,
    *("chosen_for", "created_at", "updated_at"),
)
SUBMISSION_COLUMNS = (
    *("number", "revision", "respondent", "wave", "organisation", "language", "channel", "late", "submitted_at"),
    *("form", "form_version"),
)


@dataclass(frozen=True, slots=True)
class Tables:
    """What is exported; `columns` are those of the submissions in a table."""

    format: str
    initiatives: list[dict[str, Any]]
    submissions: list[dict[str, Any]]
    columns: tuple[str, ...]


def gather(session: Session, desk: Desk, format: str) -> Tables:
    """Every initiative, and every submission as it stands after corrections. Instants are local to the campaign."""
    submissions = list(_submissions(session, desk))
    return Tables(
        format=format,
        initiatives=list(_initiatives(session, desk)),
        submissions=submissions,
        columns=_columns(session, desk, submissions),
    )


def write(tables: Tables, folder: Path) -> list[Path]:
    """Write the files; which ones."""
    contents: dict[str, str | bytes]
    if tables.format == "json":
        contents = {
            "initiatives.json": _json(tables.initiatives),
            "submissions.json": _json(tables.submissions),
        }
    elif tables.format == "xlsx":
        sheets = {name: _sheet(columns, rows) for name, columns, rows in _tables(tables)}
        contents = {"atsauce.xlsx": workbook.written(sheets)}
    else:
        contents = {f"{name}.csv": as_csv(columns, rows) for name, columns, rows in _tables(tables)}
    return save(contents, folder)


def _tables(tables: Tables) -> Iterator[tuple[str, Sequence[str], Sequence[Mapping[str, Any]]]]:
    yield "initiatives", INITIATIVE_COLUMNS, tables.initiatives
    yield "submissions", tables.columns, [_flat(submission) for submission in tables.submissions]


def _sheet(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> workbook.Sheet:
    """The same cells as in CSV: whoever saves the workbook as CSV has no formula there either."""
    return [str(_cell(column)) for column in columns], ([_cell(row.get(column)) for column in columns] for row in rows)


def save(contents: Mapping[str, str | bytes], folder: Path) -> list[Path]:
    """Write files by name, readable by their owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / name, content) for name, content in contents.items()]


def _initiatives(session: Session, desk: Desk) -> Iterator[dict[str, Any]]:
    statement = (
        select(Initiative, Person, Organisation)
        .join(Person, col(Person.id) == col(Initiative.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Initiative.organisation_id))
        .order_by(col(Initiative.id))
    )
    chosen = selection.chosen(session)
    for initiative, person, organisation in session.execute(statement):
        yield {
            "number": initiative.id,
            "submission": initiative.submission_id,
            "respondent": person.id,
            "wave": person.wave,
            "organisation": organisation.name if organisation else "",
            "registration_number": (organisation.registration_number if organisation else None) or "",
            "legal_form": (organisation.legal_form if organisation else None) or "",
            "sector": (organisation.sector if organisation else None) or "",
            **{name: getattr(initiative, name) for name in COPIED},
            "chosen_for": chosen.get(initiative.id or 0, 1),
            "created_at": _local(desk, initiative.created_at),
            "updated_at": _local(desk, initiative.updated_at),
        }


def _submissions(session: Session, desk: Desk) -> Iterator[dict[str, Any]]:
    newest = select(func.max(col(Submission.id))).group_by(col(Submission.conversation_id))
    statement = (
        select(Submission, Person, FormVersion)
        .join(Person, col(Person.id) == col(Submission.person_id))
        .join(FormVersion, col(FormVersion.id) == col(Submission.form_id))
        .where(col(Submission.id).in_(newest))
        .order_by(col(Submission.id))
    )
    for submission, person, form in session.execute(statement):
        organisation = session.get(Organisation, person.organisation_id) if person.organisation_id else None
        yield {
            "number": submission.id,
            "revision": submission.revision,
            "respondent": person.id,
            "wave": person.wave,
            "organisation": organisation.name if organisation else "",
            "language": submission.language,
            "channel": submission.channel,
            "late": submission.late,
            "submitted_at": _local(desk, submission.submitted_at),
            "form": form.name,
            "form_version": form.version,
            "form_digest": form.digest,
            "answers": submission.answers,
        }


def _columns(session: Session, desk: Desk, submissions: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Every question of every version in the order of asking, then whatever else was stored."""
    used = set(session.scalars(select(col(Submission.form_id)).distinct())) | {desk.form_id}
    asked = [q.name for form_id in sorted(used) for q in desk.form(session, form_id).questions if q.repeat is None]
    stored = [name for submission in submissions for name in _flat(submission)]
    repeated = {name for submission in submissions for name, value in submission["answers"].items() if _rows(value)}
    return tuple(name for name in dict.fromkeys((*SUBMISSION_COLUMNS, *asked, *stored)) if name not in repeated)


def _flat(submission: Mapping[str, Any]) -> dict[str, Any]:
    """One row: answers beside what is known of the submission, repeats as `name_1_member`."""
    row: dict[str, Any] = {name: submission[name] for name in SUBMISSION_COLUMNS}
    for name, value in submission["answers"].items():
        key = name if name not in row else f"answer_{name}"
        if not _rows(value):
            row[key] = value
            continue
        for number, members in enumerate(value, 1):
            row |= {f"{name}_{number}_{member}": answer for member, answer in members.items()}
    return row


def _rows(value: object) -> bool:
    return isinstance(value, list)


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Harmless to a spreadsheet; with a byte order mark, without which Excel misreads Latvian letters."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return "\ufeff" + out.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        text = value.replace("\x00", "")
        begins = text.lstrip().startswith(FORMULA) or text.startswith(("\t", "\r", "\n"))
        return f"'{text}" if begins else text
    return value


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _local(desk: Desk, instant: datetime) -> str:
    return desk.campaign.local(instant).isoformat(timespec="seconds")


def _write(path: Path, content: str | bytes) -> Path:
    """In one step, so that nobody opens half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content.encode("utf-8", "replace") if isinstance(content, str) else content)
    os.replace(name, path)
    return path
