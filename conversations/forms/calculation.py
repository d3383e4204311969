"""Keeps relevance, calculated values and computed repeats right: after an answer, only what it touches."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime

from conversations.forms.body import MOST_REPEATS
from conversations.forms.control import Itemset
from conversations.forms.field import Field
from conversations.forms.form import Form
from conversations.forms.place import Place
from conversations.forms.tree import Tree
from conversations.xpath import Context, Expression, Host, Node, XPathError

LONGEST_VALUE = 10_000
"""Characters of one value, typed or calculated."""
MOST_STEPS = 20_000
"""Fields evaluated after one answer; more only happens in a form made to exhaust us."""


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
            self._evaluate(field)

    def settle(self) -> None:
        """The calculations that only the submission needs."""
        if not self.settled:
            self.settled = True
            for field in self.form.graph.deferred:
                self._evaluate(field)

    def touched(self, fields: Iterable[Field]) -> None:
        """The values of these fields changed: bring what depends on them up to date."""
        graph = self.form.graph
        self.settled = False
        self._follow({rank for field in fields for rank in graph.dependents(field)})

    def resized(self, field: Field) -> None:
        """A repeat got or lost an instance."""
        self.settled = False
        self._follow(set(self.form.graph.whole(field)))

    def _follow(self, waiting: set[int]) -> None:
        graph = self.form.graph
        heap = sorted(waiting)
        for _ in range(MOST_STEPS):
            if not heap:
                break
            rank = heapq.heappop(heap)
            waiting.discard(rank)
            for next_rank in self._reach(graph.order[rank]):
                if next_rank not in waiting:
                    waiting.add(next_rank)
                    heapq.heappush(heap, next_rank)

    def _reach(self, field: Field) -> Iterable[int]:
        """Evaluate a field; the ranks of what has to follow."""
        graph = self.form.graph
        value_changed, relevance_changed = self._evaluate(field)
        if relevance_changed:
            return graph.whole(field)
        return graph.dependents(field) if value_changed else ()

    # -- one field ------------------------------------------------------------------------------------------------

    def _evaluate(self, field: Field) -> tuple[bool, bool]:
        """Whether a value changed, whether relevance (or the number of instances) did."""
        value_changed = False
        relevance_changed = field.count is not None and self._resize(field)
        for place in self.tree.of(field):
            relevant = self._relevant(place)
            if relevant is not place.relevant:
                self.tree.mark(place, relevant=relevant)
                relevance_changed = True
            if field.leaf:
                value_changed |= self._revalue(place)
        return value_changed, relevance_changed

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
        offered = self.names(control.itemset, place)
        return " ".join(name for name in control.kind.chosen(place.answer) if name in offered)

    def names(self, itemset: Itemset, place: Place) -> set[str]:
        """The names of the choices offered now."""
        found: set[str] = set()
        for node in self.nodes(itemset.nodeset, place):
            found.update(value.string_value() for value in node.named(itemset.value))
        return found

    def _resize(self, field: Field) -> bool:
        """Make a computed repeat as long as its count says; whether that changed anything."""
        assert field.parent is not None
        assert field.count is not None
        changed = False
        for parent in self.tree.of(field.parent):
            number = self.number(field.count, Place.stand_in(field, parent))
            wanted = min(max(int(number), 0), MOST_REPEATS) if abs(number) < 1e9 else 0
            present = self.tree.instances(field, parent)
            changed |= wanted != len(present)
            for _ in range(len(present), wanted):
                self._grow(field, parent)
            for surplus in reversed(present[wanted:]):
                self.tree.drop(surplus)
        return changed

    def _grow(self, field: Field, parent: Place) -> None:
        place = self.tree.add(field, parent)
        if place is not None:
            self.grown.append(place)
