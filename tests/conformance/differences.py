"""What two engines say differently of the same form after the same answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.conformance.state import Node, State

FRESH = re.compile(r".*/meta/instanceID$")
"""Every engine makes up its own."""


@dataclass(frozen=True)
class Difference:
    """`aspect` is what differs: relevant, value, rule, ...; `ours` and `theirs` are what was seen."""

    engine: str
    form: str
    aspect: str
    path: str
    ours: str
    theirs: str

    @property
    def place(self) -> str:
        """The path without positions."""
        return re.sub(r"\[\d+\]", "", self.path)


def compare(engine: str, form: str, ours: State, theirs: State) -> Iterator[Difference]:
    """In the order of our nodes; what does not apply to us is compared in its relevance alone."""

    def found(aspect: str, path: str, left: object, right: object) -> Difference:
        return Difference(engine, form, aspect, path, str(left), str(right))

    if theirs.failed:
        yield found("failed", "", "", theirs.failed)
        return
    for path, count in ours.counts.items():
        if theirs.counts.get(path, 0) != count and _applies(ours, path):
            yield found("count", path, count, theirs.counts.get(path, 0))
    for path in ours.nodes.keys() | theirs.nodes.keys():
        left, right = ours.nodes.get(path), theirs.nodes.get(path)
        if FRESH.match(path) or not _applies(ours, path):
            continue
        if left is None or right is None:
            if re.sub(r"\[\d+\](/.*)?$", "", path) == path:
                yield found("exists", path, left is not None, right is not None)
            continue
        for aspect, mine, other in _aspects(left, right):
            if mine != other and not (aspect == "value" and alike(str(mine), str(other))):
                yield found(aspect, path, mine, other)


def _applies(state: State, path: str) -> bool:
    """Whether all that holds the node applies."""
    parent = path.rpartition("/")[0]
    return parent not in state.nodes or state.nodes[parent].relevant


def _aspects(left: Node, right: Node) -> Iterator[tuple[str, object, object]]:
    yield "relevant", left.relevant, right.relevant
    if left.relevant and right.relevant:
        yield "value", left.value, right.value
        yield "required", left.required, right.required
        yield "readonly", left.readonly, right.readonly
        yield "rule", left.rule, right.rule
        yield "label", left.label, right.label
        yield "hint", left.hint, right.hint
        yield "choices", [name for name, _ in left.choices], [name for name, _ in right.choices]
        if [name for name, _ in left.choices] == [name for name, _ in right.choices]:
            yield "choice label", [text for _, text in left.choices], [text for _, text in right.choices]


def alike(left: str, right: str) -> bool:
    """The same number, instant or place written another way: 3.0 and 3, another offset."""
    parts, others = left.split(" "), right.split(" ")
    return len(parts) == len(others) > 0 and all(map(_same, parts, others))


def _same(left: str, right: str) -> bool:
    for read in (float, datetime.fromisoformat):
        try:
            return read(left) == read(right)
        except (ValueError, TypeError):
            continue
    return left == right
