"""Dates and times in expressions: read from text, counted in days, written with a format.

A text without an offset stands for itself, in no zone: `2008-09-05` is day 14127 everywhere. A text with an offset is
an instant and is counted in UTC. See docs/decisions/0012.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta, timezone, tzinfo

SHORTEST = len("1970-1-1")
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (counted in no zone)
_DAY = timedelta(days=1)
_PATTERN = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_LARGEST_OFFSET_HOURS = 14


class InvalidDate(str):
    """What `date()` gives for a text that is no date: a text that is false."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a date with a time: `wall` as written, `offset` None where the text names no zone."""

    wall: datetime
    offset: timedelta | None
    has_time: bool

    @property
    def days(self) -> float:
        """Days since 1970-01-01, of an instant in UTC, otherwise of the calendar."""
        return (self.wall - (self.offset or timedelta()) - EPOCH) / _DAY

    def seen_in(self, zone: tzinfo) -> Moment:
        """The same instant on the clocks of a zone; a moment without an offset is the same everywhere."""
        if self.offset is None:
            return self
        return of_instant(self.wall.replace(tzinfo=timezone(self.offset)).astimezone(zone))

    def text(self) -> str:
        """As the data types date and dateTime write it; midnight is written as the date alone."""
        wall = self.wall
        if not self.has_time or (wall.hour, wall.minute, wall.second, wall.microsecond) == (0, 0, 0, 0):
            return wall.date().isoformat()
        return f"{wall.isoformat(timespec='milliseconds')}{offset_text(self.offset)}"


def offset_text(offset: timedelta | None) -> str:
    if offset is None:
        return ""
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def of_instant(instant: datetime) -> Moment:
    """A moment with the offset of an aware datetime."""
    return Moment(instant.replace(tzinfo=None), instant.utcoffset() or timedelta(), True)


def of_date(day: date) -> Moment:
    return Moment(datetime(day.year, day.month, day.day), None, False)  # noqa: DTZ001 (in no zone)


def of_days(days: float) -> Moment | None:
    """The moment that many days after 1970-01-01: whole days are a date, others an instant; None where out of reach."""
    try:
        wall = EPOCH + timedelta(milliseconds=round(days * 86_400_000))
    except (OverflowError, ValueError):
        return None
    if days == int(days):
        return Moment(wall, None, False)
    return Moment(wall, timedelta(), True) if MINYEAR < wall.year < MAXYEAR else None


def read(text: str) -> Moment | None:
    """The moment a text writes, or None: a date, or a date with a time, with or without an offset."""
    found = _PATTERN.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        offset = _offset(zone)
        wall = datetime(  # noqa: DTZ001 (the offset stands beside it)
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), _micro(fraction)
        )
        if offset is not None and not MINYEAR < wall.year < MAXYEAR:
            return None  # no room to move it to another zone
        return Moment(wall, offset, hour is not None)
    except (ValueError, OverflowError):
        return None


def day_fraction(text: str, now: datetime) -> float | None:
    """A time of day as a part of the day, in the zone of `now` where the text has an offset; None if it is no time."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, fraction, zone = found.groups()
    try:
        offset = _offset(zone)
        wall = now.replace(
            hour=int(hour), minute=int(minute), second=int(second or 0), microsecond=_micro(fraction), tzinfo=None
        )
    except ValueError:
        return None
    seen = Moment(wall, offset, True).seen_in(now.tzinfo or UTC).wall
    return (seen - seen.replace(hour=0, minute=0, second=0, microsecond=0)) / _DAY


def _micro(fraction: str | None) -> int:
    return int(f"{fraction:0<6}"[:6]) if fraction else 0


def _offset(zone: str | None) -> timedelta | None:
    if zone is None:
        return None
    if zone == "Z":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > _LARGEST_OFFSET_HOURS or minutes > 59:
        raise ValueError(zone)
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if zone[0] == "-" else offset


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORMATS: dict[str, Callable[[datetime], str]] = {
    "%Y": lambda w: f"{w.year:04}",
    "%y": lambda w: f"{w.year % 100:02}",
    "%m": lambda w: f"{w.month:02}",
    "%n": lambda w: str(w.month),
    "%b": lambda w: _MONTHS[w.month - 1],
    "%d": lambda w: f"{w.day:02}",
    "%e": lambda w: str(w.day),
    "%a": lambda w: _WEEKDAYS[w.weekday()],
    "%H": lambda w: f"{w.hour:02}",
    "%h": lambda w: str(w.hour),
    "%M": lambda w: f"{w.minute:02}",
    "%S": lambda w: f"{w.second:02}",
    "%3": lambda w: f"{w.microsecond // 1000:03}",
    "%%": lambda w: "%",
}
_MARK = re.compile(r"%[a-zA-Z0-9%]")


def write(wall: datetime, pattern: str) -> str:
    """A wall clock written with the marks of `format-date-time()`; an unknown mark stays as it is."""

    def written(found: re.Match[str]) -> str:
        mark = _FORMATS.get(found[0])
        return found[0] if mark is None else mark(wall)

    return _MARK.sub(written, pattern)
