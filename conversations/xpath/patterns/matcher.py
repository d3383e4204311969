"""Runs a pattern over a text with all its possibilities side by side (Thompson 1968): no text is read twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from conversations.xpath.errors import XPathError, fault
from conversations.xpath.patterns.grammar import At, Either, One, Place, Repeat, Sequence, Tree, read
from conversations.xpath.patterns.letters import Letters, is_word

MAX_PATTERN = 2_000
MAX_STATES = 4_000
MAX_WORK = 4_000_000
_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class State:
    """A place in the pattern: takes a letter, or asks for a place, or just goes on to `next`."""

    letters: Letters | None
    place: Place | None
    next: tuple[int, ...]


class Pattern:
    """A compiled pattern. State 0 is the end; what was worked out once for a letter is remembered, within bounds."""

    __slots__ = ("_memory", "_start", "_states")

    def __init__(self, states: tuple[State, ...], start: int) -> None:
        self._states = states
        self._start = start
        self._memory: dict[tuple[frozenset[int], str, str], frozenset[int]] = {}

    def found_in(self, text: str) -> bool:
        """Whether the pattern is found anywhere in the text; in time of the length of both."""
        if len(text) * len(self._states) > MAX_WORK:
            raise XPathError(fault("pattern_text_long", length=len(text)))
        here: frozenset[int] = frozenset()
        before = ""
        for letter in text:
            here = self._step(here, before, letter)
            if 0 in here:
                return True
            before = letter
        return 0 in self._reached((*here, self._start), before, "")

    def _step(self, here: frozenset[int], before: str, letter: str) -> frozenset[int]:
        """The states after a letter; state 0 among them where the pattern ended before it or needs no more."""
        key = (here, before, letter)
        known = self._memory.get(key)
        if known is not None:
            return known
        states = self._states
        reached = self._reached((*here, self._start), before, letter)
        after = frozenset({0})
        if 0 not in reached:
            after = frozenset(states[at].next[0] for at in reached if _takes(states[at], letter))
        if len(self._memory) >= _REMEMBERED:
            self._memory.clear()
        self._memory[key] = after
        return after

    def _reached(self, start: Iterable[int], before: str, following: str) -> set[int]:
        """The states that can be reached between two letters without taking one."""
        seen: set[int] = set()
        waiting = list(start)
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            state = self._states[at]
            if state.letters is None and (state.place is None or _holds(state.place, before, following)):
                waiting.extend(state.next)
        return seen


def _takes(state: State, letter: str) -> bool:
    return state.letters is not None and state.letters.has(letter)


def _holds(place: Place, before: str, following: str) -> bool:
    if place is Place.START:
        return not before
    if place is Place.END:
        return not following
    edge = (bool(before) and is_word(before)) is not (bool(following) and is_word(following))
    return edge is (place is Place.EDGE)


class _Builder:
    """Builds the states of a tree from its end to its beginning."""

    def __init__(self) -> None:
        self.states: list[State] = [State(None, None, ())]
        self._built = 0

    def add(self, state: State) -> int:
        self.states.append(state)
        return len(self.states) - 1

    def build(self, tree: Tree, then: int) -> int:
        """The first state of a tree that goes on to `then`."""
        self._built += 1  # counts empty groups too, which add no state
        if self._built > MAX_STATES:
            raise XPathError(fault("pattern_large", limit=MAX_STATES))
        match tree:
            case One(letters):
                return self.add(State(letters, None, (then,)))
            case At(place):
                return self.add(State(None, place, (then,)))
            case Sequence(parts):
                for part in reversed(parts):
                    then = self.build(part, then)
                return then
            case Either(branches):
                return self.add(State(None, None, tuple(self.build(branch, then) for branch in branches)))
            case Repeat():
                return self._repeat(tree, then)

    def _repeat(self, tree: Repeat, then: int) -> int:
        if tree.most is None:
            loop = self.add(State(None, None, ()))
            body = self.build(tree.part, loop)
            self.states[loop] = State(None, None, (body, then))
            first = loop
        else:
            first = then
            for _ in range(tree.most - tree.least):
                first = self.add(State(None, None, (self.build(tree.part, first), then)))
        for _ in range(tree.least):
            first = self.build(tree.part, first)
        return first


@lru_cache(256)
def compile_pattern(text: str) -> Pattern:
    """The pattern; raises XPathError for one that is wrong, too large, or looks ahead or back."""
    if len(text) > MAX_PATTERN:
        raise XPathError(fault("pattern_long", limit=MAX_PATTERN))
    builder = _Builder()
    start = builder.build(read(text), 0)
    return Pattern(tuple(builder.states), start)
