"""The whole questionnaire in a chat: buttons and typed text, back, skip, review, a restart, another initiative."""

from __future__ import annotations

import csv

from tests.acceptance import CROSSED, EVERYWHERE
from tests.acceptance.answers import CHAT, CORE, DESCRIPTION, NEED, ORGANISATION, REVIEW, TITLE, TO_NEED
from tests.acceptance.chat import Chat
from tests.acceptance.place import Place, links
from tests.acceptance.post import text_of

ANNA = "anna@example.org"


@EVERYWHERE
async def test_a_whole_questionnaire_with_a_restart_in_the_middle(place: Place) -> None:
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,Saules tilts,lv")
    letter = await place.mail(ANNA).next_letter()
    chat = place.chat(501)
    chat.start(links(text_of(letter))[0])
    greeting = await chat.reads("Labdien! Sabiedrības integrācijas fonds")
    assert "2026. gada 18. decembrim" in greeting["text"]
    assert "Pārzinis ir Sabiedrības integrācijas fonds" in greeting["text"]
    await chat.walk(TO_NEED, until="Kāda veida sociālā inovācija")

    await place.restart()
    question = await chat.reads() if not chat.seen[-1].startswith("4/") else None
    assert question is None, "a restart says nothing by itself"
    chat.types("/back")
    again = await chat.reads("Kādu sociālo vajadzību")
    assert "Tagad: " in again["text"]
    chat.types("Ļoti trūkst nodarbinātības un kopā būšanas.")
    review = await chat.walk(CHAT, until=REVIEW)
    assert "Ļoti trūkst nodarbinātības" in review["text"]
    assert "Pakalpojums; Metode" in review["text"]

    await chat.press("1.", review)
    await chat.becomes(f"Tagad: {TITLE}")
    chat.types("Saules darbnīca Cēsīs")
    review = await chat.reads(REVIEW)
    await chat.press("Iesniegt", review)
    thanks = await chat.reads("ir saņemta")
    assert "Saules darbnīca Cēsīs" in thanks["text"]
    passed_on = await chat.reads("pārsūtiet šo saiti")
    assert links(passed_on["text"]) != links(text_of(letter))[:1]
    await _another(place, chat)
    assert (await place.status())["begun"] == 1


async def _another(place: Place, chat: Chat) -> None:
    """The second initiative: the organisation is known, the title is not."""
    await chat.reads("Vai vēlaties pieteikt vēl kādu")
    await chat.press("Pieteikt vēl vienu")
    await chat.reads("Kā sauc iniciatīvu?")
    chat.types("Otrā darbnīca")
    review = await chat.walk(CORE | {"Vai zināt citas organizācijas": CHAT["Vai zināt citas organizācijas"]}, REVIEW)
    assert ORGANISATION in review["text"]
    await chat.press("Iesniegt", review)
    await chat.reads("Otrā darbnīca")
    status = await place.until(lambda found: found["submitted"] == 2, "both are submitted")
    assert status["initiatives"] == 2
    first, second = await place.exported("initiatives")
    assert (first["title"], second["title"]) == ("Saules darbnīca Cēsīs", "Otrā darbnīca")
    assert first["respondent"] == second["respondent"]


@CROSSED
async def test_a_newcomer_answers_by_themselves(place: Place) -> None:
    await place.start()
    chat = place.chat(502, "Juris")
    chat.start()
    await chat.press("Iesniegt", await chat.walk(CHAT, until=REVIEW))
    await chat.reads("ir saņemta")
    (submission,) = await place.exported()
    assert submission["channel"] == "telegram"
    assert submission["answers"]["target"] == "adult_dis senior"
    assert submission["answers"]["form"] == "service method"
    assert submission["form_version"]
    await place.atsauce("export", "--format", "csv", str(place.folder / "tables"))
    with (place.folder / "tables/submissions.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["title"], row["organisation"], row["channel"]) == (TITLE, ORGANISATION, "telegram")
    with (place.folder / "tables/initiatives.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["title"], row["stage"], row["legal_form"]) == (TITLE, "proposal", "biedriba")


async def test_mistakes_are_said_and_nothing_is_lost(place: Place) -> None:
    await place.start()
    chat = place.chat(503)
    chat.start()
    await chat.walk({"Kā sauc iniciatīvu?": TITLE}, until="Īsi aprakstiet")
    chat.types("par īsu")
    wrong = await chat.reads("Īsi aprakstiet")
    assert "50–1500 rakstzīmes" in wrong["text"]
    chat.types(DESCRIPTION)
    await chat.walk(TO_NEED, until="Kāda veida sociālā inovācija")
    await chat.becomes(f"✔ {NEED}")
    chat.types("/review")
    review = await chat.reads(REVIEW)
    assert "Vēl jāatbild" in review["text"]
    assert TITLE in review["text"]
