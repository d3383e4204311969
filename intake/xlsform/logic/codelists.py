"""Code lists with dates: rows that ended, their successors, and filters that pay regard to both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from intake.xlsform.finding import Finding, Place, Severity, found
from intake.xlsform.limits import MAX_ROWS
from intake.xlsform.logic.domains import Listing
from intake.xlsform.logic.outline import Item
from intake.xlsform.logic.survey import Survey
from intake.xlsform.sheets import Row

MOST_FOLLOWED = 50
"""Successors of successors; municipalities are not merged that often."""
FROM, TO, SUCCESSOR = "valid_from", "valid_to", "successor"


def dated_lists(survey: Survey) -> Iterator[Finding]:
    """Every list of choices that is a file, or has the column `valid_to`."""
    used = {item.type.list_name: item for item in reversed(survey.outline.items) if item.type.chooses}
    for name in sorted(used):
        listing = survey.listings.get(name)
        if listing is not None and not listing.whole:
            yield found("file_too_long", survey.language, Place(name), file=name, limit=MAX_ROWS)
        elif listing is not None and TO in listing.columns:
            yield from _rows(listing, survey)
    for item in survey.outline.items:
        listing = survey.listing(item)
        if listing is not None and {FROM, TO} & listing.columns:
            yield from _filter(item, listing, survey)


def _filter(item: Item, listing: Listing, survey: Survey) -> Iterator[Finding]:
    cell = survey.cells.get((item.path, "choice_filter"))
    said = cell.text if cell is not None else ""
    missing = [column for column in (FROM, TO) if column in listing.columns and column not in said]
    if missing:
        columns, header = ", ".join(missing), cell.header if cell is not None else "choice_filter"
        name = item.type.list_name
        yield survey.on(item, header, "dates_not_filtered", Severity.WARNING, list=name, columns=columns)


def _rows(listing: Listing, survey: Survey) -> Iterator[Finding]:
    names = listing.values("name")
    successors = {row.get("name"): row.cells[SUCCESSOR] for row in listing.rows if SUCCESSOR in row.cells}
    for row in listing.rows:
        yield from _dates(row, listing, survey)
        successor = row.cells.get(SUCCESSOR, "")
        values = {"name": row.get("name"), "successor": successor}
        if row.cells.get(TO) and not successor:
            yield _at(listing, row, SUCCESSOR, "no_successor", Severity.WARNING, survey, values)
        elif any(name not in names for name in successor.split()):
            yield _at(listing, row, SUCCESSOR, "unknown_successor", Severity.ERROR, survey, values)
        elif successor and _comes_back(row.get("name"), successors):
            yield _at(listing, row, SUCCESSOR, "successor_circle", Severity.ERROR, survey, values)


def _dates(row: Row, listing: Listing, survey: Survey) -> Iterator[Finding]:
    read: dict[str, date] = {}
    for column in (FROM, TO):
        text = row.cells.get(column, "")
        try:
            read |= {column: date.fromisoformat(text)} if text else {}
        except ValueError:
            yield _at(listing, row, column, "bad_date", Severity.ERROR, survey, {"text": text})
    if len(read) == 2 and read[TO] < read[FROM]:
        yield _at(listing, row, TO, "ends_before_it_begins", Severity.ERROR, survey, {"name": row.get("name")})


def _comes_back(name: str, successors: dict[str, str]) -> bool:
    """Whether following the successors (the first where there are several) leads round to the row itself."""
    here, seen = name, set[str]()
    while here not in seen and len(seen) < MOST_FOLLOWED:
        seen.add(here)
        here = next(iter(successors.get(here, "").split()), "")
        if here == name:
            return True
    return False


def _at(
    listing: Listing, row: Row, column: str, key: str, severity: Severity, survey: Survey, values: dict[str, str]
) -> Finding:
    return found(key, survey.language, Place(listing.sheet, row.number, column), severity, **values)
