"""How fast the questionnaire engine is, beside ODK Web Forms on the same form and answers in one run.

    python -m tests.benchmarks.engine

Ours: load is reading the XForm anew, begin an empty session, an answer in memory is `Instance.set` with the validity
of everything after it, a turn is JSON in, the answer understood, the next prompt, JSON out. Each figure is the median
over all answers of the form, each answer given ROUNDS times, in turns TURN_ROUNDS. What is compared takes turns, so
that a busy machine is busy for both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from conversations.forms import Form, Instance, reader
from conversations.session import Session, State, begin
from conversations.turn import Answer, EndRepeat, Jump, Resume, Skip, turn
from conversations.turn.inputs import Input
from intake.xlsform import compile, compile_cached
from tests.conformance import corpus
from tests.conformance.engines import Absent, Engine, web_forms

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ROUNDS = 7
TURN_ROUNDS = 40
"""More: a service is warm, and 7 rounds of a short questionnaire are over before the processor is."""
MOST_ANSWERS = 1_000
TURN_AIM_MS = 0.5
CACHE_AIM_MS = 5.0
SESSION_AIM = 20_000
TEXTS = (
    "Atelpas brīdis ģimenēm: divreiz nedēļā bērnus ar invaliditāti pieskata apmācīti brīvprātīgie no apkaimes.",
    "Saules stars",
    "a",
    "2019",
    "Rīga",
    "info@biedriba.example",
    "+371 26123456",
    "jā",
    "3. novads",
    "Vieta 13",
)
"""What a person types: the first that the open question takes."""


@dataclass(frozen=True)
class Talk:
    """One conversation: the stored session before each answer and what was typed; the answers as they were stored."""

    form: Form
    turns: Sequence[tuple[str, Answer]]
    answers: Sequence[tuple[str, str]]
    largest: int
    """Bytes of the session at its largest."""


def talk(form: Form) -> Talk:
    """Answer whatever is asked until the review comes."""
    session = turn(form, begin(form, language="lv", now=NOW, seed="bench"), Resume(now=NOW)).session
    said: list[tuple[str, Answer]] = []
    answers: list[tuple[str, str]] = []
    while session.state is State.OPEN and session.at is not None and len(said) < MOST_ANSWERS:
        before, at = session, session.at
        session, typed = _answered(form, session)
        if typed is not None:
            said.append((before.to_json(), typed))
            answers.append((at, session.answers[at]))
    return Talk(form, said, answers, len(session.to_json().encode()))


def _answered(form: Form, session: Session) -> tuple[Session, Answer | None]:
    """The session after the first text that is taken; a question that takes none is passed over."""
    for text in TEXTS:
        typed = Answer(text=text, now=NOW)
        after = turn(form, session, typed).session
        if after.answers.get(session.at or ""):
            return after, typed
    done = turn(form, session, EndRepeat(path=session.at or "", now=NOW)).session
    return (done if done.at != session.at else turn(form, session, Skip(now=NOW)).session), None


# -- ours -----------------------------------------------------------------------------------------------------------


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def turn_ms(*talks: Talk) -> list[float]:
    """One figure for each talk."""
    times: list[list[float]] = [[] for _ in talks]
    for _ in range(TURN_ROUNDS):
        for found, talk in zip(times, talks, strict=True):
            found += [timed(lambda: _whole(talk.form, *one)) for one in talk.turns]  # noqa: B023
    return [median(found) for found in times]


def _whole(form: Form, stored: str, given: Input) -> str:
    return turn(form, Session.from_json(stored), given).session.to_json()


def answer_ms(talk: Talk, *, validity: bool) -> float:
    """In memory; with `validity`, that of every question after each answer."""
    times = []
    for _ in range(ROUNDS):
        instance = Instance(talk.form, now=NOW, language="lv", seed="bench")
        for path, value in talk.answers:
            times.append(timed(lambda: _answer(instance, path, value, validity=validity)))  # noqa: B023
    return median(times)


def _answer(instance: Instance, path: str, value: str, *, validity: bool) -> None:
    instance.set(path, value)
    if validity:
        for place in instance.tree.places:
            instance.valid(place)


def load_ms(case: corpus.Case) -> float:
    """Anew each time: what is kept in memory is left out."""
    files = {name: text.encode() for name, text in case.files.items()}
    return median(timed(lambda: reader._read(case.xform, files, "")) for _ in range(ROUNDS))


def cache_ms(case: corpus.Case, workbook: Path) -> float:
    """From the workbook's bytes to the form, both compiled and read before."""
    files = {name: text.encode() for name, text in case.files.items()}
    with TemporaryDirectory() as cache:
        reader.read(compile_cached(workbook, Path(cache)), files=files)
        return median(
            timed(lambda: reader.read(compile_cached(workbook, Path(cache)), files=files)) for _ in range(ROUNDS)
        )


