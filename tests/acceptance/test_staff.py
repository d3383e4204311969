"""The staff follow by a digest on working days at 08:30, and act by replying to it after a one-time code."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from tests.acceptance import EVERYWHERE
from tests.acceptance.answers import CORE, DESCRIPTION, NEED, ORGANISATION, REVIEW, TITLE, suggesting
from tests.acceptance.place import STAFF, Place, links
from tests.acceptance.post import INTAKE, Correspondent, html_of, text_of

ANNA, IDLE, RITS = "anna@example.org", "idle@example.org", "info@example.test"
RIGA = ZoneInfo("Europe/Riga")


def hour(letter: EmailMessage) -> str:
    return parsedate_to_datetime(str(letter["Date"])).astimezone(RIGA).strftime("%Y-%m-%d %H:%M")


async def submitted_with_a_suggestion(place: Place, person_id: int = 901) -> None:
    await place.invited(f"{ANNA},Anna Ozola,Saules tilts,lv", f"{IDLE},Kāds Cilvēks,Ezera centrs,lv")
    chat = place.chat(person_id)
    chat.start(links(text_of(await place.mail(ANNA).next_letter()))[0])
    steps = CORE | suggesting("Biedrība “Rīts”", RITS)
    await chat.press("Iesniegt", await chat.walk(steps, until=REVIEW))
    await chat.reads("ir saņemta")
    await place.mail(IDLE).next_letter()
    await place.quiet()


async def test_a_digest_on_working_days_only_when_something_changed(place: Place) -> None:
    await place.start()
    await submitted_with_a_suggestion(place)
    staff = place.staff()
    seen = len(staff.letters())
    await place.restart("2026-11-26T08:29:50+02:00")
    digest = (await staff.has(seen + 1))[-1]
    assert hour(digest) == "2026-11-26 08:30"
    text, html = text_of(digest), html_of(digest)
    flat = " ".join(text.split())
    assert "1 jauns pieteikums" in str(digest["Subject"])
    assert "<table" in html
    for expected in (ORGANISATION, "Biedrība “Rīts”", "apstiprināt 1", "Ieteikumi, kas gaida lēmumu"):
        assert expected in flat
        assert expected.replace("“", "&quot;") in html or expected in html
    for secret in (TITLE, DESCRIPTION, NEED, "Anna Ozola", ANNA, RITS):
        assert secret not in text + html, "no names and no free text of individuals"
    shown = await place.atsauce("digest")
    assert "Biedrība “Rīts”" in shown, "what waits is shown again, what was new is not"

    await place.restart("2026-11-27T09:00:00+02:00")  # Friday, nothing new
    await place.quiet()
    await place.restart("2026-11-28T09:00:00+02:00")  # Saturday, something new
    await place.atsauce("stop", IDLE)
    await place.mail(IDLE).next_letter()
    await place.restart("2026-11-30T08:29:55+02:00")  # Monday
    after = await staff.has(seen + 2)
    assert [hour(letter)[:10] for letter in after[seen:]] == ["2026-11-26", "2026-11-30"]


async def with_code(staff: Correspondent, order: EmailMessage) -> EmailMessage:
    """The letter with the one-time code answered by the code alone; what was done."""
    assert "Apstipriniet rīkojumu" in str(order["Subject"]) or "tikai ar šo kodu" in text_of(order)
    code = re.search(r"^\**(\d{6})\**$", text_of(order), re.MULTILINE)
    assert code, text_of(order)
    await staff.reply(order, code[1])
    return await staff.next_letter()


@EVERYWHERE
async def test_acts_by_reply_after_a_code(place: Place) -> None:
    await place.start()
    await submitted_with_a_suggestion(place)
    await place.atsauce("digest", "--send")
    staff = place.staff()
    digest = await staff.finds(lambda letter: "apstiprināt 1" in text_of(letter), "a digest with a suggestion")
    staff.read_all()

    # Somebody forges the staff's address: the code goes to the real mailbox, and a guess changes nothing.
    forger = place.mail("forger@example.com")
    await forger.send(_forged("apstiprināt 1", "<forged-1@example.com>"), to=INTAKE)
    order = await staff.next_letter()
    assert "tikai ar šo kodu" in text_of(order)
    await forger.send(_forged("000000", "<forged-2@example.com>"), to=INTAKE)
    await staff.next_letter()
    # Nor does a stranger's order from an address of their own.
    await forger.write("Re: Kopsavilkums", "apstiprināt 1", INTAKE)
    await forger.next_letter()
    assert (await place.json("referrals"))[0]["state"] == "waiting"

    await staff.reply(digest, "Labdien!\n\napstiprināt 1\n\nAr cieņu\nFonds")
    done = await with_code(staff, await staff.next_letter())
    assert "Ieteikums Nr. 1 ir apstiprināts" in text_of(done)
    await place.mail(RITS).next_letter()

    await staff.reply(digest, f"pagarināt līdz 15.01.2027.\napturēt {IDLE}\napstiprināt 1\npauze\nšo nesaprast")
    done = await staff.next_letter()
    text = text_of(done)
    assert "atbildes gaidām līdz 2027. gada 15. janvārim" in text
    assert f"Adresei {IDLE} vairs nerakstīsim" in text
    assert "Sūtīšana ir apturēta" in text
    assert "Par ieteikumu Nr. 1 jau ir izlemts" in text
    assert "šo nesaprast" in text
    assert "Turpmāk par šo aptauju Jums nerakstīsim" in text_of(await place.mail(IDLE).next_letter())
    acts = await place.audit()
    assert {"approve", "extend", "stop", "pause"} <= {act for act, actor in acts if STAFF in actor}
    assert (await place.status())["stopped"] == 1
    assert all(row["address"] != IDLE for row in await place.json("plan"))


def _forged(body: str, message_id: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = STAFF, INTAKE, "Re:", message_id
    message.set_content(body)
    return message
