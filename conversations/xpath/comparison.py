"""Equality, order and arithmetic (XPath 1.0, sections 3.4 and 3.5), with dates as Enketo compares them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from typing import Any

from conversations.xpath import moment
from conversations.xpath.compiled import Compiled, Run, Type, as_boolean, as_number
from conversations.xpath.context import Context
from conversations.xpath.value import number_of_text, to_boolean, to_number

_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": lambda a, b: divide(a, b),
    "mod": lambda a, b: remainder(a, b),
}


def divide(dividend: float, divisor: float) -> float:
    """IEEE 754 division: by zero gives an infinity or NaN."""
    if divisor:
        return dividend / divisor
    if dividend == 0 or dividend != dividend or divisor != divisor:
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1.0, divisor)


def remainder(dividend: float, divisor: float) -> float:
    """The remainder with the sign of the dividend."""
    if divisor == 0 or math.isinf(dividend):
        return math.nan
    return math.fmod(dividend, divisor)


def equal_texts(left: str, right: str) -> bool:
    """Two texts are equal where they are the same, or where both are dates and name the same moment."""
    if left == right:
        return True
    if len(left) < moment.SHORTEST or len(right) < moment.SHORTEST:
        return False
    first = moment.read(left)
    second = moment.read(right) if first else None
    return first is not None and second is not None and first.days == second.days


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        return [node.text if not node.children else node.string_value() for node in value]
    return (value,)


def _numbers(value: Any) -> Iterable[float]:
    if isinstance(value, list):
        return [number_of_text(text) for text in _texts(value)]
    return (to_number(value),)


def equal(left: Any, right: Any, wanted: bool = True) -> bool:
    """`=`, or `!=` where `wanted` is false: true where any pair of the two sides is (un)equal."""
    if isinstance(left, bool) or isinstance(right, bool):
        return (to_boolean(left) == to_boolean(right)) is wanted
    if isinstance(left, float) or isinstance(right, float):
        others = list(_numbers(right))
        return any((a == b) is wanted for a in _numbers(left) for b in others)
    if isinstance(left, list) and isinstance(right, list):
        return _sets_equal(left, right, wanted)
    others_text = list(_texts(right))
    return any(equal_texts(a, b) is wanted for a in _texts(left) for b in others_text)


def _sets_equal(left: list[Any], right: list[Any], wanted: bool) -> bool:
    """Two node-sets without comparing every pair: same texts first, then dates by the moment they name."""
    first, second = set(_texts(left)), set(_texts(right))
    if not first or not second:
        return False
    if wanted:
        return not first.isdisjoint(second) or not _moments(first).isdisjoint(_moments(second))
    keys = {_key(text) for text in first | second}
    return len(keys) > 1


def _key(text: str) -> str | float:
    found = moment.read(text) if len(text) >= moment.SHORTEST else None
    return text if found is None else found.days


def _moments(texts: set[str]) -> set[float]:
    return {key for key in map(_key, texts) if isinstance(key, float)}


def _ordered(test: Callable[[float, float], bool], left: Any, right: Any) -> bool:
    """Whether any pair stands in the order: of a set only its largest and its smallest number matter."""
    first = [number for number in _numbers(left) if number == number]
    second = [number for number in _numbers(right) if number == number]
    if not first or not second:
        return False
    return test(min(first), max(second)) or test(max(first), min(second))


def compare(sign: str, left: Any, right: Any) -> bool:
    """A comparison of two values of any type."""
    if sign in _ORDER:
        return _ordered(_ORDER[sign], left, right)
    return equal(left, right, sign == "=")


def _plain(part: Compiled) -> bool:
    return part.type in (Type.STRING, Type.NUMBER, Type.BOOLEAN)


def compile_comparison(sign: str, left: Compiled, right: Compiled) -> Run:
    """The function of one comparison, made for what the two sides are known to give."""
    if sign in _ORDER:
        return _compile_order(_ORDER[sign], left, right)
    wanted, first, second = sign == "=", left.run, right.run
    if Type.BOOLEAN in (left.type, right.type):
        a, b = as_boolean(left), as_boolean(right)
        return lambda c: (a(c) == b(c)) is wanted
    if _plain(left) and _plain(right) and Type.NUMBER in (left.type, right.type):
        a, b = as_number(left), as_number(right)
        return lambda c: (a(c) == b(c)) is wanted
    if left.type is Type.NODES and isinstance(right.constant, str):
        return _nodes_and_word(first, right.constant, wanted)
    if right.type is Type.NODES and isinstance(left.constant, str):
        return _nodes_and_word(second, left.constant, wanted)
    return lambda c: equal(first(c), second(c), wanted)


def _nodes_and_word(nodes: Run, word: str, wanted: bool) -> Run:
    """A path against a text written in the expression, the commonest comparison of all."""
    if moment.read(word) is not None:
        return lambda c: any(equal_texts(text, word) is wanted for text in _texts(nodes(c)))

    def compare(c: Context) -> bool:
        found = nodes(c)
        if len(found) == 1:
            node = found[0]
            return ((node.text if not node.children else node.string_value()) == word) is wanted
        return any(((node.text if not node.children else node.string_value()) == word) is wanted for node in found)

    return compare


def _compile_order(test: Callable[[float, float], bool], left: Compiled, right: Compiled) -> Run:
    if left.clock is not right.clock:
        return _with_clock(test, left, right)
    if _plain(left) and _plain(right):
        a, b = as_number(left), as_number(right)
        return lambda c: test(a(c), b(c))
    first, second = left.run, right.run
    if left.type is Type.NODES and right.type is Type.NUMBER:
        return lambda c: any(test(a, b) for b in (second(c),) for a in _numbers(first(c)))
    return lambda c: _ordered(test, first(c), second(c))


def _with_clock(test: Callable[[float, float], bool], left: Compiled, right: Compiled) -> Run:
    """`now()` against another value: against a date it counts on the form's clock, against an instant in UTC."""
    other, mirrored = (left.run, False) if right.clock else (right.run, True)

    def compare(c: Context) -> bool:
        value = other(c)
        texts = _texts(value) if isinstance(value, list | str) else None
        pairs = [(to_number(value), clock_days(c, ""))] if texts is None else [_pair(c, text) for text in texts]
        return any(test(clock, number) if mirrored else test(number, clock) for number, clock in pairs)

    return compare


def _pair(c: Context, text: str) -> tuple[float, float]:
    return number_of_text(text), clock_days(c, text)


def clock_days(c: Context, beside: str) -> float:
    """`now()` in days, to be set beside another text: on the form's clock where that text names no zone."""
    instant = moment.of_instant(c.now)
    found = moment.read(beside.strip()) if beside else None
    if found is not None and found.offset is None:
        return (instant.wall - moment.EPOCH) / moment._DAY
    return instant.days


def compile_arithmetic(sign: str, left: Compiled, right: Compiled) -> Run:
    """The function of one sum, difference, product, quotient or remainder."""
    if sign == "-" and left.clock is not right.clock:
        return _clock_difference(left, right)
    a, b, work = as_number(left), as_number(right), ARITHMETIC[sign]
    return lambda c: work(a(c), b(c))


def _clock_difference(left: Compiled, right: Compiled) -> Run:
    other = left.run if right.clock else right.run
    sign = -1.0 if right.clock else 1.0

    def difference(c: Context) -> float:
        value = other(c)
        texts = list(_texts(value)) if isinstance(value, list | str) else [""]
        text = texts[0] if texts else ""
        return sign * (clock_days(c, text) - to_number(value))

    return difference
