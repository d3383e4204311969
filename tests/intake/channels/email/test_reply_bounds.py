"""Hostile and broken mail: read or set aside in bounded time and memory, which grow no faster than the mail."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from intake.channels.email.reply import new_text, read_answers
from tests.intake.channels.email import hostile
from tests.intake.channels.email import reply_clients as clients

SECONDS, BYTES = 2.0, 200_000_000
FACTOR, SLACK_S = 6, 0.2
"""Four times the mail may take six times as long, and a little more on a machine that others use, too."""
NAMES = list(hostile.HOSTILE)
GROUPS = [NAMES[begin : begin + 15] for begin in range(0, len(NAMES), 15)]


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[0])
def test_bounded(names: list[str]) -> None:
    """In a process of their own, since memory is measured at its most."""
    command = [sys.executable, "-m", "tests.intake.channels.email.hostile", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout)
    assert set(measured) == set(names)
    assert not {name: found for name, found in measured.items() if too_much(*found)}


def too_much(seconds: list[float], grown: int) -> bool:
    whole, *quarter = seconds
    return whole > SECONDS or grown > BYTES or any(whole > FACTOR * one + SLACK_S for one in quarter)


@pytest.mark.parametrize("name", ["1 MB of words", "the letter many times", "1 MB of breaks", "10,000 levels"])
def test_little_is_taken_out_of_it(name: str) -> None:
    assert len(new_text(hostile.HOSTILE[name](4), hostile.SENT)) <= 1_000_000


def test_the_mail_after_it_is_read() -> None:
    hostile.read(hostile.HOSTILE["brackets in addresses"](4))
    raw = clients.numbered_reply({1: "Saule", 5: "2015"}, ". ")
    assert read_answers(raw, hostile.SENT, clients.ASKED, "lv").answers == {"garden": "Saule", "since": "2015"}