def begin_ms(form: Form) -> float:
    return median(timed(lambda: begin(form, language="lv", now=NOW, seed="bench")) for _ in range(ROUNDS * 5))


# -- forms of a given length ------------------------------------------------------------------------------------------


def of_length(number: int) -> corpus.Case:
    """Questions in turn: a choice, a text asked only after its first option, a number."""
    rows = ["| survey |", "| | type | name | label | required | relevant | constraint |"]
    for index in range(0, number, 3):
        rows.append(f"| | select_one yes_no | choice_{index} | Vai jums ir {index}. lieta? | yes | | |")
        rows.append(f"| | text | text_{index} | Kāda tā ir? | | ${{choice_{index}}} = 'yes' | string-length(.) <= 60 |")
        rows.append(f"| | integer | number_{index} | Cik to ir? | yes | | . >= 0 and . < 9999 |")
    rows += ["| choices |", "| | list_name | name | label |", "| | yes_no | yes | Jā |", "| | yes_no | no | Nē |"]
    return _case(f"length_{number}", rows)


def of_repeat() -> corpus.Case:
    """Four fields an instance, calculated from one another, and a sum over all of them."""
    rows = ["| survey |", "| | type | name | label | relevant | calculation |", "| | begin_repeat | house | Māja | | |"]
    rows += ["| | integer | age | Cik veca? | | |", "| | calculate | twice | | | ${age} * 2 |"]
    rows += [
        "| | calculate | number | | | ${twice} + position(..) |",
        "| | text | name | Kā sauc ${number}? | ${age} > 5 | |",
    ]
    rows += [
        "| | end_repeat | | | | |",
        "| | calculate | all | | | sum(${number}) |",
        "| | text | end | Kopā ${all}? | | |",
    ]
    return _case("repeat", rows)


def filling_ms(form: Form, number: int) -> float:
    return median(timed(lambda: fill(form, number)) for _ in range(ROUNDS))


def fill(form: Form, number: int) -> Session:
    """A session with that many instances, made and answered one by one."""
    session = begin(form, language="default", now=NOW, seed="bench")
    instance = session.instance(form, NOW)
    for _ in range(number):
        key = instance.add_repeat("/data/house")
        instance.set(f"{key}/age", "7")
        instance.set(f"{key}/name", "Bērzi")
    return session.after(instance)


