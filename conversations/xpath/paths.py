"""Makes location paths and predicates into functions; plain child paths are walked directly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conversations.xpath import axes
from conversations.xpath.comparison import equal_texts
from conversations.xpath.compiled import Compiled, Run, Type, as_boolean, as_string
from conversations.xpath.context import Context, document_of
from conversations.xpath.node import Node
from conversations.xpath.syntax import NODE_TEST, Axis, Chain, Filter, Path, Step, Syntax
from conversations.xpath.value import text_of_nodes, to_boolean

Narrow = Callable[[Context, list[Node]], list[Node]]
Compile = Callable[[Syntax], Compiled]
StepRun = Callable[[Context, list[Node]], list[Node]]


def compile_path(path: Path, compile_part: Compile, start: Run | None, fixed: bool) -> Compiled:
    """The function of a location path; `start` gives the first nodes where the path begins with a value."""
    steps = _joined(path.steps)
    if start is None and (plain := _plain(path, steps)):
        return Compiled(Type.NODES, plain, fixed=path.absolute)
    first: Run = start or _document if path.absolute or start else _here
    runs = [_compile_step(step, compile_part) for step in steps]

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


def _is_name(step: Step) -> bool:
    return step.axis is Axis.CHILD and not step.predicates and step.test[-1] not in "*)"


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


def _compile_step(step: Step, compile_part: Compile) -> StepRun:
    find = axes.matching(step.axis, step.test)
    narrows = [compile_predicate(predicate, compile_part) for predicate in step.predicates]
    reverse, ordered = step.axis in axes.REVERSE, step.axis in axes.ORDERED

    def one(c: Context, node: Node) -> list[Node]:
        found = find(node)
        for narrow in narrows:
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
    if isinstance(syntax, Chain) and syntax.operators == ("=",) and (lookup := _lookup(syntax, compile_part)):
        return lookup
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


def _lookup(syntax: Chain, compile_part: Compile) -> Narrow | None:
    """`[name = value]`, the choice filter: where the value is the same for every node, it is computed once."""
    for key, other in (syntax.operands, syntax.operands[::-1]):
        if isinstance(key, Path) and (texts := _key_texts(key)):
            value = compile_part(other)
            if value.fixed and value.type in (Type.STRING, Type.NODES):
                return _looked_up(texts, value)
    return None


def _key_texts(path: Path) -> Callable[[Node], list[str]] | None:
    """The texts of a child or attribute of a node, or None for any other path."""
    if path.absolute or path.start or len(path.steps) != 1 or path.steps[0].predicates:
        return None
    step = path.steps[0]
    if step.axis is Axis.ATTRIBUTE and step.test[-1] not in "*)":
        return lambda node: [node.attributes[step.test]] if step.test in node.attributes else []
    if _is_name(step):
        name = step.test
        return lambda node: [text_of_nodes((child,)) for child in node.children if child.name == name]
    return None


def _looked_up(key: Callable[[Node], list[str]], value: Compiled) -> Narrow:
    run, single = value.run, as_string(value)

    def narrow(c: Context, nodes: list[Node]) -> list[Node]:
        if not nodes:
            return nodes
        inner = c.at(nodes[0], 1, len(nodes))
        many = value.type is Type.NODES
        wanted = [text_of_nodes((node,)) for node in run(inner)] if many else [single(inner)]
        return [node for node in nodes if any(equal_texts(text, word) for text in key(node) for word in wanted)]

    return narrow
