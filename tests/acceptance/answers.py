"""What the invented people of the stories answer: the shortest whole questionnaire, by chat and by mail."""

from __future__ import annotations

from tests.acceptance.chat import Press, Step

TITLE = "Saules darbnīca"
DESCRIPTION = "Radošās darbnīcas cilvēkiem ar garīga rakstura traucējumiem divas reizes nedēļā."
NEED = "Trūkst nodarbinātības iespēju un kopā būšanas."
ORGANISATION = "Biedrība “Saules tilts”"
REVIEW = "Pārskatiet atbildes"

TO_TITLE: dict[str, Step] = {"Kā sauc iniciatīvu?": TITLE}
TO_NEED: dict[str, Step] = TO_TITLE | {
    "Īsi aprakstiet iniciatīvu": DESCRIPTION,
    "Kādu sociālo vajadzību": NEED,
}
CORE: dict[str, Step] = TO_NEED | {
    "Kāda veida sociālā inovācija": Press("Pakalpojums", "Metode", "Gatavs (2)"),
    "Kas iniciatīvā ir jauns?": "c",
    "Uz kuru sociālo pakalpojumu jomu": "dienas centrs",
    "Kam iniciatīva ir paredzēta?": "a, pensijas vecuma",
    "Cik plašā teritorijā": Press("Visa Latvija"),
    "Kurā attīstības posmā": "Ideja",
    "Kura organizācija iniciatīvu": ORGANISATION,
    "Kāda ir īstenotāja juridiskā forma?": Press("Biedrība"),
    "Īstenotāja reģistrācijas numurs": Press("Izlaist ›"),
    "Kāda ir Jūsu saistība": Press("Idejas autors"),
    "Kas vēl ir iesaistīts": Press("Partneru nav", "Gatavs (1)"),
    "No kādiem līdzekļiem": "/skip",
    "Kas pašlaik visvairāk kavē": "–",
    "Vai piekrītat, ka ar Jums sazināmies": Press("Nē"),
    "Esmu iepazinies": Press("Apstiprinu"),
    "Vai iniciatīvu drīkst iekļaut": Press("Nē"),
}
CHAT: dict[str, Step] = CORE | {"Vai zināt citas organizācijas": Press("Pietiek")}
"""The whole questionnaire without a suggestion."""


def suggesting(organisation: str, email: str, *, may_name: bool = True) -> dict[str, Step]:
    """What somebody answers who suggests one organisation."""
    return {
        "Pievienoti: 1": Press("Pietiek"),
        "Vai zināt citas organizācijas": Press("Pievienot vēl"),
        "Kā sauc organizāciju?": organisation,
        "Organizācijas e-pasta adrese": email,
        "Kurā pašvaldībā organizācija": Press("Izlaist ›"),
        "Ja iesakāt konkrētu cilvēku": Press("Izlaist ›"),
        "Vai drīkstam pateikt": Press("Jā" if may_name else "Nē"),
    }


FIRST_MAIL = {1: TITLE, 2: DESCRIPTION, 4: "b", 8: "d", 11: "b", 13: ORGANISATION, 14: "a"}
"""By mail, number of the question -> what is typed: most of what the invitation asks."""
REST = {3: NEED, 5: "c", 6: "dienas centrs", 7: "a, d", 17: "a", 18: "j", 22: "c", 27: "jā", 28: "c"}
"""What the confirmation asks then."""


def on_top(answers: dict[int, str]) -> str:
    """Numbered answers above the quoted letter."""
    return "\n".join(f"{number}. {text}" for number, text in answers.items())


def inline(quoted: str, answers: dict[int, str]) -> str:
    """The quoted letter with an answer typed after each `Atbilde:` that has one."""
    lines, number = [], 0
    for line in quoted.split("\n"):
        bare = line.lstrip("> ")
        head = bare.partition(".")[0]
        if head.isdigit() and bare.startswith(f"{head}. "):
            number = int(head)
        if bare.startswith("Atbilde:") and number in answers:
            line = f"{line} {answers[number]}"
        lines.append(line)
    return "\n".join(lines)
