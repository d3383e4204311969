"""Who reads whom: conditions on later questions, and circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from intake.xlsform.finding import Finding, Severity
from intake.xlsform.logic.outline import Item
from intake.xlsform.logic.survey import Survey
from intake.xlsform.logic.written import Written

COMPUTED = ("relevant", "calculation", "choice_filter", "repeat_count")
MOST_NAMED = 12
KEEPS = frozenset(("once", "random", "uuid"))
"""With these a calculation may read its own value."""


def later_questions(survey: Survey) -> Iterator[Finding]:
    """Conditions, filters and counts that ask about what is asked only afterwards."""
    for cell in survey.cells.values():
        if cell.column in ("relevant", "choice_filter", "repeat_count"):
            read = (survey.outline.by_path.get(path) for path in cell.paths())
            later = [one for one in read if one is not None and one.asked and _later(one, cell.item)]
            for one in sorted(later, key=lambda item: item.order):
                key = "later_count" if cell.column == "repeat_count" else "later_question"
                yield survey.at(cell, key, Severity.WARNING, name=one.name, row=one.row.number)


def _later(one: Item, reader: Item) -> bool:
    return one.order > reader.order and reader not in one.above()


Sources = Mapping[str, tuple[str, ...]]


def circles(survey: Survey) -> Iterator[Finding]:
    """What depends on its own value, each circle told once, at the question of it that stands first."""
    sources = _members(survey)
    for item in survey.outline.items:
        if item.name:
            sources[item.path] = _sources(item, survey, sources)
    for group in _circles(sources):
        found = (survey.outline.by_path[path] for path in group if path in survey.outline.by_path)
        items = sorted(found, key=lambda item: item.order)
        left_out = ["…"] if len(items) > MOST_NAMED else []
        again = [items[0].name] if len(items) > 1 else []
        names = " → ".join([*(item.name for item in items[:MOST_NAMED]), *left_out, *again])
        column = next((cell.header for cell in _computed(items[0], survey)), "name")
        yield survey.on(items[0], column, "circle" if len(items) > 1 else "own_value", names=names)


def _members(survey: Survey) -> dict[str, tuple[str, ...]]:
    """For each group, under its path and a slash, what is in it: a group read from outside counts as all of that."""
    found: dict[str, list[str]] = {f"{item.path}/": [] for item in survey.outline.items if item.type.begins}
    for item in survey.outline.items:
        for group in item.above() if item.name else ():
            found[f"{group.path}/"].append(item.path)
    return {path: tuple(members) for path, members in found.items()}


def _computed(item: Item, survey: Survey) -> Iterator[Written]:
    return (cell for column in COMPUTED if (cell := survey.cells.get((item.path, column))) is not None)


def _sources(item: Item, survey: Survey, members: Sources) -> tuple[str, ...]:
    """What the engine computes it from; the groups around it count, since relevance is inherited."""
    around = [one.path for one in item.above() if one.name]
    found = dict.fromkeys(around)
    for cell in _computed(item, survey):
        for path in cell.paths():
            if path in survey.outline.by_path and (path != item.path or not _may_read_itself(cell)):
                found[path] = None
                if f"{path}/" in members and path != item.path and path not in around:
                    found[f"{path}/"] = None
    return tuple(found)


def _may_read_itself(cell: Written) -> bool:
    """A running total reads its own field in the instance before; a filter reads what is chosen already."""
    kept = cell.expression is not None and not KEEPS.isdisjoint(cell.expression.functions)
    return cell.column == "choice_filter" or (cell.column == "calculation" and (kept or bool(cell.item.repeats)))


def _circles(sources: Sources) -> Iterator[tuple[str, ...]]:
    """Groups of fields that depend on each other, and whatever reads itself."""
    search = _Search(sources)
    for start in sources:
        if start not in search.index:
            yield from search.circles(start)


@dataclass(slots=True)
class _Search:
    """Strongly connected parts (Tarjan 1972), without recursion."""

    sources: Sources
    index: dict[str, int] = field(default_factory=dict)
    low: dict[str, int] = field(default_factory=dict)
    stack: list[str] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)

    def circles(self, start: str) -> Iterator[tuple[str, ...]]:
        """Those reached from `start` and not told yet."""
        work = [(start, self._enter(start))]
        while work:
            here, rest = work[-1]
            source = next(rest, None)
            if source is not None and source not in self.index:
                work.append((source, self._enter(source)))
            elif source is not None:
                self._meet(here, source)
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    self.low[above] = min(self.low[above], self.low[here])
                yield from self._leave(here)

    def _enter(self, name: str) -> Iterator[str]:
        self.index[name] = self.low[name] = len(self.index)
        self.stack.append(name)
        self.waiting.add(name)
        return iter(self.sources.get(name, ()))

    def _meet(self, here: str, source: str) -> None:
        if source in self.waiting:
            self.low[here] = min(self.low[here], self.index[source])

    def _leave(self, here: str) -> Iterator[tuple[str, ...]]:
        if self.low[here] != self.index[here]:
            return
        group: list[str] = []
        while not group or group[-1] != here:
            group.append(self.stack.pop())
        self.waiting.difference_update(group)
        if len(group) > 1 or here in self.sources.get(here, ()):
            yield tuple(group)
