"""Reads tokens into a parsed expression, in linear time and without recursion."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from conversations.xpath.errors import XPathError, fault
from conversations.xpath.syntax import (
    NODE_TEST,
    TEXT_TEST,
    Axis,
    Call,
    Chain,
    Filter,
    Literal,
    Negation,
    Number,
    Path,
    Step,
    Syntax,
)
from conversations.xpath.tokens import Kind, Token, tokenize

MAX_DEPTH = 100
MAX_TOKENS = 20_000
MAX_STEPS = 200
_LEVELS = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
_AXES = {axis.value: axis for axis in Axis}
_NODE_TYPES = {"node": NODE_TEST, "text": TEXT_TEST}
_REFUSED_TYPES = frozenset({"comment", "processing-instruction"})
_SLASHES = ("/", "//")
_SELF = Step(Axis.SELF, NODE_TEST)
_PARENT = Step(Axis.PARENT, NODE_TEST)
_ANYWHERE = Step(Axis.DESCENDANT_OR_SELF, NODE_TEST)

Reading = Generator["Reading", Any, Any]


def read(text: str) -> Syntax:
    """The parsed expression; raises XPathError with the position of what is wrong."""
    tokens = tokenize(text)
    if len(tokens) > MAX_TOKENS:
        raise XPathError(fault("too_many_parts", limit=MAX_TOKENS), tokens[MAX_TOKENS].position)
    if len(tokens) == 1:
        raise XPathError(fault("empty"), 0)
    parser = _Parser(tokens)
    syntax: Syntax = _run(parser.whole())
    return syntax


def _run(first: Reading) -> Any:
    """Runs readings that wait for each other on a stack of our own: nesting never meets Python's recursion limit."""
    stack, result = [first], None
    while stack:
        try:
            stack.append(stack[-1].send(result))
            result = None
        except StopIteration as done:
            stack.pop()
            result = done.value
    return result


def _chained(operands: list[Syntax], operators: list[str], level: int) -> Syntax:
    """Operands joined by precedence, the loosest first; operands of one precedence stay side by side."""
    if not operators:
        return operands[0]
    if not any(sign in _LEVELS[level] for sign in operators):
        return _chained(operands, operators, level + 1)
    parts: list[Syntax] = []
    joints: list[str] = []
    begin = 0
    for place, sign in enumerate(operators):
        if sign in _LEVELS[level]:
            parts.append(_chained(operands[begin : place + 1], operators[begin:place], level + 1))
            joints.append(sign)
            begin = place + 1
    parts.append(_chained(operands[begin:], operators[begin:], level + 1))
    return Chain(tuple(parts), tuple(joints))


