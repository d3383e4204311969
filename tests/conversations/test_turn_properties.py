"""What holds for every conversation, whatever people do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.session import Session, State, begin
from conversations.turn import (
    Accepted,
    AddRepeat,
    Answer,
    Ask,
    AskRepeat,
    Attach,
    Back,
    Choose,
    Done,
    EndRepeat,
    Fill,
    Input,
    Jump,
    Language,
    Locate,
    Pause,
    Resume,
    Review,
    Skip,
    Submit,
    Tick,
    Turn,
    Unread,
    Withdraw,
    outstanding,
    submission,
    summary,
    turn,
)
from tests.conversations.conftest import load

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WORDS = [
    "",
    "–",
    "a",
    "b",
    "1",
    "2",
    "5",
    "jā",
    "nē",
    "Anna",
    "dog cat",
    "cits: zirgs",
    "01.05.2020.",
    "x" * 60,
    "\ud800",
]
PATHS = ["/data/region", "/data/pets", "/data/member[1]/age", "/data/visit", "/data/visit[1]/gift", "/data", "", "]["]
NAMES = ["name", "region", "town", "people", "pets", "first_name", "visitor", "thing", "mood", "moved", "nothing"]

texts = st.sampled_from(WORDS) | st.text(max_size=20)
paths = st.sampled_from(PATHS) | st.text(max_size=10)
indexes = st.integers(-2, 8) | st.integers()
degrees = st.floats(allow_nan=True, allow_infinity=True)
unread = st.builds(Unread, st.none() | st.integers(), texts, st.sampled_from(["unplaced", "no such reason"]))
values = st.dictionaries(st.sampled_from(NAMES), texts | st.sampled_from(["west", "liepaja", "2", "OK"]), max_size=6)


@dataclass(frozen=True)
class Move:
    """What somebody does next; a path of None is that of the open question."""

    what: str
    path: str | None = None
    detail: Any = None

    def input(self, session: Session, now: datetime) -> Input:
        path = (session.at or "") if self.path is None else self.path
        match self.what, self.detail:
            case "answer", str(text):
                return Answer(text, now=now)
            case "choose", int(index):
                return Choose(path, index, now=now)
            case "fill", (values, unread):
                return Fill(values, tuple(unread), now=now)
            case "attach", str(reference):
                return Attach(self.path, reference, now=now)
            case "locate", (latitude, longitude):
                return Locate(latitude, longitude, now=now)
            case "jump", str(target):
                return Jump(target, now=now)
            case "language", str(code):
                return Language(code, now=now)
        if self.what in PLACED:
            return PLACED[self.what](path, now=now)
        return PLAIN[self.what](now=now)


PLACED = {"done": Done, "add": AddRepeat, "enough": EndRepeat}
PLAIN = {
    "back": Back, "skip": Skip, "review": Review, "submit": Submit, "pause": Pause, "resume": Resume, "tick": Tick,
    "withdraw": Withdraw,
}  # fmt: skip
somewhere = st.none() | paths
targets = st.sampled_from(NAMES) | paths | st.integers(0, 20).map(str)
moves = st.one_of(
    st.builds(Move, st.just("answer"), st.none(), texts),
    st.builds(Move, st.just("choose"), somewhere, indexes),
    st.builds(Move, st.sampled_from(sorted(PLACED)), somewhere),
    st.builds(Move, st.just("fill"), st.none(), st.tuples(values, st.lists(unread, max_size=2))),
    st.builds(Move, st.just("attach"), somewhere, texts),
    st.builds(Move, st.just("locate"), st.none(), st.tuples(degrees, degrees)),
    st.builds(Move, st.just("jump"), st.none(), targets),
    st.builds(Move, st.just("language"), st.none(), st.sampled_from(["lv", "en", "ru", ""])),
    st.builds(Move, st.sampled_from(sorted(PLAIN.keys() - {"withdraw"}))),
)


def play(doing: list[Move]) -> list[Turn]:
    """Every turn, each from the stored session."""
    session = begin(load("household"), language="lv", now=NOW, seed="s")
    turns = []
    for number, move in enumerate(doing):
        given = move.input(session, NOW + timedelta(minutes=number))
        done = turn(load("household"), session, given)
        computed = turn(load("household"), replace(session, hidden=None), given)
        assert done == computed
        assert computed.session.hidden_paths in (None, done.session.hidden_paths)
        session = Session.from_json(done.session.to_json())
        assert (session, session.hidden_paths) == (done.session, done.session.hidden_paths)
        turns.append(done)
    return turns


@settings(max_examples=80, deadline=None)
@given(st.lists(moves, max_size=20))
def test_nothing_a_person_does_raises_and_json_is_the_identity(doing: list[Move]) -> None:
    for done in play(doing):
        session = done.session
        assert session.to_json().encode("utf-8")
        assert (session.at is None) or session.state in (State.OPEN, State.PAUSED)
        for ask in (prompt for prompt in done.prompts if isinstance(prompt, Ask)):
            assert 1 <= ask.position <= ask.total
        now = session.updated
        assert {item.path for item in summary(load("household"), session, now)} <= set(session.answers)
        outstanding(load("household"), session, now)
        submission(load("household"), session, now)


@settings(max_examples=25, deadline=None)
@given(st.lists(moves, max_size=15))
def test_the_same_inputs_give_the_same_turns(doing: list[Move]) -> None:
    assert play(doing) == play(doing)


@settings(max_examples=60, deadline=None)
@given(st.lists(moves, max_size=20), st.sampled_from(["a", "Anna", "2", "Liepāja", "jā", "01.05.2020.", "–"]))
def test_back_after_an_answer_restores_the_question(doing: list[Move], text: str) -> None:
    turns = play([Move("resume"), *doing])
    session = turns[-1].session
    before = _asked(turn(load("household"), session, Tick(now=NOW)))
    answered = turn(load("household"), session, Answer(text, now=NOW))
    taken = [prompt.path for prompt in answered.prompts if isinstance(prompt, Accepted)]
    if not isinstance(before, Ask) or session.state is not State.OPEN or before.path not in taken:
        return
    again = _asked(turn(load("household"), answered.session, Back(now=NOW)))
    if answered.session.at == before.path:
        return
    assert isinstance(again, Ask)
    assert (again.path, again.number, again.kind, again.label, again.hint, again.required, again.position) == (
        before.path, before.number, before.kind, before.label, before.hint, before.required, before.position,
    )  # fmt: skip
    assert [option.label for option in again.options] == [option.label for option in before.options]


@settings(max_examples=25, deadline=None)
@given(st.lists(moves, max_size=15), st.lists(moves, max_size=5))
def test_who_withdrew_is_asked_nothing(doing: list[Move], later: list[Move]) -> None:
    turns = play([*doing, Move("withdraw"), *later])
    for done in turns[len(doing) + 1 :]:
        assert done.session.state is State.WITHDRAWN
        assert done.prompts == ()


def _asked(done: Turn) -> Ask | AskRepeat | None:
    return next((prompt for prompt in done.prompts if isinstance(prompt, Ask | AskRepeat)), None)
