"""Stop: by a word in a mail, in the chat, by one click, by the staff; one acknowledgement, then nothing anywhere."""

from __future__ import annotations

import asyncio
import re
import urllib.request

from tests.acceptance import EVERYWHERE
from tests.acceptance.answers import TITLE
from tests.acceptance.place import Place, links
from tests.acceptance.post import text_of
from tests.servers.daemon import free_port

MAIL, CHAT, CLICK, PHONE, STAYS = (f"{name}@example.org" for name in ("mail", "chat", "click", "phone", "stays"))
ALL = (MAIL, CHAT, CLICK, PHONE, STAYS)
TEN_DAYS = "2026-12-04T10:05:00+02:00"
NO_MORE = "Turpmāk par šo aptauju Jums nerakstīsim"


def visit(url: str, body: bytes | None = None) -> int:
    with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=30) as answer:
        return int(answer.status)


@EVERYWHERE
async def test_every_way_to_stop_is_honoured_on_every_channel(place: Place) -> None:
    port = free_port()
    place.extra |= {"ATSAUCE_BASE_URL": f"http://127.0.0.1:{port}", "ATSAUCE_WEB_PORT": str(port)}
    await place.start()
    await place.invited(*(f"{address},Kāds Cilvēks,{address[:5]},lv" for address in ALL))
    letters = {address: await place.mail(address).next_letter() for address in ALL}

    await place.mail(MAIL).reply(letters[MAIL], "Atteikties")
    assert NO_MORE in " ".join(text_of(await place.mail(MAIL).next_letter()).split())
    await place.mail(MAIL).reply(letters[MAIL], "1. Tomēr kaut kas")

    chat = place.chat(1001)
    chat.start(links(text_of(letters[CHAT]))[0])
    await chat.walk({"Kā sauc iniciatīvu?": TITLE}, until="Īsi aprakstiet")
    chat.types("/stop")
    await chat.reads(NO_MORE)
    said = chat.count()
    chat.types("Vēl kaut kas")

    header = letters[CLICK]["List-Unsubscribe"]
    assert letters[CLICK]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.findall(r"<(http[^>]+)>", header)[0]
    assert await asyncio.to_thread(visit, link) == 200
    assert (await place.status())["stopped"] == 2, "a GET changes nothing"
    for _ in range(2):
        assert await asyncio.to_thread(visit, link, b"List-Unsubscribe=One-Click") == 200
    assert NO_MORE in " ".join(text_of(await place.mail(CLICK).next_letter()).split())

    await place.atsauce("stop", PHONE)
    assert NO_MORE in " ".join(text_of(await place.mail(PHONE).next_letter()).split())
    await place.atsauce("stop", "never-heard-of@example.org")
    status = await place.quiet()
    assert (status["stopped"], status["inbox"]["set_aside"]) == (4, 0)
    assert status["needs_a_person"] >= 2, "what the stopped wrote afterwards is for the staff"

    await place.restart(TEN_DAYS)
    reminder = (await place.mail(STAYS).has(2))[-1]
    assert "Atgādinājums" in str(reminder["Subject"])
    await place.quiet()
    counts = {address: len(place.mail(address).letters()) for address in ALL}
    assert counts == {MAIL: 2, CHAT: 1, CLICK: 2, PHONE: 2, STAYS: 2}
    assert chat.count() == said
    listed = place.contacts(f"{MAIL},Kāds Cilvēks,Org,lv", "never-heard-of@example.org,X,Y,lv")
    assert (await place.json("contacts", "import", str(listed)))["added"] == 0


async def test_a_letter_already_queued_is_not_sent_after_a_stop(place: Place) -> None:
    await place.start()
    await place.restart("2026-11-25T18:00:00+02:00")
    await place.invited(f"{MAIL},Kāds Cilvēks,Org,lv", f"{STAYS},Cits Cilvēks,Cita,lv")
    assert {row["at"][:16] for row in await place.json("plan")} == {"2026-11-26T09:00"}
    await place.mail(MAIL).write("atteikties", "atteikties")
    assert NO_MORE in " ".join(text_of(await place.mail(MAIL).next_letter()).split())
    await place.restart("2026-11-26T09:00:30+02:00")
    await place.mail(STAYS).next_letter()
    status = await place.quiet()
    assert len(place.mail(MAIL).letters()) == 1
    assert status["outbox"]["suppressed"] == 1
