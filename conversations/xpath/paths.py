"""Makes location paths and predicates into functions; plain child paths are walked directly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from conversations.xpath import axes
from conversations.xpath.compiled import Compiled, Run, Type, as_boolean
from conversations.xpath.context import Context, document_of
from conversations.xpath.lookup import lookup_of, lookups_first
from conversations.xpath.node import Node
from conversations.xpath.syntax import NODE_TEST, Axis, Call, Filter, Path, Step, Syntax
from conversations.xpath.value import to_boolean

Narrow = Callable[[Context, list[Node]], list[Node]]
Compile = Callable[[Syntax], Compiled]
StepRun = Callable[[Context, list[Node]], list[Node]]


def compile_path(path: Path, compile_part: Compile, start: Run | None, fixed: bool, positional: bool) -> Compiled:
    """The function of a location path; `start` gives the first nodes where the path begins with a value.

    `positional` tells that a predicate may count positions.
    """
    steps = _joined(path.steps)
    if not positional:
        steps = [replace(step, predicates=lookups_first(step.predicates, compile_part)) for step in steps]
    if start is None and (plain := _plain(path, steps)):
        return Compiled(Type.NODES, plain, fixed=path.absolute)
    first: Run = start or _document if path.absolute or start else _here
    lasting = isinstance(path.start, Call) and path.start.name == "instance"
    runs = [_compile_step(step, compile_part, lasting) for step in steps]

    def run(c: Context) -> list[Node]:
        nodes: list[Node] = first(c)
        for step in runs:
            if not nodes:
                return nodes
            nodes = step(c, nodes)
        return nodes

    return Compiled(Type.NODES, run, fixed=path.absolute or fixed)


def compile_filter(syntax: Filter, nodes: Run, compile_part: Compile, fixed: bool) -> Compiled:
    """The function of a value with predicates: positions count in document order."""
    narrows = [compile_predicate(predicate, compile_part) for predicate in syntax.predicates]

    def run(c: Context) -> list[Node]:
        found: list[Node] = nodes(c)
        for narrow in narrows:
            found = narrow(c, found)
        return found

    return Compiled(Type.NODES, run, fixed=fixed)


def _here(c: Context) -> list[Node]:
    return [c.node]


def _document(c: Context) -> list[Node]:
    return [document_of(c.root)]


def _joined(steps: Sequence[Step]) -> list[Step]:
    """`//name` walked once, as `descendant::name`: the same nodes where no predicate counts positions."""
    joined: list[Step] = []
    for step in steps:
        anywhere = bool(joined) and joined[-1] == Step(Axis.DESCENDANT_OR_SELF, NODE_TEST)
        if anywhere and step.axis is Axis.CHILD and not step.predicates and step.test != "text()":
            joined[-1] = Step(Axis.DESCENDANT, step.test)
        else:
            joined.append(step)
    return joined


def _is_named(step: Step) -> bool:
    return step.axis is Axis.CHILD and step.test[-1] not in "*)"


def _is_name(step: Step) -> bool:
    return _is_named(step) and not step.predicates


def _is_dots(step: Step) -> bool:
    return step.axis in (Axis.PARENT, Axis.SELF) and step.test == NODE_TEST and not step.predicates


def _plain(path: Path, steps: list[Step]) -> Run | None:
    """A direct walk for paths of `..`, `.` and names; None for any other path."""
    if path.absolute:
        return _absolute([step.test for step in steps]) if steps and all(map(_is_name, steps)) else None
    dots = 0
    while dots < len(steps) and _is_dots(steps[dots]):
        dots += 1
    names = steps[dots:]
    if not all(map(_is_name, names)):
        return None
    ups = sum(step.axis is Axis.PARENT for step in steps[:dots])
    return _relative(ups, [step.test for step in names])


def _absolute(names: list[str]) -> Run:
    top, rest = names[0], names[1:]

    def run(c: Context) -> Sequence[Node]:
        root = c.root
        if root.name == "":
            children = root.children
            if len(children) == 1 and children[0].name == top:
                return _down([children[0]], rest)
            return _down(list(root.named(top)), rest)
        return _down([root], rest) if root.name == top else []

    return run


def _relative(ups: int, names: list[str]) -> Run:
    if ups == 1 and len(names) == 1:
        return _sibling(names[0])

    def run(c: Context) -> Sequence[Node]:
        node = c.node
        for _ in range(ups):
            above = node.parent
            if above is None:
                if node.name == "":
                    return []
                above = document_of(node)
            node = above
        return _down([node], names)

    return run


def _sibling(name: str) -> Run:
    def run(c: Context) -> Sequence[Node]:
        above = c.node.parent
        if above is not None:
            return list(above.named(name))
        return [c.node] if c.node.name == name else []

    return run


def _down(nodes: list[Node], names: Sequence[str]) -> list[Node]:
    for name in names:
        if len(nodes) == 1:
            nodes = list(nodes[0].named(name))
        else:
            nodes = [child for node in nodes for child in node.named(name)]
    return nodes


def _compile_step(step: Step, compile_part: Compile, lasting: bool) -> StepRun:
    """One step; `lasting` tells that the texts below never change, as in a choice list, and may be indexed."""
    find = axes.matching(step.axis, step.test)
    narrows = [compile_predicate(predicate, compile_part) for predicate in step.predicates]
    lookup = lookup_of(step.predicates[0], compile_part) if lasting and _is_named(step) and step.predicates else None
    reverse, ordered = step.axis in axes.REVERSE, step.axis in axes.ORDERED

    def one(c: Context, node: Node) -> list[Node]:
        rows = lookup.rows(c, node, step.test) if lookup else None
        found = find(node) if rows is None else list(rows)
        for narrow in narrows if rows is None else narrows[1:]:
            found = narrow(c, found)
        return found

    def run(c: Context, nodes: list[Node]) -> list[Node]:
        if len(nodes) == 1:
            found = one(c, nodes[0])
            return found[::-1] if reverse else found
        every = [found for node in nodes for found in one(c, node)]
        return every if ordered and _flat(nodes) else axes.in_order(every)

    return run


def _flat(nodes: list[Node]) -> bool:
    """True where no node stands inside another for sure: all have one depth, as siblings and cousins do."""
    parent = nodes[0].parent
    return all(node.parent is parent for node in nodes)


def compile_predicate(syntax: Syntax, compile_part: Compile) -> Narrow:
    """The function that keeps of some nodes those for which a predicate holds."""
    part = compile_part(syntax)
    if isinstance(part.constant, float):
        return _at_place(part.constant)
    if lookup := lookup_of(syntax, compile_part):
        return lookup.narrow
    if part.type is Type.NUMBER:
        return _kept(part.run, lambda value, place: bool(value == place))
    if part.type is Type.ANY:
        return _kept(part.run, lambda value, place: value == place if type(value) is float else to_boolean(value))
    return _kept_where(as_boolean(part))


def _at_place(place: float) -> Narrow:
    if place < 1 or place != int(place):
        return lambda c, nodes: []
    index = int(place) - 1
    return lambda c, nodes: nodes[index : index + 1]


def _kept(run: Run, holds: Callable[[object, int], bool]) -> Narrow:
    def narrow(c: Context, nodes: list[Node]) -> list[Node]:
        kept, inner = [], c.at(c.node, 1, len(nodes))
        for place, node in enumerate(nodes, 1):
            inner.node, inner.position = node, place
            if holds(run(inner), place):
                kept.append(node)
        return kept

    return narrow


def _kept_where(holds: Run) -> Narrow:
    def narrow(c: Context, nodes: list[Node]) -> list[Node]:
        kept, inner = [], c.at(c.node, 1, len(nodes))
        for place, node in enumerate(nodes, 1):
            inner.node, inner.position = node, place
            if holds(inner):
                kept.append(node)
        return kept

    return narrow
