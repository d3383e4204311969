"""Telegram's limits as buckets of tokens, on a clock of our own."""

import pytest

from intake.channels.telegram.pace import ALL_BURST, Pace


def waits(pace: Pace, chat: str, now: float, count: int) -> list[float]:
    """How long each of `count` messages has to wait that are given at `now`."""
    result = []
    for _ in range(count):
        result.append(round(pace.wait_s(chat, now), 6))
        pace.take(chat, now)
    return result


def test_a_short_burst_passes_and_then_one_a_second() -> None:
    assert waits(Pace(), "7", 100.0, 6) == [0, 0, 0, 1, 2, 3]


def test_tokens_come_back() -> None:
    pace = Pace()
    waits(pace, "7", 0.0, 3)
    assert waits(pace, "7", 1.0, 1) == [0]
    assert waits(pace, "7", 100.0, 4) == [0, 0, 0, 1]


def test_a_group_has_twenty_a_minute() -> None:
    pace = Pace()
    assert waits(pace, "-7", 0.0, 7) == pytest.approx([0, 0, 0, 0, 0, 3, 6])
    assert sum(waits(pace, "-7", float(second), 1) == [0] for second in range(60, 120)) <= 25


def test_all_chats_together_have_thirty_a_second() -> None:
    pace = Pace()
    assert all(waits(pace, str(chat), 0.0, 1) == [0] for chat in range(ALL_BURST))
    assert pace.wait_s("x", 0.0) == pytest.approx(1 / 30)


def test_a_chat_that_waits_does_not_block_another() -> None:
    pace = Pace()
    waits(pace, "7", 0.0, 10)
    pace.hold("8", 0.0, 5.0)
    assert pace.wait_s("9", 0.0) == 0
    assert pace.wait_s("8", 0.0) == 5.0
    assert pace.wait_s("8", 5.0) == 0


def test_idle_chats_are_forgotten_and_busy_ones_kept() -> None:
    pace = Pace(most_chats=10, all_per_s=1e9)
    waits(pace, "busy", 0.0, 100)
    for chat in range(1000):
        pace.take(str(chat), 10.0 + chat / 50)
    assert len(pace._chats) < 200
    assert pace.wait_s("busy", 10.0) > 80
