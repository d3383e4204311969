"""A session: begun from a form, kept as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from conversations.forms import Form
from conversations.session import LARGEST, Session, State, begin
from conversations.turn import Answer, Resume, submission, turn


def test_it_begins_with_defaults_and_what_is_known_already(household: Form, now: datetime) -> None:
    fill = {"name": "Anna", "nothing": "x"}
    session = begin(household, language="de", now=now, seed="s", fill=fill)
    assert (session.form, session.digest, session.language) == ("household", household.digest, "lv")
    assert (session.state, session.at, session.begun) == (State.OPEN, None, now)
    assert session.answers["/data/name"] == "Anna"
    assert session.answers["/data/country"] == "Latvija"
    assert session.assumed == ("/data/country",)
    assert "x" not in session.answers.values()
    assert submission(household, session, now)["country"] == "Latvija"


def test_prefilled_answers_are_not_asked(household: Form, now: datetime) -> None:
    session = begin(household, language="lv", now=now, fill={"name": "Anna", "region": "west"})
    assert turn(household, session, Resume(now=now)).session.at == "/data/town"


def test_json_is_the_identity_and_small(initiative: Form, now: datetime) -> None:
    session = begin(initiative, language="lv", now=now, seed="s", fill={"campaign_deadline": "līdz 15. decembrim"})
    session = turn(initiative, session, Resume(now=now)).session
    for text in ("Saules darbnīca", "ā" * 1500, "ž" * 1000, "a, b"):
        session = turn(initiative, session, Answer(text, now=now)).session
        stored = session.to_json()
        assert Session.from_json(stored) == session
        assert json.loads(stored)["answers"] == session.answers
    assert len(session.to_json().encode()) < LARGEST


def test_a_session_of_an_earlier_release_opens(household: Form, now: datetime) -> None:
    session = turn(household, begin(household, language="lv", now=now, seed="s"), Resume(now=now)).session
    session = turn(household, session, Answer("Anna", now=now)).session
    kept = json.loads(session.to_json())
    kept["history"] = kept["history"].split()
    del kept["hidden"]
    earlier = Session.from_json(json.dumps(kept))
    assert (earlier.history, earlier.answers, earlier.hidden) == (session.history, session.answers, None)
    assert turn(household, earlier, Answer("1", now=now)) == turn(household, session, Answer("1", now=now))


def test_what_does_not_apply_is_believed_only_of_the_answers_it_was_found_for(household: Form, now: datetime) -> None:
    session = turn(household, begin(household, language="lv", now=now), Resume(now=now)).session
    assert session.hidden_paths is not None
    assert "/data/pets_other" in session.hidden_paths
    assert Session.from_json(session.to_json()).hidden_paths == session.hidden_paths
    assert replace(session, language="en").hidden_paths == session.hidden_paths
    changed = replace(session, answers={**session.answers, "/data/pets": "other"})
    assert changed.hidden_paths is None
    assert '"hidden":null' in changed.to_json()
    assert changed.instance(household, now).relevant("/data/pets_other")
    assert replace(session, digest="another").instance(household, now).hidden == session.hidden_paths


@pytest.mark.parametrize("text", ["", "{}", "[]", "null"])
def test_what_is_no_session_is_an_error(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Session.from_json(text)
