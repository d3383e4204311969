"""Functions of true and false (ODK XForms, "Boolean Functions")."""

from __future__ import annotations

from typing import Any

from conversations.xpath.library import function
from conversations.xpath.node import Node
from conversations.xpath.value import number_of_text, text_of_nodes, to_boolean, to_number, truth_of_node


@function("true", "-> b")
def true() -> bool:
    return True


@function("false", "-> b")
def false() -> bool:
    return False


@function("boolean", "b -> b")
def boolean(value: bool) -> bool:
    return value


@function("not", "b -> b")
def not_(value: bool) -> bool:
    return not value


@function("boolean-from-string", "s -> b")
def boolean_from_string(text: str) -> bool:
    return text in ("1", "true")


@function("if", "b v v -> v")
def if_(condition: bool, then: Any, otherwise: Any) -> Any:
    return then if condition else otherwise


def _truths(value: Any) -> list[bool]:
    if isinstance(value, list):
        return [truth_of_node(node) for node in value]
    return [to_boolean(value)]


def _weights(value: Any) -> list[float]:
    if isinstance(value, list):
        return [_weight(node) for node in value]
    return [to_number(value)]


def _weight(node: Node) -> float:
    return number_of_text(text_of_nodes((node,)))


def _between(minimum: float, total: float, maximum: float) -> bool:
    """A limit below 0 is no limit."""
    return (minimum < 0 or total >= minimum) and (maximum < 0 or total <= maximum)


@function("checklist", "n n v* -> b")
def checklist(minimum: float, maximum: float, *values: Any) -> bool:
    """Whether as many answers are true as the limits ask."""
    return _between(minimum, sum(truth for value in values for truth in _truths(value)), maximum)


@function("weighted-checklist", "n n v* v* -> b")
def weighted_checklist(minimum: float, maximum: float, *values: Any) -> bool:
    """Whether the weights of the true answers together are within the limits; a weight follows its answer."""
    truths = [truth for value in values[::2] for truth in _truths(value)]
    weights = [weight for value in values[1::2] for weight in _weights(value)]
    total = sum(weight for truth, weight in zip(truths, weights, strict=False) if truth and weight == weight)
    return _between(minimum, total, maximum)
