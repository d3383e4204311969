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
        if place is None or not place.relevant or field.control is None:
            return
        if field.control.kind is Kind.NOTE:
            self.steps.append(Step(Stop.NOTE, path, field))
        elif field.readonly is False or not self._instance.readonly(path):
            self.steps.append(Step(Stop.QUESTION, path, field))

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
        if holder is None or not self._applies(owner, holder):
            return
        instances = self._instance.tree.instances(owner, holder)
        for place in instances:
            if place.relevant:
                self._walk(section, place.key, len(owner.path))
        if owner.count is None and len(instances) < owner.most:
            self.steps.append(Step(Stop.REPEAT, path, owner))

    def _applies(self, owner: Field, holder: Place) -> bool:
        """Whether a repeat applies, which may have no instance yet to ask."""
        if not holder.relevant:
            return False
        if owner.relevant is True:
            return True
        stand_in = Place(owner, "", "")
        stand_in.parent = holder
        return self._instance.calculation.condition(owner.relevant, stand_in)

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
