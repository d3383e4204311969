"""Which fields an expression reads, seen from the field it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile

from conversations.forms.declaration import OFFLINE
from conversations.forms.field import Field
from conversations.forms.problem import Problems, fault
from conversations.forms.text import Text
from conversations.xpath import Expression, Reference, Start

LABELS = "jr:choice-name"
LASTING = frozenset(("once", "random", "uuid"))
"""Functions whose value must not be computed again when a session is opened again."""
STRAYING = frozenset(("indexed-repeat", LABELS))
"""Functions that read elsewhere than their arguments say."""


class References:
    """Sets paths against the fields of a form; a path that leads nowhere is a problem."""

    def __init__(self, fields: Mapping[str, Field], lists: frozenset[str], problems: Problems) -> None:
        self.fields = fields
        self.lists = lists
        self.problems = problems
        self._quoted: dict[Field, frozenset[Field]] = {}

    def read(self, expression: Expression | bool | str | None, owner: Field) -> frozenset[Field]:
        """The fields read. A group read as a whole counts as all that is in it, unless the owner itself is in it."""
        if not isinstance(expression, Expression):
            return frozenset()
        found: set[Field] = set()
        for reference in expression.references:
            found.update(self._read(reference, expression, owner))
        if LABELS in expression.functions:
            found.update(*(self._quoted_by_choices(field) for field in tuple(found)))
        return frozenset(found)

    def _read(self, reference: Reference, expression: Expression, owner: Field) -> Iterable[Field]:
        if reference.start is Start.INSTANCE:
            self._check_list(reference.instance, expression, owner)
            return ()
        path = reference.resolve(owner.path)
        return self._wide(path) if reference.wide else self._exact(path, expression, owner)

    def strays(self, owner: Field, sources: frozenset[Field]) -> frozenset[Field]:
        """Of the sources, those that may be read in another instance of the repeat that the owner is in."""
        inside = owner if owner.repeat else owner.innermost_repeat
        if inside is None:
            return frozenset()
        found: set[Field] = set()
        for rule in _rules(owner):
            if not STRAYING.isdisjoint(rule.functions) or owner in self.read(rule, owner):
                return sources
            for reference in rule.references:
                if not _stays(reference, owner, inside):
                    found.update(self._read(reference, rule, owner))
        return frozenset(found)

    def _quoted_by_choices(self, field: Field) -> frozenset[Field]:
        """What the labels of a question's choices quote."""
        if field not in self._quoted:
            self._quoted[field] = frozenset()
            labels = (item.label for item in field.control.items) if field.control else ()
            quoted = (self.read(expression, field) for label in labels for expression in label.expressions())
            self._quoted[field] = frozenset().union(*quoted)
        return self._quoted[field]

    def _check_list(self, name: str | None, expression: Expression, owner: Field) -> None:
        if name and name not in self.lists and not (owner.attribute and owner.name in OFFLINE):
            self.problems.add(owner.name, fault("no_named_list", name=name), expression.text[:500])

    def _wide(self, path: str) -> Iterable[Field]:
        start = path.split("//")[0].split("/*")[0].rstrip("/")
        return [field for field in self.fields.values() if field.leaf and field.path.startswith(f"{start}/")]

    def _exact(self, path: str, expression: Expression, owner: Field) -> Iterable[Field]:
        if path == "/":
            return ()
        field = self.fields.get(path)
        if field is None:
            if not self._is_attribute(path):
                self.problems.add(owner.name, fault("reads_unknown", path=path), expression.text[:500])
            return ()
        if field.leaf or field is owner or field in owner.above():
            return (field,)
        return field.walk()

    def _is_attribute(self, path: str) -> bool:
        return path.rpartition("/")[2].startswith("@")

    def sources(self, field: Field) -> frozenset[Field]:
        """What relevance, value, number of instances and offered choices of a field are computed from."""
        found = self.read(field.relevant, field) | self.read(field.calculate, field) | self.read(field.count, field)
        found |= self._filter(field)
        field.guarded = any(one.readonly is not False for one in (field, *field.above()))
        field.once = field.calculate is not None and not LASTING.isdisjoint(field.calculate.functions)
        if field in found:
            self._check_self(field)
        return found - {field}

    def _filter(self, field: Field) -> frozenset[Field]:
        itemset = field.control.itemset if field.control else None
        if itemset is None or itemset.whole:
            return frozenset()
        found = self.read(itemset.nodeset, field) - {field}
        field.filtered = bool(found)
        return found

    def _check_self(self, field: Field) -> None:
        """A running total reads its own field in the instance before; `once` reads its own value."""
        if field in self.read(field.relevant, field):
            self.problems.add(field.name, fault("relevance_of_itself"))
        elif field.calculate is not None and not field.once and field.innermost_repeat is None:
            self.problems.add(field.name, fault("value_of_itself"), field.calculate.text[:500])

    def needed(self, fields: Iterable[Field], texts: Iterable[tuple[Field, Expression]]) -> frozenset[Field]:
        """What must be right while answering: everything but calculations that only other calculations read."""
        found: set[Field] = set()
        for field in fields:
            for rule in (field.relevant, field.required, field.readonly, field.constraint, field.count):
                found |= self.read(rule, field)
            found |= self._filter(field)
            for action in (*field.changes, *field.first):
                found |= self.read(action.value, self.fields.get(action.target, field))
        for field, expression in texts:
            found |= self.read(expression, field)
        return frozenset(found)


def _rules(field: Field) -> list[Expression]:
    """The expressions that a place of the field is evaluated with."""
    itemset = field.control.itemset if field.control else None
    rules = (field.relevant, field.calculate, itemset.nodeset if itemset else None)
    return [rule for rule in rules if isinstance(rule, Expression)]


def _stays(reference: Reference, owner: Field, inside: Field) -> bool:
    """Whether a path of `..` and names goes no further up than to the instance of the repeat."""
    if reference.start is not Start.CONTEXT or reference.wide:
        return False
    base = owner
    for _ in takewhile("..".__eq__, reference.steps):
        base = base.parent or base
    return inside in (base, *base.above())


def texts_of(field: Field) -> list[Text]:
    """Every text that belongs to a field."""
    found: list[Text | None] = [field.caption, field.required_message, field.constraint_message]
    if field.control is not None:
        found += [field.control.label, field.control.hint, field.control.guidance]
        found += [item.label for item in field.control.items]
    return [text for text in found if text is not None]
