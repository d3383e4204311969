"""Cuts an expression into tokens, in one pass (XPath 1.0, section 3.7)."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from conversations.xpath.errors import XPathError, fault
from conversations.xpath.fault import Fault

MAX_LENGTH = 65_536


class Kind(Enum):
    """What a token is, after the names that are operators were told from the names that are steps."""

    NUMBER = "number"
    TEXT = "text"
    NAME = "name"
    OPERATOR = "operator"
    MARK = "mark"
    END = "end"


class Token(NamedTuple):
    """A piece of the expression; `position` is its offset."""

    kind: Kind
    text: str
    position: int


_SPACE = re.compile(r"[ \t\r\n]+")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NAME = re.compile(r"[^\W\d][\w.\-]*(?::(?!:)(?:[^\W\d][\w.\-]*|\*))?")
_WORD_OPERATOR = re.compile(r"(?:and|or|div|mod)(?![^\W\d])")
_OPERATOR = re.compile(r"!=|<=|>=|[|+\-=<>]")
_MARK = re.compile(r"::|//|\.\.|[()\[\],@/.]")
_OPENERS = frozenset({"(", "[", ",", "@", "::", "/", "//"})


def tokenize(text: str) -> list[Token]:
    """The tokens of an expression, ended by one END; raises XPathError for a character that has no place."""
    if len(text) > MAX_LENGTH:
        raise XPathError(fault("too_long", limit=MAX_LENGTH), MAX_LENGTH)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if space := _SPACE.match(text, position):
            position = space.end()
            continue
        token = _next(text, position, _ends_operand(tokens))
        tokens.append(token)
        position += len(token.text) + (2 if token.kind is Kind.TEXT else 0)
    tokens.append(Token(Kind.END, "", len(text)))
    return tokens


def _ends_operand(tokens: list[Token]) -> bool:
    """True where an operator must follow: then `*` multiplies and `div` divides."""
    if not tokens:
        return False
    last = tokens[-1]
    return last.kind is not Kind.OPERATOR and not (last.kind is Kind.MARK and last.text in _OPENERS)


def _next(text: str, position: int, after_operand: bool) -> Token:
    character = text[position]
    if character in "'\"":
        return _literal(text, position, character)
    if character == "*":
        return Token(Kind.OPERATOR if after_operand else Kind.NAME, "*", position)
    if after_operand and (found := _WORD_OPERATOR.match(text, position)):
        return Token(Kind.OPERATOR, found[0], position)
    for kind, pattern in (
        (Kind.NUMBER, _NUMBER),
        (Kind.NAME, _NAME),
        (Kind.OPERATOR, _OPERATOR),
        (Kind.MARK, _MARK),
    ):
        if found := pattern.match(text, position):
            return Token(kind, found[0], position)
    raise XPathError(_strange(character), position)


def _literal(text: str, position: int, quote: str) -> Token:
    end = text.find(quote, position + 1)
    if end < 0:
        raise XPathError(fault("text_never_ends", quote=quote), position)
    return Token(Kind.TEXT, text[position + 1 : end], position)


def _strange(character: str) -> Fault:
    if character == "$":
        return fault("variable")
    if character in "“”„‘’«»":
        return fault("typographic_quote", character=character)
    if character == "!":
        return fault("exclamation")
    if character in "&{}":
        return fault("no_meaning", character=character)
    return fault("no_place", character=repr(character))
