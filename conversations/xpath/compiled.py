"""A part of an expression made into a function, and its conversions to text, number and truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from conversations.xpath.context import Context
from conversations.xpath.errors import XPathError, fault
from conversations.xpath.node import Node
from conversations.xpath.value import (
    number_of_text,
    text_of_nodes,
    text_of_number,
    to_boolean,
    to_number,
    to_string,
)

Run = Callable[[Context], Any]


class Type(Enum):
    """What a part gives, as far as is known before it is computed."""

    BOOLEAN = "b"
    NUMBER = "n"
    STRING = "s"
    NODES = "N"
    ANY = "v"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A part of an expression; `clock` tells that it is `now()` itself, which is an instant with the form's zone.

    `fixed` tells that the value is the same for every context node, so that a predicate computes it once.
    """

    type: Type
    run: Run
    clock: bool = False
    fixed: bool = False
    constant: str | float | None = None


def as_string(part: Compiled) -> Run:
    run = part.run
    if part.type is Type.STRING:
        return run
    if part.type is Type.NODES:
        return lambda c: text_of_nodes(run(c))
    if part.type is Type.NUMBER:
        return lambda c: text_of_number(run(c))
    return lambda c: to_string(run(c))


def as_number(part: Compiled) -> Run:
    run = part.run
    if part.type is Type.NUMBER:
        return run
    if isinstance(part.constant, str):
        number = number_of_text(part.constant)
        return lambda c: number
    if part.type is Type.STRING:
        return lambda c: number_of_text(run(c))
    if part.type is Type.NODES:
        return lambda c: number_of_text(text_of_nodes(run(c)))
    return lambda c: to_number(run(c))


def as_boolean(part: Compiled) -> Run:
    run = part.run
    if part.type is Type.BOOLEAN:
        return run
    if part.type is Type.NODES:
        return lambda c: bool(run(c))
    return lambda c: to_boolean(run(c))


def as_nodes(part: Compiled, whose: str, position: int) -> Run:
    """The nodes of a part; computing it raises XPathError where it gives something else."""
    run = part.run
    if part.type is Type.NODES:
        return run

    def nodes(c: Context) -> list[Node]:
        value = run(c)
        if not isinstance(value, list):
            raise XPathError(fault("needs_nodes", whose=whose, given=repr(to_string(value))), position)
        return value

    return nodes
