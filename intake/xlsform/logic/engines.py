"""Expressions that ODK Collect (JavaRosa) computes otherwise than ODK Web Forms, Enketo and this project."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conversations.xpath import moment
from conversations.xpath.syntax import Call, Chain, Filter, Literal, Number, Path, Syntax
from intake.xlsform.finding import Finding, Severity
from intake.xlsform.logic.conditions import Test
from intake.xlsform.logic.folding import constant
from intake.xlsform.logic.parts import parts, predicates, truths
from intake.xlsform.logic.survey import Survey
from intake.xlsform.logic.variables import can_pass
from intake.xlsform.logic.written import Written

ORDER = frozenset(("<", "<=", ">", ">="))
SUMS = frozenset(("+", "-", "*", "div", "mod"))
CONDITIONS = ("relevant", "constraint", "required", "read_only")
OPEN_BEGIN = re.compile(r"^(?:\^|\.\*|\[\\s\\S\]\*)")
OPEN_END = re.compile(r"(?:(?<!\\)\$|\.\*|\[\\s\\S\]\*)$")


def differences(survey: Survey) -> Iterator[Finding]:
    """One warning for each kind of difference in a cell, with what each engine does."""
    for cell in survey.cells.values():
        if cell.syntax is not None:
            for key in dict.fromkeys(_of(cell, cell.syntax, survey)):
                yield survey.at(cell, key, Severity.WARNING)


def _of(cell: Written, syntax: Syntax, survey: Survey) -> Iterator[str]:
    for part in parts(syntax):
        match part:
            case Chain(operators=(sign, *_)) if sign in ORDER and any(map(_date_text, part.operands)):
                yield "engines_date_text"
            case Chain(operators=(sign, *_)) if sign in SUMS and any(map(_date_text, part.operands)):
                yield "engines_date_number"
            case Call(name="number", arguments=(inner,)) if _date_text(inner):
                yield "engines_date_number"
            case Call(name="regex", arguments=(_, Literal(value=pattern))) if not anchored(pattern):
                yield "engines_regex"
            case Call(name="max") if any(_below_zero(one, cell, survey) for one in part.arguments):
                yield "engines_max"
            case Path() | Filter() if any(isinstance(constant(one), float) for one in predicates(part)):
                yield "engines_position"
    if cell.column in CONDITIONS and any(isinstance(one, Path) for one in _truths(syntax)):
        yield "engines_bare_question"


def _truths(syntax: Syntax) -> Iterator[Syntax]:
    yield from truths(syntax)
    for part in parts(syntax):
        if isinstance(part, Call) and part.name == "if" and part.arguments:
            yield from truths(part.arguments[0])


def _date_text(syntax: Syntax) -> bool:
    """A date as a text: written in quotation marks, or made by format-date()."""
    if isinstance(syntax, Literal):
        return len(syntax.value) >= moment.SHORTEST and moment.read(syntax.value) is not None
    match syntax:
        case Call(name="format-date", arguments=(_, Literal(value="%Y-%m-%d"))):
            return True
    return False


def anchored(pattern: str) -> bool:
    """Whether the pattern speaks of the whole text, so that it makes no difference whether the engine does."""
    return bool(OPEN_BEGIN.search(pattern) and OPEN_END.search(pattern)) and not _alternatives_outside(pattern)


def _alternatives_outside(pattern: str) -> bool:
    """Whether "|" stands outside of all brackets: `^a|b$` is anchored only half each."""
    depth, in_class, escaped = 0, False, False
    for char in pattern:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and depth == 0:
            return True
    return False


def _below_zero(syntax: Syntax, cell: Written, survey: Survey) -> bool:
    """Whether a value may be negative, as far as that is known: a constant, or a number nobody keeps from it."""
    value = constant(syntax)
    if value is not None:
        return isinstance(value, float) and value < 0
    if isinstance(syntax, Number) or not isinstance(syntax, Path):
        return False
    path = survey.reach.locator(cell.item)(syntax)
    if path is None or survey.reach.variable(path).kind not in ("whole", "number"):
        return False
    negative = Test(path, "value", "<", 0.0)
    rules = survey.reach.of(survey.outline.by_path[path], "constraint")
    if rules is None:
        return True
    own = ([one for one in rule if isinstance(one, Test) and one.path == path] for rule in rules)
    return any(can_pass(survey.reach.variable(path), [*tests, negative]) for tests in own)
