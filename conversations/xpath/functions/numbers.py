"""Functions of numbers (ODK XForms, "Number Functions")."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from conversations.xpath.library import function
from conversations.xpath.node import Node
from conversations.xpath.numerals import power, rounded, truncated
from conversations.xpath.value import number_of_text, text_of_nodes, to_number


def _numbers(values: tuple[Any, ...]) -> list[float]:
    found: list[float] = []
    for value in values:
        if isinstance(value, list):
            found.extend(number_of_text(text_of_nodes((node,))) for node in value)
        else:
            found.append(to_number(value))
    return found


@function("number", "n? -> n")
def number(value: float) -> float:
    return value


@function("random", "-> n", fixed=False)
def random() -> float:
    raise AssertionError


@function("int", "n -> n")
def integer(value: float) -> float:
    return truncated(value)


@function("round", "n n? -> n")
def round_(value: float, decimals: float = 0.0) -> float:
    """Half goes away from zero, as Enketo and ODK Web Forms round; decimals may be negative."""
    return rounded(value, decimals)


@function("floor", "n -> n")
def floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else value


@function("ceiling", "n -> n")
def ceiling(value: float) -> float:
    return float(math.ceil(value)) if math.isfinite(value) else value


@function("abs", "n -> n")
def absolute(value: float) -> float:
    return abs(value)


@function("pow", "n n -> n")
def power_(base: float, exponent: float) -> float:
    return power(base, exponent)


@function("exp10", "n -> n")
def exp10(exponent: float) -> float:
    return power(10.0, exponent)


@function("pi", "-> n")
def pi() -> float:
    return math.pi


@function("atan2", "n n -> n")
def atan2(y: float, x: float) -> float:
    return math.atan2(y, x)


@function("sum", "N -> n")
def sum_(nodes: list[Node]) -> float:
    return sum(_numbers((nodes,)), 0.0)


@function("min", "v* -> n")
def minimum(*values: Any) -> float:
    return _extreme(min, values)


@function("max", "v* -> n")
def maximum(*values: Any) -> float:
    return _extreme(max, values)


def _extreme(choose: Callable[[list[float]], float], values: tuple[Any, ...]) -> float:
    found = _numbers(values)
    if not found or any(value != value for value in found):
        return math.nan
    return choose(found)


def _real(work: Callable[[float], float], value: float) -> float:
    """A function of the mathematics library with NaN and infinities instead of exceptions."""
    try:
        return work(value)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _logarithm(work: Callable[[float], float], value: float) -> float:
    return -math.inf if value == 0 else _real(work, value)


def _enter(name: str, work: Callable[[float], float]) -> None:
    function(name, "n -> n")(lambda value: _real(work, value))


for _name, _work in {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sqrt": math.sqrt,
    "exp": math.exp,
}.items():
    _enter(_name, _work)
function("log", "n -> n")(lambda value: _logarithm(math.log, value))
function("log10", "n -> n")(lambda value: _logarithm(math.log10, value))
