"""The list of functions an expression may call: what each takes, what it gives, what computes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from conversations.xpath.compiled import Compiled, Run, Type, as_boolean, as_nodes, as_number, as_string
from conversations.xpath.context import Context
from conversations.xpath.errors import XPathError, fault
from conversations.xpath.fault import Fault

Body = TypeVar("Body", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Function:
    """A function: the types of its parameters, how many it needs, and whether the last may be repeated."""

    name: str
    parameters: tuple[Type, ...]
    required: int
    repeated: int
    result: Type
    body: Callable[..., Any]
    with_context: bool
    fixed: bool

    def complaint(self, count: int) -> Fault | None:
        """What is wrong with a number of arguments, or None."""
        if count < self.required:
            return fault("too_few", name=self.name, wanted=_arguments(self.required), got=count)
        if not self.repeated and count > len(self.parameters):
            return fault("too_many", name=self.name, wanted=_arguments(len(self.parameters)), got=count)
        fixed = len(self.parameters) - self.repeated
        if self.repeated > 1 and count > fixed and (count - fixed) % self.repeated:
            return fault("pairs", name=self.name, wanted=_arguments(fixed))
        return None

    def type_of(self, index: int) -> Type:
        if index < len(self.parameters):
            return self.parameters[index]
        start = len(self.parameters) - self.repeated
        return self.parameters[start + (index - start) % self.repeated]


FUNCTIONS: dict[str, Function] = {}


def function(name: str, signature: str, *, context: bool = False, fixed: bool = True) -> Callable[[Body], Body]:
    """Enters a function: `"s n? -> s"`; s text, n number, b truth, N nodes, v anything; `?` optional, `*` repeated.

    `context` hands the Context to the body first; `fixed` is false where the value depends on the context node.
    """

    def enter(body: Body) -> Body:
        taken, _, given = signature.partition("->")
        words = taken.split()
        FUNCTIONS[name] = Function(
            name,
            tuple(Type(word[0]) for word in words),
            sum(len(word) == 1 for word in words),
            sum(word.endswith("*") for word in words),
            Type(given.strip()),
            body,
            context,
            fixed,
        )
        return body

    return enter


def compile_call(entry: Function, arguments: list[Compiled], position: int) -> Compiled:
    """A call with its arguments converted as the function asks."""
    runs = [_converted(part, entry.type_of(index), f"{entry.name}()", position) for index, part in enumerate(arguments)]
    fixed = entry.fixed and all(part.fixed for part in arguments)
    run = _with_context(entry.body, runs) if entry.with_context else _pure(entry.body, runs)
    return Compiled(entry.result, run, fixed=fixed)


def failing(result: Type, error: XPathError) -> Compiled:
    """A call that can never be computed: it raises when, and only when, it is reached."""

    def run(c: Context) -> Any:
        raise XPathError(error.message, error.position)

    return Compiled(result, run)


def _converted(part: Compiled, wanted: Type, whose: str, position: int) -> Run:
    if wanted is Type.STRING:
        return as_string(part)
    if wanted is Type.NUMBER:
        return as_number(part)
    if wanted is Type.BOOLEAN:
        return as_boolean(part)
    return as_nodes(part, whose, position) if wanted is Type.NODES else part.run


def _pure(body: Callable[..., Any], runs: list[Run]) -> Run:
    if not runs:
        return lambda c: body()
    if len(runs) == 1:
        (only,) = runs
        return lambda c: body(only(c))
    if len(runs) == 2:
        first, second = runs
        return lambda c: body(first(c), second(c))
    return lambda c: body(*[run(c) for run in runs])


def _with_context(body: Callable[..., Any], runs: list[Run]) -> Run:
    if not runs:
        return body
    if len(runs) == 1:
        (only,) = runs
        return lambda c: body(c, only(c))
    return lambda c: body(c, *[run(c) for run in runs])


def _arguments(count: int) -> Fault:
    return fault("argument" if count == 1 else "arguments", count=count)
