"""Keeps relevance, calculated values and computed repeats right: after an answer, only what it touches."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from datetime import datetime

from conversations.forms.body import MOST_REPEATS
from conversations.forms.control import Control, Itemset
from conversations.forms.field import Field
from conversations.forms.form import Form
from conversations.forms.graph import Reader
from conversations.forms.place import Place
from conversations.forms.tree import Tree
from conversations.xpath import Context, Expression, Host, Node, XPathError

LONGEST_VALUE = 10_000
"""Characters of one value, typed or calculated."""
MOST_NEAR = 16
"""Places near which a field is evaluated; where more changed, it is evaluated everywhere, which is quicker then."""
MOST_STEPS = 20_000
"""Fields evaluated after one answer; more only happens in a form made to exhaust us."""


Change = tuple[Place, Iterable[Reader]]
"""A place that changed, and what reads it."""


class Calculation:
    """Evaluates the expressions of a form over one tree."""

    def __init__(self, form: Form, tree: Tree, *, now: datetime, seed: str, host: Host) -> None:
        self.form = form
        self.tree = tree
        self.grown: list[Place] = []
        """Instances made by a computed count, whose dynamic defaults are still to be set."""
        self.settled = False
        """Whether the calculations nothing else depends on are done."""
        self._context = Context(tree.root, now=now, root=tree.document, instances=form.instances, host=host, seed=seed)

    # -- expressions, with a place as their context ---------------------------------------------------------------

    def condition(self, rule: Expression | bool, place: Place) -> bool:
        """Whether a rule holds; one that cannot be computed does not."""
        if isinstance(rule, bool):
            return rule
        try:
            return rule.as_boolean(self._at(place))
        except XPathError:
            return False

    def text(self, expression: Expression, place: Place) -> str:
        try:
            return expression.as_string(self._at(place))[:LONGEST_VALUE]
        except XPathError:
            return ""

    def value(self, expression: Expression, place: Place) -> str:
        """What is stored of a computed value: nothing for what is no number, as in ODK's engines."""
        text = self.text(expression, place)
        return "" if text == "NaN" and self._is_number(expression, place) else text

    def _is_number(self, expression: Expression, place: Place) -> bool:
        return isinstance(expression.evaluate(self._at(place)), float)

    def number(self, expression: Expression, place: Place) -> float:
        try:
            return expression.as_number(self._at(place))
        except XPathError:
            return float("nan")

    def nodes(self, expression: Expression, place: Place) -> Iterable[Node]:
        try:
            return expression.as_nodes(self._at(place))
        except XPathError:
            return ()

    def _at(self, place: Place) -> Context:
        context = self._context
        context.node = context.current = place
        return context

    # -- the order of evaluation ----------------------------------------------------------------------------------

    def begin(self) -> None:
        """Everything that others depend on, once, in an order in which each finds its sources done."""
        self._all(self.form.graph.order)

    def reopen(self) -> None:
        """The same where the tree knows already what applies: only what is not stored or may be another by now."""
        self._all(self.form.graph.reopened)

    def _all(self, fields: Iterable[Field]) -> None:
        self.settled = False
        for field in fields:
            self._evaluate(field, None)

    def settle(self) -> None:
        """The calculations that only the submission needs."""
        if not self.settled:
            self.settled = True
            for field in self.form.graph.deferred:
                self._evaluate(field, None)

    def touched(self, place: Place) -> None:
        """The value of a place changed: bring what depends on it up to date."""
        self.settled = False
        self._follow([(place, self.form.graph.readers(place.field))])

    def grew(self, places: Collection[Place]) -> None:
        """Instances of repeats were added."""
        self.settled = False
        whole = {field: self.form.graph.whole(field) for field in {place.field for place in places}}
        self._follow([(place, whole[place.field]) for place in places])

    def _follow(self, changes: list[Change]) -> None:
        """Evaluate what reads what changed, sources first, and on from there."""
        waiting: dict[int, dict[Place, None] | None] = {}
        heap: list[int] = []
        for _ in range(MOST_STEPS):
            for place, readers in changes:
                _await(waiting, heap, place, readers)
            if not heap:
                break
            rank = heapq.heappop(heap)
            changes = self._evaluate(self.form.graph.order[rank], waiting.pop(rank))

    # -- one field ------------------------------------------------------------------------------------------------

    def _evaluate(self, field: Field, near: Collection[Place] | None) -> list[Change]:
        """A field near the given places, or everywhere; what changed, with all that reads it."""
        graph = self.form.graph
        changes = self._resize(field) if field.count is not None else []
        for place in self._places(field, near):
            relevant = self._relevant(place)
            changed = relevant is not place.relevant
            if changed:
                self.tree.mark(place, relevant=relevant)
            valued = field.leaf and self._revalue(place)
            if changed or valued:
                changes.append((place, graph.whole(field) if changed else graph.readers(field)))
        return changes

    def _places(self, field: Field, near: Collection[Place] | None) -> Iterable[Place]:
        """A computed repeat is evaluated everywhere: its instances are not there yet."""
        if near is None or len(near) > MOST_NEAR or field.count is not None:
            return self.tree.of(field)
        return self.tree.near(field, (place for place in near if self.tree.find(place.key) is place))

    def _relevant(self, place: Place) -> bool:
        above = place.parent
        if isinstance(above, Place) and not above.relevant:
            return False
        return self.condition(place.field.relevant, place)

    def _revalue(self, place: Place) -> bool:
        """Let `text` be what expressions should see; whether that is news."""
        if place.relevant:
            self._calculate(place)
        text = self.offered(place) if place.relevant else ""
        if text == place.text:
            return False
        place.show(text)
        return True

    def _calculate(self, place: Place) -> None:
        field = place.field
        if field.calculate is None or (field.once and place.answer):
            return
        place.answer = self.value(field.calculate, place)
        if field.once:
            self.tree.stored[place.key] = place.answer

    def offered(self, place: Place) -> str:
        """The answer, without choices that a filter no longer offers (they come back with the choice)."""
        control = place.field.control
        if not place.answer or control is None or not place.field.filtered or control.itemset is None:
            return place.answer
        offered = self.names(control, control.itemset, place)
        return " ".join(name for name in control.kind.chosen(place.answer) if name in offered)

    def names(self, control: Control, itemset: Itemset, place: Place) -> set[str]:
        """The names of the choices offered now: rows of a list, known by their place in it, or answers."""
        found: set[str] = set()
        for node in self.nodes(itemset.nodeset, place):
            if isinstance(node, Place) or node.index >= len(control.items):
                found.update(value.string_value() for value in node.named(itemset.value))
            else:
                found.add(control.items[node.index].name)
        return found

    def _resize(self, field: Field) -> list[Change]:
        """Make a computed repeat as long as its count says; what came or went, with all that reads it."""
        assert field.parent is not None
        assert field.count is not None
        whole = self.form.graph.whole(field)
        changes: list[Change] = []
        for parent in self.tree.of(field.parent):
            number = self.number(field.count, Place.stand_in(field, parent))
            wanted = min(max(int(number), 0), MOST_REPEATS) if abs(number) < 1e9 else 0
            present = self.tree.instances(field, parent)
            grown = [place for _ in range(len(present), wanted) if (place := self.tree.add(field, parent))]
            for surplus in reversed(present[wanted:]):
                self.tree.drop(surplus)
            self.grown += grown
            changes += [(place, whole) for place in (grown if len(present) <= wanted else (parent,))]
        return changes


def _await(
    waiting: dict[int, dict[Place, None] | None], heap: list[int], place: Place, readers: Iterable[Reader]
) -> None:
    """Note what is to be evaluated, near the place or, where it may be read from other instances, everywhere (None)."""
    for rank, stray in readers:
        if rank not in waiting:
            heapq.heappush(heap, rank)
            waiting[rank] = {}
        near = waiting[rank]
        if stray:
            waiting[rank] = None
        elif near is not None:
            near[place] = None
