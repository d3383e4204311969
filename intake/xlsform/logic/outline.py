"""The survey as a tree: what every row is called, where it stands, and what it may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from intake.xlsform.sheets import Row, Workbook
from intake.xlsform.types import QuestionType, read_type

ROOT = "/data"
META = ("instanceID", "instanceName")


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A row of the survey that has a value or holds others; `path` is where pyxform puts it."""

    row: Row
    type: QuestionType
    name: str
    path: str
    order: int
    parent: Item | None = field(repr=False)

    @property
    def repeat(self) -> bool:
        return self.type.kind == "begin repeat"

    @property
    def asked(self) -> bool:
        return self.type.asks and self.type.kind != "note"

    def above(self) -> Iterator[Item]:
        """The groups and repeats that hold it, from the nearest."""
        current = self.parent
        while current is not None:
            yield current
            current = current.parent

    @property
    def repeats(self) -> frozenset[str]:
        """Paths of the repeats that hold it, itself included when it is one."""
        return frozenset(one.path for one in (self, *self.above()) if one.repeat)


@dataclass(frozen=True, slots=True)
class Outline:
    items: tuple[Item, ...]
    by_name: Mapping[str, Item]
    """Where a name is used twice, the first."""
    by_path: Mapping[str, Item]

    def path(self, name: str) -> str:
        """The path behind ${name}; a name that nothing has stands directly below the root."""
        if name in META:
            return f"{ROOT}/meta/{name}"
        return self.by_name[name].path if name in self.by_name else f"{ROOT}/{name}"


def read_outline(book: Workbook) -> Outline:
    """Groups that are never closed last until the end; ends without a beginning are passed over."""
    items: list[Item] = []
    open_items: list[Item] = []
    for row in book.rows("survey"):
        kind = read_type(row.get("type")) if row.get("type") else QuestionType("", "")
        if kind.ends:
            del open_items[-1:]
            continue
        parent = open_items[-1] if open_items else None
        item = _item(row, kind, parent, len(items))
        items.append(item)
        if kind.begins:
            open_items.append(item)
    by_name = {item.name: item for item in reversed(items) if item.name}
    return Outline(tuple(items), by_name, {item.path: item for item in reversed(items)})


def _item(row: Row, kind: QuestionType, parent: Item | None, order: int) -> Item:
    name = row.get("name")
    return Item(row, kind, name, f"{parent.path if parent else ROOT}/{name}", order, parent)
