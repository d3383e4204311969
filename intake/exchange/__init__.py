"""Submissions in the formats of other survey tools: XForm instance XML, and the CSV of ODK Central and KoboToolbox."""

from __future__ import annotations

from enum import StrEnum

from sqlmodel import Session

from intake.desk import Desk
from intake.exchange import tables, xml
from intake.exchange.handed_in import handed_in


class Format(StrEnum):
    XML = "xml"
    ODK_CSV = "odk-csv"
    KOBO_CSV = "kobo-csv"


def files(session: Session, desk: Desk, format: Format, *, split: bool = False) -> tuple[dict[str, str], int]:
    """Name -> text of each file, and how many submissions are in them. `split`: a column for each choice."""
    submissions = handed_in(session, desk)
    if format is Format.XML:
        return xml.files(submissions), len(submissions)
    dialect = tables.ODK if format is Format.ODK_CSV else tables.KOBO
    return tables.files(submissions, dialect, split=split or dialect.always_split), len(submissions)


__all__ = ["Format", "files"]
