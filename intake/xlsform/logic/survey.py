"""A questionnaire taken apart for the checks of its logic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intake.xlsform.finding import Finding, Place, Severity, found
from intake.xlsform.logic.domains import Listing, Listings, read_listings, variables
from intake.xlsform.logic.outline import Item, Outline, read_outline
from intake.xlsform.logic.reach import Reach
from intake.xlsform.logic.written import Cells, Written, read_written
from intake.xlsform.sheets import Workbook


@dataclass(frozen=True, slots=True)
class Survey:
    """`files` is None where the lists beside the questionnaire are not known."""

    book: Workbook
    outline: Outline
    cells: Cells
    listings: Listings
    reach: Reach
    files: Mapping[str, bytes] | None
    language: str

    def at(self, cell: Written, key: str, severity: Severity = Severity.ERROR, **values: str | int) -> Finding:
        """A finding about a cell of the survey."""
        return found(key, self.language, Place("survey", cell.item.row.number, cell.header), severity, **values)

    def on(
        self, item: Item, column: str, key: str, severity: Severity = Severity.ERROR, **values: str | int
    ) -> Finding:
        """A finding about a row of the survey."""
        return found(key, self.language, Place("survey", item.row.number, column), severity, **values)

    def listing(self, item: Item) -> Listing | None:
        """The list that a question chooses from, where it is known."""
        return self.listings.get(item.type.list_name) if item.type.chooses else None


def take_apart(book: Workbook, files: Mapping[str, bytes] | None, language: str) -> Survey:
    outline = read_outline(book)
    cells = read_written(book, outline)
    listings = read_listings(book, files)
    reach = Reach(outline, cells, variables(outline, listings))
    return Survey(book, outline, cells, listings, reach, files, language)
