"""Parts of an expression whose value is known before anybody answers."""

from __future__ import annotations

from datetime import UTC, datetime

from conversations.xpath import Context, XPathError
from conversations.xpath.compiler import Compiler
from conversations.xpath.syntax import Call, Chain, Literal, Negation, Number, Syntax

Constant = bool | float | str

PURE = frozenset({
    "abs", "boolean", "boolean-from-string", "ceiling", "coalesce", "concat", "contains", "count-selected", "date",
    "date-time", "decimal-date-time", "ends-with", "false", "floor", "format-date", "if", "int", "join", "max",
    "min", "normalize-space", "not", "number", "pi", "pow", "regex", "round", "selected", "selected-at", "sqrt",
    "starts-with", "string", "string-length", "substr", "substring", "substring-after", "substring-before",
    "translate", "true",
})  # fmt: skip
"""Functions that give the same value for the same arguments, whenever and for whomever."""
READS_CONTEXT = frozenset(("number", "string", "string-length", "normalize-space"))
"""Without an argument these read the answer."""
ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def constant(syntax: Syntax) -> Constant | None:
    """The value, or None where it depends on answers, on the clock or on chance."""
    if isinstance(syntax, Number | Literal):
        return syntax.value
    if not _is_constant(syntax):
        return None
    try:
        value = Compiler("").part(syntax).run(Context(now=ANY_TIME))
    except XPathError:
        return None
    if isinstance(value, bool | str):
        return value
    return float(value) if isinstance(value, int | float) else None


def _is_constant(syntax: Syntax) -> bool:
    match syntax:
        case Number() | Literal():
            return True
        case Chain():
            return all(_is_constant(operand) for operand in syntax.operands)
        case Negation():
            return _is_constant(syntax.operand)
        case Call():
            if syntax.name not in PURE or (syntax.name in READS_CONTEXT and not syntax.arguments):
                return False
            return all(_is_constant(argument) for argument in syntax.arguments)
    return False


def folded_truth(value: Constant) -> bool:
    """`boolean()` of a constant."""
    if isinstance(value, float):
        return value != 0 and value == value
    return bool(value)
