"""Dates in the cases of Latvian, and whole sentences for each plural category."""

from datetime import date, datetime

import pytest

from intake.channels.email.dates import clock_time, long_date, number, plural, short_date, weekday

CASES = """
janvāris janvāra janvārim janvārī · februāris februāra februārim februārī · marts marta martam martā
aprīlis aprīļa aprīlim aprīlī · maijs maija maijam maijā · jūnijs jūnija jūnijam jūnijā
jūlijs jūlija jūlijam jūlijā · augusts augusta augustam augustā · septembris septembra septembrim septembrī
oktobris oktobra oktobrim oktobrī · novembris novembra novembrim novembrī · decembris decembra decembrim decembrī
"""


def test_months_in_all_cases() -> None:
    months = [line.split() for line in CASES.replace("\n", " · ").split(" · ") if line.strip()]
    for month, (nominative, genitive, dative, locative) in enumerate(months, 1):
        day = date(2026, month, 3)
        assert long_date(day, "lv") == f"2026. gada 3. {nominative}"
        assert long_date(day, "lv", "genitive") == f"2026. gada 3. {genitive}"
        assert long_date(day, "lv", "dative") == f"2026. gada 3. {dative}"
        assert short_date(day, "lv", "locative") == f"3. {locative}"


def test_english() -> None:
    assert long_date(date(2022, 4, 27), "en", "dative") == "27 April 2022"
    assert short_date(date(2022, 4, 27), "en") == "27 April"
    assert weekday(date(2022, 4, 27), "en") == "Wednesday"
    assert clock_time(datetime(2022, 4, 27, 23, 59), "en") == "23:59"  # noqa: DTZ001


def test_weekdays_and_times() -> None:
    assert weekday(date(2022, 4, 27), "lv") == "trešdien"
    assert clock_time(datetime(2022, 4, 27, 23, 59), "lv") == "plkst. 23.59"  # noqa: DTZ001


def test_numbers() -> None:
    assert number(851530, "lv") == "851\N{NO-BREAK SPACE}530"
    assert number(1.06, "lv") == "1,06"


@pytest.mark.parametrize(
    ("n", "sentence"),
    [
        *((0, "0 anketu"), (1, "1 anketa"), (3, "3 anketas"), (10, "10 anketu"), (11, "11 anketu"), (19, "19 anketu")),
        *((20, "20 anketu"), (21, "21 anketa"), (22, "22 anketas"), (101, "101 anketa"), (111, "111 anketu")),
    ],
)
def test_plurals(n: int, sentence: str) -> None:
    assert plural(n, "lv", {"zero": "{n} anketu", "one": "{n} anketa", "other": "{n} anketas"}) == sentence
