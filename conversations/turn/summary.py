"""What a session holds, for letters and tables: what is open, what was answered, what is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from conversations.forms import Form, Instance
from conversations.forms.place import Place
from conversations.session import Session
from conversations.turn.exchange import Exchange
from conversations.turn.prompts import Ask, Item
from conversations.turn.route import Stop

META = frozenset(("instanceID", "instanceName"))
"""What of the meta data is handed in with the answers."""


def outstanding(form: Form, session: Session, now: datetime) -> tuple[Ask, ...]:
    """The questions that apply and have no valid answer, in order; those passed over are not among them."""
    exchange = _exchange(form, session, now)
    asking = exchange.asking
    faulty = {step.path for step, _, _ in asking.faulty()}
    return tuple(
        asking.ask(step)
        for step in exchange.route.steps
        if step.stop is Stop.QUESTION and (step.path in faulty or not asking.answered(step, session.assumed))
    )


def summary(form: Form, session: Session, now: datetime) -> tuple[Item, ...]:
    """The answers that apply, in words, in order."""
    return _exchange(form, session, now).asking.items()


def submission(form: Form, session: Session, now: datetime) -> dict[str, Any]:
    """Name -> value of all that applies and is not empty, calculated values included.

    A repeat is a list of such dicts under its name. Where a name occurs twice, the later one is its path.
    """
    instance = _exchange(form, session, now).instance
    instance.calculation.settle()
    return _values(instance, instance.tree.root)


def _exchange(form: Form, session: Session, now: datetime) -> Exchange:
    """Everything is computed from the answers: what is handed in or written in a letter trusts nothing else."""
    return Exchange(form, replace(session, hidden=None), now)


def _values(instance: Instance, top: Place) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place in _members(top):
        if place.field.repeat:
            found.setdefault(place.name, []).append(_values(instance, place))
        elif place.text:
            name = place.name if place.name not in found else place.field.path.strip("/")
            found[name] = place.text
    return {name: value for name, value in found.items() if value != [{}]}


def _members(top: Place) -> Iterable[Place]:
    """The leaves and the repeats below a place that apply, down to the next repeat."""
    pending = [cast(Place, child) for child in reversed(top.children)]
    while pending:
        place = pending.pop()
        if not place.relevant:
            continue
        if place.field.repeat or (place.field.leaf and _handed_in(place)):
            yield place
        elif place.children:
            pending.extend(cast(Place, child) for child in reversed(place.children))


def _handed_in(place: Place) -> bool:
    above = [one.name for one in place.field.above()]
    return "meta" not in above and "orx:meta" not in above if place.name not in META else True
