"""Reads the model of an XForm: the tree of fields, what is bound to them, and what happens at events (ODK XForms)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from conversations.forms.expressions import Expressions
from conversations.forms.field import Action, Field
from conversations.forms.problem import fault
from conversations.forms.text import Itext, read_message

TYPES = frozenset(
    (
        "string",
        "int",
        "boolean",
        "decimal",
        "date",
        "time",
        "dateTime",
        "geopoint",
        "binary",
        "odk:rank",
        "select1",
        "select",
    )
)
REFUSED_TYPES = frozenset(("geotrace", "geoshape", "barcode", "intent"))
PRELOADS = frozenset(("uid", "timestamp", "date", "property"))
EVENTS = frozenset(("odk-instance-first-load", "odk-instance-load", "odk-new-repeat", "xforms-value-changed"))
MOST_FIELDS = 5_000
TEMPLATE = "jr:template"
"""The attribute of what a new instance of a repeat begins as; it is no instance itself (ODK XForms, section 7.4)."""


class Model:
    """The fields by path, in document order."""

    def __init__(self, root: Field, identity: str, version: str) -> None:
        self.root = root
        self.id = identity
        self.version = version
        self.fields: dict[str, Field] = {}
        self.attributes: dict[str, dict[str, str]] = {}
        """Attributes of the model's elements that are no fields (`dataset`, `create`)."""

    def find(self, path: str | None) -> Field | None:
        return self.fields.get((path or "").strip())


def read_model(model: Element, itext: Itext, expressions: Expressions) -> Model | None:
    instance = model.find("instance")
    data = next(iter(instance), None) if instance is not None else None
    if data is None:
        expressions.problems.add("", fault("no_fields"))
        return None
    found = Model(Field(data.tag, f"/{data.tag}"), data.get("id", ""), data.get("version", ""))
    _read_tree(data, found, expressions)
    if not found.id:
        expressions.problems.add("", fault("no_id"))
    for bind in model.findall("bind"):
        _read_bind(bind, found, itext, expressions)
    return found


def _read_tree(data: Element, found: Model, expressions: Expressions) -> None:
    """Without recursion; of a repeat written several times the first one counts."""
    pending = [(data, found.root)]
    while pending:
        element, field = pending.pop()
        field.order = len(found.fields)
        found.fields[field.path] = field
        found.attributes[field.path] = dict(element.attrib)
        if len(found.fields) > MOST_FIELDS:
            expressions.problems.add("", fault("too_many_fields", limit=MOST_FIELDS))
            return
        below: dict[str, tuple[Element, Field]] = {}
        for child in element:
            if child.tag not in below:
                below[child.tag] = child, _field(child.tag, field)
            below[child.tag][1].added += TEMPLATE not in child.attrib
        field.children = [one for _, one in below.values()]
        field.default = "" if field.children else (element.text or "").strip()
        pending.extend(reversed(below.values()))


def _field(tag: str, parent: Field) -> Field:
    """`{orx}meta` is written `orx:meta` in paths."""
    prefix, _, local = tag.rpartition("}")
    name = f"{prefix[1:]}:{local}" if prefix else local
    return Field(name, f"{parent.path}/{name}", parent)


def _read_bind(bind: Element, found: Model, itext: Itext, expressions: Expressions) -> None:
    path = bind.get("nodeset", "").strip()
    field = found.find(path) or _attribute(path, found)
    if field is None:
        expressions.problems.add(path.rpartition("/")[2], fault("rules_of_nothing"), path)
        return
    name = field.name
    _read_type(field, bind, expressions)
    field.relevant = expressions.condition(name, bind.get("relevant"), otherwise=True)
    field.required = expressions.condition(name, bind.get("required"), otherwise=False)
    field.readonly = expressions.condition(name, bind.get("readonly"), otherwise=False)
    field.calculate = expressions.read(name, bind.get("calculate"))
    field.constraint = expressions.read(name, bind.get("constraint"))
    field.required_message = read_message(bind.get("jr:requiredMsg"), name, itext, expressions)
    field.constraint_message = read_message(bind.get("jr:constraintMsg"), name, itext, expressions)
    field.save_to = bind.get("entities:saveto", "")


def _attribute(path: str, found: Model) -> Field | None:
    """`/data/meta/entity/@id`: an attribute becomes a field when something is bound to it."""
    owner, _, name = path.rpartition("/@")
    parent = found.find(owner)
    if parent is None or not name:
        return None
    default = found.attributes[parent.path].pop(name, "")
    field = Field(name, path, parent, attribute=True, order=len(found.fields), default=default)
    parent.children.append(field)
    found.fields[path] = field
    return field


def _read_type(field: Field, bind: Element, expressions: Expressions) -> None:
    field.type = bind.get("type", "string").removeprefix("xsd:")
    field.preload = bind.get("jr:preload", "")
    if field.preload:
        field.preload = f"{field.preload}:{bind.get('jr:preloadParams', '')}"
        if field.preload.partition(":")[0] not in PRELOADS:
            expressions.problems.add(field.name, fault("device_value"), field.preload)
    if field.type not in TYPES:
        key = field.type if field.type in REFUSED_TYPES else "unknown_type"
        expressions.problems.add(field.name, fault(key), field.type)


def read_actions(top: Element, found: Model, expressions: Expressions) -> None:
    """Every `setvalue` of the form: kept where its event happens."""
    for holder in top.iter():
        for element in holder.findall("setvalue"):
            _read_action(element, holder, found, expressions)
        for element in holder.findall("{odk}setgeopoint") + holder.findall("{odk}recordaudio"):
            name = element.get("ref", "").rpartition("/")[2]
            expressions.problems.add(name, fault("device_action"), element.tag)


def _read_action(element: Element, holder: Element, found: Model, expressions: Expressions) -> None:
    target = found.find(element.get("ref")) or _attribute(element.get("ref", ""), found)
    name = element.get("ref", "").rpartition("/")[2]
    if target is None:
        expressions.problems.add(name, fault("sets_unknown"), element.get("ref", ""))
        return
    value = element.get("value")
    parsed = expressions.read(target.name, value) if value else (element.text or "").strip()
    if parsed is None:
        return
    for event in element.get("event", "").split():
        _keep(Action(event, target.path, parsed), holder, target, found, expressions)


def _keep(action: Action, holder: Element, target: Field, found: Model, expressions: Expressions) -> None:
    if action.event not in EVENTS:
        expressions.problems.add(target.name, fault("unknown_event"), action.event)
    elif action.event == "xforms-value-changed":
        source = found.find(holder.get("ref"))
        if source is None:
            expressions.problems.add(target.name, fault("no_trigger"), holder.get("ref", ""))
        else:
            source.changes += (action,)
    else:
        repeat = next((one for one in (target, *target.above()) if one.repeat), None)
        keeper = repeat if action.event == "odk-new-repeat" and repeat is not None else found.root
        keeper.first += (action,)