def filled(form: Form, number: int) -> Talk:
    """Turns are answers in the first instance, in the middle and in the last."""
    session = fill(form, number)
    places = (f"/data/house[{position}]/age" for position in (1, number // 2, number))
    opened = [turn(form, session, Jump(place, now=NOW)).session.to_json() for place in places]
    return Talk(form, [(one, Answer("9", now=NOW)) for one in opened], (), len(session.to_json().encode()))


def of_code_lists() -> corpus.Case:
    """Ten regions, a thousand places, asked three times, the places of the region chosen."""
    rows = ["| survey |", "| | type | name | label | choice_filter |"]
    for index in range(3):
        rows += [f"| | select_one region | region_{index} | Kurš novads? | |"]
        rows += [f"| | select_one place | place_{index} | Kura vieta? | region = ${{region_{index}}} |"]
        rows += [f"| | text | why_{index} | Kāpēc? | |"]
    rows += ["| choices |", "| | list_name | name | label | region |"]
    rows += [f"| | region | r{number} | {number}. novads | |" for number in range(10)]
    rows += [f"| | place | p{number} | Vieta {number} | r{number % 10} |" for number in range(1000)]
    return _case("code_lists", rows)


def _case(name: str, rows: Sequence[str]) -> corpus.Case:
    settings = ["| settings |", "| | form_id | form_title | version |", f"| | {name} | {name} | 1 |"]
    xform = compile("\n".join([*rows, *settings]).encode(), format="md")
    return corpus.Case(name, xform, reader.read(xform), {}, ())


# -- side by side -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    what: str
    ours: str
    theirs: str = ""
    aim: str = ""


def beside(engine: Engine | None, case: corpus.Case, talk: Talk) -> dict[str, float]:
    """What ODK Web Forms takes for the same form and answers, in milliseconds."""
    if engine is None:
        return {}
    engine.load(case.name, case.xform, case.files, NOW)
    steps = [("set", path, value) for path, value in talk.answers]
    engine.ask({"time": case.name, "steps": steps, "rounds": ROUNDS})
    return engine.answer()


def rows(engine: Engine | None) -> list[Row]:
    stage_1 = corpus.case("initiative")
    short, long = of_length(30), of_length(300)
    return [*_of_stage_1(engine, stage_1), *_of_lengths(engine, short, long), *_of_repeats(), *_of_code_lists()]


def _of_stage_1(engine: Engine | None, case: corpus.Case) -> list[Row]:
    spoken = talk(case.form)
    theirs = beside(engine, case, spoken)
    workbook = corpus.BUILT_IN / "initiative.md"
    return [
        Row("stage 1: load", _ms(load_ms(case)), _ms(theirs.get("load_ms"))),
        Row("stage 1: begin", _ms(begin_ms(case.form)), _ms(theirs.get("begin_ms"))),
        Row("stage 1: compiled form from the cache", _ms(cache_ms(case, workbook)), "", f"{CACHE_AIM_MS} ms"),
        Row("stage 1: answer in memory", _ms(answer_ms(spoken, validity=False)), "", "0.1 ms"),
        Row("stage 1: answer, validity of all", _ms(answer_ms(spoken, validity=True)), _ms(theirs.get("answer_ms"))),
        Row(f"stage 1: turn from JSON ({len(spoken.turns)} answers)", _ms(*turn_ms(spoken)), "", f"{TURN_AIM_MS} ms"),
        Row("stage 1: session when finished", f"{spoken.largest:,} B", "", f"< {SESSION_AIM:,} B"),
    ]


def _of_lengths(engine: Engine | None, *cases: corpus.Case) -> list[Row]:
    found, answers = [], []
    talks = [talk(case.form) for case in cases]
    turns = turn_ms(*talks)
    for case, spoken, turned in zip(cases, talks, turns, strict=True):
        theirs = beside(engine, case, spoken)
        answers.append(answer_ms(spoken, validity=False))
        size = f"{len(case.form.questions)} questions"
        found += [
            Row(f"{size}: load and begin", _ms(load_ms(case) + begin_ms(case.form)), _ms(_sum(theirs))),
            Row(f"{size}: answer in memory", _ms(answers[-1]), _ms(theirs.get("answer_ms"))),
            Row(f"{size}: turn from JSON", _ms(turned)),
            Row(f"{size}: session when finished", f"{spoken.largest:,} B", "", f"< {SESSION_AIM:,} B"),
        ]
    found.append(Row("300 beside 30: answer in memory", f"{answers[1] / answers[0]:.1f} times", "", "2 times"))
    found.append(Row("300 beside 30: turn", f"{turns[1] / turns[0]:.1f} times", "", "2 times"))
    return found


def _of_repeats() -> list[Row]:
    """Fifty times as many instances: what each costs when they are made one by one, and a turn in one of them."""
    form, rows = of_repeat().form, []
    for number in (2, 100):
        size, one = f"{number} instances of a repeat", filled(form, number)
        rows += [
            Row(f"{size}: each added and filled in memory", _ms(filling_ms(form, number) / number)),
            Row(f"{size}: turn from JSON", _ms(*turn_ms(one))),
            Row(f"{size}: session", f"{one.largest:,} B", "", f"< {SESSION_AIM:,} B"),
        ]
    return rows


def _of_code_lists() -> list[Row]:
    spoken = talk(of_code_lists().form)
    return [
        Row("1,000 options, filtered: load and begin", _ms(load_ms(of_code_lists()) + begin_ms(spoken.form))),
        Row("1,000 options, filtered: turn from JSON", _ms(*turn_ms(spoken))),
    ]


def _sum(theirs: dict[str, float]) -> float | None:
    return theirs["load_ms"] + theirs["begin_ms"] if theirs else None


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.3f} ms" if value < 10 else f"{value:.0f} ms"


def main() -> None:
    """Print the table; without node, ours alone and why."""
    try:
        engine: Engine | None = web_forms()
    except Absent as absent:
        engine = None
        print(f"ODK Web Forms is left out: {absent}")
    if engine is None:
        measured = rows(None)
    else:
        with engine:
            measured = rows(engine)
    table = [Row("", "Atsauce", "ODK Web Forms", "aim"), *measured]
    wide = [max(len(getattr(row, name)) for row in table) for name in ("what", "ours", "theirs", "aim")]
    for row in table:
        cells = (row.what.ljust(wide[0]), row.ours.rjust(wide[1]), row.theirs.rjust(wide[2]), row.aim.rjust(wide[3]))
        print("  ".join(cells).rstrip())


if __name__ == "__main__":
    main()
