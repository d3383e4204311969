"""Suggestions become invitations once; whoever was sent a letter or a link by somebody is of the next wave."""

from __future__ import annotations

import re
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from tests.acceptance import EVERYWHERE
from tests.acceptance.answers import CORE, DESCRIPTION, REVIEW, TITLE, on_top, suggesting
from tests.acceptance.chat import Chat
from tests.acceptance.place import Place, links
from tests.acceptance.post import INTAKE, text_of

ANNA, JURIS, DACE = "anna@example.org", "juris@example.com", "dace@example.net"
RITS = "info@example.test"


async def submits(place: Place, person_id: int, code: str, *, may_name: bool = True) -> Chat:
    """Somebody answers everything and suggests the same organisation."""
    chat = place.chat(person_id)
    chat.start(code)
    steps = CORE | suggesting("Biedrība “Rīts”", RITS, may_name=may_name)
    await chat.press("Iesniegt", await chat.walk(steps, until=REVIEW))
    await chat.reads("ir saņemta")
    return chat


@EVERYWHERE
async def test_a_suggested_organisation_is_invited_once_whoever_names_it(place: Place) -> None:
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,Biedrība Saules tilts,lv", f"{JURIS},Juris Kalns,Ezera centrs,lv")
    for person_id, address in ((701, ANNA), (702, JURIS)):
        letter = await place.mail(address).next_letter()
        await submits(place, person_id, links(text_of(letter))[0])
    status = await place.status()
    assert status["referrals"]["nominated"] == 2
    assert place.mail(RITS).letters() == []
    waiting = await place.json("referrals")
    assert [row["email"] for row in waiting] == [RITS, RITS]
    assert [row["state"] for row in waiting] == ["waiting", "waiting"]

    await place.atsauce("referrals", "approve", *(str(row["number"]) for row in waiting))
    invitation = await place.mail(RITS).next_letter()
    await place.atsauce("invite")
    flat = " ".join(text_of(invitation).split())
    assert "Kur ieguvām Jūsu kontaktinformāciju: Jūs ieteica Anna Ozola, Biedrība Saules tilts" in flat
    for right in ("Varat iebilst", "dzēst", "Datu valsts inspekcijai", "Pārzinis: Sabiedrības integrācijas fonds"):
        assert right in flat
    assert flat.index("Kur ieguvām") < flat.index("1. Kā sauc iniciatīvu?"), "the notice comes first"
    await place.quiet()
    assert len(place.mail(RITS).letters()) == 1
    status = await place.status()
    assert (status["referrals"]["approved"], status["referrals"]["invited"]) >= (1, 1)
    row = await place.row(RITS)
    assert (row["wave"], row["source"], row["referred_by"]) == (1, "referral", (await place.row(ANNA))["number"])

    rits = place.mail(RITS)
    await rits.reply(invitation, on_top({1: "Rīta klubs", 2: DESCRIPTION}))
    assert "Rīta klubs" in text_of(await rits.next_letter())
    assert (await place.status())["begun"] == 3


async def test_approved_at_once_where_the_campaign_says_so(place: Place) -> None:
    place.edit(referrals__approval="at_once")
    await place.start()
    await submits(place, 703, "", may_name=False)
    flat = " ".join(text_of(await place.mail(RITS).next_letter()).split())
    assert "Jūs ieteica nozares kolēģis" in flat
    assert (await place.status())["referrals"]["invited"] == 1


@EVERYWHERE
async def test_a_forwarded_letter_makes_a_respondent_of_the_next_wave(place: Place) -> None:
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,Saules tilts,lv")
    anna, juris, dace = place.mail(ANNA), place.mail(JURIS, "Juris Kalns"), place.mail(DACE, "Dace Liepa")
    invitation = await anna.next_letter()
    await anna.reply(invitation, on_top({1: TITLE}))
    await anna.next_letter()

    # Juris answers what Anna passed on: written to us, with her letter quoted and no References.
    await anna.forward(invitation, JURIS)
    forwarded = await juris.next_letter()
    await juris.write(
        f"Re: {forwarded['Subject']}", on_top({1: "Jura klubs"}) + "\n\n" + juris.quoted(forwarded), INTAKE
    )
    confirmation = await juris.next_letter()
    assert "Jura klubs" in text_of(confirmation)
    assert TITLE not in text_of(confirmation), "nothing of the first person's answers"

    # Dace uses the mailto of the letter: a mail with the code alone.
    await dace.send(_by_mailto(text_of(invitation), DACE))
    questions = await dace.next_letter()
    assert "1. Kā sauc iniciatīvu?" in text_of(questions)
    await dace.reply(questions, on_top({1: "Daces skola"}))
    assert "Daces skola" in text_of(await dace.next_letter())

    # Zane opens the second link.
    zane = place.chat(704, "Zane")
    zane.start(links(text_of(invitation))[-1])
    await zane.walk({"Kā sauc iniciatīvu?": "Zanes dārzs"}, until="Īsi aprakstiet")
    assert not any(TITLE in text for text in zane.seen)

    people = await place.json("people")
    first = people[0]["number"]
    assert [(row["wave"], row["referred_by"]) for row in people] == [(0, None)] + [(1, first)] * 3
    assert (await place.status())["begun"] == 4
    assert len(anna.letters()) == 2, "nobody else's answers come to Anna"


def _by_mailto(text: str, sender: str) -> EmailMessage:
    """What a mail program makes of the link for whoever was sent the letter by somebody else."""
    link = urlsplit(next(link for link in re.findall(r"mailto:[^\s)>]+", text) if "subject" in link))
    message = EmailMessage()
    message["From"], message["To"] = sender, unquote(link.path)
    message["Subject"] = parse_qs(link.query)["subject"][0]
    message["Message-ID"] = "<mailto-1@example.net>"
    message.set_content("\n")
    return message
