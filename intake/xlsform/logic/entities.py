"""Mistakes in what is saved to entities: the sheet `entities` and the column save_to (XLSForm, ODK Entities)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from conversations.xpath import XPathError, parse
from intake.entity_lists import COLUMNS as SHOWN
from intake.entity_lists import PROPERTIES, kept
from intake.xlsform.finding import Finding, Place, Severity, found
from intake.xlsform.logic.outline import Item
from intake.xlsform.logic.survey import Survey
from intake.xlsform.logic.written import REFERENCE
from intake.xlsform.sheets import Row, plain

ERROR, WARNING = Severity.ERROR, Severity.WARNING
SHEET = "entities"
COLUMNS = ("list_name", "dataset", "label", "create_if", "update_if", "entity_id")
EXPRESSIONS = ("label", "create_if", "update_if", "entity_id")
NAME = re.compile(r"[^\W\d][\w-]*")
"""Of a list or a property: an XML name; without a period, which a list may not have and a property needs not."""
RESERVED = ("name", "label")


@dataclass(frozen=True, slots=True)
class Saved:
    """A cell of the column save_to: `list#property`, or the property alone."""

    item: Item
    header: str
    list: str
    property: str


def declarations(survey: Survey) -> Iterator[Finding]:
    """Rows of the sheet: names, what is needed to create or update, expressions."""
    seen: dict[str, int] = {}
    for row in survey.book.rows(SHEET):
        name, place = _list(row), _place(row, "list_name")
        if not name or not NAME.fullmatch(name) or name.startswith("__"):
            yield found("entity_list_name", survey.language, place, name=name)
        elif name in seen:
            yield found("entity_list_twice", survey.language, place, name=name, first=seen[name])
        elif not kept(name):
            near = next(iter(get_close_matches(name.casefold(), PROPERTIES, n=1, cutoff=0.8)), "")
            key = "entity_list_near" if near else "entity_list_elsewhere"
            yield found(key, survey.language, place, WARNING, name=name, near=near, ours=", ".join(PROPERTIES))
        seen.setdefault(name, row.number)
        yield from _actions(row, name, survey.language)
        yield from _expressions(row, survey.language)


def headers(survey: Survey) -> Iterator[Finding]:
    """Columns of the sheet that mean nothing: the compiler refuses them."""
    for header in survey.book.headers(SHEET):
        if header and plain(header) not in COLUMNS:
            place = Place(SHEET, None, header)
            yield found("entity_column", survey.language, place, column=header, known=", ".join(COLUMNS[2:]))


def _actions(row: Row, name: str, language: str) -> Iterator[Finding]:
    """The table of ODK: an id alone updates; without an id something new is made, which needs a label."""
    if not row.get("entity_id"):
        if row.get("update_if"):
            yield found("entity_no_id", language, _place(row, "entity_id"), name=name)
        elif not row.get("label"):
            yield found("entity_no_label", language, _place(row, "label"), name=name)
    elif row.get("create_if") and not row.get("update_if"):
        yield found("entity_no_update_if", language, _place(row, "update_if"), name=name)


def _expressions(row: Row, language: str) -> Iterator[Finding]:
    for column in EXPRESSIONS:
        try:
            if text := row.get(column):
                parse(REFERENCE.sub("/data/a", text))
        except XPathError as error:
            yield found("expression", language, _place(row, column), reason=error.message)


def saved(survey: Survey) -> Iterator[Finding]:
    """Cells of save_to: a list that is declared, a name that may be used, each once, on a row that has a value."""
    lists = [_list(row) for row in survey.book.rows(SHEET)]
    seen: dict[tuple[str, str], int] = {}
    for cell in _cells(survey, lists):
        key = _wrong(cell, lists)
        if key is not None:
            values = {"list": cell.list, "property": cell.property, "lists": ", ".join(lists)}
            yield survey.on(cell.item, cell.header, key, ERROR, **values)
            continue
        first = seen.setdefault((cell.list, cell.property), cell.item.row.number)
        if first != cell.item.row.number:
            yield survey.on(cell.item, cell.header, "entity_property_twice", property=cell.property, first=first)
        yield from _unknown(cell, survey)
    yield from _ends(survey)


def _wrong(cell: Saved, lists: list[str]) -> str | None:
    if not lists:
        return "entity_no_sheet"
    if cell.item.type.begins:
        return "entity_group"
    if not cell.list:
        return "entity_no_prefix"
    if cell.list not in lists:
        return "entity_unknown_list"
    if cell.property.casefold() in RESERVED or cell.property.startswith("__"):
        return "entity_reserved"
    return None if NAME.fullmatch(cell.property) else "entity_property_name"


def _unknown(cell: Saved, survey: Survey) -> Iterator[Finding]:
    """Names of properties that our own lists have no place for."""
    ours = PROPERTIES.get(kept(cell.list), ())
    if not ours or cell.property in ours:
        return
    near = next(iter(get_close_matches(cell.property.casefold(), ours, n=1, cutoff=0.75)), "")
    values = {"property": cell.property, "list": cell.list, "near": near, "known": ", ".join(SHOWN[kept(cell.list)])}
    if near:
        yield survey.on(cell.item, cell.header, "entity_property_near", ERROR, **values)
    else:
        yield survey.on(cell.item, cell.header, "entity_property_unknown", WARNING, **values)


def _ends(survey: Survey) -> Iterator[Finding]:
    """The end of a group has no row of its own in the outline."""
    rows = {item.row.number for item in survey.outline.items}
    for row in survey.book.rows("survey"):
        if row.number not in rows and (text := row.get("save_to")):
            place = Place("survey", row.number, _header(row, "save_to"))
            yield found("entity_group", survey.language, place, property=text)


def scopes(survey: Survey) -> Iterator[Finding]:
    """All that one entity is made of stands in the same repeat, or in none; labels may also read what is around it."""
    lists = [_list(row) for row in survey.book.rows(SHEET)]
    cells = [cell for cell in _cells(survey, lists) if _wrong(cell, lists) is None]
    for row in survey.book.rows(SHEET):
        own = [cell for cell in cells if cell.list == _list(row)]
        home = _home([_repeats(cell.item) for cell in own])
        for cell in own:
            inside = _repeats(cell.item)
            if inside != home:
                key = "entity_wrong_repeat" if home else "entity_inside_repeat"
                values = {"property": cell.property, "list": cell.list, "repeat": _named(home or inside)}
                yield survey.on(cell.item, cell.header, key, ERROR, **values)
        yield from _variables(row, home, survey)


def _home(places: list[tuple[Item, ...]]) -> tuple[Item, ...] | None:
    """Where most of an entity is saved from; the deepest, where that says nothing."""
    counts = Counter(places)
    return max(counts, key=lambda repeats: (counts[repeats], len(repeats)), default=None)


def _variables(row: Row, home: tuple[Item, ...] | None, survey: Survey) -> Iterator[Finding]:
    """What label, conditions and id read; without save_to the deepest of them says where the entity is made."""
    read = [(column, item) for column in EXPRESSIONS for item in _read(row.get(column), survey)]
    if home is None:
        home = max((_repeats(item) for _, item in read), key=len, default=())
    for column, item in read:
        inside = _repeats(item)
        if home[: len(inside)] != inside:
            values = {"name": item.name, "list": _list(row), "repeat": _named(inside)}
            yield found("entity_reads_repeat", survey.language, _place(row, column), ERROR, **values)


def _read(text: str, survey: Survey) -> Iterator[Item]:
    names = dict.fromkeys(match["name"] for match in REFERENCE.finditer(text))
    return (survey.outline.by_name[name] for name in names if name in survey.outline.by_name)


def _cells(survey: Survey, lists: list[str]) -> list[Saved]:
    return [
        _saved(item, header, text, lists)
        for item in survey.outline.items
        for header, text in item.row.cells.items()
        if plain(header) == "save_to"
    ]


def _saved(item: Item, header: str, text: str, lists: list[str]) -> Saved:
    list_name, mark, name = text.partition("#")
    if not mark:
        return Saved(item, header, lists[0] if len(lists) == 1 else "", text)
    return Saved(item, header, list_name, name)


def _repeats(item: Item) -> tuple[Item, ...]:
    """The repeats that hold it, the outermost first."""
    return tuple(reversed([one for one in item.above() if one.repeat]))


def _named(repeats: tuple[Item, ...]) -> str:
    return repeats[-1].name if repeats else ""


def _list(row: Row) -> str:
    return row.get("list_name") or row.get("dataset")


def _place(row: Row, column: str) -> Place:
    return Place(SHEET, row.number, _header(row, column))


def _header(row: Row, column: str) -> str:
    return next((header for header in row.cells if plain(header) == column), column)
