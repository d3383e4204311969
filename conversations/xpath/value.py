"""What a value is as a text, a number and a truth (XPath 1.0, section 4; ODK XForms, `number()`)."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from conversations.xpath import moment
from conversations.xpath.node import Node

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SPACE = " \t\r\n"
_INFINITIES = {"Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}
_WHOLE = 2.0**53

INVALID_DATE = moment.InvalidDate("Invalid Date")


def number_of_text(text: str) -> float:
    """The number a text says; a date is the days since 1970-01-01; NaN for anything else."""
    text = text.strip(_SPACE)
    if text.isdigit() and text.isascii():
        return float(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    if len(text) >= moment.SHORTEST and text[:4].isdigit():
        found = moment.read(text)
        return math.nan if found is None else found.days
    return _INFINITIES.get(text, math.nan)


def text_of_number(number: float) -> str:
    """A number as JavaScript writes it, the way Enketo and ODK Web Forms store it: `1`, `0.5`, `1e+21`, `NaN`."""
    if number != number:
        return "NaN"
    size = abs(number)
    if size < _WHOLE and number == int(number):
        return str(int(number))
    if size == math.inf:
        return "Infinity" if number > 0 else "-Infinity"
    written = repr(number)
    if 1e-6 <= size < 1e21:
        return format(Decimal(written), "f").removesuffix(".0") if "e" in written else written.removesuffix(".0")
    mantissa, _, power = written.partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(power):+}"


def to_string(value: Any) -> str:
    """`string()`: a number without a needless `.0`, the first node's text, `true` or `false`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return text_of_number(value)
    return text_of_nodes(value)


def text_of_nodes(nodes: Sequence[Node]) -> str:
    if not nodes:
        return ""
    first = nodes[0]
    return first.string_value() if first.children else first.text


def to_number(value: Any) -> float:
    """`number()`; a date or a date with a time is the days since 1970-01-01 UTC (ODK XForms)."""
    if isinstance(value, bool | int | float):
        return float(value)
    return number_of_text(value if isinstance(value, str) else text_of_nodes(value))


def to_boolean(value: Any) -> bool:
    """`boolean()`: not zero, not NaN, not empty; a node-set is true where it has a node, whatever its text."""
    if isinstance(value, float):
        return value != 0 and value == value
    return bool(value) and value is not INVALID_DATE


def truth_of_node(node: Node) -> bool:
    """A node counted by itself, as `checklist()` does: true where it has an answer."""
    return bool(node.string_value().strip(_SPACE))
