"""A place: one field in one session, the node that expressions read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from conversations.forms.field import Field
from conversations.xpath import Node

if TYPE_CHECKING:
    from conversations.forms.tree import Tree

_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


class Place(Node):
    """`text` is what expressions see: the answer while it applies, else nothing. `answer` outlives irrelevance.

    `key` is the path with the positions of repeats: `/data/house[2]/name`. `instances` are those of repeats in it, by
    name. Every other place in it is made when somebody looks: at it by name, or at all children.
    """

    __slots__ = ("_inside", "_place", "answer", "field", "instances", "key", "relevant", "tree")

    instances: dict[str, list[Place]]
    parent: Node | None

    def __init__(self, tree: Tree, field: Field, key: str, answer: str, parent: Node | None) -> None:
        self.name = field.name
        self.text = answer
        self.attributes = _NO_ATTRIBUTES
        self.parent = parent
        self.tree = tree
        self.field = field
        self.key = key
        self.answer = answer
        self.relevant = True
        self._place = 0
        self._inside: Sequence[Place] | None = None if field.children else ()

    @classmethod
    def stand_in(cls, field: Field, parent: Place) -> Place:
        """The context of what is asked about a repeat that may have no instance yet: nothing is in it."""
        place = cls(parent.tree, field, "", "", parent)
        place._inside = ()
        return place

    @property
    def children(self) -> Sequence[Node]:  # type: ignore[override]
        if self._inside is None:
            self._inside = self.tree.inside(self)
            for place, child in enumerate(self._inside):
                child._place = place
        return self._inside

    @property
    def index(self) -> int:  # type: ignore[override]
        """Known when all siblings are there."""
        if self.holder is not None:
            _ = self.holder.children
        return self._place

    def named(self, name: str) -> Sequence[Node]:
        return self.tree.named(self, name) if self._inside != () else ()

    def position(self) -> int:
        """An instance of a repeat knows it by its key."""
        return int(self.key[self.key.rindex("[") + 1 : -1]) if self.key.endswith("]") else 1

    def changed(self) -> None:
        """An instance of a repeat came or went: the children are numbered anew."""
        self._inside = None

    def show(self, text: str) -> None:
        """Let expressions see a value; that of an attribute is read from its owner."""
        self.text = text
        if self.field.attribute and self.parent is not None:
            self.parent.attributes = {**self.parent.attributes, self.name: text}

    @property
    def holder(self) -> Place | None:
        """The place above; None for the root."""
        return self.parent if isinstance(self.parent, Place) else None
