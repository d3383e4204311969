"""How an instance begins: defaults and what a device would fill in by itself (ODK XForms, sections 4.4 and 5)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from conversations.forms.place import Place

if TYPE_CHECKING:
    from conversations.forms.instance import Instance


def fill_defaults(instance: Instance, top: Place) -> None:
    """Static defaults and preloads of everything at and below a new place that has no answer yet."""
    for place in (place for field in top.field.begun for place in instance.tree.below(top, field)):
        value = place.field.default or _preload(instance, place)
        if value and place.key not in instance.tree.stored:
            place.answer = place.text = instance.tree.stored[place.key] = value


def _preload(instance: Instance, place: Place) -> str:
    match place.field.preload.split(":"):
        case ["uid", *_]:
            name = f"{instance.seed} {instance.form.digest} {instance.now.isoformat()}"
            return f"uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}"
        case ["timestamp", "start"]:
            return instance.now.isoformat(timespec="milliseconds")
        case ["date", "today"]:
            return instance.now.date().isoformat()
        case _:
            return ""
