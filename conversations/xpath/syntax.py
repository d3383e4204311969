"""The parsed expression: what the parser makes and the compiler reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Axis(Enum):
    """The directions a step can take (XPath 1.0, section 2.2, without `namespace`)."""

    CHILD = "child"
    PARENT = "parent"
    SELF = "self"
    DESCENDANT = "descendant"
    DESCENDANT_OR_SELF = "descendant-or-self"
    ANCESTOR = "ancestor"
    ANCESTOR_OR_SELF = "ancestor-or-self"
    FOLLOWING_SIBLING = "following-sibling"
    PRECEDING_SIBLING = "preceding-sibling"
    FOLLOWING = "following"
    PRECEDING = "preceding"
    ATTRIBUTE = "attribute"


NODE_TEST = "node()"
TEXT_TEST = "text()"


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in the expression."""

    value: float


@dataclass(frozen=True, slots=True)
class Literal:
    """A text written in the expression."""

    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands of one precedence, joined from left to right: `a + b - c`."""

    operands: tuple[Syntax, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """An odd number of minus signs; an even number (two) only makes a number."""

    operand: Syntax
    twice: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; `position` is where its name begins."""

    name: str
    arguments: tuple[Syntax, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: an axis, a name (or `*`, `node()`, `text()`), predicates."""

    axis: Axis
    test: str
    predicates: tuple[Syntax, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """A location path: from the root, from the context node, or from the nodes of `start`."""

    start: Syntax | None
    absolute: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Nodes of an expression narrowed by predicates: `(a | b)[1]`."""

    operand: Syntax
    predicates: tuple[Syntax, ...]


Syntax = Number | Literal | Chain | Negation | Call | Path | Filter
