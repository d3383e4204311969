"""Makes a parsed expression into functions of a context."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conversations.xpath import axes, functions, special
from conversations.xpath.comparison import ARITHMETIC, compare, compile_arithmetic, compile_comparison
from conversations.xpath.compiled import Compiled, Run, Type, as_boolean, as_nodes, as_number
from conversations.xpath.context import Context
from conversations.xpath.errors import XPathError, fault
from conversations.xpath.fault import Fault
from conversations.xpath.library import compile_call, failing
from conversations.xpath.paths import compile_filter, compile_path
from conversations.xpath.patterns import compile_pattern
from conversations.xpath.syntax import Call, Chain, Filter, Literal, Negation, Number, Path, Syntax

MAX_DEPTH = 100
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


@dataclass(slots=True)
class Compiler:
    """Compiles one expression; `problems` and `unknown` functions fail if they are ever reached."""

    text: str
    problems: list[XPathError] = field(default_factory=list)
    unknown: list[XPathError] = field(default_factory=list)
    _depth: int = 0
    _made: dict[int, tuple[Syntax, Compiled]] = field(default_factory=dict)

    def part(self, syntax: Syntax) -> Compiled:
        """The function of a part, made once; raises XPathError for what is not supported."""
        made = self._made.get(id(syntax))
        if made is not None:
            return made[1]
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise XPathError(fault("too_deep", limit=MAX_DEPTH))
        compiled = self._part(syntax)
        self._depth -= 1
        self._made[id(syntax)] = (syntax, compiled)  # kept, so that its id stays its own
        return compiled

    def _part(self, syntax: Syntax) -> Compiled:
        match syntax:
            case Number(value):
                return Compiled(Type.NUMBER, lambda c: value, fixed=True, constant=value)
            case Literal(text):
                return Compiled(Type.STRING, lambda c: text, fixed=True, constant=text)
            case Negation():
                return self._negation(syntax)
            case Chain():
                return self._chain(syntax)
            case Call():
                return self._call(syntax)
            case Filter():
                operand = self.part(syntax.operand)
                return compile_filter(syntax, as_nodes(operand, "A condition in [ ]", 0), self.part, operand.fixed)
            case Path():
                return self._path(syntax)

    @property
    def _positional(self) -> bool:
        return "position" in self.text or "last" in self.text

    def _path(self, path: Path) -> Compiled:
        if path.start is None:
            return compile_path(path, self.part, None, False, self._positional)
        start = self.part(path.start)
        return compile_path(path, self.part, as_nodes(start, "A path", 0), start.fixed, self._positional)

    def _negation(self, syntax: Negation) -> Compiled:
        part = self.part(syntax.operand)
        number = as_number(part)
        if syntax.twice:
            return Compiled(Type.NUMBER, number, fixed=part.fixed)
        return Compiled(Type.NUMBER, lambda c: -number(c), fixed=part.fixed)

    def _chain(self, syntax: Chain) -> Compiled:
        parts = [self.part(operand) for operand in syntax.operands]
        fixed = all(part.fixed for part in parts)
        if syntax.operators[0] in ("and", "or"):
            return Compiled(Type.BOOLEAN, _logic(syntax.operators[0], parts), fixed=fixed)
        if syntax.operators[0] == "|":
            return Compiled(Type.NODES, _union([as_nodes(part, "|", 0) for part in parts]), fixed=fixed)
        pair = _pair(syntax.operators[0], parts[0], parts[1])
        return _folded(pair, syntax.operators[1:], parts[2:], fixed) if len(parts) > 2 else pair

    def _call(self, syntax: Call) -> Compiled:
        arguments = [self.part(argument) for argument in syntax.arguments]
        entry = functions.FUNCTIONS.get(syntax.name)
        if entry is None:
            return self._unknown(syntax)
        if complaint := entry.complaint(len(arguments)):
            error = XPathError(complaint, syntax.position)
            self.problems.append(error)
            return failing(entry.result, error)
        self._check_pattern(syntax)
        if made := special.compile_special(syntax, arguments, self.text):
            return made
        return compile_call(entry, arguments, syntax.position)

    def _unknown(self, syntax: Call) -> Compiled:
        error = XPathError(_unknown(syntax.name), syntax.position)
        self.unknown.append(error)
        return failing(Type.ANY, error)

    def _check_pattern(self, syntax: Call) -> None:
        """A pattern written in the expression is read now, so that a form checker can name what is wrong."""
        if syntax.name == "regex" and isinstance(pattern := syntax.arguments[1], Literal):
            try:
                compile_pattern(pattern.value)
            except XPathError as error:
                self.problems.append(XPathError(error.message, pattern.position))


def _unknown(name: str) -> Fault:
    return fault("geographic" if name in functions.GEOGRAPHIC else "no_function", name=name)


def _pair(sign: str, left: Compiled, right: Compiled) -> Compiled:
    fixed = left.fixed and right.fixed
    if sign in _COMPARISONS:
        return Compiled(Type.BOOLEAN, compile_comparison(sign, left, right), fixed=fixed)
    return Compiled(Type.NUMBER, compile_arithmetic(sign, left, right), fixed=fixed)


def _folded(first: Compiled, signs: tuple[str, ...], parts: list[Compiled], fixed: bool) -> Compiled:
    """A long chain, computed in a loop: its length never meets Python's recursion limit."""
    if first.type is Type.BOOLEAN:
        links = [_value_test(sign, part.run) for sign, part in zip(signs, parts, strict=True)]
    else:
        links = [_value_work(sign, as_number(part)) for sign, part in zip(signs, parts, strict=True)]
    return Compiled(first.type, _in_turn(first.run, links), fixed=fixed)


def _in_turn(first: Run, links: list[Callable[[Context, Any], Any]]) -> Run:
    def run(c: Context) -> Any:
        value = first(c)
        for link in links:
            value = link(c, value)
        return value

    return run


def _value_test(sign: str, right: Run) -> Callable[[Context, Any], Any]:
    return lambda c, left: compare(sign, left, right(c))


def _value_work(sign: str, right: Run) -> Callable[[Context, Any], Any]:
    work = ARITHMETIC[sign]
    return lambda c, left: work(left, right(c))


def _logic(word: str, parts: list[Compiled]) -> Run:
    runs = [as_boolean(part) for part in parts]
    if len(runs) == 2:
        first, second = runs
        if word == "and":
            return lambda c: first(c) and second(c)
        return lambda c: first(c) or second(c)
    if word == "and":
        return lambda c: all(run(c) for run in runs)
    return lambda c: any(run(c) for run in runs)


def _union(runs: list[Run]) -> Run:
    return lambda c: axes.in_order([node for run in runs for node in run(c)])
