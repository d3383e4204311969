"""Reads a regular expression (JavaScript's syntax, without look-around and back references) into a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from conversations.xpath.errors import XPathError, fault
from conversations.xpath.patterns.letters import CLASSES, Letters, any_letter, category, join, one, span

MAX_NESTING = 40
MAX_REPEAT = 1_000
_REPEAT = re.compile(r"\{([0-9]{1,6})(?:(,)([0-9]{1,6})?)?\}")
_SIMPLE = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_HEX = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})")
_CATEGORY = re.compile(r"([pP])\{\^?([A-Z][a-z]?)\}")


class Place(Enum):
    """Conditions on a place between letters."""

    START = "^"
    END = "$"
    EDGE = "b"
    NO_EDGE = "B"


@dataclass(frozen=True, slots=True)
class One:
    """One letter out of a set."""

    letters: Letters


@dataclass(frozen=True, slots=True)
class At:
    """A condition that takes no letter."""

    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several branches."""

    branches: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part several times; `most` is None where there is no limit."""

    part: Tree
    least: int
    most: int | None


Tree = One | At | Sequence | Either | Repeat


def read(text: str) -> Tree:
    """The tree of a pattern; raises XPathError with the reason in plain English."""
    reader = _Reader(text)
    tree = reader.either(0)
    if reader.at < len(text):
        raise reader.error("closing_alone")
    return tree


class _Reader:
    """Recursive descent, its depth bounded by MAX_NESTING."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def error(self, key: str, **values: object) -> XPathError:
        reason = fault(key, **values)
        return XPathError(fault("pattern", pattern=repr(self._text[:80]), reason=reason, position=self.at + 1))

    def _peek(self) -> str:
        return self._text[self.at : self.at + 1]

    def _take(self, mark: str) -> bool:
        if self._text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def either(self, depth: int) -> Tree:
        if depth > MAX_NESTING:
            raise self.error("groups_deep", limit=MAX_NESTING)
        branches = [self._sequence(depth)]
        while self._take("|"):
            branches.append(self._sequence(depth))
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def _sequence(self, depth: int) -> Tree:
        parts: list[Tree] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom(depth)))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, part: Tree) -> Tree:
        least, most = 1, 1
        found = _REPEAT.match(self._text, self.at)
        if found:
            least, most = self._limits(found)
        elif self._peek() in ("*", "+", "?"):
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[self._peek()]  # type: ignore[assignment]
            self.at += 1
        else:
            return part
        self._take("?")  # a lazy repeat finds the same texts
        if self._peek() in ("*", "+", "?"):
            raise self.error("repeat_of_repeat")
        return Repeat(part, least, most)

    def _limits(self, found: re.Match[str]) -> tuple[int, int]:
        least = int(found[1])
        most = least if found[2] is None else int(found[3]) if found[3] else None
        if least > MAX_REPEAT or (most or 0) > MAX_REPEAT:
            raise self.error("repeats_many", limit=MAX_REPEAT)
        if most is not None and most < least:
            raise self.error("limits_turned")
        self.at = found.end()
        return least, most  # type: ignore[return-value]

    def _atom(self, depth: int) -> Tree:
        letter = self._peek()
        if letter in "*+?":
            raise self.error("nothing_to_repeat", letter=letter)
        self.at += 1
        if letter == "(":
            return self._group(depth)
        if letter == "[":
            return One(self._set())
        if letter == "\\":
            return self._escaped()
        if letter in "^$":
            return At(Place(letter))
        return One(any_letter if letter == "." else one(letter))

    def _group(self, depth: int) -> Tree:
        if self._take("?"):
            name = re.compile(r"<[A-Za-z_]\w*>").match(self._text, self.at)
            if name:
                self.at = name.end()
            elif not self._take(":"):
                raise self.error("looks_around")
        tree = self.either(depth + 1)
        if not self._take(")"):
            raise self.error("opening_alone")
        return tree

    def _escaped(self) -> Tree:
        letter = self._peek()
        if letter in ("b", "B"):
            self.at += 1
            return At(Place(letter))
        if letter in tuple("123456789k"):
            raise self.error("refers_back")
        return One(self._escape())

    def _escape(self) -> Letters:
        if found := _HEX.match(self._text, self.at):
            self.at = found.end()
            return one(chr(int(found[1] or found[2], 16)))
        if found := _CATEGORY.match(self._text, self.at):
            self.at = found.end()
            return category(found[2], found[1] == "P")
        letter = self._peek()
        if not letter:
            raise self.error("backslash_end")
        self.at += 1
        return CLASSES.get(letter) or one(_SIMPLE.get(letter, letter))

    def _set(self) -> Letters:
        inverted = self._take("^")
        parts: list[Letters] = []
        while not self._take("]"):
            if not self._peek():
                raise self.error("set_open")
            parts.append(self._member())
        return join(parts, inverted)

    def _member(self) -> Letters:
        first = self._letter()
        if self._peek() != "-" or self._text[self.at + 1 : self.at + 2] in ("]", ""):
            return first
        self.at += 1
        last = self._letter()
        if len(first.plain) != 1 or len(last.plain) != 1:
            return join([first, one("-"), last], False)
        if last.plain < first.plain:
            raise self.error("range_turned")
        return span(first.plain, last.plain)

    def _letter(self) -> Letters:
        letter = self._peek()
        if not letter:
            raise self.error("set_open")
        self.at += 1
        if letter != "\\":
            return one(letter)
        return one("\b") if self._take("b") else self._escape()
