"""Reminders 10 and 2 working days before the deadline: who gets which, who gets none, and what `plan` says before."""

from __future__ import annotations

from tests.acceptance import EVERYWHERE
from tests.acceptance.answers import CORE, FIRST_MAIL, REVIEW, TITLE, on_top, suggesting
from tests.acceptance.place import Place, links
from tests.acceptance.post import text_of

IDLE, HALF, DONE = "idle@example.org", "half@example.org", "done@example.org"
STOPPED, BEFORE, RITS = "stopped@example.org", "before@example.org", "info@example.test"
TEN_DAYS, TWO_DAYS = "2026-12-04", "2026-12-16"


@EVERYWHERE
async def test_the_right_words_to_those_who_have_not_finished(place: Place) -> None:
    await place.start()
    everybody = (IDLE, HALF, DONE, STOPPED)
    await place.invited(
        *(f"{address},Kāds Cilvēks,{address[:4]},lv" for address in everybody), f"{BEFORE},Līga,L,lv,,jā"
    )
    half, done = place.mail(HALF), place.mail(DONE)
    await half.reply(await half.next_letter(), on_top(FIRST_MAIL))
    await half.next_letter()
    chat = place.chat(801)
    chat.start(links(text_of(await done.next_letter()))[0])
    await chat.press("Iesniegt", await chat.walk(CORE | suggesting("Biedrība “Rīts”", RITS), until=REVIEW))
    await chat.reads("ir saņemta")
    await place.mail(STOPPED).has(1)
    await place.mail(BEFORE).has(1)
    await place.atsauce("stop", STOPPED)
    await place.atsauce("referrals", "approve", "1")
    await place.mail(RITS).has(1)
    await place.quiet()

    planned = [(row["at"][:16], row["kind"], row["address"]) for row in await place.json("plan")]
    assert planned == [
        (f"{TEN_DAYS}T10:00", "reminder d-10", IDLE),
        (f"{TEN_DAYS}T10:00", "reminder d-10", HALF),
        (f"{TWO_DAYS}T10:00", "reminder d-2", IDLE),
        (f"{TWO_DAYS}T10:00", "reminder d-2", HALF),
        (f"{TWO_DAYS}T10:00", "reminder d-2", RITS),
    ]
    before = {address: len(place.mail(address).letters()) for address in (*everybody, BEFORE, RITS)}
    said = chat.count()

    await place.restart(f"{TEN_DAYS}T10:05:00+02:00")
    first = (await place.mail(IDLE).has(before[IDLE] + 1))[-1]
    second = (await place.mail(HALF).has(before[HALF] + 1))[-1]
    assert "Atgādinājums: anketa" in str(first["Subject"])
    assert "1. Kā sauc iniciatīvu?" in text_of(first)
    assert "Jūsu iesāktā anketa ir saglabāta" in str(second["Subject"])
    assert "1. Kā sauc iniciatīvu?" not in text_of(second)
    assert "5. Kas iniciatīvā ir jauns?" in text_of(second)
    await place.restart(f"{TEN_DAYS}T15:00:00+02:00")
    await place.quiet()

    await place.restart(f"{TWO_DAYS}T10:05:00+02:00")
    await place.mail(RITS).has(before[RITS] + 1)
    await place.mail(IDLE).has(before[IDLE] + 2)
    await place.mail(HALF).has(before[HALF] + 2)
    await place.quiet()
    after = {address: len(place.mail(address).letters()) - count for address, count in before.items()}
    assert after == {IDLE: 2, HALF: 2, DONE: 0, STOPPED: 0, BEFORE: 0, RITS: 1}
    assert chat.count() == said
    assert await place.json("plan") == []


async def test_a_reminder_in_the_chat_goes_on_where_the_person_stopped(place: Place) -> None:
    await place.start()
    chat = place.chat(802)
    chat.start()
    await chat.walk({"Kā sauc iniciatīvu?": TITLE}, until="Īsi aprakstiet")
    await place.restart(f"{TWO_DAYS}T10:05:00+02:00")
    reminder = await chat.reads("Jūsu iesāktā anketa ir saglabāta")
    assert "2026. gada 18. decembrim" in reminder["text"]
    await chat.press("Turpināt", reminder)
    await chat.reads("Īsi aprakstiet")


async def test_moving_the_deadline_replans(place: Place) -> None:
    await place.start()
    await place.invited(f"{IDLE},Kāds Cilvēks,Org,lv")
    await place.mail(IDLE).has(1)
    await place.quiet()
    await place.atsauce("extend", "2027-01-15")
    assert [row["at"][:10] for row in await place.json("plan")] == ["2026-12-30", "2027-01-13"]
    await place.atsauce("pause")
    await place.restart("2026-12-30T10:05:00+02:00")
    await place.atsauce("resume")
    letters = await place.mail(IDLE).has(2)
    assert "2027. gada 15. janvārim" in " ".join(text_of(letters[-1]).split())
