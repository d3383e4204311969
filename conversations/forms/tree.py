"""The tree of places of one session: grown from the form and the stored answers, repeats added and removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from conversations.forms.body import MOST_REPEATS
from conversations.forms.field import Field
from conversations.forms.place import Place
from conversations.xpath import Node

MOST_PLACES = 20_000
"""Fields of one session, all instances counted: a hundred times a hundred repeats must not fill the memory."""


class Tree:
    """`stored` holds every answer by key, `repeats` the number of instances of the repeats a person decides about.

    `initial` is the number of instances such a repeat has before the person decided anything; inside an instance that
    was added it is what the form's template of the instance holds.
    """

    def __init__(self, root: Field, stored: dict[str, str], repeats: dict[str, int], initial: int) -> None:
        self.stored = stored
        self.repeats = repeats
        self.initial = initial
        self.places: dict[str, Place] = {}
        self.document = Node("")
        self.root = self._grow(root, root.path)
        self.document.append(self.root)

    def _grow(self, field: Field, key: str) -> Place:
        """Make the place of a field, and those below it; depth is bounded by the XML reader."""
        place = self._make(field, key)
        children: list[Place] = []
        attributes: list[Field] = []
        for child in field.children:
            if child.attribute:
                attributes.append(child)
            elif child.repeat:
                numbers = range(1, self._initial(child, f"{key}/{child.name}") + 1)
                children.extend(self._grow(child, f"{key}/{child.name}[{number}]") for number in numbers)
            elif child.children:
                children.append(self._grow(child, f"{key}/{child.name}"))
            else:
                children.append(self._make(child, f"{key}/{child.name}" if "[" in key else child.path))
        if children:
            _adopt(place, children)
        for child in attributes:
            self._attach(child, place)
        return place

    def _make(self, field: Field, key: str) -> Place:
        place = self.places[key] = Place(field, key, self.stored.get(key, ""))
        return place

    def _attach(self, field: Field, owner: Place) -> None:
        """An attribute has a place that is no child; expressions read it from its owner."""
        key = f"{owner.key}/@{field.name}"
        place = Place(field, key, self.stored.get(key, ""))
        place.parent = owner
        place.show(place.text)
        self.places[key] = place

    def _initial(self, field: Field, key: str) -> int:
        """A computed repeat grows when its count is computed."""
        if field.count is not None:
            return 0
        begun = self.initial if _in_first(key) else min(self.initial, field.added)
        return min(self.repeats.get(key, begun), MOST_REPEATS)

    def of(self, field: Field) -> list[Place]:
        """All places of a field, in document order."""
        place = self.places.get(field.path)
        return [place] if place is not None else list(self._inside(field))

    def _inside(self, field: Field) -> Iterator[Place]:
        steps = [*reversed(list(field.above())), field][1:]
        found = [self.root]
        for step in steps:
            if step.attribute:
                found = [self.places[f"{place.key}/@{step.name}"] for place in found]
            else:
                found = [cast(Place, child) for place in found for child in place.named(step.name)]
        yield from found

    def instances(self, field: Field, parent: Place) -> list[Place]:
        """The instances of a repeat under one parent."""
        return [cast(Place, child) for child in parent.named(field.name)]

    def add(self, field: Field, parent: Place) -> Place | None:
        """One more instance after the others; None where there are too many."""
        present = self.instances(field, parent)
        if len(present) >= MOST_REPEATS or len(self.places) >= MOST_PLACES:
            return None
        key = f"{parent.key}/{field.name}[{len(present) + 1}]"
        place = self._grow(field, key)
        parent.insert(present[-1].index + 1 if present else self._slot(field, parent), place)
        return place

    def _slot(self, field: Field, parent: Place) -> int:
        """Where the first instance belongs among its siblings: before those that follow in the form."""
        for index, child in enumerate(parent.children):
            if cast(Place, child).field.order > field.order:
                return index
        return len(parent.children)

    def drop(self, place: Place) -> None:
        """Take out an instance; what it holds stays stored (a computed repeat may grow again)."""
        for inside in (cast(Place, node) for node in place.walk()):
            self.places.pop(inside.key, None)
            for attribute in inside.attributes:
                self.places.pop(f"{inside.key}/@{attribute}", None)
        assert place.parent is not None
        place.parent.remove(place)

    def is_last_and_empty(self, place: Place) -> bool:
        """Whether it is the last instance of a repeat that a person decides about, with nothing asked answered."""
        field = place.field
        if not field.repeat or field.count is not None or place.holder is None:
            return False
        asked = (node for node in place.walk() if cast(Place, node).field.control is not None)
        last = self.instances(field, place.holder)[-1] is place
        return last and not any(cast(Place, node).answer for node in asked)

    def forget(self, place: Place) -> None:
        """Take out an instance with its answers; those after it move up."""
        parent = cast(Place, place.parent)
        field = place.field
        base = f"{parent.key}/{field.name}"
        count = len(self.instances(field, parent))
        for instance in self.instances(field, parent):
            self._keep_counts(instance)
        number = int(place.key[len(base) + 1 : -1])
        _shift(self.stored, base, number, count)
        _shift(self.repeats, base, number, count)
        for instance in self.instances(field, parent):
            self.drop(instance)
        self.repeats[base] = count - 1
        for _ in range(count - 1):
            self.add(field, parent)

    def _keep_counts(self, instance: Place) -> None:
        """Write down how long the repeats inside are, before the instance moves to another position."""
        for node in instance.walk():
            place = cast(Place, node)
            for field in place.field.children:
                if field.repeat and field.count is None:
                    self.repeats.setdefault(f"{place.key}/{field.name}", len(self.instances(field, place)))


def _in_first(key: str) -> bool:
    """Whether every repeat around a place is in its first instance, which the form itself holds."""
    return "[" not in key.replace("[1]", "")


def _adopt(place: Place, children: list[Place]) -> None:
    """What `append` does, for all children at once: a session is grown anew at every turn."""
    place.children = children
    for index, child in enumerate(children):
        child.parent = place
        child.index = index


def _shift(table: dict[str, Any], base: str, number: int, count: int) -> None:
    """Remove the keys of instance `number` and renumber those of the later ones."""
    for key in [key for key in table if key.startswith(f"{base}[{number}]")]:
        del table[key]
    for later in range(number + 1, count + 1):
        start = f"{base}[{later}]"
        for key in [key for key in table if key.startswith(start)]:
            table[f"{base}[{later - 1}]{key[len(start) :]}"] = table.pop(key)
