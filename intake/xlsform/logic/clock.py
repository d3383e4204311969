"""Conditions that read the clock, looked at on every day that can make a difference."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import product

from conversations.xpath import moment
from conversations.xpath.syntax import Call, Chain, Literal, Negation, Number, Syntax
from intake.xlsform.logic.folding import constant
from intake.xlsform.logic.parts import parts

FIRST = date(2026, 1, 1)
"""No form was asked here before that day."""
LAST = date(2200, 1, 1)
"""Nor will any be after this one."""
CLOCK = {"today": "{}", "now": "{}T12:00:00.000"}
COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
NEAR = (-2, -1, 0, 1, 2)
"""Days around a date at which something changes: between two dates there must be room for a third."""
MOST_DAYS = 60
FARTHEST = 200_000


def telling_days(conditions: Iterable[Syntax]) -> tuple[date, ...]:
    """Days that tell all that any day would; none where no condition reads the clock, or too many would be needed."""
    found = [part for syntax in conditions for part in parts(syntax)]
    if not any(_reads_clock(part) for part in found):
        return ()
    dates = {day for part in found if isinstance(part, Literal) and (day := _day(part.value))}
    numbers = {0, *(number for part in found for number in _distances(part))}
    if len(dates) * len(numbers) * 2 * len(NEAR) > 50 * MOST_DAYS:
        return ()
    moves = product(dates, numbers, (1, -1), NEAR)
    days = {day + timedelta(days=number * sign + near) for day, number, sign, near in moves if _fits(day)}
    telling = (FIRST, LAST, *sorted(day for day in days if FIRST < day < LAST))
    return telling if len(telling) <= MOST_DAYS else ()


def _distances(part: Syntax) -> tuple[int, ...]:
    """How many days are added to the clock, or taken away."""
    if not isinstance(part, Chain) or not any(_reads_clock(one) for one in parts(part)):
        return ()
    return tuple(int(one.value) for one in part.operands if isinstance(one, Number) and one.value < FARTHEST)


def on_day(syntax: Syntax, today: date | None) -> Syntax:
    """The condition as it reads on a day: what is compared with the clock, or with days before or after, is a date."""
    if today is None:
        return syntax
    match syntax:
        case Chain(operators=(sign,)) if sign in COMPARISONS:
            return Chain(tuple(_dated(operand, today) for operand in syntax.operands), syntax.operators)
        case Chain():
            return Chain(tuple(on_day(operand, today) for operand in syntax.operands), syntax.operators)
        case Call():
            return Call(syntax.name, tuple(on_day(one, today) for one in syntax.arguments), syntax.position)
        case Negation():
            return Negation(on_day(syntax.operand, today), syntax.twice)
    return syntax


def _dated(operand: Syntax, today: date) -> Syntax:
    match operand:
        case Call(name=("today" | "now") as name, arguments=()):
            return Literal(CLOCK[name].format(today.isoformat()), operand.position)
        case Call(name="date", arguments=(inner,)) if _dated(inner, today) is not inner:
            return Call("date", (_dated(inner, today),), operand.position)
        case Chain(operands=(first, *rest), operators=signs) if set(signs) <= {"+", "-"} and all(map(_number, rest)):
            dated = _dated(first, today)
            return operand if dated is first else Chain((dated, *rest), signs)
    return operand


def _number(syntax: Syntax) -> bool:
    return isinstance(constant(syntax), float)


def _reads_clock(part: Syntax) -> bool:
    return isinstance(part, Call) and part.name in CLOCK


def _day(text: str) -> date | None:
    found = moment.read(text.strip())
    return found.wall.date() if found else None


def _fits(day: date) -> bool:
    return 1000 < day.year < 9000
