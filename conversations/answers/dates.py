"""Dates and times as people type them, day first: "27.04.2022.", "27. aprīlī", "2022. gada 27. aprīlis", "vakar"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from conversations.answers.folding import words
from conversations.answers.outcome import Outcome, Parsed, Rejected
from conversations.answers.words import DAYS, MONTHS

_ISO = re.compile(r"(?<!\d)(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]?\s?(\d{4}|\d{2})?(?![\d:])")
_TIME = re.compile(r"(?<![\d.,])(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?\s?(am|pm|a\.m\.|p\.m\.)?(?![\d])", re.IGNORECASE)


def day(text: str, now: datetime) -> Outcome:
    """A date as ISO 8601; a day without a year is one of the year of `now`."""
    found = _day(text, now)
    return Parsed(found.isoformat()) if found else Rejected("date", text=text)


def clock(text: str, now: datetime) -> Outcome:
    """A time of day with the offset of `now`."""
    found = _clock(text)
    return Parsed(f"{found:%H:%M}:00.000{_offset(now)}") if found else Rejected("time", text=text)


def instant(text: str, now: datetime) -> Outcome:
    """A date and a time, with the offset of that day in the zone of `now`."""
    match = _date_span(text)
    found_day = _day(text[: match[1]] if match else text, now)
    found_time = _clock(text[match[1] :] if match else text)
    if found_day is None or found_time is None:
        return Rejected("datetime", text=text)
    whole = datetime.combine(found_day, found_time, tzinfo=now.tzinfo)
    return Parsed(f"{whole:%Y-%m-%dT%H:%M}:00.000{_offset(whole)}")


def _offset(moment: datetime) -> str:
    raw = moment.strftime("%z")
    return f"{raw[:3]}:{raw[3:5]}" if raw else ""


def _date_span(text: str) -> tuple[int, int] | None:
    """Where the date of a date with time stands: up to the last word that belongs to it."""
    numeric = _ISO.search(text) or _NUMERIC.search(text)
    if numeric:
        return numeric.span()
    named = [word for word in words(text) if _month(word.text) or word.text in DAYS]
    if not named:
        return None
    year = re.match(r"[\s,.]*\d{4}\b\.?", text[named[-1].end :])
    return named[0].start, named[-1].end + (year.end() if year else 0)


def _day(text: str, now: datetime) -> date | None:
    for relative in words(text[:60]):
        if relative.text in DAYS:
            return now.date() + timedelta(days=DAYS[relative.text])
    if match := _ISO.search(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    return _named(text, now) or _numeric(text, now)


def _numeric(text: str, now: datetime) -> date | None:
    match = _NUMERIC.search(text)
    if match is None:
        return None
    year = int(match[3]) if match[3] else now.year
    return _date(year + 2000 if year < 100 else year, int(match[2]), int(match[1]))


def _named(text: str, now: datetime) -> date | None:
    """A day beside the name of its month; the only four-digit number is the year."""
    found = words(text[:120])
    at = next((i for i, word in enumerate(found) if _month(word.text)), None)
    if at is None:
        return None
    days = [_ordinal(found[i].text) for i in (at - 1, at + 1, at - 2) if 0 <= i < len(found)]
    years = [int(word.text) for word in found if re.fullmatch(r"[12]\d{3}", word.text)]
    number = next((d for d in days if d), None)
    if number is None or len(set(years)) > 1:
        return None
    return _date(years[0] if years else now.year, _month(found[at].text), number)


def _ordinal(word: str) -> int:
    match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", word)
    return int(match[1]) if match else 0


def _month(word: str) -> int:
    """1 to 12 for a month in any Latvian case or in English, else 0."""
    for index, (latvian, *english) in enumerate(MONTHS, 1):
        if word in english or (word.startswith(latvian) and len(word) <= len(latvian) + 3):
            return index
    return 0


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    match = _TIME.search(text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or "").lower()[:1]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
