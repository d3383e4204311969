"""Random walks through a form: what a person might answer, right and wrong, in any order."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from conversations.forms import Form, Kind
from conversations.forms.place import Place
from tests.conformance.ours import Ours
from tests.conformance.state import State, Step

TEXTS = ("Anna", "x", "y", "abc", "Anna Banana", "info@biedriba.example", "40003032949", "jupiter", "stop", "Ķīšezers")
NUMBERS = (-1, 0, 1, 2, 3, 5, 7, 10, 17, 18, 40, 120)
DECIMALS = ("0.5", "1.25", "-2.5", "3.75", "12.05", "100.5")
DATES = ("1955-03-01", "1999-12-31", "2015-06-15", "2026-01-01", "2026-11-02", "2040-02-29")
TIMES = ("07:59:00.000+02:00", "08:00:00.000+02:00", "23:30:00.000+02:00")
MOMENTS = ("2019-05-05T10:00:00.000+03:00", "2026-01-01T00:00:00.000+02:00", "2026-11-21T12:30:00.000+02:00")
PLACES = ("56.95 24.1 0 0", "57.3 25.27 120 5")
MOST_INSTANCES = 20
"""No larger number is answered where numbers make repeats: our engine makes a hundred instances, others any number."""
NEVER = (Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE)


class Walk:
    """Answers one instance of ours step by step; `steps` and `states` are what happened."""

    def __init__(self, form: Form, xform: str, now: datetime, languages: Sequence[str], seed: str) -> None:
        self.seed = seed
        self.ours = Ours(form, now)
        self.dice = random.Random(seed)
        self.languages = languages
        most = MOST_INSTANCES if any(field.count for field in form.fields.values()) else 10_000
        self.numbers = [number for number in (*NUMBERS, *_numbers(xform)) if number <= most]
        self.texts = (*TEXTS, *_literals(xform))
        self.steps: list[Step] = []
        self.states: list[State] = [self.ours.state()]

    def go(self, length: int) -> None:
        for _ in range(length):
            step = self._step()
            if step is None:
                return
            self.ours.take(_in_our_words(step))
            self.steps.append(step)
            self.states.append(self.ours.state())

    def _step(self) -> Step | None:
        roll = self.dice.random()
        if roll < 0.12 and (resize := self._resize()) is not None:
            return resize
        if roll < 0.16 and len(self.languages) > 1:
            return Step("language", "", self.dice.choice(self.languages))
        places = [place for place in self.ours.askable() if place.field.control.kind not in NEVER]  # type: ignore[union-attr]
        if not places:
            return None
        empty = [place for place in places if not place.text]
        place = self.dice.choice(empty if empty and self.dice.random() < 0.6 else places)
        return Step("set", place.key, "" if self.dice.random() < 0.1 else self._value(place))

    def _resize(self) -> Step | None:
        """Make a repeat longer or shorter, where that is the person's decision."""
        growing = [
            f"{parent.key}/{field.name}"
            for field in self.ours.instance.form.fields.values()
            if field.repeat and field.count is None and field.parent is not None
            for parent in self.ours.instance.tree.of(field.parent)
            if parent.relevant
        ]
        if not growing:
            return None
        path = self.dice.choice(growing)
        count = self.ours.instance.count(path)
        if count > 1 and self.dice.random() < 0.4:
            return Step("remove", f"{path}[{self.dice.randint(1, count)}]")
        return Step("add", path) if count < 4 else None

    def _value(self, place: Place) -> str:
        control = place.field.control
        assert control is not None
        if control.kind.chooses:
            return self._chosen(place, control.kind)
        match control.kind:
            case Kind.INTEGER:
                return str(self.dice.choice(self.numbers))
            case Kind.RANGE:
                return self._on_scale(control.parameters)
            case Kind.TEXT:
                return self.dice.choice(self.texts)
        return self.dice.choice(_POOLS[control.kind])

    def _chosen(self, place: Place, kind: Kind) -> str:
        names = list(dict.fromkeys(choice.name for choice in self.ours.instance.choices(place.key)))
        if not names:
            return ""
        if kind is Kind.SELECT_ONE:
            return self.dice.choice(names)
        if kind is Kind.RANK:
            return " ".join(self.dice.sample(names, len(names)))
        number = self.dice.randint(1, min(4, len(names)))
        picked = self.dice.sample(names, number)
        return " ".join(name for name in names if name in picked)

    def _on_scale(self, parameters: Mapping[str, str]) -> str:
        start, end, step = (float(parameters[name]) for name in ("start", "end", "step"))
        number = round(abs(end - start) / step)
        value = start + self.dice.randint(0, number) * (step if end > start else -step)
        return f"{value:.6g}"


_POOLS = {
    Kind.DECIMAL: DECIMALS,
    Kind.DATE: DATES,
    Kind.TIME: TIMES,
    Kind.DATETIME: MOMENTS,
    Kind.ACKNOWLEDGE: ("OK",),
    Kind.GEOPOINT: PLACES,
}


def _in_our_words(step: Step) -> Step:
    """Others know a language by its name, we by its code."""
    found = re.search(r"\((\w+)\)$", step.value) if step.verb == "language" else None
    return step._replace(value=found[1]) if found else step


def _numbers(xform: str) -> list[int]:
    """The numbers that the form's rules mention, and their neighbours."""
    found = {int(number) for rule in _rules(xform) for number in re.findall(r"\b\d{1,4}\b", rule)}
    return sorted({near for number in found for near in (number - 1, number, number + 1)})


def _literals(xform: str) -> list[str]:
    """Texts of the lengths that the form's rules mention."""
    lengths = {
        int(number) for rule in _rules(xform) for number in re.findall(r"string-length\([^)]*\)+ *[<>]=? *(\d+)", rule)
    }
    return [
        ("Dienas centrs " * 200)[: max(near, 1)].strip() or "x"
        for length in sorted(lengths)
        for near in (length, length + 1)
    ]


def _rules(xform: str) -> list[str]:
    return re.findall(r'(?:constraint|relevant)="([^"]*)"', xform)
