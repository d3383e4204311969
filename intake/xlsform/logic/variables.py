"""Whether one answer can pass several tests at once, tried out on every answer that could make a difference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, pairwise

from conversations.xpath import Node, moment, to_number
from conversations.xpath.comparison import compare
from conversations.xpath.value import text_of_number
from intake.xlsform.logic.conditions import Test

EPOCH = date(1970, 1, 1)
LAST_DAY = 2_932_896
"""9999-12-31 in days since 1970; dates before the year 1 are not tried either."""
FIRST_DAY = -719_162
STRANGE = "\ue000"
"""A letter that nobody writes in a form: text that equals nothing."""
LONGEST_TRIED = 5_000
MOST_TRIED = 400


@dataclass(frozen=True, slots=True)
class Variable:
    """What an answer can be: `kind` is one, multiple, number, whole, date, text, or "" when nothing is known."""

    kind: str
    choices: Mapping[str, None] | None = None
    """The names in the list, in order; None where the list is not known."""
    lowest: float | None = None
    highest: float | None = None


def can_pass(variable: Variable, tests: Sequence[Test], *, empty: bool = True) -> bool:
    """Whether there is an answer (no answer at all included, where `empty`) for which every test comes out as wanted.

    True as well where that is too hard to tell.
    """
    candidates = _candidates(variable, tests)
    if candidates is None:
        return True
    return any(passes(text, tests) for text in candidates if text or empty)


def passes(text: str, tests: Iterable[Test]) -> bool:
    """Whether an answer passes, compared as the engine compares."""
    return all(_holds(text, test) is test.wanted for test in tests)


def _holds(text: str, test: Test) -> bool:
    match test.subject:
        case "has":
            return test.value in text.split()
        case "count":
            return compare(test.sign, float(len(text.split())), test.value)
        case "length":
            return compare(test.sign, float(len(text)), test.value)
    return compare(test.sign, [Node("", text)], test.value)


def _candidates(variable: Variable, tests: Sequence[Test]) -> Iterable[str] | None:
    subjects = {test.subject for test in tests}
    match variable.kind:
        case "one" if variable.choices is not None:
            return _options(variable.choices, tests)
        case "multiple" if variable.choices is not None:
            return _selections(variable.choices, tests)
        case "whole" | "number" if subjects == {"value"}:
            return ("", *map(text_of_number, _bounded(variable, _numbers(tests, variable.kind == "whole"))))
        case "date" if subjects == {"value"}:
            return ("", *(str(test.value) for test in tests if moment.read(str(test.value))), *_dates(tests))
        case "one" | "multiple" | "text" if subjects <= {"value", "length"} or subjects == {"has"}:
            return _texts(tests)
        case _ if all(test.sign in ("=", "!=") and test.subject == "value" for test in tests):
            return _texts(tests)
    return None


def _options(choices: Mapping[str, None], tests: Sequence[Test]) -> Iterable[str] | None:
    """Of a long list only the choices that are named, and one that is not."""
    if len(choices) <= MOST_TRIED:
        return ("", *choices)
    if any(test.subject not in ("value", "has") or _ordered(test) for test in tests):
        return None
    named = {str(test.value) for test in tests}
    return ("", *(name for name in named if name in choices), next(name for name in choices if name not in named))


def _selections(choices: Mapping[str, None], tests: Sequence[Test]) -> Iterable[str] | None:
    """Sets of choices: those asked for, and more and more of those not forbidden."""
    if len(choices) > MOST_TRIED and any(test.subject in ("count", "length") for test in tests):
        return None
    asked = {str(test.value) for test in tests if test.subject == "has" and test.wanted}
    banned = {str(test.value) for test in tests if test.subject == "has" and not test.wanted}
    chosen = [name for name in asked if name in choices]
    free = [name for name in islice(choices, MOST_TRIED) if name not in asked and name not in banned]
    whole = [str(test.value) for test in tests if test.subject == "value"]
    sets = [" ".join([*chosen, *free[:count]]) for count in range(len(free) + 1)]
    return ("", *(text for text in whole if all(name in choices for name in text.split())), *sets, *free)


def _numbers(tests: Sequence[Test], whole: bool) -> list[float]:
    """Every bound, what lies just beside it, and what lies between two."""
    bounds = sorted({number for test in tests if math.isfinite(number := to_number(test.value))})
    found = {0.0}
    for bound in bounds:
        beside = (math.floor(bound), math.ceil(bound), bound - 1, bound + 1)
        found.update(map(float, (*beside, math.floor(bound) - 1, math.ceil(bound) + 1)))
        found.update(() if whole else (bound, bound - 0.5, bound + 0.5))
    if not whole:
        found.update((low + high) / 2 for low, high in pairwise(bounds))
    return sorted(number for number in found if not whole or number == int(number))


def _bounded(variable: Variable, numbers: list[float]) -> list[float]:
    low = -math.inf if variable.lowest is None else variable.lowest
    high = math.inf if variable.highest is None else variable.highest
    edges = [edge for edge in (low, high) if math.isfinite(edge)]
    return [number for number in (*numbers, *edges) if low <= number <= high]


def _dates(tests: Sequence[Test]) -> Iterator[str]:
    for days in _numbers(tests, whole=True):
        if FIRST_DAY <= days <= LAST_DAY:
            yield (EPOCH + timedelta(days=int(days))).isoformat()


def _texts(tests: Sequence[Test]) -> list[str] | None:
    """Texts that are named, a text that is not, texts of each length asked for, numbers where they are compared."""
    named = [str(test.value) for test in tests if test.subject == "value" and isinstance(test.value, str)]
    asked = " ".join(dict.fromkeys(str(test.value) for test in tests if test.subject == "has" and test.wanted))
    lengths = {1.0, *(n for test in tests if test.subject == "length" for n in _lengths(to_number(test.value)))}
    if max(lengths) > LONGEST_TRIED:
        return None
    numbers = [text_of_number(number) for number in _numbers(tests, whole=False)] if any(map(_ordered, tests)) else []
    strange = [STRANGE * int(length) for length in sorted(lengths) if length >= 0]
    return ["", *named, *numbers, asked, *strange]


def _lengths(bound: float) -> tuple[float, ...]:
    return tuple(map(float, range(math.floor(bound) - 1, math.ceil(bound) + 2))) if abs(bound) < 1e9 else ()


def _ordered(test: Test) -> bool:
    return test.subject == "value" and (isinstance(test.value, float) or test.sign not in ("=", "!="))
