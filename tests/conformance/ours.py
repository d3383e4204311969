"""Our engine, told what to do and asked what it sees like the others."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from conversations.forms import Form, Instance
from conversations.forms.place import Place
from tests.conformance.state import Node, State, Step, tidy

SEED = "conformance"


class Ours:
    """One instance of a form."""

    def __init__(self, form: Form, now: datetime) -> None:
        self.instance = Instance(form, now=now, seed=SEED)

    def take(self, step: Step) -> None:
        match step.verb:
            case "set":
                self.instance.set(step.path, step.value)
            case "add":
                self.instance.add_repeat(step.path)
            case "remove":
                self.instance.remove_repeat(step.path)
            case "language":
                self.instance.set_language(step.value)

    def state(self) -> State:
        """Everything below the root that is no attribute."""
        places = [place for key, place in self.instance.tree.places.items() if "@" not in key][1:]
        return State({place.key: self._node(place) for place in places}, self._counts())

    def _node(self, place: Place) -> Node:
        path, instance = place.key, self.instance
        violation = instance.valid(path)
        return Node(
            instance.relevant(path),
            instance.required(path),
            instance.readonly(path),
            instance.value(path) if place.field.leaf else "",
            violation.rule.value if violation else None,
            tidy(instance.label(path)),
            tidy(instance.hint(path)),
            tuple((choice.name, tidy(choice.label(instance.language))) for choice in instance.choices(path)),
        )

    def _counts(self) -> dict[str, int]:
        counts = {}
        for field in self.instance.form.fields.values():
            if field.repeat and field.parent is not None:
                for parent in self.instance.tree.of(field.parent):
                    counts[f"{parent.key}/{field.name}"] = self.instance.count(f"{parent.key}/{field.name}")
        return counts

    def askable(self) -> list[Place]:
        """The places that a person may answer now."""
        places = [cast(Place, node) for node in self.instance.tree.root.walk()]
        return [place for place in places if self._may_answer(place)]

    def _may_answer(self, place: Place) -> bool:
        question = self.instance.form.question_at(place.field.path)
        if question is None or question in self.instance.form.notes or not place.relevant:
            return False
        return not self.instance.readonly(place.key)
