"""The predicate `[key = value]`, as choice filters have it: the value is computed once, long lists are indexed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conversations.xpath import moment
from conversations.xpath.comparison import equal_texts
from conversations.xpath.compiled import Compiled, Type, as_string
from conversations.xpath.context import Context
from conversations.xpath.node import Node
from conversations.xpath.syntax import Axis, Call, Chain, Path, Syntax
from conversations.xpath.value import text_of_nodes

INDEXED_FROM = 64


@dataclass(frozen=True, slots=True)
class Lookup:
    """A comparison of a child (or attribute, where `attribute`) with a value that is the same for every node."""

    key: str
    attribute: bool
    value: Compiled

    def wanted(self, c: Context, node: Node) -> list[str]:
        """The texts that the key must equal one of."""
        inner = c.at(node, 1, 1)
        if self.value.type is Type.NODES:
            return list(dict.fromkeys(text_of_nodes((found,)) for found in self.value.run(inner)))
        return [as_string(self.value)(inner)]

    def narrow(self, c: Context, nodes: list[Node]) -> list[Node]:
        """Those of the nodes whose key equals a wanted text."""
        if not nodes:
            return nodes
        wanted = self.wanted(c, nodes[0])
        return [node for node in nodes if any(equal_texts(text, word) for text in self._texts(node) for word in wanted)]

    def rows(self, c: Context, owner: Node, name: str) -> Sequence[Node] | None:
        """The children of a name found by the owner's index, or None where it does not help."""
        if self.attribute or len(owner.children) < INDEXED_FROM:
            return None
        wanted = self.wanted(c, owner.children[0])
        if len(wanted) != 1 or moment.read(wanted[0]) is not None:
            return None
        return owner.rows(name, self.key).get(wanted[0], ())

    def _texts(self, node: Node) -> list[str]:
        if self.attribute:
            return [node.attributes[self.key]] if self.key in node.attributes else []
        return [text_of_nodes((child,)) for child in node.children if child.name == self.key]


def lookup_of(syntax: Syntax, compile_part: Callable[[Syntax], Compiled]) -> Lookup | None:
    """The lookup that a predicate is, or None for any other predicate."""
    if not isinstance(syntax, Chain) or syntax.operators != ("=",):
        return None
    for key, other in (syntax.operands, syntax.operands[::-1]):
        if isinstance(key, Path) and _is_key(key):
            value = compile_part(other)
            if value.fixed and value.type in (Type.STRING, Type.NODES):
                step = key.steps[0]
                return Lookup(step.test, step.axis is Axis.ATTRIBUTE, value)
    return None


def lookups_first(predicates: tuple[Syntax, ...], compile_part: Callable[[Syntax], Compiled]) -> tuple[Syntax, ...]:
    """`[key = value and other]` as `[key = value][other]`: the same nodes where no predicate counts positions."""
    parted: list[Syntax] = []
    for predicate in predicates:
        if not isinstance(predicate, Chain) or predicate.operators[0] != "and":
            parted.append(predicate)
            continue
        lookups = [operand for operand in predicate.operands if lookup_of(operand, compile_part)]
        others = tuple(each for each in predicate.operands if not any(each is lookup for lookup in lookups))
        parted += lookups
        if others:
            # A truth, so that a number among the operands is not taken for a position.
            parted.append(Chain((*others, Call("true", (), 0)), ("and",) * len(others)))
    return tuple(parted)


def _is_key(path: Path) -> bool:
    if path.absolute or path.start is not None or len(path.steps) != 1:
        return False
    step = path.steps[0]
    return step.axis in (Axis.CHILD, Axis.ATTRIBUTE) and step.test[-1] not in "*)" and not step.predicates
