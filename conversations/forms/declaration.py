"""What a form declares about entities: which lists it writes to, from where, and which fields are their properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from conversations.forms.field import Field

OFFLINE = frozenset(("baseVersion", "trunkVersion", "branchId"))
"""Attributes that say which state of an entity a device had; they read a list that only an ODK server fills."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A `meta/entity` node (ODK Entities; in groups and repeats since 2025.1). `container` is what holds it."""

    list: str
    container: str
    entity: str
    """Path of the node itself."""
    creates: bool
    updates: bool
    properties: Mapping[str, str] = field(hash=False)
    """Name of a property -> path of the field that is saved to it (XLSForm: `save_to`)."""


def read_declarations(fields: Mapping[str, Field], attributes: Mapping[str, Mapping[str, str]]) -> list[Declaration]:
    """In the order of the form. A field belongs to the nearest container around it that declares an entity."""
    found = []
    saved = [one for one in fields.values() if one.save_to]
    containers = {holder.path: one for one in fields.values() if (holder := _container(one)) is not None}
    for path, entity in containers.items():
        own = attributes.get(entity.path, {})
        bound = {child.name for child in entity.children if child.attribute}
        properties = {one.save_to: one.path for one in saved if container_of(one, containers) == path}
        creates, updates = ("create" in own or "create" in bound), ("update" in own or "update" in bound)
        found.append(Declaration(own.get("dataset", ""), path, entity.path, creates, updates, properties))
    return found


def container_of(saved: Field, containers: Mapping[str, object]) -> str | None:
    """The path of the container that a saved field belongs to; never one outside the repeat around the field."""
    for above in saved.above():
        if above.path in containers:
            return above.path
        if above.repeat:
            return None
    return None


def homeless(fields: Mapping[str, Field]) -> Iterator[Field]:
    """Fields saved to an entity that nothing around them declares."""
    containers = {holder.path: one for one in fields.values() if (holder := _container(one)) is not None}
    return (one for one in fields.values() if one.save_to and container_of(one, containers) is None)


def _container(entity: Field) -> Field | None:
    """What holds an entity's node; None for any other field."""
    meta = entity.parent
    if meta is None or _local(entity) != "entity" or _local(meta) != "meta":
        return None
    return meta.parent


def _local(field: Field) -> str:
    return field.name.rpartition(":")[2]
