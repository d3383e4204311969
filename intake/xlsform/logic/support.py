"""What XLSForm has and a conversation has not, refused by name."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.xpath.syntax import Call
from intake.xlsform.finding import Finding, Place, Severity, found
from intake.xlsform.logic.parts import parts
from intake.xlsform.logic.survey import Survey
from intake.xlsform.logic.written import REFERENCE, in_cell
from intake.xlsform.sheets import plain

IGNORED_SETTINGS = frozenset(("public_key", "submission_url", "auto_send", "auto_delete", "client_editable"))
NO_SHEETS = frozenset(("external_choices", "osm"))


def expressions(survey: Survey) -> Iterator[Finding]:
    """Cells that cannot be parsed, or call what does not exist."""
    for cell in survey.cells.values():
        if cell.error is None:
            continue
        if cell.error.message.key == "geographic":
            yield survey.at(cell, "geographic", function=str(cell.error.message.values["name"]))
        else:
            reason = in_cell(cell.error, cell.text, survey.outline).told(survey.language)
            yield survey.at(cell, "expression", reason=reason)


def constructs(survey: Survey) -> Iterator[Finding]:
    """Answers of an earlier form, searches in files, settings of a server, sheets of other tools."""
    for item in survey.outline.items:
        for header, text in item.row.cells.items():
            if any(match["last"] for match in REFERENCE.finditer(text)):
                yield survey.on(item, header, "last_saved")
            if plain(header) == "appearance" and "search(" in text:
                yield survey.on(item, header, "search_appearance")
    for row in survey.book.rows("settings"):
        for header in row.cells:
            if plain(header) in IGNORED_SETTINGS:
                place = Place("settings", row.number, header)
                yield found("ignored_setting", survey.language, place, Severity.WARNING, setting=plain(header))
    for sheet in sorted(NO_SHEETS & set(survey.book.sheets)):
        if survey.book.rows(sheet):
            yield found("no_such_sheet", survey.language, Place(sheet), sheet=sheet)


def choice_names(survey: Survey) -> Iterator[Finding]:
    """jr:choice-name() and instance() with a list that does not exist."""
    lists = set(survey.listings) | {name.removesuffix(".csv") for name in survey.listings}
    if survey.files is None:
        return
    lists |= {item.name for item in survey.outline.items if item.type.kind == "csv-external"}
    for cell in survey.cells.values():
        for part in parts(cell.syntax) if cell.syntax is not None else ():
            if isinstance(part, Call) and part.name in ("instance", "pulldata") and part.arguments:
                name = getattr(part.arguments[0], "value", None)
                if isinstance(name, str) and name not in lists and not name.startswith("__"):
                    yield survey.at(cell, "no_instance", list=name)
