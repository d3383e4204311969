"""What an engine says of a form at one moment, in the words that all three share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class Step(NamedTuple):
    """`verb` is set, add, remove or language; `path` has positions; `value` is the answer or the language's name."""

    verb: str
    path: str
    value: str = ""


class Node(NamedTuple):
    """One node; `rule` is the rule its answer breaks; `choices` are names and labels."""

    relevant: bool
    required: bool
    readonly: bool
    value: str
    rule: str | None
    label: str
    hint: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class State:
    """Nodes by path with positions, the number of instances by the path of the repeat; `failed` says why it broke."""

    nodes: Mapping[str, Node]
    counts: Mapping[str, int]
    failed: str = ""

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> State:
        if "failed" in told:
            return cls({}, {}, told["failed"])
        nodes = {path: _node(fields) for path, fields in told["nodes"].items()}
        return cls(nodes, told["counts"])


def _node(fields: list[Any]) -> Node:
    relevant, required, readonly, value, rule, label, hint, choices = fields
    shown = tuple((name, tidy(text)) for name, text in choices)
    return Node(relevant, required, readonly, value, rule, tidy(label), tidy(hint), shown)


def tidy(text: str) -> str:
    """White space is the writer's lay-out."""
    return " ".join(text.split())
