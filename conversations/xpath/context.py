"""What an expression is computed against: a node, the clock, other trees, and what only a form knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from conversations.xpath.node import Node


class Host:
    """What only a form knows. A form engine overrides what it can answer; by itself nothing is known."""

    version = ""

    def choice_label(self, value: str, question: str, node: Node) -> str:
        """The label, in the language shown now, of a choice of the question at a path (`jr:choice-name`)."""
        return ""

    def translate(self, text_id: str) -> str:
        """The text of an itext id in the language shown now (`jr:itext`)."""
        return ""

    def pulldata(self, instance: str, column: str, key_column: str, value: str) -> str | None:
        """A value of a table, or None to have it looked up in the secondary instance of that name."""
        return None

    def property(self, name: str) -> str:
        """A property of the respondent or device, such as `username`."""
        return ""


_HOST = Host()


class Context:
    """Where an expression is computed. `node` is the context node, `current` the node of the whole expression.

    `now` is aware and its zone is the form's zone. `root` is the primary instance: its root element or document.
    `instances` gives for each secondary instance the node whose children hold its root element, or that root element.
    `seed` makes `random()` and `uuid()` repeatable: the same seed, instant and node give the same value.
    """

    __slots__ = ("current", "host", "instances", "node", "now", "position", "root", "seed", "size")

    def __init__(
        self,
        node: Node | None = None,
        *,
        now: datetime,
        root: Node | None = None,
        instances: Mapping[str, Node] | None = None,
        current: Node | None = None,
        position: int = 1,
        size: int = 1,
        host: Host = _HOST,
        seed: str = "",
    ) -> None:
        if root is None:
            root = node.root() if node is not None else Node("")
        self.root = root
        self.node = root if node is None else node
        self.now = now
        self.instances: Mapping[str, Node] = {} if instances is None else instances
        self.current = self.node if current is None else current
        self.position = position
        self.size = size
        self.host = host
        self.seed = seed

    def at(self, node: Node, position: int, size: int) -> Context:
        """The context inside a predicate: another context node, the same world."""
        return Context(
            node,
            now=self.now,
            root=self.root,
            instances=self.instances,
            current=self.current,
            position=position,
            size=size,
            host=self.host,
            seed=self.seed,
        )


def document_of(node: Node) -> Node:
    """The document above a root element: the one it hangs in, or one made for the purpose."""
    if node.name == "":
        return node
    if node.parent is not None and node.parent.name == "":
        return node.parent
    document = Node("")
    document.children = [node]
    return document
