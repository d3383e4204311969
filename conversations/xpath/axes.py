"""Walks the tree: the nodes on each axis of a node, in the order of the axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from conversations.xpath.context import document_of
from conversations.xpath.node import Attribute, Node, Text
from conversations.xpath.syntax import NODE_TEST, TEXT_TEST, Axis

Walk = Callable[[Node], Iterable[Node]]
Test = Callable[[Node], bool]

REVERSE = frozenset({Axis.ANCESTOR, Axis.ANCESTOR_OR_SELF, Axis.PRECEDING, Axis.PRECEDING_SIBLING})
ORDERED = frozenset({Axis.CHILD, Axis.SELF, Axis.ATTRIBUTE})


def _parent(node: Node) -> Iterable[Node]:
    if node.parent is not None:
        return (node.parent,)
    return () if node.name == "" else (document_of(node),)


def _ancestors(node: Node) -> Iterable[Node]:
    above = node.parent
    while above is not None:
        yield above
        node, above = above, above.parent
    if node.name:
        yield document_of(node)


def _ancestors_or_self(node: Node) -> Iterable[Node]:
    yield node
    yield from _ancestors(node)


def _siblings(node: Node) -> Sequence[Node]:
    return () if node.parent is None or isinstance(node, Attribute | Text) else node.parent.children


def _following_siblings(node: Node) -> Iterable[Node]:
    return islice(_siblings(node), node.index + 1, None)


def _preceding_siblings(node: Node) -> Iterable[Node]:
    return reversed(_siblings(node)[: node.index])


def _following(node: Node) -> Iterable[Node]:
    here: Node | None = node
    if isinstance(node, Attribute) and node.parent is not None:
        here = node.parent
        for child in here.children:
            yield from child.walk()
    while here is not None:
        for sibling in _following_siblings(here):
            yield from sibling.walk()
        here = here.parent


def _preceding(node: Node) -> Iterable[Node]:
    here: Node | None = node.parent if isinstance(node, Attribute | Text) else node
    while here is not None:
        for sibling in _preceding_siblings(here):
            yield from reversed(list(sibling.walk()))
        here = here.parent


def _descendants(node: Node) -> Iterable[Node]:
    return islice(node.walk(), 1, None)


WALKS: dict[Axis, Walk] = {
    Axis.CHILD: lambda node: node.children,
    Axis.PARENT: _parent,
    Axis.SELF: lambda node: (node,),
    Axis.DESCENDANT: _descendants,
    Axis.DESCENDANT_OR_SELF: lambda node: node.walk(),
    Axis.ANCESTOR: _ancestors,
    Axis.ANCESTOR_OR_SELF: _ancestors_or_self,
    Axis.FOLLOWING_SIBLING: _following_siblings,
    Axis.PRECEDING_SIBLING: _preceding_siblings,
    Axis.FOLLOWING: _following,
    Axis.PRECEDING: _preceding,
    Axis.ATTRIBUTE: Attribute.all_of,
}


def matching(axis: Axis, test: str) -> Callable[[Node], list[Node]]:
    """The function that gives the nodes of one step from one node, before predicates."""
    if test == TEXT_TEST:
        return _texts(axis)
    if axis is Axis.CHILD and not test.endswith("*") and test != NODE_TEST:
        return lambda node: list(node.named(test))
    walk, accepts = WALKS[axis], _test(axis, test)
    if test == NODE_TEST and axis is Axis.CHILD:
        return lambda node: [*Text.all_of(node), *node.children]
    if accepts is None:
        return lambda node: list(walk(node))
    return lambda node: [found for found in walk(node) if accepts(found)]


def _texts(axis: Axis) -> Callable[[Node], list[Node]]:
    if axis is Axis.CHILD:
        return Text.all_of
    if axis is Axis.SELF:
        return lambda node: [node] if isinstance(node, Text) else []
    walk = WALKS[axis]
    if axis is Axis.DESCENDANT:
        walk = WALKS[Axis.DESCENDANT_OR_SELF]
    return lambda node: [text for found in walk(node) for text in Text.all_of(found)]


def _test(axis: Axis, test: str) -> Test | None:
    if test == NODE_TEST:
        return None
    if axis is Axis.ATTRIBUTE:
        return None if test == "*" else lambda node: node.name == test
    if test == "*":
        return lambda node: node.name != "" and not isinstance(node, Attribute)
    if test.endswith(":*"):
        prefix = test[:-1]
        return lambda node: node.name.startswith(prefix) and not isinstance(node, Attribute)
    return lambda node: node.name == test and not isinstance(node, Attribute)


def in_order(nodes: Iterable[Node]) -> list[Node]:
    """Each node once, in document order; nodes of several trees stay together by tree."""
    unique = list(dict.fromkeys(nodes))
    if len(unique) < 2:
        return unique
    trees: dict[int, int] = {}
    return sorted(unique, key=lambda node: (trees.setdefault(id(node.root()), len(trees)), node.order()))