class _Parser:
    """Grammar of XPath 1.0; each method reads one construct and yields the constructs inside it."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._marks = [token.text if token.kind is Kind.MARK else "" for token in tokens]
        self._signs = [token.text if token.kind is Kind.OPERATOR else "" for token in tokens]
        self._at = 0
        self._depth = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _is(self, mark: str) -> bool:
        return self._marks[self._at] == mark

    def _take(self, mark: str) -> bool:
        if self._marks[self._at] == mark:
            self._at += 1
            return True
        return False

    def _expect(self, mark: str, key: str, name: str = "") -> None:
        if not self._take(mark):
            raise self._surprise(key, mark=mark, name=name)

    def _surprise(self, key: str, **values: str) -> XPathError:
        token = self._token
        found = fault("ends") if token.kind is Kind.END else fault("stands", token=repr(token.text))
        return XPathError(fault(key, found=found, **values), token.position)

    def _next_is(self, mark: str) -> bool:
        return self._marks[min(self._at + 1, len(self._marks) - 1)] == mark

    def whole(self) -> Reading:
        syntax = yield self._expression()
        if self._token.kind is not Kind.END:
            raise self._surprise("operator_missing")
        return syntax

    def _expression(self) -> Reading:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise XPathError(fault("too_deep", limit=MAX_DEPTH), self._token.position)
        operands = [(yield self._operand())]
        operators: list[str] = []
        while (sign := self._signs[self._at]) and sign != "|":
            operators.append(sign)
            self._at += 1
            operands.append((yield self._operand()))
        self._depth -= 1
        return _chained(operands, operators, 0) if operators else operands[0]

    def _operand(self) -> Reading:
        """A path or a value, or several joined by `|`, with its minus signs."""
        signs = 0
        while self._signs[self._at] == "-":
            signs += 1
            self._at += 1
        paths = [(yield self._path())]
        while self._signs[self._at] == "|":
            self._at += 1
            paths.append((yield self._path()))
        syntax = paths[0] if len(paths) == 1 else Chain(tuple(paths), ("|",) * (len(paths) - 1))
        return Negation(syntax, signs % 2 == 0) if signs else syntax

    def _path(self) -> Reading:
        if self._begins_value():
            start = yield self._filter()
            if self._marks[self._at] not in _SLASHES:
                return start
            return Path(start, False, (yield self._steps([])))
        if self._marks[self._at] in _SLASHES:
            return (yield self._absolute())
        return Path(None, False, (yield self._steps([self._step()])))

    def _begins_value(self) -> bool:
        token = self._token
        if token.kind in (Kind.NUMBER, Kind.TEXT):
            return True
        if token.kind is Kind.NAME:
            return self._next_is("(") and token.text not in _NODE_TYPES and token.text not in _REFUSED_TYPES
        return self._is("(")

    def _absolute(self) -> Reading:
        if self._is("//"):
            return Path(None, True, (yield self._steps([])))
        self._at += 1
        if not self._begins_step():
            return Path(None, True, ())
        return Path(None, True, (yield self._steps([self._step()])))

    def _begins_step(self) -> bool:
        return self._token.kind is Kind.NAME or self._marks[self._at] in (".", "..", "@")

    def _steps(self, steps: list[Step]) -> Reading:
        """The steps of a path, each with its predicates; the first may have been read already."""
        while True:
            if steps and self._is("["):
                steps[-1] = replace(steps[-1], predicates=(yield self._predicates()))
            if self._take("//"):
                steps.append(_ANYWHERE)
            elif not self._take("/"):
                return tuple(steps)
            if len(steps) > MAX_STEPS:
                raise XPathError(fault("path_too_long", limit=MAX_STEPS), self._token.position)
            # XPath 1.0 has no predicate straight after a slash, but the ODK specification itself writes item/[...].
            steps.append(_SELF if self._is("[") else self._step())

    def _step(self) -> Step:
        if self._take("."):
            return _SELF
        if self._take(".."):
            return _PARENT
        axis = self._axis()
        return Step(axis, self._node_test())

    def _axis(self) -> Axis:
        if self._take("@"):
            return Axis.ATTRIBUTE
        token = self._token
        if token.kind is not Kind.NAME or not self._next_is("::"):
            return Axis.CHILD
        if token.text not in _AXES:
            raise XPathError(fault("no_axis", name=token.text), token.position)
        self._at += 2
        return _AXES[token.text]

    def _node_test(self) -> str:
        token = self._token
        if token.kind is not Kind.NAME:
            raise self._surprise("value_missing")
        self._at += 1
        if not self._is("("):
            return token.text
        if token.text not in _NODE_TYPES:
            raise XPathError(fault("no_step", name=token.text), token.position)
        self._at += 1
        self._expect(")", "closing_missing", token.text)
        return _NODE_TYPES[token.text]

    def _predicates(self) -> Reading:
        predicates: list[Syntax] = []
        while self._take("["):
            predicates.append((yield self._expression()))
            self._expect("]", "condition_open")
        return tuple(predicates)

    def _filter(self) -> Reading:
        syntax = yield self._primary()
        predicates = yield self._predicates()
        return Filter(syntax, predicates) if predicates else syntax

    def _primary(self) -> Reading:
        token = self._token
        self._at += 1
        if token.kind is Kind.NUMBER:
            return Number(float(token.text))
        if token.kind is Kind.TEXT:
            return Literal(token.text, token.position)
        if token.kind is Kind.MARK:
            syntax = yield self._expression()
            self._expect(")", "parenthesis_open")
            return syntax
        self._at += 1
        return Call(token.text, (yield self._arguments(token.text)), token.position)

    def _arguments(self, name: str) -> Reading:
        if self._take(")"):
            return ()
        arguments = [(yield self._expression())]
        while self._take(","):
            arguments.append((yield self._expression()))
        self._expect(")", "arguments_open", name)
        return tuple(arguments)
