"""The way through a form: what is asked and said, in order, as far as it applies now."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from conversations.forms import Instance, Kind
from conversations.forms.control import Section
from conversations.forms.field import Field
from conversations.forms.place import Place


class Stop(Enum):
    """What a step is."""

    NOTE = 1
    CAPTION = 2
    QUESTION = 3
    REPEAT = 4


class Step(NamedTuple):
    """`path` is the place's key; of a repeat that asks "add another?" the key without its own position."""

    stop: Stop
    path: str
    field: Field


class Route:
    """Walks the body once; `steps` has every note, caption, question and "add another?" that applies now."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._places = instance.tree.places
        self.steps: list[Step] = []
        root = instance.tree.root
        self._walk(instance.form.body, root.key, len(root.field.path))

    def _walk(self, section: Section, base: str, cut: int) -> None:
        """`base` is the key of the innermost repeat instance (or the root), `cut` the length of its plain path."""
        for part in section.parts:
            if isinstance(part, Field):
                self._field(part, base + part.path[cut:])
            elif part.repeat:
                self._repeat(part, base, cut)
            else:
                self._group(part, base, cut)

    def _field(self, field: Field, path: str) -> None:
        place = self._places.get(path)
        if place is not None and place.relevant:
            step = _step(self._instance, place)
            if step is not None:
                self.steps.append(step)

    def _group(self, section: Section, base: str, cut: int) -> None:
        owner = section.owner
        if owner is None:
            self._walk(section, base, cut)
            return
        place = self._places.get(base + owner.path[cut:])
        if place is None or not place.relevant:
            return
        if section.label is not None:
            self.steps.append(Step(Stop.CAPTION, place.key, owner))
        self._walk(section, base, cut)

    def _repeat(self, section: Section, base: str, cut: int) -> None:
        owner = section.owner
        assert owner is not None
        path = base + owner.path[cut:]
        holder = self._places.get(path.rpartition("/")[0])
        if holder is None:
            return
        for place in self._instance.tree.instances(owner, holder):
            if place.relevant:
                self._walk(section, place.key, len(owner.path))
        if self._instance.may_add(owner, holder):
            self.steps.append(Step(Stop.REPEAT, path, owner))

    # -- looking around -------------------------------------------------------------------------------------------

    def index(self, path: str | None) -> int:
        """Where a path is; -1 for None and for what does not apply."""
        return next((index for index, step in enumerate(self.steps) if step.path == path), -1)

    def questions(self) -> list[Step]:
        return [step for step in self.steps if step.stop is Stop.QUESTION]

    def before(self, index: int) -> Step | None:
        """The question, or the repeat, before a step."""
        return next((step for step in reversed(self.steps[: max(index, 0)]) if step.stop in ASKED), None)

    def notes(self, start: int, end: int) -> list[Step]:
        """What is said between two steps: right after the first, and right before the second.

        What lies between questions that are passed over because they have answers already was said with them.
        """
        between = self.steps[start + 1 : end]
        cuts = [index for index, step in enumerate(between) if step.stop in ASKED]
        if not cuts:
            return between
        first = [step for step in between[: cuts[0]] if step.stop is Stop.NOTE]
        return first + between[cuts[-1] + 1 :]


ASKED = (Stop.QUESTION, Stop.REPEAT)


def find_step(instance: Instance, path: str) -> Step | None:
    """The question or repeat at a path, if it applies now: without walking the whole way."""
    place = instance.tree.places.get(path)
    if place is not None:
        step = _step(instance, place) if place.relevant else None
        return step if step is not None and step.stop is Stop.QUESTION else None
    above, _, name = path.rpartition("/")
    holder = instance.tree.places.get(above)
    owner = instance.form.fields.get(f"{holder.field.path}/{name}") if holder is not None else None
    if holder is None or owner is None or not owner.repeat or not instance.may_add(owner, holder):
        return None
    return Step(Stop.REPEAT, path, owner)


def _step(instance: Instance, place: Place) -> Step | None:
    """What a place that applies is on the way."""
    field = place.field
    if field.control is None:
        return None
    if field.control.kind is Kind.NOTE:
        return Step(Stop.NOTE, place.key, field)
    if field.guarded and instance.readonly(place.key):
        return None
    return Step(Stop.QUESTION, place.key, field)
