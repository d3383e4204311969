"""What the answers of an instance create and update: entities, as ODK Collect finds them when a form is finalised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from conversations.forms.declaration import Declaration
from conversations.forms.instance import Instance
from conversations.forms.place import Place

YES = ("1", "true")
"""Any other value of `create` or `update` says no (ODK Entities, Declaring that a form creates entities)."""


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"
    """Both: an update where the entity is there, else a creation."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity written to. Properties whose question does not apply are absent; empty ones are to be emptied."""

    list: str
    action: Action
    id: str
    label: str
    properties: Mapping[str, str] = field(hash=False)
    path: str
    """Of what declares it, with the positions of repeats as they are handed in: `/data/suggestion[2]`."""


def entities(instance: Instance) -> tuple[Entity, ...]:
    """In the order of the form. Where neither `create_if` nor `update_if` holds, nothing is written."""
    declarations = {one.container: one for one in instance.form.declarations}
    if not declarations:
        return ()
    instance.calculation.settle()
    found = []
    for place, path in _applying(instance.tree.root):
        declaration = declarations.get(place.field.path)
        entity = _read(declaration, place, path, instance) if declaration else None
        if entity is not None:
            found.append(entity)
    return tuple(found)


def _applying(root: Place) -> Iterator[tuple[Place, str]]:
    """Everything that applies and may hold an entity, with its path; instances that do not apply are not counted."""
    pending = [(root, root.key)]
    while pending:
        place, path = pending.pop()
        yield place, path
        counts: Counter[str] = Counter()
        below = []
        for child in (cast(Place, node) for node in place.children):
            if child.relevant and child.children:
                counts[child.name] += 1
                position = f"[{counts[child.name]}]" if child.field.repeat else ""
                below.append((child, f"{path}/{child.name}{position}"))
        pending.extend(reversed(below))


def _read(declaration: Declaration, container: Place, path: str, instance: Instance) -> Entity | None:
    node = _below(container, declaration.entity)
    if node is None:
        return None
    attributes = {**instance.form.attributes.get(node.field.path, {}), **node.attributes}
    action = _action(attributes.get("create") in YES, attributes.get("update") in YES)
    if action is None:
        return None
    values = {name: _below(container, field) for name, field in declaration.properties.items()}
    return Entity(
        list=declaration.list,
        action=action,
        id=attributes.get("id", ""),
        label=next((cast(Place, child).text for child in node.named("label")), ""),
        properties={name: place.text for name, place in values.items() if place is not None},
        path=path,
    )


def _action(creates: bool, updates: bool) -> Action | None:
    if creates and updates:
        return Action.UPSERT
    return Action.CREATE if creates else Action.UPDATE if updates else None


def _below(container: Place, path: str) -> Place | None:
    """The place of a field in the same instances of repeats; None where it does not apply."""
    place = container
    for step in path.removeprefix(f"{container.field.path}/").split("/"):
        found = next((cast(Place, child) for child in place.named(step)), None)
        if found is None or not found.relevant:
            return None
        place = found
    return place
