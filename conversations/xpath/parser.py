"""Reads tokens into a parsed expression, in linear time and without recursion."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from conversations.xpath.errors import XPathError
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
_UNION = frozenset({"|"})
_AXES = {axis.value: axis for axis in Axis}
_NODE_TYPES = {"node": NODE_TEST, "text": TEXT_TEST}
_REFUSED_TYPES = frozenset({"comment", "processing-instruction"})
_ANYWHERE = Step(Axis.DESCENDANT_OR_SELF, NODE_TEST)

Reading = Generator["Reading", Any, Any]


def read(text: str) -> Syntax:
    """The parsed expression; raises XPathError with the position of what is wrong."""
    tokens = tokenize(text)
    if len(tokens) > MAX_TOKENS:
        raise XPathError(f"The expression is too long: more than {MAX_TOKENS:,} parts", tokens[MAX_TOKENS].position)
    if len(tokens) == 1:
        raise XPathError("The expression is empty", 0)
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


class _Parser:
    """Grammar of XPath 1.0; each method reads one construct and yields the constructs inside it."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _is(self, mark: str) -> bool:
        token = self._token
        return token.kind is Kind.MARK and token.text == mark

    def _take(self, mark: str) -> bool:
        if self._is(mark):
            self._at += 1
            return True
        return False

    def _expect(self, mark: str, where: str) -> None:
        if not self._take(mark):
            raise self._surprise(f"{mark} is missing {where}")

    def _surprise(self, expected: str) -> XPathError:
        token = self._token
        found = "the expression ends" if token.kind is Kind.END else f"{token.text!r} stands here"
        return XPathError(f"{expected}: {found}", token.position)

    def _next_is(self, mark: str) -> bool:
        token = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        return token.kind is Kind.MARK and token.text == mark

    def whole(self) -> Reading:
        syntax = yield self._expression()
        if self._token.kind is not Kind.END:
            raise self._surprise("An operator is missing, or something is left over")
        return syntax

    def _expression(self) -> Reading:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise XPathError(f"The expression is nested too deeply: more than {MAX_DEPTH} levels", self._token.position)
        syntax = yield self._chain(0)
        self._depth -= 1
        return syntax

    def _chain(self, level: int) -> Reading:
        """Operands of this precedence; a lone operand passes through unchanged."""
        operands = [(yield self._operand(level))]
        operators: list[str] = []
        while self._token.kind is Kind.OPERATOR and self._token.text in _LEVELS[level]:
            operators.append(self._token.text)
            self._at += 1
            operands.append((yield self._operand(level)))
        return operands[0] if not operators else Chain(tuple(operands), tuple(operators))

    def _operand(self, level: int) -> Reading:
        return self._chain(level + 1) if level + 1 < len(_LEVELS) else self._unary()

    def _unary(self) -> Reading:
        signs = 0
        while self._token.kind is Kind.OPERATOR and self._token.text == "-":
            signs += 1
            self._at += 1
        syntax = yield self._union()
        return Negation(syntax, signs % 2 == 0) if signs else syntax

    def _union(self) -> Reading:
        operands = [(yield self._path())]
        while self._token.kind is Kind.OPERATOR and self._token.text in _UNION:
            self._at += 1
            operands.append((yield self._path()))
        return operands[0] if len(operands) == 1 else Chain(tuple(operands), ("|",) * (len(operands) - 1))

    def _path(self) -> Reading:
        if self._begins_value():
            start = yield self._filter()
            if not (self._is("/") or self._is("//")):
                return start
            return Path(start, False, (yield self._steps([])))
        if self._is("/") or self._is("//"):
            return (yield self._absolute())
        first = yield self._step()
        return Path(None, False, (yield self._steps([first])))

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
        first = yield self._step()
        return Path(None, True, (yield self._steps([first])))

    def _begins_step(self) -> bool:
        return self._token.kind is Kind.NAME or any(self._is(mark) for mark in (".", "..", "@"))

    def _steps(self, steps: list[Step]) -> Reading:
        while self._is("/") or self._is("//"):
            if self._take("//"):
                steps.append(_ANYWHERE)
            else:
                self._at += 1
            if len(steps) > MAX_STEPS:
                raise XPathError(f"The path is too long: more than {MAX_STEPS} steps", self._token.position)
            # XPath 1.0 has no predicate straight after a slash, but the ODK specification itself writes item/[...].
            steps.append((yield self._step()))
        return tuple(steps)

    def _step(self) -> Reading:
        if self._take("."):
            return Step(Axis.SELF, NODE_TEST, (yield self._predicates()))
        if self._take(".."):
            return Step(Axis.PARENT, NODE_TEST, (yield self._predicates()))
        if self._is("[") and self._tokens[self._at - 1].text in ("/", "//"):
            return Step(Axis.SELF, NODE_TEST, (yield self._predicates()))
        axis = self._axis()
        test = self._node_test()
        return Step(axis, test, (yield self._predicates()))

    def _axis(self) -> Axis:
        if self._take("@"):
            return Axis.ATTRIBUTE
        token = self._token
        if token.kind is not Kind.NAME or not self._next_is("::"):
            return Axis.CHILD
        if token.text not in _AXES:
            raise XPathError(f"There is no axis {token.text}::", token.position)
        self._at += 2
        return _AXES[token.text]

    def _node_test(self) -> str:
        token = self._token
        if token.kind is not Kind.NAME:
            raise self._surprise("A name, a value or a path is missing")
        self._at += 1
        if not self._is("("):
            return token.text
        if token.text not in _NODE_TYPES:
            raise XPathError(f"{token.text}() cannot stand as a step of a path", token.position)
        self._at += 1
        self._expect(")", f"after {token.text}(")
        return _NODE_TYPES[token.text]

    def _predicates(self) -> Reading:
        predicates: list[Syntax] = []
        while self._take("["):
            predicates.append((yield self._expression()))
            self._expect("]", "at the end of a condition")
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
            self._expect(")", "to close a parenthesis")
            return syntax
        self._at += 1
        return Call(token.text, (yield self._arguments(token.text)), token.position)

    def _arguments(self, name: str) -> Reading:
        if self._take(")"):
            return ()
        arguments = [(yield self._expression())]
        while self._take(","):
            arguments.append((yield self._expression()))
        self._expect(")", f"after the arguments of {name}()")
        return tuple(arguments)
