"""Writes the answers of an instance as the XML that ODK Central and KoboToolbox take (OpenRosa submission)."""

from __future__ import annotations

import re
from typing import cast
from xml.etree.ElementTree import Element, SubElement, tostring

from conversations.forms.instance import Instance
from conversations.forms.model import TEMPLATE
from conversations.forms.place import Place

NAMESPACES = {
    "xmlns:jr": "http://openrosa.org/javarosa",
    "xmlns:orx": "http://openrosa.org/xforms",
    "xmlns:odk": "http://www.opendatakit.org/xforms",
    "xmlns:entities": "http://www.opendatakit.org/xforms/entities",
}
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 has no way to write."""


def instance_xml(instance: Instance) -> str:
    """What applies, in the order of the model; what does not apply is left out."""
    instance.calculation.settle()
    root = instance.tree.root
    element = Element(root.name, {**NAMESPACES, **_attributes(instance, root)})
    pending: list[tuple[Place, Element]] = [(root, element)]
    while pending:
        place, holder = pending.pop()
        for child in (cast(Place, node) for node in place.children):
            if child.relevant:
                written = SubElement(holder, child.name, _attributes(instance, child))
                written.text = None if child.children else _UNWRITABLE.sub("", child.text)
                pending.append((child, written))
    return tostring(element, encoding="unicode")


def _attributes(instance: Instance, place: Place) -> dict[str, str]:
    """Those the model writes and those the form computes; a template's mark is no answer."""
    static = {
        key: value for key, value in instance.form.attributes.get(place.field.path, {}).items() if key != TEMPLATE
    }
    return {**static, **{name: _UNWRITABLE.sub("", text) for name, text in place.attributes.items()}}
