"""Walks through a parsed expression."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.xpath.syntax import Call, Chain, Filter, Negation, Path, Syntax


def parts(syntax: Syntax) -> Iterator[Syntax]:
    """The expression and everything in it, without recursion."""
    pending = [syntax]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(reversed(list(_below(part))))


def _below(syntax: Syntax) -> Iterator[Syntax]:
    match syntax:
        case Chain():
            yield from syntax.operands
        case Negation():
            yield syntax.operand
        case Call():
            yield from syntax.arguments
        case Path():
            if syntax.start is not None:
                yield syntax.start
            yield from predicates(syntax)
        case Filter():
            yield syntax.operand
            yield from syntax.predicates


def predicates(syntax: Path | Filter) -> Iterator[Syntax]:
    """What stands in [ ]."""
    if isinstance(syntax, Filter):
        yield from syntax.predicates
    else:
        yield from (predicate for step in syntax.steps for predicate in step.predicates)


def truths(syntax: Syntax) -> Iterator[Syntax]:
    """The parts whose value is taken as true or false: operands of and, or, not(), the condition of if()."""
    pending = [syntax]
    while pending:
        part = pending.pop()
        match part:
            case Chain(operators=("and" | "or", *_)):
                pending.extend(part.operands)
            case Call(name="not" | "boolean", arguments=(inner,)):
                pending.append(inner)
            case _:
                yield part
