"""Dates and numbers as a sentence needs them: Latvian in its cases (Babel knows the nominative only), English plain."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from babel import Locale
from babel.numbers import format_decimal

Case = Literal["nominative", "genitive", "dative", "locative"]

_LATVIAN: dict[Case, tuple[str, ...]] = {
    "nominative": (
        *("janvāris", "februāris", "marts", "aprīlis", "maijs", "jūnijs"),
        *("jūlijs", "augusts", "septembris", "oktobris", "novembris", "decembris"),
    ),
    "genitive": (
        *("janvāra", "februāra", "marta", "aprīļa", "maija", "jūnija"),
        *("jūlija", "augusta", "septembra", "oktobra", "novembra", "decembra"),
    ),
    "dative": (
        *("janvārim", "februārim", "martam", "aprīlim", "maijam", "jūnijam"),
        *("jūlijam", "augustam", "septembrim", "oktobrim", "novembrim", "decembrim"),
    ),
    "locative": (
        *("janvārī", "februārī", "martā", "aprīlī", "maijā", "jūnijā"),
        *("jūlijā", "augustā", "septembrī", "oktobrī", "novembrī", "decembrī"),
    ),
}
_WEEKDAYS = ("pirmdien", "otrdien", "trešdien", "ceturtdien", "piektdien", "sestdien", "svētdien")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def long_date(day: date, language: str, case: Case = "nominative") -> str:
    """`2026. gada 18. decembrim` in the dative, after `līdz`; in English `18 December 2026` whatever the case."""
    if language == "lv":
        return f"{day.year}. gada {day.day}. {_LATVIAN[case][day.month - 1]}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_date(day: date, language: str, case: Case = "nominative") -> str:
    """The same without the year."""
    if language == "lv":
        return f"{day.day}. {_LATVIAN[case][day.month - 1]}"
    return f"{day.day} {_MONTHS[day.month - 1]}"


def weekday(day: date, language: str) -> str:
    """On which day: `trešdien`, `Wednesday`."""
    return (_WEEKDAYS if language == "lv" else _DAYS)[day.weekday()]


def clock_time(when: datetime, language: str) -> str:
    """`plkst. 23.59`, `23:59`, in the zone that `when` has."""
    return f"plkst. {when:%H.%M}" if language == "lv" else f"{when:%H:%M}"


def number(value: float, language: str) -> str:
    """`851 530` with no-break spaces, `1,06`."""
    return format_decimal(value, locale=language)


def plural(n: int, language: str, sentences: dict[str, str]) -> str:
    """The whole sentence of the plural category of `n` (CLDR: lv has zero, one, other), with `{n}` filled in.

    KeyError where the category's sentence is missing.
    """
    category = Locale.parse(language).plural_form(n)
    return sentences[category].replace("{n}", number(n, language))
