"""The way through a form: what is asked and said, in order, as far as it applies now."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple, cast

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


@lru_cache(maxsize=64)
def _plan(section: Section) -> tuple[tuple[Step, ...] | Section, ...]:
    """What lies on the way through a form, or through an instance of a repeat, if all of it applies.

    The steps have the paths of their fields. A repeat in it stands for itself, a section.
    """
    owner = section.owner if section.repeat else None
    plan: list[list[Step] | Section] = [[]]
    pending = [*reversed(section.parts)]
    while pending:
        part = pending.pop()
        field = part if isinstance(part, Field) else part.owner
        if field is not None and field.innermost_repeat is not owner:
            continue
        if isinstance(part, Section) and part.repeat:
            plan += [part, []]
        else:
            cast(list[Step], plan[-1]).extend(_steps(part))
            pending.extend(reversed(part.parts) if isinstance(part, Section) else ())
    return tuple(piece if isinstance(piece, Section) else tuple(piece) for piece in plan if piece)


def _steps(part: Section | Field) -> Iterator[Step]:
    """What a group says before what is in it; what a field is."""
    if isinstance(part, Section):
        if part.owner is not None and part.label is not None:
            yield Step(Stop.CAPTION, part.owner.path, part.owner)
    elif part.control is not None:
        yield Step(Stop.NOTE if part.control.kind is Kind.NOTE else Stop.QUESTION, part.path, part)


class Route:
    """`steps` has every note, caption, question and "add another?" that applies now."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self.steps: list[Step] = []
        self._walk(instance.form.body, instance.tree.root)
        if instance.form.guarded:
            self.steps = [step for step in self.steps if self._may_be_answered(step)]
        self._stops = [*map(itemgetter(0), self.steps)]
        self._paths = [*map(itemgetter(1), self.steps)]

    def _walk(self, section: Section, top: Place) -> None:
        """Through the form or through one instance of a repeat."""
        key, cut, hidden = top.key, len(top.field.path), self._instance.tree.hidden
        for piece in _plan(section):
            if isinstance(piece, Section):
                self._repeat(piece, key, cut)
                continue
            if top.field.repeat:
                piece = tuple(Step(step.stop, key + step.path[cut:], step.field) for step in piece)
            self.steps += [step for step in piece if step.path not in hidden]

    def _may_be_answered(self, step: Step) -> bool:
        guarded = step.field.guarded and step.stop is Stop.QUESTION
        return not guarded or not self._instance.readonly(step.path)

    def _repeat(self, section: Section, key: str, cut: int) -> None:
        owner = section.owner
        assert owner is not None
        path = key + owner.path[cut:]
        holder = self._instance.tree.find(path.rpartition("/")[0])
        if holder is None:
            return
        for place in self._instance.tree.instances(owner, holder):
            if place.relevant:
                self._walk(section, place)
        if self._instance.may_add(owner, holder):
            self.steps.append(Step(Stop.REPEAT, path, owner))

    # -- looking around -------------------------------------------------------------------------------------------

    def index(self, path: str | None) -> int:
        """Where a path is; -1 for None and for what does not apply."""
        try:
            return self._paths.index(path or "")
        except ValueError:
            return -1

    def questions(self) -> list[Step]:
        return [step for step in self.steps if step.stop is Stop.QUESTION]

    def count(self, end: int | None = None) -> int:
        """How many questions there are, or are before a step."""
        return self._stops[:end].count(Stop.QUESTION)

    def before(self, index: int) -> Step | None:
        """The question, or the repeat, before a step."""
        return next((self.steps[one] for one in range(index - 1, -1, -1) if self._stops[one] in ASKED), None)

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
    place = instance.tree.find(path)
    if place is not None:
        return _question(instance, place) if place.relevant else None
    above, _, name = path.rpartition("/")
    holder = instance.tree.find(above)
    owner = instance.form.fields.get(f"{holder.field.path}/{name}") if holder is not None else None
    if holder is None or owner is None or not owner.repeat or not instance.may_add(owner, holder):
        return None
    return Step(Stop.REPEAT, path, owner)


def _question(instance: Instance, place: Place) -> Step | None:
    """The step of a place that applies, if it is asked."""
    control = place.field.control
    if control is None or control.kind is Kind.NOTE or (place.field.guarded and instance.readonly(place.key)):
        return None
    return Step(Stop.QUESTION, place.key, place.field)
