"""The choices of a question in one session: filtered, in the order asked for, labels with what they quote."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from conversations.forms.control import Control, Item
from conversations.forms.definition import Choice
from conversations.forms.field import Field
from conversations.forms.place import Place
from conversations.xpath import Node

if TYPE_CHECKING:
    from conversations.forms.instance import Instance

MOST_SHOWN = 20_000


@lru_cache(maxsize=256)
def indexes(control: Control) -> Mapping[str, int]:
    """Name -> place in the whole list, whatever is offered now."""
    return {item.name: index for index, item in enumerate(control.items)}


def offered(instance: Instance, place: Place) -> tuple[Choice, ...]:
    """The choices of a place, those a filter leaves."""
    control = place.field.control
    if control is None:
        return ()
    if control.itemset is None or control.itemset.whole:
        return _listed(control, instance.language) or tuple(_choice(instance, item, place) for item in control.items)
    nodes = instance.calculation.nodes(control.itemset.nodeset, place)
    found = (_of_node(instance, control, node, place) for node in nodes)
    return tuple(choice for choice in found if choice is not None)[:MOST_SHOWN]


@lru_cache(maxsize=256)
def _listed(control: Control, language: str) -> tuple[Choice, ...]:
    """All choices of a list whose labels quote no answers; nothing for other lists."""
    static = all(item.label.static(language) is not None for item in control.items)
    return tuple(item.choice for item in control.items) if static else ()


def _of_node(instance: Instance, control: Control, node: Node, place: Place) -> Choice | None:
    """A row of a list, known by its place in it; or a place of the answers themselves (choices from a repeat)."""
    if not isinstance(node, Place):
        return _choice(instance, control.items[node.index], place) if node.index < len(control.items) else None
    assert control.itemset is not None
    name = _text(node, control.itemset.value)
    if not name:
        return None
    return Choice(name, {instance.language: _text(node, control.itemset.label) or name})


def _text(node: Node, step: str) -> str:
    if step in (".", ""):
        return node.string_value()
    found = node.named(step)
    return found[0].string_value() if found else ""


def _choice(instance: Instance, item: Item, place: Place) -> Choice:
    if item.label.static(instance.language) is not None:
        return item.choice
    return Choice(item.name, {**item.choice.labels, instance.language: instance.render(item.label, place)})


def label_of(instance: Instance, field: Field, name: str) -> str:
    """The label of a choice in the language set, "" when the list has no such choice."""
    places = instance.tree.of(field)
    if field.control is None or not places:
        return ""
    for item in field.control.items:
        if item.name == name:
            return instance.render(item.label, places[0])
    return ""
