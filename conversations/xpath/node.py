"""The tree that expressions read: answers, repeats and choice lists as light element nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

_NO_CHILDREN: tuple[Node, ...] = ()
_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
_FEW = 8


class Node:
    """An element. Change the children only through `append`, `insert` and `remove`: they keep the order and the index.

    A node named "" is a document: its children are the root element. Leaves share one empty tuple of children, so a
    choice list of 100,000 items stays small.
    """

    __slots__ = ("_named", "_rows", "attributes", "children", "index", "name", "parent", "text")

    def __init__(self, name: str, text: str = "", attributes: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.text = text
        self.attributes: Mapping[str, str] = attributes or _NO_ATTRIBUTES
        self.parent: Node | None = None
        self.children: Sequence[Node] = _NO_CHILDREN
        self.index = 0
        self._named: dict[str, list[Node]] | None = None
        self._rows: dict[tuple[str, str], dict[str, list[Node]]] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path()}>"

    def append(self, child: Node) -> Node:
        """Adds the last child and returns it."""
        return self.insert(len(self.children), child)

    def insert(self, index: int, child: Node) -> Node:
        """Adds a child before the child at `index` and returns it."""
        children = self.children
        if not isinstance(children, list):
            children = self.children = []
        child.parent = self
        if index >= len(children):
            child.index = len(children)
            children.append(child)
        else:
            children.insert(index, child)
            self._renumber(index)
        self._named = self._rows = None
        return child

    def remove(self, child: Node) -> None:
        """Takes a child out of the tree."""
        assert isinstance(self.children, list)
        del self.children[child.index]
        child.parent = None
        self._renumber(child.index)
        self._named = self._rows = None

    def _renumber(self, start: int) -> None:
        for index in range(start, len(self.children)):
            self.children[index].index = index

    def named(self, name: str) -> Sequence[Node]:
        """The children of a name, in order; by a lazily built index where there are many."""
        children = self.children
        if len(children) <= _FEW:
            return [child for child in children if child.name == name]
        if self._named is None:
            self._named = _by_name(children)
        return self._named.get(name, _NO_CHILDREN)

    def rows(self, name: str, key: str) -> Mapping[str, list[Node]]:
        """The children of a name by the text of their child `key`; for lists whose texts no longer change."""
        if self._rows is None:
            self._rows = {}
        index = self._rows.get((name, key))
        if index is None:
            index = self._rows[name, key] = _by_text(self.named(name), key)
        return index

    def string_value(self) -> str:
        """The text of the element and of everything in it, in document order."""
        if not self.children:
            return self.text
        return "".join(node.text for node in self.walk())

    def walk(self) -> Iterator[Node]:
        """The node and its descendants in document order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def order(self) -> tuple[int, ...]:
        """A key that sorts nodes of one tree in document order."""
        key: list[int] = []
        node: Node | None = self
        while node is not None:
            key.append(node.index)
            node = node.parent
        key.reverse()
        return tuple(key)

    def root(self) -> Node:
        """The topmost node of the tree."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def position(self) -> int:
        """The place among neighbouring siblings of the same name, counted from 1 (ODK XForms, `position(node)`)."""
        if self.parent is None:
            return 1
        siblings, index = self.parent.children, self.index
        while index and siblings[index - 1].name == self.name:
            index -= 1
        return self.index - index + 1

    def path(self) -> str:
        """The place in the tree, such as `/data/house[2]/name[1]`."""
        steps: list[str] = []
        node: Node | None = self
        while node is not None and node.name:
            steps.append(node.name if node.parent is None else f"{node.name}[{node.position()}]")
            node = node.parent
        return "/" + "/".join(reversed(steps))


class _Part(Node):
    """A node made when an expression asks for it: equal to another of the same owner and name."""

    __slots__ = ()

    def __init__(self, owner: Node, name: str, text: str, place: int) -> None:
        super().__init__(name, text)
        self.parent = owner
        self.index = place

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.parent is self.parent and other.name == self.name

    def __hash__(self) -> int:
        return hash((id(self.parent), self.name))


class Attribute(_Part):
    """An attribute of an element; it stands before the element's children."""

    __slots__ = ()

    @classmethod
    def all_of(cls, owner: Node) -> list[Node]:
        names = list(owner.attributes)
        return [cls(owner, name, owner.attributes[name], place - len(names)) for place, name in enumerate(names, -1)]

    def path(self) -> str:
        return f"{self.parent.path() if self.parent else ''}/@{self.name}"


class Text(_Part):
    """The text of an element, as the step `text()` sees it."""

    __slots__ = ()

    @classmethod
    def all_of(cls, owner: Node) -> list[Node]:
        return [cls(owner, "", owner.text, -1)] if owner.text and not isinstance(owner, _Part) else []


class NodeSet(tuple[Node, ...]):
    """The nodes an expression found, in document order."""

    __slots__ = ()

    def string_value(self) -> str:
        """The text of the first node, or "" of none (XPath 1.0, `string()`)."""
        return self[0].string_value() if self else ""


Value = bool | float | str | NodeSet


def _by_name(children: Sequence[Node]) -> dict[str, list[Node]]:
    names: dict[str, list[Node]] = {}
    for child in children:
        names.setdefault(child.name, []).append(child)
    return names


def _by_text(nodes: Sequence[Node], key: str) -> dict[str, list[Node]]:
    index: dict[str, list[Node]] = {}
    for node in nodes:
        for text in dict.fromkeys(child.string_value() for child in node.children if child.name == key):
            index.setdefault(text, []).append(node)
    return index
