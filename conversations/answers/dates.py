"""Dates and times as people type them, day first: "27.04.2022.", "27. aprīlī", "2022. gada 27. aprīlis", "vakar".

Where a text names two different days, none is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from conversations.answers.folding import Word, words
from conversations.answers.hours import hour
from conversations.answers.months import month, month_nearly
from conversations.answers.outcome import Outcome, Parsed, Rejected
from conversations.answers.words import AGO, BESIDE_YESTERDAY, DAYS, ONES, SPANS

_ISO = re.compile(r"(?<!\d)(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d:])(?<!\d[.,])(\d{1,2})\s?[./-]\s?(\d{1,2})(?:\s?[./-]\s?(\d{4}|\d{2})(?![\d:]|[./-]\d))?[./-]?(?![\d:]|[./-]?\d)"
)
_YEAR_AFTER = re.compile(
    r"(?:[\s,.]*|[-/])(?:gada\s+)?['’]?(\d{4}|\d{2})(?![\d:]|[.,h]\d|\s?(?:am|pm|a\.m|p\.m|st|nd|rd|th))\b\.?"
)
_YEAR_BEFORE = re.compile(r"(?<!\d)(\d{4})[.,]?\s*(?:g\.|gada\b|gadā\b)?\s*$", re.IGNORECASE)
_UNTIL = r"\s*(?:[-–—]|līdz|lidz|un|vai|to|and|or|till)\s*"
_FROM_DAY = re.compile(rf"(?<!\d)(\d{{1,2}})\.?{_UNTIL}$", re.IGNORECASE)
_TO_DAY = re.compile(rf"{_UNTIL}(\d{{1,2}})(?![\d:])", re.IGNORECASE)
_LONGEST = 200
_YEARS_AHEAD = 20
"""A year of two digits that lies further ahead is one of the last century."""
_EARLIEST = 1000


class Found(NamedTuple):
    """A day and where it stands in the text."""

    day: date
    start: int
    end: int


def day(text: str, now: datetime) -> Outcome:
    """A date as ISO 8601; a day without a year is one of the year of `now`."""
    found = {one.day for one in _all(text[:_LONGEST], now)}
    return Parsed(found.pop().isoformat()) if len(found) == 1 else Rejected("date", text=text)


def clock(text: str, now: datetime) -> Outcome:
    """A time of day with the offset of `now`."""
    found = hour(text)
    return Parsed(f"{found:%H:%M:%S}.000{_offset(now)}") if found else Rejected("time", text=text)


def instant(text: str, now: datetime) -> Outcome:
    """A date and a time in either order, with the offset of that day in the zone of `now`."""
    text = text[:_LONGEST]
    if whole := _iso_instant(text, now):
        return Parsed(whole)
    one = next(_all(text, now), None)
    if one is None:
        return Rejected("datetime", text=text)
    rest = f"{text[: one.start]} {text[one.end :]}"
    found = hour(rest)
    if found is None or any(other.day != one.day for other in _named(rest, now)):
        return Rejected("datetime", text=text)
    return Parsed(_stored(datetime.combine(one.day, found, tzinfo=now.tzinfo)))


def _iso_instant(text: str, now: datetime) -> str:
    """A moment with its offset as programs write it, on the clocks of `now`; "" for anything else."""
    try:
        found = datetime.fromisoformat(text.strip())
        return _stored(found.astimezone(now.tzinfo)) if found.tzinfo and found.year > _EARLIEST else ""
    except (ValueError, OverflowError):
        return ""


def _stored(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000{_offset(moment)}"


def _offset(moment: datetime) -> str:
    raw = moment.strftime("%z")
    return f"{raw[:3]}:{raw[3:5]}" if raw else ""


def _all(text: str, now: datetime) -> Iterator[Found]:
    """Every day in the text, those written most fully first; what one is read from is not read again."""
    for read in (_iso, _named, _numeric, _relative):
        for found in list(read(text, now)):
            yield found
            text = f"{text[: found.start]}{' ' * (found.end - found.start)}{text[found.end :]}"


def _iso(text: str, now: datetime) -> Iterator[Found]:
    for match in _ISO.finditer(text):
        yield from _found(int(match[1]), int(match[2]), int(match[3]), match.span())


def _numeric(text: str, now: datetime) -> Iterator[Found]:
    """Days in numbers; without a year not beside the name of a month, where "5-7" are two days."""
    named = any(month(word.text) for word in words(text))
    for match in _NUMERIC.finditer(text):
        if match[3] or not named:
            yield from _found(_year(match[3], now), int(match[2]), int(match[1]), match.span())


def _named(text: str, now: datetime) -> Iterator[Found]:
    """Days beside the name of their month; a slip in the name is forgiven where no month is named rightly."""
    found = words(text)
    for read in (month, month_nearly):
        months = [index for index, word in enumerate(found) if read(word.text)]
        for at in months:
            yield from _beside(text, found, at, read, now)
        if months:
            return


def _beside(text: str, found: tuple[Word, ...], at: int, read: Callable[[str], int], now: datetime) -> Iterator[Found]:
    """ "27. aprīlī", "27th of April", "April 27", with or without a year on either side; both days of "5.-7. maijs"."""
    near = (at - 1, at - 2 if at and found[at - 1].text == "of" else -1, at + 1)
    place = next((i for i in near if 0 <= i < len(found) and _ordinal(found[i].text)), None)
    if place is None:
        return
    start, end = found[min(place, at)].start, found[max(place, at)].end
    before, after = _YEAR_BEFORE.search(text[:start]), _YEAR_AFTER.match(text, end)
    if before:
        start = before.start()
    elif after:
        end = after.end()
    year = _year(found_year[1] if (found_year := before or after) else None, now)
    others = (_FROM_DAY.search(text[:start]), _TO_DAY.match(text, end))
    for number in (_ordinal(found[place].text), *(int(other[1]) for other in others if other)):
        yield from _found(year, read(found[at].text), number, (start, end))


def _relative(text: str, now: datetime) -> Iterator[Found]:
    found = words(text)
    for index, word in enumerate(found):
        days = BESIDE_YESTERDAY.get(" ".join(one.text for one in found[max(0, index - 2) : index + 1]))
        if days is None:
            days = DAYS.get(word.text)
        if days is not None:
            yield Found(now.date() + timedelta(days=days), word.start, word.end)
    if back := _days_ago(tuple(word.text for word in found)):
        yield Found(now.date() - timedelta(days=back), 0, len(text))


def _days_ago(spoken: tuple[str, ...]) -> int:
    """ "pirms divām dienām", "a week ago": the days, else 0."""
    if AGO.isdisjoint(spoken):
        return 0
    at = next((i for i, word in enumerate(spoken) if word in SPANS), None)
    if at is None:
        return 0
    many = spoken[at - 1] if at else ""
    number = int(many) if many.isdecimal() and len(many) < 4 else ONES.get(many, 1)
    return number * SPANS[spoken[at]]


def _ordinal(word: str) -> int:
    match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", word)
    return int(match[1]) if match else 0


def _year(digits: str | None, now: datetime) -> int:
    if not digits:
        return now.year
    if len(digits) == 4:
        return int(digits)
    year = 2000 + int(digits)
    return year if year <= now.year + _YEARS_AHEAD else year - 100


def _found(year: int, month_number: int, number: int, span: tuple[int, int]) -> Iterator[Found]:
    try:
        found = date(year, month_number, number)
    except ValueError:
        return
    if found.year >= _EARLIEST:
        yield Found(found, *span)
