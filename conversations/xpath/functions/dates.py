"""Functions of dates and times (ODK XForms, "Date and Time Functions")."""

from __future__ import annotations

import math
from datetime import UTC
from typing import Any

from conversations.xpath import moment
from conversations.xpath.context import Context
from conversations.xpath.library import function
from conversations.xpath.moment import Moment
from conversations.xpath.value import INVALID_DATE, number_of_text, to_string


@function("today", "-> s", context=True)
def today(c: Context) -> str:
    return c.now.date().isoformat()


@function("now", "-> s")
def now() -> str:
    raise AssertionError


def _moment(value: Any) -> Moment | None:
    """The moment a value means: a number is days since 1970-01-01; a truth is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return moment.of_days(value) if math.isfinite(value) else None
    text = to_string(value).strip()
    found = moment.read(text)
    if found is None and math.isfinite(days := number_of_text(text)):
        return moment.of_days(math.trunc(days))
    return found


@function("date-time", "v -> s", context=True)
@function("date", "v -> s", context=True)
def date(c: Context, value: Any) -> str:
    """A date, or a date with a time, as text; "" stays "", and what is no date is `Invalid Date`, which is false.

    A number of days with a fraction is an instant, written on the clocks of the form's zone.
    """
    if not isinstance(value, bool | float) and to_string(value) == "":
        return ""
    found = _moment(value)
    if found is None:
        return INVALID_DATE
    return found.seen_in(c.now.tzinfo or UTC).text() if isinstance(value, float) else found.text()


@function("format-date", "v s -> s")
def format_date(value: Any, pattern: str) -> str:
    """The day, written with a pattern; an instant falls on its day in UTC, as in `number()`."""
    found = _moment(value)
    return "" if found is None else moment.write(found.seen_in(UTC).wall, pattern)


@function("format-date-time", "v s -> s", context=True)
def format_date_time(c: Context, value: Any, pattern: str) -> str:
    """The day and time, written with a pattern, on the clocks of the form's zone."""
    found = _moment(value)
    return "" if found is None else moment.write(found.seen_in(c.now.tzinfo or UTC).wall, pattern)


@function("decimal-date-time", "v -> n")
def decimal_date_time(value: Any) -> float:
    """Days since 1970-01-01 of a date, or of a number of days; a text that is a number is no date here."""
    found = _moment(value) if isinstance(value, float) else moment.read(to_string(value).strip())
    return math.nan if found is None or isinstance(value, bool) else found.days


@function("decimal-time", "v -> n", context=True)
def decimal_time(c: Context, value: Any) -> float:
    """A time as a part of the day: noon is 0.5."""
    if isinstance(value, bool | float):
        return math.nan
    part = moment.day_fraction(to_string(value), c.now)
    return math.nan if part is None else part
