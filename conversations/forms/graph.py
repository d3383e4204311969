"""What depends on what: the order in which fields are evaluated, and what an answer touches."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from conversations.forms.field import Field
from conversations.forms.problem import Problems, fault
from conversations.xpath import Expression

FLEETING = frozenset(
    ("now", "today", "date", "date-time", "format-date", "format-date-time", "decimal-time", "decimal-date-time",
     "random", "uuid", "once", "randomize", "property", "jr:choice-name", "jr:itext")
)  # fmt: skip
"""Functions whose value may be another one at another instant, in another zone or in another language."""
Sources = Mapping[Field, frozenset[Field]]
"""For each field the fields its own relevance, value, count and choices are computed from."""
Reader = tuple[int, bool]
"""The rank of a field that reads another, and whether it may read it in other instances of repeats than its own."""


@dataclass(frozen=True, slots=True)
class Graph:
    """`order` are the fields with something to evaluate that matters while answering, sources first.

    `deferred` are calculations nothing depends on but the submission, in their own order. A rank is a place in `order`.
    """

    order: tuple[Field, ...] = ()
    deferred: tuple[Field, ...] = ()
    reopened: tuple[Field, ...] = ()
    """Of the order, what is evaluated when a session is opened that says what applies: values that are not stored, and
    what may have changed since, because it reads the clock or the language, with all that depends on it."""
    _readers: Mapping[Field, tuple[Reader, ...]] = field(default_factory=dict)
    _below: Mapping[Field, tuple[int, ...]] = field(default_factory=dict)

    def readers(self, field: Field) -> tuple[Reader, ...]:
        """The fields that read this one."""
        return self._readers.get(field, ())

    def below(self, field: Field) -> tuple[int, ...]:
        """Ranks of the fields inside this group or repeat, and of the repeat: a new instance may not apply."""
        return self._below.get(field, ())

    def whole(self, field: Field) -> list[Reader]:
        """What follows when this group, instance of a repeat or question begins or ceases to apply, or to be there."""
        inside = [(rank, False) for rank in self.below(field)]
        return inside + [reader for one in field.walk() for reader in self.readers(one)]


def build_graph(
    fields: Iterable[Field], sources: Sources, strays: Sources, needed: frozenset[Field], problems: Problems
) -> Graph:
    """`strays`: those of the sources that may be read in other instances.

    `needed`: fields that conditions, labels or choices read directly; their sources count as needed too.
    """
    evaluated = [one for one in fields if _has_rules(one)]
    order = _sorted(evaluated, sources, problems)
    wanted = _closure(needed, sources)
    deferred = [one for one in order if one.calculate is not None and one not in wanted and one.control is None]
    for one in deferred:
        one.deferred = True
    eager = tuple(one for one in order if not one.deferred)
    ranks = {one: rank for rank, one in enumerate(eager)}
    graph = Graph(eager, tuple(deferred), (), _readers(ranks, sources, strays), _insides(ranks))
    return replace(graph, reopened=_reopened(graph, sources))


def _reopened(graph: Graph, sources: Sources) -> tuple[Field, ...]:
    """What reads a group that it is in itself counts as fleeting: its own value is among what it is computed from."""
    found = {rank for rank, one in enumerate(graph.order) if one.calculate or one.count or one.filtered}
    ranked = enumerate(graph.order)
    pending = [rank for rank, one in ranked if _is_fleeting(one) or not sources[one].isdisjoint(one.above())]
    followed: set[int] = set()
    while pending:
        rank = pending.pop()
        if rank not in followed:
            followed.add(rank)
            pending.extend(reader for reader, _ in graph.whole(graph.order[rank]))
    return tuple(graph.order[rank] for rank in sorted(found | followed))


def _is_fleeting(field: Field) -> bool:
    itemset = field.control.itemset if field.control else None
    rules = (field.relevant, field.calculate, field.count, itemset.nodeset if itemset else None)
    return any(isinstance(rule, Expression) and not FLEETING.isdisjoint(rule.functions) for rule in rules)


def _has_rules(field: Field) -> bool:
    own = field.relevant is not True or field.calculate is not None or field.count is not None or field.filtered
    return own or any(above.relevant is not True for above in field.above())


def _all_sources(field: Field, sources: Sources) -> set[Field]:
    """With the groups around it: relevance is inherited, and a computed repeat makes what is in it."""
    return {*sources.get(field, ()), *field.above()} - {field}


def _sorted(evaluated: list[Field], sources: Sources, problems: Problems) -> list[Field]:
    """Sources before what reads them, otherwise in document order; cycles are collected as problems."""
    inside = set(evaluated)
    waiting = {one: {source for source in _all_sources(one, sources) if source in inside} for one in evaluated}
    readers: dict[Field, list[Field]] = {}
    for one, found in waiting.items():
        for source in found:
            readers.setdefault(source, []).append(one)
    ready = [(one.order, index) for index, one in enumerate(evaluated) if not waiting[one]]
    indexes = {one: index for index, one in enumerate(evaluated)}
    heapq.heapify(ready)
    order: list[Field] = []
    while ready:
        done = evaluated[heapq.heappop(ready)[1]]
        order.append(done)
        for reader in readers.get(done, ()):
            waiting[reader].discard(done)
            if not waiting[reader]:
                heapq.heappush(ready, (reader.order, indexes[reader]))
    _tell_cycles([one for one in evaluated if waiting[one]], waiting, problems)
    return order


def _tell_cycles(stuck: list[Field], waiting: Mapping[Field, set[Field]], problems: Problems) -> None:
    """Follow sources from each field that could not be ordered until a field comes round again."""
    told: set[Field] = set()
    for start in stuck:
        seen: dict[Field, int] = {}
        current = start
        while current not in seen and current not in told:
            seen[current] = len(seen)
            current = min(waiting[current], key=lambda one: one.order)
        if current not in told:
            circle = list(seen)[seen[current] :]
            names = " → ".join(one.name for one in (*circle, circle[0]))
            problems.add(current.name, fault("circle", names=names))
        told.update(seen)


def _closure(needed: frozenset[Field], sources: Sources) -> set[Field]:
    found: set[Field] = set()
    pending = list(needed)
    while pending:
        one = pending.pop()
        if one not in found:
            found.add(one)
            pending.extend(sources.get(one, ()))
    return found


def _readers(ranks: Mapping[Field, int], sources: Sources, strays: Sources) -> dict[Field, tuple[Reader, ...]]:
    found: dict[Field, list[Reader]] = {}
    for one, rank in ranks.items():
        for source in sources.get(one, ()):
            found.setdefault(source, []).append((rank, source in strays[one]))
    return {one: tuple(readers) for one, readers in found.items()}


def _insides(ranks: Mapping[Field, int]) -> dict[Field, tuple[int, ...]]:
    found: dict[Field, list[int]] = {}
    for one, rank in ranks.items():
        for holder in (one, *one.above()) if one.repeat else one.above():
            found.setdefault(holder, []).append(rank)
    return {one: tuple(below) for one, below in found.items()}
