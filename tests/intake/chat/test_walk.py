"""How much a phone asks of a person: taps and messages from the first to the last of the stage-1 questionnaire."""

from __future__ import annotations

from pathlib import Path

from tests.intake.chat.place import Place, opened

MOST = 40
TYPED = {
    "Kā sauc iniciatīvu?": "Saules darbnīca",
    "Īsi aprakstiet": "Radošās darbnīcas cilvēkiem ar garīga rakstura traucējumiem divas reizes nedēļā.",
    "Kādu sociālo vajadzību": "Trūkst nodarbinātības iespēju un kopā būšanas.",
    "Kurā gadā": "2021",
    "Kura organizācija": "Biedrība “Saules tilts”",
    "reģistrācijas numurs": "40008000006",
    "Vārds un uzvārds": "Anna Ozola",
    "E-pasta adrese": "anna@example.org",
}
PRESSED = {
    "Cik plašā": "Viena pašvaldība",
    "Kurā attīstības": "d)",
    "Vai piekrītat": "Jā",
    "Vai zināt citas": "Pietiek",
}
"""The branch with the most questions; elsewhere the first option."""


async def test_a_full_walk_takes_at_most_forty_taps_and_messages(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        acts = await _walk(place)
        (person,) = (one for one in place.api.people.values())
        assert "ir saņemta" in "".join(message.get("text", "") for message in person.history()[-3:])
    print(f"\na full walk: {acts} taps and messages")
    assert acts <= MOST


async def _walk(place: Place) -> int:
    """Answer whatever is asked, one pick a list, until it is submitted; how many acts that took."""
    person = place.person(7001)
    person.start()
    await place.settle()
    acts = 1
    while "Vai vēlaties pieteikt vēl" not in (asked := person.shown())["text"]:
        text = asked["text"].split("\n\n")[-1] if "≈" not in asked["text"] else asked["text"]
        typed = next((answer for part, answer in TYPED.items() if part in text), None)
        if typed is not None:
            person.write(typed)
        elif "Tālrunis" in text:
            person.press("Nosūtīt manu tālruņa numuru")
        else:
            person.press(_label(asked), message_id=asked["message_id"])
        acts += 1
        await place.settle()
        assert acts <= 2 * MOST, f"lost at: {text}"
    return acts


def _label(asked: dict[str, object]) -> str:
    """The button to press: Submit, Done once something is ticked, what PRESSED says, else the first option."""
    rows = asked["reply_markup"]["inline_keyboard"]  # type: ignore[index]
    labels = [str(button["text"]) for row in rows for button in row]
    done = [label for label in labels if label in ("Iesniegt",) or label.startswith("Gatavs (")]
    wanted = [
        label for part, start in PRESSED.items() if part in str(asked["text"]) for label in labels if start in label
    ]
    return (done or wanted or [label for label in labels if not label.startswith("‹")])[0]
