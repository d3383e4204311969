"""Whatever Telegram may send: nothing of it is a fault of ours, no chat is stuck, a double tap counts once."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from intake import chat, forms, handle, inbox, migrations
from intake.channels import Batch, Raw, Unreadable
from intake.channels.telegram.polling import key_of, stream_of
from intake.clock import Clock
from intake.desk import Desk
from intake.inbox import Vault
from intake.store import Store
from intake.tables import Conversation, Inbox, InboxState, Outbox
from tests.intake.chat.place import MORNING, opened
from tests.intake.chat.updates import TYPES, Fuzz, Json
from tests.intake.conftest import KEY, Compiled, desk_of

UPDATES = 5_000
CHATS = (5001, 5002, 5003)
GROUP = 100
NOW = datetime(2026, 1, 20, 8, tzinfo=UTC)
VAULT = Vault(KEY)


class Line:
    """Updates in, messages out, by the rules that the service runs."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self.store, self.clock = store, Clock(MORNING)
        self.rules = {"telegram": chat.rule(desk, self.clock)}
        self.unreadable = 0

    def take(self, updates: list[Json]) -> None:
        bodies = [(update, json.dumps(update).encode()) for update in updates]
        raws = tuple(Raw(key_of(update, body), stream_of(update), body, NOW) for update, body in bodies)
        self.store.run(lambda session: inbox.record(session, "telegram", Batch(raws), VAULT))
        while self._one():
            pass

    def _one(self) -> bool:
        taken = handle._Taken()
        try:
            return self.store.run(partial(self._handle, taken=taken))
        except Unreadable:
            self.unreadable += 1
            self.store.run(lambda session: inbox.set_aside(session, taken.id or 0, NOW, "unreadable"))
            return True

    def _handle(self, session: Session, taken: handle._Taken) -> bool:
        return handle._one(session, clock=self.clock, vault=VAULT, rules=self.rules, taken=taken)


@pytest.fixture
def line(tmp_path: Path, campaign_folder: Path, compiled: Compiled) -> Iterator[Line]:
    store = Store(f"sqlite:///{tmp_path / 'fuzz.db'}")
    migrations.upgrade(store.engine)
    form_id = store.run(lambda session: forms.install(session, *compiled, NOW))
    yield Line(store, desk_of(campaign_folder, form_id))
    store.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_thousands_of_random_updates_are_no_fault_and_no_chat_is_stuck(line: Line) -> None:
    fuzz, dice = Fuzz(20261121, CHATS), random.Random(7)
    updates = list(fuzz.updates(UPDATES))
    kinds = {kind for update in updates for kind in update if kind != "update_id"}
    assert kinds == {str(kind.value) for kind in TYPES}
    for start in range(0, UPDATES, GROUP):
        data = line.store.run(_buttons)
        group = updates[start : start + GROUP]
        for update in group:
            query = update.get("callback_query")
            if isinstance(query, dict) and data and dice.random() < 0.7:
                query["data"] = dice.choice(data)
        line.take(group)
    print(f"\n{UPDATES} updates, {line.unreadable} of them unreadable")
    for chat_id in CHATS:
        before = line.store.run(lambda session, c=chat_id: _messages(session, c))
        line.take([_message(10_000 + chat_id, chat_id, "/start")])
        assert line.store.run(lambda session, c=chat_id: _messages(session, c)) > before, "the chat is stuck"
    waiting = line.store.run(lambda session: inbox.counts(session))
    assert waiting["waiting"] == 0


def _buttons(session: Session) -> list[str]:
    """What the buttons shown last would send."""
    rows = session.scalars(select(Outbox).order_by(col(Outbox.id).desc()).limit(60))
    keyboards = ((row.payload.get("markup") or {}).get("inline_keyboard", []) for row in rows)
    return [one["callback_data"] for keyboard in keyboards for line in keyboard for one in line]


def _messages(session: Session, chat_id: int) -> int:
    return len(session.exec(select(Outbox.id).where(col(Outbox.address) == str(chat_id))).all())


def _message(update_id: int, chat_id: int, text: str) -> Json:
    person = {"id": chat_id, "is_bot": False, "first_name": "Anna"}
    place = {"id": chat_id, "type": "private"}
    return {
        "update_id": update_id,
        "message": {"message_id": update_id, "date": 0, "chat": place, "from": person, "text": text},
    }


async def test_a_hundred_concurrent_double_taps_answer_once_each(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        people = [place.person(6000 + number, f"P{number}") for number in range(100)]
        for person in people:
            person.start()
            for text in ("Saules darbnīca", "D" * 60, "V" * 40, "a", "a", "a", "a"):
                person.write(text)
        await place.settle()
        taps = []
        for person in people:
            shown = person.shown()
            assert "Cik plašā" in shown["text"]
            data = shown["reply_markup"]["inline_keyboard"][3][0]["callback_data"]
            taps += [person.tap(shown["message_id"], data) for _ in range(2)]
        await place.settle()
        await asyncio.gather(*(callback.chat.until(lambda c=callback: c.answer, 30) for callback in taps))
        drafts = await place.rows(Conversation)
        assert sum('"/data/scope":"national"' in draft.session for draft in drafts) == 100
        asked = [sum("Kurā attīstības posmā" in m.get("text", "") for m in person.history()) for person in people]
        assert asked == [1] * 100
        assert not [row for row in await place.rows(Inbox) if row.state == InboxState.SET_ASIDE]
