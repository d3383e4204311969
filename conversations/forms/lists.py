"""The lists a form chooses from: written in the form, or files beside it (`jr://file-csv/x.csv`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from conversations.forms.problem import Problems, fault
from conversations.forms.text import language_code
from conversations.xpath import Node

MOST_ROWS = 20_000
MOST_COLUMNS = 100
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceList:
    """A secondary instance (ODK XForms, section 4.2): rows of named texts."""

    id: str
    rows: tuple[Row, ...]
    external: bool

    def tree(self) -> Node:
        """As `instance('id')` gives it to expressions: a root with an `item` for each row."""
        document = Node("")
        root = document.append(Node("root"))
        for row in self.rows:
            item = root.append(Node("item"))
            for name, value in row.items():
                item.append(Node(name, value))
        return document

    def labels(self, row: Row, label: str) -> dict[str, str]:
        """Labels of a row of a file, by language: `label_en` or `label::English (en)`; `label` serves the others."""
        found = {}
        for key, value in row.items():
            if value and key.startswith(f"{label}::"):
                found[language_code(key)] = value
            elif value and key.startswith(f"{label}_"):
                found[key.removeprefix(f"{label}_").lower()] = value
        return found


def read_lists(
    model: Element, files: Mapping[str, bytes], problems: Problems, entities: Container[str | None] = ()
) -> dict[str, ChoiceList]:
    """All secondary instances by id. Of the lists of `entities` that the form declares, a server has the file."""
    found: dict[str, ChoiceList] = {}
    for instance in model.findall("instance")[1:]:
        identity = instance.get("id", "")
        source = instance.get("src")
        if source is None:
            rows = _inline(instance)
        elif identity in entities and source.rpartition("/")[2] not in files:
            rows = []
        else:
            rows = _external(source, files, problems)
        if len(rows) > MOST_ROWS:
            problems.add("", fault("list_too_long", name=identity, limit=MOST_ROWS))
            rows = rows[:MOST_ROWS]
        found[identity] = ChoiceList(identity, tuple(rows), source is not None)
    return found


def _inline(instance: Element) -> list[Row]:
    return [{child.tag: (child.text or "").strip() for child in item} for item in instance.iterfind("root/item")]


def _external(source: str, files: Mapping[str, bytes], problems: Problems) -> list[Row]:
    name = source.rpartition("/")[2]
    if not source.startswith(("jr://file-csv/", "jr://file/")) or not name.endswith(".csv"):
        problems.add("", fault("only_csv"), source)
        return []
    if name not in files:
        problems.add("", fault("no_file"), name)
        return []
    return _read_csv(name, files[name], problems)


def _read_csv(name: str, content: bytes, problems: Problems) -> list[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.add("", fault("not_utf8"), name)
        return []
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows: list[Row] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        header = [column.strip() for column in next(reader, [])]
        if len(header) > MOST_COLUMNS or len(set(header)) < len(header):
            problems.add("", fault("columns_once"), name)
            return []
        for cells in reader:
            if any(cells):
                rows.append({key: value.strip() for key, value in zip(header, cells, strict=False)})
            if len(rows) > MOST_ROWS:
                break
    except csv.Error as error:
        problems.add("", fault("broken_file", error=error), name)
    return rows
