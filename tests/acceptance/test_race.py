"""Mails and chat messages of the same people at the same time: no answer is lost and the draft stays whole."""

from __future__ import annotations

import asyncio

import pytest

from tests.acceptance import servers
from tests.acceptance.answers import DESCRIPTION, NEED, ORGANISATION, REVIEW, TITLE, on_top
from tests.acceptance.chat import Press, Step
from tests.acceptance.place import Place, links
from tests.acceptance.post import text_of

PEOPLE = 4
BY_CHAT: dict[str, Step] = {
    "Kā sauc iniciatīvu?": TITLE,
    "Īsi aprakstiet iniciatīvu": DESCRIPTION,
    "Kādu sociālo vajadzību": NEED,
    "Kāda veida sociālā inovācija": Press("Pakalpojums", "Metode", "Gatavs (2)"),
    "Kas iniciatīvā ir jauns?": "c",
    "Uz kuru sociālo pakalpojumu jomu": "e",
    "Kam iniciatīva ir paredzēta?": "a, d",
}
BY_MAIL = ({8: "d"}, {11: "b"}, {13: ORGANISATION}, {14: "a", 22: "c"})
"""The answers of each mail; more of them within an hour would not all be confirmed, as two machines may be talking."""
LEFT: dict[str, Step] = {
    "Īstenotāja reģistrācijas numurs": "–",
    "Kāda ir Jūsu saistība": Press("Idejas autors"),
    "Kas vēl ir iesaistīts": "j",
    "No kādiem līdzekļiem": "–",
    "Kas pašlaik visvairāk kavē": "–",
    "Esmu iepazinies": Press("Apstiprinu"),
    "Vai iniciatīvu drīkst iekļaut": Press("Nē"),
    "Vai zināt citas organizācijas": Press("Pietiek"),
    # Asked only when the chat came there before the mail did.
    "Cik plašā teritorijā": "d",
    "Kurā attīstības posmā": "b",
    "Kura organizācija iniciatīvu": ORGANISATION,
    "Kāda ir īstenotāja juridiskā forma?": "a",
    "Vai piekrītat, ka ar Jums sazināmies": Press("Nē"),
}
EXPECTED = {
    **{"title": TITLE, "description": DESCRIPTION, "need": NEED, "form": "service method", "novelty": "local"},
    **{"service": "day_centre", "target": "adult_dis senior", "scope": "national", "stage": "proposal"},
    **{"organisation": ORGANISATION, "legal_form": "biedriba", "role": "author", "partners": "none"},
    **{"contact_consent": "no", "privacy_read": "OK", "publish": "no"},
}


@pytest.mark.parametrize(
    "place", [pytest.param("sqlite local"), pytest.param("postgres local", marks=servers)], indirect=True
)
async def test_both_channels_at_once(place: Place) -> None:
    await place.start()
    addresses = [f"person{number}@example.org" for number in range(PEOPLE)]
    await place.invited(*(f"{address},Kāds Cilvēks,,lv" for address in addresses))
    await asyncio.gather(*(_both(place, 1200 + number, address) for number, address in enumerate(addresses)))
    status = await place.quiet()
    assert (status["begun"], status["submitted"], status["inbox"]["set_aside"]) == (PEOPLE, PEOPLE, 0)
    submissions = await place.exported()
    assert len({row["respondent"] for row in submissions}) == PEOPLE
    for row in submissions:
        assert {name: row["answers"].get(name) for name in EXPECTED} == EXPECTED
        assert row["revision"] == 1


async def _both(place: Place, person_id: int, address: str) -> None:
    person, chat = place.mail(address), place.chat(person_id)
    invitation = await person.next_letter()
    chat.start(links(text_of(invitation))[0])
    await chat.reads("Labdien!")  # later, the link would hold answers by mail already, and ask who opens it

    async def by_mail() -> None:
        for answers in BY_MAIL:
            await person.reply(invitation, on_top(answers))
        await person.has(1 + len(BY_MAIL))

    async def by_chat() -> None:
        await chat.walk({**BY_CHAT, **LEFT}, until=REVIEW)

    await asyncio.gather(by_mail(), by_chat())
    chat.types("/review")
    await chat.press("Iesniegt", await chat.reads(REVIEW))
    await chat.reads("ir saņemta")
