"""Somebody who waits longer than usual sees that an answer is on its way; nobody else sees anything."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from intake.channels.telegram import unanswered
from intake.channels.telegram.unanswered import AGAIN_S, MOST_SIGNS, PATIENCE_S, Unanswered
from intake.playground.bot_api.chat import Chat
from tests.intake.chat.place import Place, opened


async def test_while_the_database_is_held_up_a_sign_is_shown(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        anna, boris = place.person(5001), place.person(5002, "Boriss")
        for person in (anna, boris):
            person.start()
        await place.settle()
        boris.write("stop")
        await place.settle()
        before = len(anna.history()), len(boris.history())
        let_go = threading.Event()
        held = asyncio.create_task(place.change(lambda session: let_go.wait(20)))
        boris.write("Vai kāds tur ir?")
        anna.write("Saules darbnīca")
        assert await shown(anna.chat) == "typing"
        assert place.api.account.calls["sendchataction"] == 1, "nothing to somebody who said stop"
        let_go.set()
        await held
        await place.settle()
        assert (len(anna.history()), len(boris.history())) == (before[0] + 2, before[1] + 1)
        assert "2/≈" in anna.shown()["text"]
        assert anna.chat.action is None


async def shown(chat: Chat) -> str:
    return await chat.until(lambda: chat.action, 20)


async def test_answers_in_time_need_no_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "PATIENCE_S", 60.0)  # on a busy machine too
    async with opened(tmp_path) as place:
        await talk(place)
        waits = place.service.channels["telegram"].unanswered  # type: ignore[attr-defined]
        assert not waits.some.is_set()
        assert "sendchataction" not in place.api.account.calls


async def talk(place: Place) -> None:
    person = place.person(5001)
    person.start()
    person.write("Saules darbnīca")
    person.send_document("apraksts.pdf", b"%PDF")
    await place.settle()


def test_signs_come_one_at_a_time_and_end() -> None:
    waits = Unanswered()
    waits.heard(["1", "2"], 0.0)
    assert waits.longest(PATIENCE_S - 0.1) is None
    first = [waits.longest(1.0), waits.longest(1.0), waits.longest(1.0)]
    assert [found and found[0] for found in first] == ["1", "2", None]
    waits.answered("2")
    signs = [waits.longest(1.0 + AGAIN_S * number) for number in range(1, 10)]
    assert sum(found is not None for found in signs) == MOST_SIGNS - 1
    assert not waits.some.is_set()


def test_what_is_said_while_waiting_does_not_begin_the_wait_anew() -> None:
    waits = Unanswered()
    waits.heard(["1"], 0.0)
    waits.recorded(["1"])
    waits.heard(["1"], 0.5)
    found = waits.longest(PATIENCE_S)
    assert found is not None
    assert not found[1].recorded, "the second one is not in the database yet"
