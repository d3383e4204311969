"""One questionnaire, two channels: begun by mail and finished in Telegram, begun in Telegram and finished by mail."""

from __future__ import annotations

from tests.acceptance import CROSSED
from tests.acceptance.answers import CHAT, FIRST_MAIL, REST, REVIEW, TITLE, TO_NEED, on_top
from tests.acceptance.place import Place, links
from tests.acceptance.post import text_of

ANNA = "anna@example.org"
CORE_LEFT = {4: "b", 8: "d", 11: "b", 13: "Biedrība “Saules tilts”", 14: "a", 22: "c"}


@CROSSED
async def test_begun_by_mail_finished_in_telegram(place: Place) -> None:
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,Saules tilts,lv")
    anna = place.mail(ANNA)
    invitation = await anna.next_letter()
    await anna.reply(invitation, on_top(FIRST_MAIL))
    confirmation = await anna.next_letter()
    (once,) = dict.fromkeys(links(text_of(confirmation)))

    chat = place.chat(601)
    chat.start(once)
    review = await chat.walk(CHAT, until=REVIEW)
    assert TITLE in review["text"]
    assert not any("Kā sauc iniciatīvu?" in text for text in chat.seen[:-1]), "what is known is not asked again"
    await chat.press("Iesniegt", review)
    await chat.reads("ir saņemta")
    status = await place.status()
    assert (status["begun"], status["submitted"]) == (1, 1)
    (submission,) = await place.exported()
    assert submission["answers"]["title"] == TITLE

    stranger = place.chat(602, "Juris")
    stranger.start(once)
    refused = await stranger.reads()
    assert "jau ir izmantota" in refused["text"]
    assert TITLE not in refused["text"]


@CROSSED
async def test_begun_in_telegram_finished_by_mail(place: Place) -> None:
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,Saules tilts,lv")
    anna = place.mail(ANNA)
    invitation = await anna.next_letter()
    chat = place.chat(603)
    chat.start(links(text_of(invitation))[0])
    await chat.walk(TO_NEED, until="Kāda veida sociālā inovācija")
    await anna.reply(invitation, on_top(CORE_LEFT))
    confirmation = await anna.next_letter()
    assert "1. Kā sauc iniciatīvu?" not in text_of(confirmation), "answered in the chat"
    await anna.reply(confirmation, on_top(REST))
    done = await anna.next_letter()
    assert "ar numuru" in text_of(done)
    assert TITLE in text_of(done)
    (submission,) = await place.exported()
    assert (submission["answers"]["title"], submission["answers"]["scope"]) == (TITLE, "national")
    status = await place.status()
    assert (status["contacts"], status["begun"], status["submitted"]) == (1, 1, 1)
    chat.types("/review")
    review = await chat.reads(REVIEW, "jau ir iesniegta")
    assert review


async def test_a_personal_link_passed_on_shows_nothing_of_the_first_one(place: Place) -> None:
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,Saules tilts,lv")
    anna = place.mail(ANNA)
    personal = links(text_of(await anna.next_letter()))[0]
    chat = place.chat(604)
    chat.start(personal)
    await chat.walk(TO_NEED, until="Kāda veida sociālā inovācija")
    other = place.chat(605, "Juris")
    other.start(personal)
    asked = await other.reads("Vai uzaicinājums bija domāts Jums?")
    await other.press("Nē", asked)
    await other.walk({"Kā sauc iniciatīvu?": "Jura klubs"}, until="Īsi aprakstiet")
    assert not any(TITLE in text for text in other.seen)
    third = place.chat(606, "Zane")
    third.start(personal)
    await third.press("Jā", await third.reads("Vai uzaicinājums bija domāts Jums?"))
    await third.reads("nosūtījām vēstuli uz Jūsu e-pastu")
    letter = await anna.next_letter()
    third.start(links(text_of(letter))[0])
    await third.reads("Kāda veida sociālā inovācija", "Jūs apstājāties")
    people = await place.json("people")
    assert [row["wave"] for row in people] == [0, 1]
