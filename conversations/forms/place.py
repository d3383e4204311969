"""A place: one field in one session, the node that expressions read."""

from __future__ import annotations

from conversations.forms.field import Field
from conversations.xpath import Node


class Place(Node):
    """`text` is what expressions see: the answer while it applies, else nothing. `answer` outlives irrelevance.

    `key` is the path with the positions of repeats: `/data/house[2]/name`.
    """

    __slots__ = ("answer", "field", "key", "relevant")

    parent: Node | None

    def __init__(self, field: Field, key: str, answer: str) -> None:
        self.name = field.name
        self.text = answer
        self.attributes = {}
        self.parent = None
        self.children = ()
        self.index = 0
        self._named = None
        self.field = field
        self.key = key
        self.answer = answer
        self.relevant = True

    def show(self, text: str) -> None:
        """Let expressions see a value; that of an attribute is read from its owner."""
        self.text = text
        if self.field.attribute and self.parent is not None:
            self.parent.attributes = {**self.parent.attributes, self.name: text}

    @property
    def holder(self) -> Place | None:
        """The place above; None for the root."""
        return self.parent if isinstance(self.parent, Place) else None
