"""What changed between two versions of a questionnaire, in the rows that staff write."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from intake.xlsform.finding import worded
from intake.xlsform.logic.domains import Listing, Listings, cell, read_listings
from intake.xlsform.logic.outline import Item, Outline, read_outline
from intake.xlsform.logic.written import REFERENCE
from intake.xlsform.sheets import Row, Workbook, plain

TEXTS = frozenset(("label", "hint", "guidance_hint", "constraint_message", "required_message"))
LOGIC = frozenset({
    "relevant", "required", "constraint", "calculation", "choice_filter", "repeat_count", "default", "trigger",
    "read_only",
})  # fmt: skip
PLACE = frozenset(("name", "type", "list_name"))
ALIKE = 0.8
"""How much of its text a question keeps when only its name changes."""
LONGEST_COMPARED = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `kind`: added, removed, renamed, moved, retyped, text, logic, other; `what` it is about."""

    kind: str
    what: str
    """"question", "choice", "list", "setting" or "entity"."""
    name: str
    """Of the question or setting as it is now; of a choice `list/choice`."""
    column: str = ""
    before: str = ""
    after: str = ""

    def sentence(self, language: str) -> str:
        list_name, _, choice = self.name.rpartition("/")
        values = {"name": self.name, "list": list_name, "choice": choice, "column": self.column}
        return worded(f"change_{self.what}_{self.kind}", language, **values, before=self.before, after=self.after)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a questionnaire: its rows, and its lists."""

    book: Workbook
    outline: Outline
    listings: Listings


def version(book: Workbook, files: Mapping[str, bytes] | None = None) -> Version:
    return Version(book, read_outline(book), read_listings(book, files))


def changes(old: Version, new: Version) -> tuple[Change, ...]:
    """Questions in the order of the new version, then choices, settings and lists of entities."""
    before, after = _named(old.outline), _named(new.outline)
    renamed = _renamed(before, after)
    sheets = *_settings(old.book, new.book), *_entities(old.book, new.book)
    return (*_questions(before, after, renamed), *_lists(old, new), *sheets)


def _named(outline: Outline) -> dict[str, Item]:
    """By name, or by path where a name is used more than once."""
    counts = Counter(item.name for item in outline.items)
    return {item.name if counts[item.name] == 1 else item.path: item for item in outline.items if item.name}


def _renamed(before: Mapping[str, Item], after: Mapping[str, Item]) -> dict[str, str]:
    """Old name -> new name of questions of the same type and (nearly) the same text."""
    gone = [item for name, item in before.items() if name not in after]
    come = [item for name, item in after.items() if name not in before]
    found: dict[str, str] = {}
    for item in gone:
        likely = [one for one in come if one.type.kind == item.type.kind and one.name not in found.values()]
        best = max(likely, key=lambda one: _alike(item, one), default=None)
        if best is not None and _alike(item, best) >= ALIKE:
            found[item.name] = best.name
    return found


def _alike(old: Item, new: Item) -> float:
    """The share of its text that stayed, the best of all languages; of what has none, whether its rules stayed."""
    left, right = _texts(old.row), _texts(new.row)
    if not left or not right:
        rules = [{key: text for key, text in row.cells.items() if plain(key) != "name"} for row in (old.row, new.row)]
        return 1.0 if not left and not right and len(rules[0]) > 1 and rules[0] == rules[1] else 0.0
    common = left.keys() & right.keys()
    return max((SequenceMatcher(None, left[key], right[key]).ratio() for key in common), default=0.0)


def _texts(row: Row) -> dict[str, str]:
    cells = ((plain(header), text[:LONGEST_COMPARED]) for header, text in row.cells.items())
    return {column: text for column, text in cells if column.partition("::")[0] == "label"}


def _questions(before: Mapping[str, Item], after: Mapping[str, Item], renamed: Mapping[str, str]) -> Iterator[Change]:
    earlier = {new: old for old, new in renamed.items()}
    pairs = {name: before[name] if name in before else before.get(earlier.get(name, "")) for name in after}
    strayed = _strayed([(name, old) for name, old in pairs.items() if old is not None])
    for name, item in after.items():
        old = pairs[name]
        if old is None:
            yield Change("added", "question", name, after=_said(item))
            continue
        if old.name != item.name:
            yield Change("renamed", "question", name, "name", old.name, item.name)
        yield from _moved(name, old, item, renamed, name in strayed)
        yield from _cells(name, old.row, item.row, renamed)
    for name, item in before.items():
        if name not in after and item.name not in renamed:
            yield Change("removed", "question", name, before=_said(item))


def _said(item: Item) -> str:
    return next(iter(_texts(item.row).values()), "")


def _moved(name: str, old: Item, new: Item, renamed: Mapping[str, str], strayed: bool) -> Iterator[Change]:
    above = [[one.name for one in item.above()] for item in (old, new)]
    groups = [renamed.get(one, one) for one in above[0]], above[1]
    if groups[0] != groups[1]:
        yield Change("regrouped", "question", name, "", *("/".join(reversed(group)) for group in groups))
    elif strayed:
        yield Change("moved", "question", name)


def _strayed(pairs: Sequence[tuple[str, Item]]) -> frozenset[str]:
    """The fewest that have to be moved so that the others keep their order (longest increasing subsequence)."""
    ends: list[int] = []
    last: list[int] = []
    links: list[int] = []
    for place, (_, old) in enumerate(pairs):
        at = bisect_left(ends, old.order)
        links.append(last[at - 1] if at else -1)
        ends[at : at + 1], last[at : at + 1] = [old.order], [place]
    kept, place = set(), last[-1] if last else -1
    while place >= 0:
        kept.add(pairs[place][0])
        place = links[place]
    return frozenset(name for name, _ in pairs if name not in kept)


def _cells(name: str, old: Row, new: Row, renamed: Mapping[str, str]) -> Iterator[Change]:
    left, right = _plain(old), _plain(new)
    for column in dict.fromkeys((*right, *left)):
        if column == "name":
            continue
        before, after = _with_new_names(left.get(column, ""), renamed), right.get(column, "")
        if "".join(before.split()) != "".join(after.split()) or (_is_text(column) and before != after):
            yield Change(_kind(column), "question", name, column, left.get(column, ""), after)


def _kind(column: str) -> str:
    column = column.partition("::")[0]
    if column == "type":
        return "retyped"
    return "text" if column in TEXTS else "logic" if column in LOGIC else "other"


def _is_text(column: str) -> bool:
    return column.partition("::")[0] in TEXTS


def _plain(row: Row) -> dict[str, str]:
    return {plain(header): text for header, text in row.cells.items()}


def _with_new_names(text: str, renamed: Mapping[str, str]) -> str:
    """A reference to a renamed question is no other condition."""
    return REFERENCE.sub(lambda found: f"${{{renamed.get(found['name'], found['name'])}}}", text)


def _lists(old: Version, new: Version) -> Iterator[Change]:
    for name, listing in new.listings.items():
        if name not in old.listings:
            yield Change("added", "list", name, after=", ".join(list(listing.values("name"))[:10]))
        else:
            yield from _choices(name, old.listings[name], listing)
    yield from (Change("removed", "list", name) for name in old.listings if name not in new.listings)


def _choices(name: str, old: Listing, new: Listing) -> Iterator[Change]:
    before = {cell(row, "name"): row for row in old.rows}
    after = {cell(row, "name"): row for row in new.rows}
    for choice, row in after.items():
        if choice not in before:
            yield Change("added", "choice", f"{name}/{choice}", after=_label(row))
        else:
            yield from _choice(f"{name}/{choice}", before[choice], row)
    gone = [choice for choice in before if choice not in after]
    yield from (Change("removed", "choice", f"{name}/{choice}", before=_label(before[choice])) for choice in gone)
    if [choice for choice in after if choice in before] != [choice for choice in before if choice in after]:
        yield Change("moved", "list", name)


def _choice(name: str, old: Row, new: Row) -> Iterator[Change]:
    left, right = _plain(old), _plain(new)
    for column in dict.fromkeys((*right, *left)):
        before, after = left.get(column, ""), right.get(column, "")
        if before != after and column not in PLACE:
            yield Change("text" if column.startswith("label") else "other", "choice", name, column, before, after)


def _label(row: Row) -> str:
    return next((text for header, text in row.cells.items() if plain(header).startswith("label")), "")


def _settings(old: Workbook, new: Workbook) -> Iterator[Change]:
    left, right = (_plain(book.rows("settings")[0]) if book.rows("settings") else {} for book in (old, new))
    for column in dict.fromkeys((*right, *left)):
        if left.get(column, "") != right.get(column, ""):
            yield Change("other", "setting", column, column, left.get(column, ""), right.get(column, ""))


def _entities(old: Workbook, new: Workbook) -> Iterator[Change]:
    """What is made or updated in a list, and when."""
    rows = ({row.get("list_name"): _plain(row) for row in book.rows("entities")} for book in (old, new))
    left, right = rows
    for name in dict.fromkeys((*right, *left)):
        if name not in right or name not in left:
            yield Change("removed" if name in left else "added", "entity", name)
            continue
        before, after = left[name], right[name]
        for column in dict.fromkeys((*after, *before)):
            if before.get(column, "") != after.get(column, ""):
                yield Change("other", "entity", name, column, before.get(column, ""), after.get(column, ""))


def touched(found: Sequence[Change], old: Version) -> frozenset[str]:
    """Names, in the old version, of the questions whose answers mean or allow something else now."""
    kinds = {"removed", "retyped", "logic", "regrouped"}
    names = {one.name for one in found if one.what == "question" and one.kind in kinds}
    names |= {one.before for one in found if one.what == "question" and one.kind == "renamed"}
    lists = {one.name.rpartition("/")[0] for one in found if one.what == "choice" and one.kind == "removed"}
    lists |= {one.name for one in found if one.what == "list" and one.kind == "removed"}
    names |= {item.name for item in old.outline.items if item.type.list_name in lists}
    known = _named(old.outline)
    return frozenset(known[name].name if name in known else name for name in names)
