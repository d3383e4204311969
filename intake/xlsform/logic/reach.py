"""Conditions and constraints that can never hold, and questions that can therefore never be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from conversations.xpath.syntax import Path
from intake.xlsform.logic.clock import on_day, telling_days
from intake.xlsform.logic.conditions import (
    BY_CHANCE,
    MOST_ALTERNATIVES,
    Alternatives,
    Literals,
    Opaque,
    Order,
    Test,
    alternatives,
    joined,
    plain_path,
)
from intake.xlsform.logic.outline import Item, Outline
from intake.xlsform.logic.variables import Variable, can_pass, passes
from intake.xlsform.logic.written import Cells, Written

ROUNDS = 4
"""How far back the conditions of the questions that a condition asks about are followed."""
MOST_TRIES = 10_000
"""Alternatives looked at in one questionnaire; the built-in ones need some hundreds."""
NEVER = frozenset(("false()", "no", "false"))
"""Written alone it is meant: a note that only carries a text."""


@dataclass(slots=True)
class Reach:
    """Answers, for the whole questionnaire, whether a condition can hold."""

    outline: Outline
    cells: Cells
    variables: Mapping[str, Variable]
    today: date | None = None
    """The day on which conditions are looked at; None: whatever reads the clock is not looked into."""
    _known: dict[tuple[str, str], Alternatives | None] = field(default_factory=dict)
    tries: int = 0

    def of(self, item: Item, column: str) -> Alternatives | None:
        """The alternatives of a cell; [()] where there is none."""
        key = item.path, column
        if key not in self._known:
            cell = self.cells.get(key)
            self._known[key] = [()] if cell is None else self.alternatives(cell)
        return self._known[key]

    def alternatives(self, cell: Written) -> Alternatives | None:
        if cell.syntax is None or cell.expression is None or not BY_CHANCE.isdisjoint(cell.expression.functions):
            return [()]
        return alternatives(on_day(cell.syntax, self.today), self.locator(cell.item))

    def locator(self, item: Item) -> _Locator:
        return _Locator(self.outline, item)

    def hold(self, found: Alternatives | None) -> Alternatives | None:
        """Those alternatives whose tests can all hold."""
        return found if found is None else [one for one in found if self._possible(one)]

    def _possible(self, tests: Literals) -> bool:
        self.tries += 1
        if self.tries > MOST_TRIES:
            return True
        opaque = {(one.key, one.wanted) for one in tests if isinstance(one, Opaque)}
        if any((key, not wanted) in opaque for key, wanted in opaque):
            return False
        orders = [one for one in tests if isinstance(one, Order)]
        if orders and not _orderly(orders):
            return False
        return all(can_pass(self.variable(path), some) for path, some in by_path(tests).items())

    def variable(self, path: str) -> Variable:
        return self.variables.get(path, Variable(""))

    def widened(self, item: Item, start: Alternatives | None) -> tuple[Alternatives | None, list[str]]:
        """With the conditions of the groups around it and of the questions whose answers it needs; their names."""
        told: dict[str, None] = {}
        found, seen = self._with(start, item.above(), told), {item.path, *(one.path for one in item.above())}
        for _ in range(ROUNDS):
            if not found:
                break
            needed = [one for one in self._needed(found) if one.path not in seen]
            if not needed:
                break
            seen.update(one.path for one in needed)
            for one in needed:
                found = self._with(found, (one, *one.above()), told)
                found = self._met(found, self.of(one, "constraint"), one, told)
        return found, list(told)

    def _with(self, found: Alternatives | None, items: Iterable[Item], told: dict[str, None]) -> Alternatives | None:
        for item in items:
            found = self._met(found, self.of(item, "relevant"), item, told)
        return found

    def _met(
        self, found: Alternatives | None, more: Alternatives | None, item: Item, told: dict[str, None]
    ) -> Alternatives | None:
        """Both at once; what is too much to tell is left out."""
        if found is None or more is None or more == [()] or len(found) * len(more) > MOST_ALTERNATIVES:
            return found
        told[item.name] = None
        return self.hold([joined(left, right) for left in found for right in more])

    def _needed(self, found: Alternatives) -> list[Item]:
        """Questions that every alternative wants an answer to."""
        wanted = [{path for path, tests in by_path(one).items() if not passes("", tests)} for one in found]
        paths = set.intersection(*wanted) if wanted else set()
        return [self.outline.by_path[path] for path in sorted(paths) if path in self.outline.by_path]


def by_path(tests: Literals) -> dict[str, list[Test]]:
    found: dict[str, list[Test]] = {}
    for one in tests:
        if isinstance(one, Test):
            found.setdefault(one.path, []).append(one)
    return found


def _orderly(orders: Iterable[Order]) -> bool:
    """Whether each two answers can stand as everything said of them wants; an answer is the same as itself."""
    allowed: dict[tuple[str, str], frozenset[str]] = {}
    for one in orders:
        start = frozenset("=") if one.left == one.right else frozenset("<=>?")
        allowed[one.left, one.right] = allowed.get((one.left, one.right), start) & one.allowed
    return all(allowed.values())


@dataclass(frozen=True, slots=True)
class _Locator:
    """Finds the one answer that a path written at `item` reads."""

    outline: Outline
    item: Item

    def __call__(self, path: Path) -> str | None:
        found = plain_path(path)
        if found is None or found == ".":
            return None if found is None else self.item.path
        target = self.outline.by_path.get(found)
        if target is None or target.type.begins or not target.repeats <= self.item.repeats:
            return None
        return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """A cell whose condition can never hold; `others`: questions and groups whose conditions it contradicts."""

    cell: Written
    others: tuple[str, ...] = ()


def never(reach: Reach) -> Iterator[Verdict]:
    """Relevance and constraints that nothing can meet on any day, in the order of the survey."""
    days = telling_days(cell.syntax for cell in reach.cells.values() if cell.syntax is not None)
    first, *others = days or (None,)
    found = list(_never(replace(reach, today=first, _known={})))
    for day in others:
        if not found:
            return
        still = {id(verdict.cell) for verdict in _never(replace(reach, today=day, _known={}))}
        found = [verdict for verdict in found if id(verdict.cell) in still]
    yield from found


def _never(reach: Reach) -> Iterator[Verdict]:
    for (_, column), cell in reach.cells.items():
        if column == "relevant" and cell.text.replace(" ", "").lower() not in NEVER:
            yield from _verdict(reach, cell, reach.of(cell.item, "relevant"))
        elif column == "constraint":
            yield from _verdict(reach, cell, _answered(reach, cell))


def _verdict(reach: Reach, cell: Written, start: Alternatives | None) -> Iterator[Verdict]:
    """A constraint that does not read its own answer is a gate: it is meant to hold only once others are corrected."""
    found = reach.hold(start)
    if found == []:
        yield Verdict(cell)
        return
    if _switched_off(reach, cell.item):
        return
    if cell.column == "constraint":
        if cell.item.path not in cell.paths():
            return
        found = reach.hold(_both(found, reach.of(cell.item, "relevant")))
    found, others = reach.widened(cell.item, found)
    if found == []:
        yield Verdict(cell, tuple(others) or (cell.item.name,))


def _answered(reach: Reach, cell: Written) -> Alternatives | None:
    """A constraint is asked of answers only, never of an empty one."""
    some = Test(cell.item.path, "value", "!=", "")
    return _both(reach.of(cell.item, "constraint"), [(some,)])


def _both(left: Alternatives | None, right: Alternatives | None) -> Alternatives | None:
    if left is None or right is None or len(left) * len(right) > MOST_ALTERNATIVES:
        return left
    return [joined(one, other) for one in left for other in right]


def _switched_off(reach: Reach, item: Item) -> bool:
    """Whether a group around it, or its own relevance, says false() on purpose or is told for itself."""
    return any(reach.hold(reach.of(one, "relevant")) == [] for one in (item, *item.above()))
