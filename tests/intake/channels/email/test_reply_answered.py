"""Letters of ours, as the service sent them, answered in real mail clients; the JSON holds what was typed.

Neomutt, Sylpheed, Roundcube, Thunderbird, Evolution and KMail, with Latvian and English interfaces; the answers are
typed after or behind the answer line, under the hint, on top, labelled, or in a second mail after the confirmation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conversations.forms.definition import Choice, Kind, Question
from intake.channels.email.reply import new_text, read_answers
from tests.benchmarks.replies import folded

ANSWERED = Path(__file__).parent / "answered"
NAMES = sorted(path.stem for path in ANSWERED.glob("*.eml") if not path.stem.startswith("letter-"))
REMARKS_KEPT = ("-D-", "-G-", "-H-", "-J-", "-L-")
"""Styles in which more was written than answers."""


@cache
def asked() -> Mapping[int, Question]:
    """The questions of the letters."""
    return {one["number"]: _question(one) for one in json.loads((ANSWERED / "questions.json").read_text())}


def _question(one: Mapping[str, Any]) -> Question:
    choices = tuple(Choice(name, labels) for name, labels in one.get("choices", {}).items())
    return Question(
        one["name"],
        f"/data/{one['name']}",
        one["number"],
        Kind(one["kind"]),
        one["labels"],
        one.get("hints", {}),
        choices,
        one["required"],
        follow_up_of=one.get("follow_up_of"),
        code_list=one.get("code_list", False),
    )


@pytest.mark.parametrize("name", NAMES)
def test_answered(name: str) -> None:
    raw = (ANSWERED / f"{name}.eml").read_bytes()
    truth = json.loads((ANSWERED / f"{name}.json").read_text())
    sent = (ANSWERED / f"letter-{truth['letter']}.eml").read_bytes()
    reading = read_answers(raw, sent, asked(), truth["language"])
    assert (dict(reading.answers), reading.intent, reading.unread) == (truth["answers"], truth["intent"], ())
    assert folded(new_text(raw, sent)) == folded(truth["new_text"])
    assert not reading.remarks or any(style in name for style in REMARKS_KEPT)
