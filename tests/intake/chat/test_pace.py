"""Telegram asks one chat to wait: that chat waits as long as it was asked to, in order, and the others go on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from intake.tables import Outbox, OutboxState
from tests.intake.chat.place import opened

WAIT_S = 30


async def test_retry_after_is_obeyed_by_the_chat_it_was_said_to(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        anna, boris = place.person(5001), place.person(5002, "Boriss")
        anna.start()
        boris.start()
        await place.settle()
        place.api.faults.plan(
            "sendMessage", "429", times=2, retry_after_s=WAIT_S, when=lambda call: str(call["chat_id"]) == "5001"
        )
        anna.write("Saules darbnīca")
        await place.settle()
        held = len(anna.history())
        for text in (
            "Radošās darbnīcas cilvēkiem ar garīga rakstura traucējumiem.",
            "Trūkst kopā būšanas un darba visiem.",
        ):
            anna.write(text)
            boris.write(f"Boriss: {text}")
        await place.settle()
        assert len(anna.history()) == held + 2, "nothing but her own words has appeared"
        assert "2/≈" in boris.shown()["text"]

        for _ in range(2):
            place.wait(timedelta(seconds=WAIT_S - 5))
            await place.settle()
            assert "1/≈" in anna.shown()["text"], "asked to wait, and still waiting"
            place.wait(timedelta(seconds=6))
            await place.settle()
        asked = [
            m["text"].split("/≈")[0][-1] for m in anna.history() if "/≈" in m.get("text", "") and m["from"]["is_bot"]
        ]
        assert asked == ["1", "2", "4"] or asked == ["1", "2", "3", "4"]
        assert [row.state for row in await place.rows(Outbox) if row.kind == "answer"].count(OutboxState.SENT) == len(
            [row for row in await place.rows(Outbox) if row.kind == "answer"]
        )


async def test_nothing_is_lost_or_reordered_while_the_server_is_in_trouble(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        person = place.person(5001)
        person.start()
        await place.settle()
        for kind in ("502", "drop before", "429"):
            place.api.faults.plan("sendMessage", kind, retry_after_s=1)
        place.api.faults.plan("getUpdates", "502", times=2)
        place.api.account.updates.repeat(3)
        for number in range(5):
            person.write(f"{number} " + "Radošās darbnīcas cilvēkiem ar garīga rakstura traucējumiem." * (number > 0))
        for _ in range(4):
            await place.settle()
            place.wait(timedelta(seconds=10))
        await place.settle()
        answers = [m["text"] for m in person.history() if m["from"]["is_bot"]]
        numbers = [int(text.split("/≈")[0].split("\n")[-1]) for text in answers if "/≈" in text]
        assert numbers == sorted(numbers)
