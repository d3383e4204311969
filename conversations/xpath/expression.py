"""An expression, parsed once: what it reads, and its value in a context."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from conversations.xpath import parser
from conversations.xpath.compiled import Run, as_boolean, as_number, as_string
from conversations.xpath.compiler import Compiler
from conversations.xpath.context import Context
from conversations.xpath.errors import XPathError, fault
from conversations.xpath.node import Node, NodeSet, Value
from conversations.xpath.reference import Reference, References

_CACHED = 2_048


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A parsed expression. `references` are the paths it reads, `functions` the functions it calls.

    `problems` are calls with a wrong number of arguments: they fail only if they are reached, as in the other engines,
    so that a form checker can name them at load.
    """

    text: str
    references: tuple[Reference, ...]
    functions: frozenset[str]
    problems: tuple[XPathError, ...]
    _run: Run
    _boolean: Run
    _string: Run
    _number: Run

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(self, context: Context) -> Value:
        """The value; raises XPathError for what cannot be computed."""
        value = self._run(context)
        if isinstance(value, list):
            return NodeSet(value)
        result: Value = value
        return result

    def as_boolean(self, context: Context) -> bool:
        return bool(self._boolean(context))

    def as_string(self, context: Context) -> str:
        return str(self._string(context))

    def as_number(self, context: Context) -> float:
        return float(self._number(context))

    def as_nodes(self, context: Context) -> list[Node]:
        """The nodes; raises XPathError where the expression gives something else."""
        value = self._run(context)
        if not isinstance(value, list):
            raise XPathError(fault("no_nodes"))
        return value


def parse(text: str) -> Expression:
    """The parsed expression; raises XPathError with the position of what is wrong, an unknown function among it."""
    expression, unknown = _read(text)
    if unknown:
        raise XPathError(unknown[0].message, unknown[0].position)
    return expression


@lru_cache(_CACHED)
def _read(text: str) -> tuple[Expression, tuple[XPathError, ...]]:
    syntax = parser.read(text)
    compiler = Compiler(text)
    compiled = compiler.part(syntax)
    reads = References()
    reads.read(syntax)
    expression = Expression(
        text,
        tuple(reads.found),
        frozenset(reads.functions),
        tuple(compiler.problems),
        compiled.run,
        as_boolean(compiled),
        as_string(compiled),
        as_number(compiled),
    )
    return expression, tuple(compiler.unknown)


def evaluate(expression: str, *, now: datetime, root: Node | None = None) -> Value:
    """The value of an expression with `root` as context node; `now` is aware and its zone is the form's zone.

    As in the other engines an unknown function fails only if it is reached: `0 and unknown()` is false.
    """
    return _read(expression)[0].evaluate(Context(root, now=now, root=root))
