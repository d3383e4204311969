"""The tree of places of one session: made from the form and the stored answers, as far as somebody looks at it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from conversations.forms.body import MOST_REPEATS
from conversations.forms.field import Field
from conversations.forms.place import Place
from conversations.xpath import Node

MOST_PLACES = 20_000
"""Fields of one session, all instances counted: a hundred times a hundred repeats must not fill the memory."""
_POSITION = re.compile(r"\[[0-9]+\]")


class Tree:
    """`stored` holds every answer by key, `repeats` the number of instances of the repeats a person decides about.

    `initial` is the number of instances such a repeat has before the person decided anything; inside an instance that
    was added it is what the form's template of the instance holds.
    `hidden` are the keys of places that do not apply, known before the place itself is made.
    """

    def __init__(
        self,
        fields: Mapping[str, Field],
        stored: dict[str, str],
        repeats: dict[str, int],
        initial: int,
        hidden: Iterable[str] = (),
    ) -> None:
        root = next(iter(fields.values()))
        self.fields = fields
        self.stored = stored
        self.repeats = repeats
        self.initial = initial
        self.hidden: dict[str, None]
        self.size = root.size
        self._made: dict[str, Place] = {}
        self._hide(hidden)
        self.document = Node("")
        self.root = self._make(root, root.path, None)
        self.root.parent = self.document
        self.document.children = [self.root]

    def _hide(self, keys: Iterable[str]) -> None:
        """Take over what does not apply; nothing below it does."""
        self.hidden = dict.fromkeys(keys)
        for key in list(self.hidden):
            field = self.fields.get(key) or self._field(key)
            if field is not None and field.children:
                self.hidden.update((key + one.path[len(field.path) :], None) for one in field.shown)

    def _field(self, key: str) -> Field | None:
        return self.fields.get(_POSITION.sub("", key) if "[" in key else key)

    # -- looking --------------------------------------------------------------------------------------------------

    def find(self, key: str) -> Place | None:
        """The place of a key; made now if nobody looked at it before."""
        made = self._made.get(key)
        field = self._field(key) if made is None else None
        if field is None or field.repeat or not key.endswith(f"/{field.name}"):
            return made
        holder = self.find(key[: -len(field.name) - 1])
        return self._make(field, key, holder) if holder is not None else None

    def named(self, place: Place, name: str) -> list[Place]:
        """What is in a place under a name: one place, or the instances of a repeat."""
        key = f"{place.key}/{name}"
        made = self._made.get(key)
        if made is not None:
            return [made]
        field = place.field.inner.get(name)
        if field is None:
            return []
        return list(place.instances[name]) if field.repeat else [self._make(field, key, place)]

    def inside(self, place: Place) -> list[Place]:
        """Everything right in a place, in document order."""
        return [child for name in place.field.inner for child in self.named(place, name)]

    def of(self, field: Field) -> list[Place]:
        """All places of a field, in document order."""
        place = self._made.get(field.path)
        return [place] if place is not None else self.below(self.root, field)

    def below(self, top: Place, field: Field) -> list[Place]:
        """The places of a field at and below a place."""
        steps = []
        while field is not top.field:
            steps.append(field)
            field = cast(Field, field.parent)
        found = [top]
        for step in reversed(steps):
            if step.attribute:
                found = [self._made[f"{place.key}/@{step.name}"] for place in found]
            else:
                found = [child for place in found for child in self.named(place, step.name)]
        return found

    def near(self, field: Field, places: Iterable[Place]) -> list[Place]:
        """The places of a field in the same instances of repeats as others."""
        around = {field, *field.above()}
        found: dict[Place, None] = {}
        for place in places:
            while place.field not in around:
                place = cast(Place, place.parent)
            found.update(dict.fromkeys(self.below(place, field)))
        return list(found)

    def instances(self, field: Field, parent: Place) -> list[Place]:
        """The instances of a repeat under one parent."""
        return list(parent.instances[field.name])

    def walk(self, top: Place) -> Iterator[Place]:
        """A place and everything below, attributes after their owners."""
        for place in cast(Iterator[Place], top.walk()):
            yield place
            yield from (self._made[f"{place.key}/@{one.name}"] for one in place.field.children if one.attribute)

    @property
    def places(self) -> dict[str, Place]:
        """Every place by its key, in document order."""
        return {place.key: place for place in self.walk(self.root)}

    # -- making ---------------------------------------------------------------------------------------------------

    def _make(self, field: Field, key: str, parent: Place | None) -> Place:
        """A place as it was left, with its attributes and the instances of repeats in it; depth is bounded by XML's."""
        place = self._made[key] = Place(self, field, key, self.stored.get(key, ""), parent)
        if key in self.hidden or (parent is not None and not parent.relevant):
            self.mark(place, relevant=False)
            place.text = ""
        if field.children:
            place.instances = {}
            for child in field.children:
                if child.attribute:
                    self._attach(child, place)
                elif child.repeat:
                    place.instances[child.name] = []
                    self._extend(child, place, self._initial(child, f"{key}/{child.name}"))
        return place

    def mark(self, place: Place, *, relevant: bool) -> None:
        """Note whether a place applies."""
        place.relevant = relevant
        if relevant:
            self.hidden.pop(place.key, None)
        elif not place.field.deferred:
            self.hidden[place.key] = None

    def _attach(self, field: Field, owner: Place) -> None:
        """An attribute has a place that is no child; expressions read it from its owner."""
        key = f"{owner.key}/@{field.name}"
        place = self._made[key] = Place(self, field, key, self.stored.get(key, ""), owner)
        place.show(place.text)

    def _extend(self, field: Field, parent: Place, number: int = 1) -> None:
        """More instances of a repeat, after the others."""
        present = parent.instances[field.name]
        self.size += field.size * number
        for position in range(len(present) + 1, len(present) + number + 1):
            present.append(self._make(field, f"{parent.key}/{field.name}[{position}]", parent))

    def _initial(self, field: Field, key: str) -> int:
        """A computed repeat grows when its count is computed."""
        if field.count is not None:
            return 0
        begun = self.initial if _in_first(key) else min(self.initial, field.added)
        return min(self.repeats.get(key, begun), MOST_REPEATS)

    # -- repeats that grow and shrink -----------------------------------------------------------------------------

    def add(self, field: Field, parent: Place) -> Place | None:
        """One more instance after the others; None where there are too many."""
        present = parent.instances[field.name]
        if len(present) >= MOST_REPEATS or self.size >= MOST_PLACES:
            return None
        self._extend(field, parent)
        parent.changed()
        return present[-1]

    def drop(self, place: Place) -> None:
        """Take out an instance; what it holds stays stored (a computed repeat may grow again)."""
        for one in list(self.walk(place)):
            self._made.pop(one.key, None)
            self.hidden.pop(one.key, None)
            self.size -= one.field.size if one.field.repeat else 0
        parent = cast(Place, place.parent)
        parent.instances[place.name].remove(place)
        parent.changed()

    def is_last_and_empty(self, place: Place) -> bool:
        """Whether it is the last instance of its repeat, with nothing asked answered."""
        last = cast(Place, place.parent).instances[place.name][-1] is place
        return last and not any(one.answer for one in self.walk(place) if one.field.control is not None)

    def forget(self, place: Place) -> None:
        """Take out an instance with its answers; those after it move up."""
        parent, field = cast(Place, place.parent), place.field
        present = self.instances(field, parent)
        for instance in present:
            self._keep_counts(instance)
        base = f"{parent.key}/{field.name}"
        _shift(self.stored, base, place.position())
        _shift(self.repeats, base, place.position())
        for instance in reversed(present):
            self.drop(instance)
        self.repeats[base] = len(present) - 1
        for _ in present[1:]:
            self.add(field, parent)

    def _keep_counts(self, instance: Place) -> None:
        """Write down how long the repeats inside are, before the instance moves to another position."""
        for place in self.walk(instance):
            for field in place.field.children:
                if field.repeat and field.count is None:
                    self.repeats.setdefault(f"{place.key}/{field.name}", len(place.instances[field.name]))


def _in_first(key: str) -> bool:
    """Whether every repeat around a place is in its first instance, which the form itself holds."""
    return "[" not in key.replace("[1]", "")


def _shift(table: dict[str, Any], base: str, number: int) -> None:
    """Remove the keys of instance `number` and renumber those of the later ones."""
    start = f"{base}["
    moving = {key: table.pop(key) for key in list(table) if key.startswith(start)}
    for key, value in moving.items():
        position, _, rest = key[len(start) :].partition("]")
        if int(position) != number:
            table[f"{start}{int(position) - (int(position) > number)}]{rest}"] = value
