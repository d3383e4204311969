"""How fast letters may go out."""

from __future__ import annotations

from intake.channels.email.pace import LAST_PAUSE_S, PATIENCE, Pace


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_so_many_a_minute_and_so_many_to_one_domain() -> None:
    clock = Seconds()
    pace = Pace(clock, a_minute=60, to_one_domain=6)
    assert pace.wait_s("a.example") == 0
    pace.sent("a.example")
    assert (pace.wait_s("a.example"), pace.wait_s("b.example")) == (10, 1)
    clock.now += 10
    assert pace.wait_s("a.example") == 0


def test_no_limits() -> None:
    pace = Pace(Seconds())
    for _ in range(3):
        pace.sent("a.example")
    assert pace.wait_s("a.example") == 0


def test_it_holds_back_when_the_server_puts_letters_off() -> None:
    clock = Seconds()
    pace = Pace(clock)
    waits = []
    for _ in range(PATIENCE + 6):
        pace.put_off()
        waits.append(pace.wait_s("a.example"))
        clock.now += waits[-1]
    assert waits[: PATIENCE - 1] == [0] * (PATIENCE - 1)
    assert waits[PATIENCE - 1 : PATIENCE + 2] == [2, 4, 8]
    assert waits[-1] == LAST_PAUSE_S
    pace.accepted()
    pace.put_off()
    assert pace.wait_s("a.example") == 0


def test_letters_that_are_put_back_come_again_one_by_one() -> None:
    clock = Seconds()
    pace = Pace(clock, to_one_domain=1)
    pace.sent("a.example")
    assert (pace.is_long("a.example"), pace.is_long("b.example")) == (True, False)
    assert [pace.put_back_s("a.example") for _ in range(3)] == [60, 120, 180]
    for _ in range(3):
        clock.now += 60
        assert not pace.is_long("a.example")
        pace.sent("a.example")
    assert pace.put_back_s("a.example") == 60
