"""A condition as alternatives, each a list of tests that must all hold (disjunctive normal form, within bounds)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import product

from conversations.xpath.syntax import Axis, Call, Chain, Filter, Literal, Negation, Path, Step, Syntax
from intake.xlsform.logic.folding import constant, folded_truth

MOST_ALTERNATIVES = 300
MOST_TESTS = 60
"""Within one alternative; a longer one is cut: fewer tests contradict each other less, never more."""
COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
ORDERS = {"=": "=", "!=": "<>?", "<": "<", "<=": "<=?", ">": ">", ">=": ">=?"}
"""What each comparison of two answers allows; texts such as 5 and 5.0 are no less, no more and not the same."""
MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
BY_CHANCE = frozenset(("random", "uuid", "once", "randomize"))


@dataclass(frozen=True, slots=True)
class Test:
    """`subject` of the answer at `path` set against a value."""

    path: str
    subject: str
    """"value", the "length" of the text, the "count" of the choices, or "has": one of the choices is the value."""
    sign: str
    value: str | float
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Opaque:
    """A part that is not looked into: it contradicts only its own opposite."""

    key: Syntax
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """How two answers may stand to each other: "<", "=", ">", or "?" where they cannot be ordered."""

    left: str
    right: str
    allowed: frozenset[str]


Literals = tuple[Test | Opaque | Order, ...]
Alternatives = list[Literals]
Locate = Callable[[Path], str | None]
"""The path of the one answer that a location path reads; None where it may read several or something else."""


def alternatives(syntax: Syntax, locate: Locate, wanted: bool = True) -> Alternatives | None:
    """The ways in which a condition comes out as `wanted`; none at all: it never does; None: too many to tell."""
    known = constant(syntax)
    if known is not None:
        return [()] if folded_truth(known) is wanted else []
    match syntax:
        case Chain(operators=(("and" | "or") as word, *_)):
            parts = [alternatives(operand, locate, wanted) for operand in syntax.operands]
            return _all(parts) if (word == "and") is wanted else _any(parts)
        case Chain(operands=(Path() as left, Path() as right), operators=(sign,)) if sign in COMPARISONS:
            return [(_order(left, sign, right, locate, wanted) or opaque(syntax, wanted),)]
        case Chain(operands=(left, right), operators=(sign,)) if sign in COMPARISONS:
            return [(_comparison(left, sign, right, locate, wanted) or opaque(syntax, wanted),)]
        case Call(name="not", arguments=(inner,)):
            return alternatives(inner, locate, not wanted)
        case Call(name="boolean", arguments=(inner,)) if not isinstance(inner, Path | Filter):
            return alternatives(inner, locate, wanted)
        case Call(name="if", arguments=(condition, then, otherwise)):
            return _either(condition, then, otherwise, locate, wanted)
        case Call(name="selected", arguments=(Path() as path, choice)):
            return [(_selection(path, choice, locate, wanted) or opaque(syntax, wanted),)]
    return [(opaque(syntax, wanted),)]


def _either(condition: Syntax, then: Syntax, otherwise: Syntax, locate: Locate, wanted: bool) -> Alternatives | None:
    first = _all([alternatives(condition, locate), alternatives(then, locate, wanted)])
    second = _all([alternatives(condition, locate, False), alternatives(otherwise, locate, wanted)])
    return _any([first, second])


def _any(parts: Iterable[Alternatives | None]) -> Alternatives | None:
    found: dict[Literals, None] = {}
    for part in parts:
        if part is None:
            return None
        found.update(dict.fromkeys(part))
        if len(found) > MOST_ALTERNATIVES:
            return None
    return list(found)


def _all(parts: Iterable[Alternatives | None]) -> Alternatives | None:
    """A part that is too long to tell is left out: what the others forbid stays forbidden."""
    found: Alternatives = [()]
    for part in parts:
        if part is not None and len(part) * len(found) <= MOST_ALTERNATIVES:
            found = [joined(left, right) for left, right in product(found, part)]
    return found


def joined(left: Literals, right: Literals) -> Literals:
    return tuple(dict.fromkeys((*left, *right)))[:MOST_TESTS]


def _comparison(left: Syntax, sign: str, right: Syntax, locate: Locate, wanted: bool) -> Test | None:
    value = constant(right)
    if value is None:
        left, sign, value = right, MIRRORED[sign], constant(left)
    if value is None or isinstance(value, bool):
        return None
    match left:
        case Path():
            subject, path = "value", locate(left)
        case Call(name="string-length", arguments=(Path() as inner,)):
            subject, path = "length", locate(inner)
        case Call(name="count-selected", arguments=(Path() as inner,)):
            subject, path = "count", locate(inner)
        case Call(name="number", arguments=(Path() as inner,)) if isinstance(value, float):
            subject, path = "value", locate(inner)
        case _:
            return None
    return None if path is None else Test(path, subject, sign, value, wanted)


def _order(left: Path, sign: str, right: Path, locate: Locate, wanted: bool) -> Order | None:
    """The paths in alphabetical order, so that `a > b` meets `b < a`."""
    first, second = locate(left), locate(right)
    if first is None or second is None:
        return None
    if first > second:
        first, second, sign = second, first, MIRRORED[sign]
    allowed = frozenset(ORDERS[sign])
    if not wanted:  # what cannot be ordered is neither less nor more, but it is surely not the same
        allowed = frozenset("<=>?") - allowed | (frozenset("?") if sign != "!=" else frozenset())
    return Order(first, second, allowed)


def _selection(path: Path, choice: Syntax, locate: Locate, wanted: bool) -> Test | None:
    found, value = locate(path), constant(choice)
    if found is None or not isinstance(value, str) or not value.strip():
        return None
    return Test(found, "has", "=", value.strip(), wanted)


def opaque(syntax: Syntax, wanted: bool) -> Opaque:
    return Opaque(_unplaced(syntax), wanted)


def _unplaced(syntax: Syntax) -> Syntax:
    """The same part wherever it stands in the expression: positions are taken out."""
    match syntax:
        case Literal():
            return Literal(syntax.value, 0)
        case Chain():
            return Chain(tuple(map(_unplaced, syntax.operands)), syntax.operators)
        case Negation():
            return Negation(_unplaced(syntax.operand), syntax.twice)
        case Call():
            return Call(syntax.name, tuple(map(_unplaced, syntax.arguments)), 0)
        case Path():
            start = None if syntax.start is None else _unplaced(syntax.start)
            return Path(start, syntax.absolute, tuple(map(_unplaced_step, syntax.steps)))
        case Filter():
            return Filter(_unplaced(syntax.operand), tuple(map(_unplaced, syntax.predicates)))
    return syntax


def _unplaced_step(step: Step) -> Step:
    return replace(step, predicates=tuple(map(_unplaced, step.predicates)))


def plain_path(path: Path) -> str | None:
    """`/data/group/name` or `.`; None for paths with conditions, other axes or a start of their own."""
    if path.start is not None or any(step.predicates for step in path.steps):
        return None
    if not path.absolute:
        (step, *more) = path.steps
        return "." if not more and step.axis is Axis.SELF else None
    if any(step.axis is not Axis.CHILD or step.test == "*" or step.test.endswith(")") for step in path.steps):
        return None
    return "/" + "/".join(step.test for step in path.steps)
