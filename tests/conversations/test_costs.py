"""What a turn costs, counted in calls of Python functions: no clock, so the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

from conversations.forms import Form, Instance
from conversations.session import Session, begin
from conversations.turn import AddRepeat, Answer, Resume, turn

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
Compiled = Callable[[str], Form]


def calls(work: Callable[[], object]) -> int:
    """Calls while something is done for the second time, when what a form keeps is there."""
    work()
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def sheet(head: str, *rows: str) -> str:
    lines = ["| survey |", f"| | type | name | label | {head} |", *(f"| | {row} |" for row in rows)]
    lines += ["| choices |", "| | list_name | name | label |", "| | yn | yes | Yes |", "| | yn | no | No |"]
    return "\n".join([*lines, "| settings |", "| | form_id | version |", "| | t | 1 |"])


def long_form(compiled: Compiled, number: int) -> Form:
    """A third of the questions is asked only after the answer before."""
    rows = []
    for index in range(0, number, 3):
        rows += [f"select_one yn | c{index} | C? | |", f"text | t{index} | T? | ${{c{index}}} = 'yes' |"]
        rows += [f"integer | n{index} | N? | | . > 0"]
    return compiled(sheet("relevant | constraint", *rows))


def half_answered(form: Form, number: int) -> str:
    session = turn(form, begin(form, language="", now=NOW), Resume(now=NOW)).session
    for _ in range(number):
        assert session.at is not None
        text = {"c": "yes", "t": "x", "n": "7"}[session.at.rpartition("/")[2][0]]
        session = turn(form, session, Answer(text, now=NOW)).session
    return session.to_json()


def test_a_turn_in_a_form_ten_times_as_long_takes_hardly_more_calls(compiled: Compiled) -> None:
    found = []
    for number in (30, 300):
        form = long_form(compiled, number)
        kept = half_answered(form, number // 2)
        found.append(calls(lambda: turn(form, Session.from_json(kept), Answer("yes", now=NOW)).session.to_json()))  # noqa: B023
    assert found[1] < 1.5 * found[0], found


def repeating(compiled: Compiled) -> Form:
    rows = ["begin_repeat | house | House | |", "integer | age | Age? | |", "calculate | twice | | ${age} * 2 |"]
    rows += [
        "calculate | sum | | ${twice} + position(..) |",
        "text | name | ${sum}? | | ${sum} > 5",
        "end_repeat | | | |",
    ]
    return compiled(sheet("calculation | relevant", *rows))


def test_an_answer_in_one_instance_costs_the_same_among_few_and_many(compiled: Compiled) -> None:
    instance = Instance(repeating(compiled), now=NOW, initial=0)
    found = []
    for number in range(1, 91):
        key = instance.add_repeat("/data/house")
        instance.set(f"{key}/age", "7")
        assert instance.relevant(f"{key}/name")
        if number in (5, 90):
            ages = iter("8765")
            found.append(calls(lambda: instance.set(f"{key}/age", next(ages))))  # noqa: B023
    assert found[1] <= found[0], found


def test_a_turn_grows_with_the_instances_and_not_faster(compiled: Compiled) -> None:
    form, found = repeating(compiled), []
    for number in (20, 80):
        instance = Instance(form, now=NOW, initial=0)
        for _ in range(number):
            instance.set(f"{instance.add_repeat('/data/house')}/age", "7")
        kept = begin(form, language="", now=NOW).after(instance)
        asked = turn(form, kept, Resume(now=NOW)).session.to_json()
        more = AddRepeat("/data/house", now=NOW)
        found.append(calls(lambda: turn(form, Session.from_json(asked), more).session.to_json()))  # noqa: B023
    assert found[1] < 4.4 * found[0], found
