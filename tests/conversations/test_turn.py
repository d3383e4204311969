"""Single rules of the conversation, each by itself; whole conversations are recorded beside this file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from conversations.forms import Form, Kind
from conversations.session import Session, State, begin
from conversations.turn import (
    Accepted,
    AddRepeat,
    Answer,
    Ask,
    AskRepeat,
    Attach,
    Choose,
    Done,
    EndRepeat,
    Fill,
    Jump,
    Locate,
    Notice,
    NotUnderstood,
    Pause,
    Prompt,
    Resume,
    Review,
    ReviewList,
    Said,
    Skip,
    Submit,
    Submitted,
    Tick,
    Turn,
    outstanding,
    submission,
    summary,
    turn,
)

P = TypeVar("P", bound=Prompt)
WHOLE = {
    "title": "Saules darbnīca", "description": "d" * 60, "need": "n" * 40, "form": "service", "novelty": "local",
    "service": "day_centre", "target": "senior", "scope": "national", "stage": "proposal",
    "organisation": "Biedrība", "legal_form": "biedriba", "role": "author", "partners": "none",
    "contact_consent": "no", "privacy_read": "OK", "publish": "full",
}  # fmt: skip


def of(done: Turn, kind: type[P]) -> list[P]:
    return [prompt for prompt in done.prompts if isinstance(prompt, kind)]


@pytest.fixture
def begun(initiative: Form, now: datetime) -> Session:
    return begin(initiative, language="lv", now=now, seed="s")


def test_the_privacy_notice_comes_before_the_first_answer_is_stored(
    initiative: Form, begun: Session, now: datetime
) -> None:
    done = turn(initiative, begun, Answer("Saules darbnīca", now=now))
    assert "/data/privacy_notice" in [notice.path for notice in of(done, Notice)]
    assert of(done, Ask)[0].path == "/data/title"
    assert "/data/title" not in done.session.answers
    mailed = turn(initiative, begun, Fill({"title": "Saules darbnīca"}, now=now))
    paths = [prompt.path for prompt in mailed.prompts if isinstance(prompt, Notice | Accepted)]
    assert paths.index("/data/privacy_notice") < paths.index("/data/title")


def test_a_mail_that_says_everything_is_submitted(initiative: Form, begun: Session, now: datetime) -> None:
    done = turn(initiative, begun, Fill(WHOLE, now=now))
    assert isinstance(done.prompts[-1], Submitted)
    assert done.session.state is State.SUBMITTED
    handed_in = submission(initiative, done.session, now)
    assert {name: handed_in[name] for name in WHOLE} == WHOLE
    assert "suggestion" not in handed_in
    assert outstanding(initiative, done.session, now) == ()


def test_a_mail_that_lacks_one_answer_is_not(initiative: Form, begun: Session, now: datetime) -> None:
    done = turn(initiative, begun, Fill({**WHOLE, "stage": "no such stage"}, now=now))
    assert done.session.state is State.OPEN
    assert not of(done, Submitted)
    assert [told.number for told in of(done, NotUnderstood)] == [11]
    required = [ask.path for ask in outstanding(initiative, done.session, now) if ask.required]
    assert required == ["/data/stage"]
    assert turn(initiative, done.session, Fill({"stage": "idea?"}, now=now)).session.state is State.OPEN
    assert of(turn(initiative, done.session, Fill({"stage": "prompt"}, now=now)), Submitted)


def test_suggestions_by_mail_become_an_instance_of_the_repeat(initiative: Form, begun: Session, now: datetime) -> None:
    named = {"suggested_organisation": "Biedrība “Rīts”", "suggested_email": "info@example.org", "may_name": "yes"}
    done = turn(initiative, begun, Fill({**WHOLE, **named}, now=now))
    assert submission(initiative, done.session, now)["suggestion"] == [named]
    assert turn(initiative, done.session, Fill({"title": "Cits"}, now=now)).session.state is State.SUBMITTED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("people", "2.5"),
        ("moved", "27.04.2022."),
        ("mood", "9"),
        ("mood", "x"),
        ("town", "ludza talsi"),
        ("people", ""),
    ],
)
def test_a_value_not_in_its_stored_form_is_told(household: Form, now: datetime, name: str, value: str) -> None:
    session = begin(household, language="lv", now=now)
    done = turn(household, session, Fill({"region": "west", name: value}, now=now))
    question = household.question(name)
    assert question is not None
    assert [told.number for told in of(done, NotUnderstood)] == [question.number]
    assert not done.session.answers.get(question.path)


def test_toggles_of_none_and_of_others_exclude_each_other(household: Form, now: datetime) -> None:
    session = turn(household, begin(household, language="lv", now=now), Jump("pets", now=now)).session
    picked = []
    for index in (0, 1, 3, 2, 2, 0):
        session = turn(household, session, Choose("/data/pets", index, now=now)).session
        picked.append(session.picked)
    assert picked == [("dog",), ("dog", "cat"), ("none",), ("other",), (), ("dog",)]
    done = turn(household, session, Done("/data/pets", now=now))
    assert done.session.answers["/data/pets"] == "dog"


def test_nothing_picked_does_not_answer_a_required_question(household: Form, now: datetime) -> None:
    session = turn(household, begin(household, language="lv", now=now), Jump("pets", now=now)).session
    done = turn(household, session, Done("/data/pets", now=now))
    assert of(done, Ask)[0].error == "Šis jautājums ir obligāts – lūdzu, ierakstiet atbildi."


def test_the_bound_of_a_repeat_is_kept(household: Form, now: datetime) -> None:
    session = turn(household, begin(household, language="lv", now=now), Jump("visit", now=now)).session
    for name in ("Anna", "Jānis"):
        asked = of(turn(household, session, AddRepeat("/data/visit", now=now)), Ask)[0]
        assert asked.path.endswith("/visitor")
        session = turn(household, session, AddRepeat("/data/visit", now=now)).session
        session = turn(household, session, Answer(name, now=now)).session
        session = turn(household, session, EndRepeat(session.at or "", now=now)).session
        session = turn(household, session, Jump("visit", now=now)).session
    done = turn(household, session, Jump("visit", now=now))
    assert [said.key for said in of(done, Said)] == ["no_question"]
    assert of(turn(household, session, AddRepeat("/data/visit", now=now)), Said)[0].key == "stale"


def test_files_and_places_answer_their_questions(compiled: Callable[[str], Form], now: datetime) -> None:
    form = compiled(
        "| survey |\n| | type | name | label |\n| | image | photo | Photo |\n| | geopoint | place | Where? |\n"
        "| | acknowledge | ok | OK? |\n| | text | last | Last |\n"
        "| settings |\n| | form_id | form_title |\n| | t | T |\n"
    )
    session = turn(form, begin(form, language="", now=now), Resume(now=now)).session
    refused = turn(form, session, Answer("here", now=now))
    assert of(refused, Ask)[0].error is not None
    done = turn(form, session, Attach(None, "file-1", now=now))
    assert of(done, Accepted)[0].value_text == "A file is attached"
    assert of(turn(form, done.session, Locate(95.0, 0.0, now=now)), Ask)[0].error is not None
    done = turn(form, done.session, Locate(56.9496, 24.1052, now=now))
    assert done.session.answers["/data/place"] == "56.9496 24.1052 0 0"
    done = turn(form, done.session, Choose("/data/ok", 0, now=now))
    assert done.session.answers["/data/ok"] == "OK"
    assert of(turn(form, done.session, Attach("/data/photo", "file-2", now=now)), Accepted)


def test_a_default_is_offered_and_may_be_kept(household: Form, now: datetime) -> None:
    session = begin(household, language="lv", now=now)
    done = turn(household, session, Jump("country", now=now))
    assert of(done, Ask)[0].present == "Latvija"
    kept = turn(household, done.session, Skip(now=now)).session
    assert kept.answers["/data/country"] == "Latvija"
    assert kept.assumed == ()


def test_time_asks_again_only_where_something_is_open(household: Form, now: datetime) -> None:
    session = begin(household, language="lv", now=now)
    later = now + timedelta(days=3)
    assert turn(household, session, Tick(now=later)).prompts == ()
    session = turn(household, session, Resume(now=now)).session
    asked = turn(household, session, Tick(now=later))
    assert of(asked, Ask)[0].path == "/data/name"
    assert asked.session == session
    paused = turn(household, session, Pause(now=now)).session
    assert turn(household, paused, Tick(now=later)).prompts == ()


def test_an_answer_that_became_wrong_keeps_the_form_from_being_submitted(
    initiative: Form, begun: Session, now: datetime
) -> None:
    first = {**WHOLE, "scope": "several", "municipality": "riga jurmala"}
    session = turn(initiative, begun, Fill(first, now=now)).session
    session = turn(initiative, session, Jump("scope", now=now)).session
    done = turn(initiative, session, Choose("/data/scope", 0, now=now))
    missing = of(done, ReviewList)[0].missing
    assert [ask.path for ask in missing] == ["/data/municipality"]
    assert missing[0].error is not None
    done = turn(initiative, done.session, Submit(now=now))
    assert (done.session.state, done.session.at) == (State.OPEN, "/data/municipality")
    assert of(done, Said)[0].text == "Vēl nav atbildes uz 1 obligātu jautājumu."


def test_what_follows_other_answers_the_follow_up_at_once(household: Form, now: datetime) -> None:
    session = turn(household, begin(household, language="lv", now=now), Jump("pets", now=now)).session
    done = turn(household, session, Answer("suns, cits: zirgs", now=now))
    assert [accepted.value_text for accepted in of(done, Accepted)] == ["Suns; Cits", "zirgs"]
    short = turn(household, session, Answer("cits: lo", now=now))
    assert short.session.at is not None
    assert [told.text for told in of(short, NotUnderstood)] == ["lo"]


def test_a_code_list_shows_only_the_candidates(initiative: Form, begun: Session, now: datetime) -> None:
    session = turn(initiative, begun, Fill({"scope": "one"}, now=now)).session
    asked = of(turn(initiative, session, Jump("municipality", now=now)), Ask)[0]
    assert (asked.code_list, asked.options, asked.kind) == (True, (), Kind.SELECT_MULTIPLE)
    session = turn(initiative, session, Jump("municipality", now=now)).session
    doubtful = of(turn(initiative, session, Answer("Ventspils", now=now)), Ask)[0]
    labels = [option.label for option in doubtful.options]
    assert sorted(labels) == ["Ventspils novads", "Ventspils valstspilsēta"]
    tapped = turn(initiative, session, Choose("/data/municipality", doubtful.options[0].index, now=now))
    assert len(tapped.session.picked) == 1


def test_the_summary_speaks_the_language_of_the_session(household: Form, now: datetime) -> None:
    session = begin(household, language="en", now=now)
    session = turn(household, session, Fill({"region": "west", "moved": "2020-05-01"}, now=now)).session
    assert [item.value_text for item in summary(household, session, now)] == ["Kurzeme", "1 May 2020", "Latvija"]


def test_a_computed_repeat_asks_no_more_than_its_count(household: Form, now: datetime) -> None:
    session = begin(household, language="lv", now=now)
    session = turn(household, session, Fill({"people": "2"}, now=now)).session
    paths = [ask.path for ask in outstanding(household, session, now)]
    assert [path for path in paths if "first_name" in path] == [
        "/data/member[1]/first_name",
        "/data/member[2]/first_name",
    ]
    assert not of(turn(household, session, Resume(now=now)), AskRepeat)


def test_at_the_review_nothing_can_be_passed_over(household: Form, now: datetime) -> None:
    session = turn(household, begin(household, language="lv", now=now), Review(now=now)).session
    done = turn(household, session, Skip(now=now))
    assert of(done, ReviewList)
    assert done.session == session
