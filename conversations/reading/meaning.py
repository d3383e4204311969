"""What a text means as a whole: a command, a refusal, a question, a greeting; whole texts only, never parts of them."""

from __future__ import annotations

import re

from conversations.answers.folding import fold
from conversations.reading.outcome import Command

MAX_REFUSAL = 60
"""Words: a longer text is no plain refusal and goes to a person."""

_STOP = (
    "atteikties|atsakos|atteicos|nevelos|nevelos sanemt|nevelos sanemt jusu zinas|nesutiet|vairs nesutiet|nerakstiet"
    "|neattiecas|atrakstities|stop|unsubscribe|remove me|opt out|отказаться|отписаться|стоп|не пишите"
)
_PLEASE = "(?: ludzu| please| пожалуйста)?"
_ERASE = "dzest|izdzest|izdzesiet|dzesiet|erase|delete|удалить"
_COMMANDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (act, re.compile(pattern))
    for act, pattern in (
        ("stop", rf"(?:ludzu )?(?:{_STOP})(?: ludzu| paldies| please)?"),
        ("erase", rf"(?:ludzu )?(?:{_ERASE})(?: (?:manus? )?(?:datus|my data|me))?"),
        ("withdraw", r"(?:atsaukt|atsaucu|withdraw|отозвать)(?: (?:piekrisanu|consent|согласие))?"),
        ("edit", r"(?:labot|edit|correct|исправить)(?:(?: nr| no)? (?P<argument>[0-9]{1,9}))?"),
        ("telegram", r"(?:(?:turpinat|continue|продолжить)(?: (?:ar|in|on|в))? )?telegram[aā]?"),
        ("language_en", rf"(?:(?:in )?english|anglu(?: valoda)?|angliski|по английски){_PLEASE}"),
        ("language_lv", rf"(?:(?:in )?latvian|latviesu(?: valoda)?|latviski|по латышски){_PLEASE}"),
        ("language_ru", rf"(?:(?:in )?russian|krievu(?: valoda)?|krieviski|по русски){_PLEASE}"),
    )
)
_REFUSALS = (
    r"neattiecas|nepiedal\w+|(?:nevar\w*|negrib\w*|nevel\w*) piedalities|neaizpildis\w+|nepildis\w+"
    r"|neinteres\w+|nav interes\w*|(?:mums|man|mus) (?:tas |sis )?nav aktual\w+"
    r"|nevelos|nevelamies|atsakos|atsakamies|atteikt\w*"
    r"|nesutiet|nesutit|vairs nesut\w+|nerakstiet|netraucejiet|iznemiet|izsledziet|izdzesiet|dzesiet|unsubscribe"
    r"|not applicable|not interested|no thank you|no thanks|remove (?:me|us|my|our)"
    r"|(?:do not|don t|dont|stop) (?:send|contact|writ|email|mail)\w*|does not (?:apply|concern)"
    r"|(?:do|does) not wish|(?:will not|won t|cannot|can not|unable to|not going to) (?:take part|participate)|decline"
    r"|не (?:пишите|присылайте|интерес\w+|относится|хочу|хотим|будем участвовать)|неинтерес\w+|отпишите|удалите"
)
_REFUSAL = re.compile(rf"\b(?:{_REFUSALS})")
_GREETINGS = (
    "labdien|labrit|labvakar|sveiki|sveika|sveiks|sveicinati|cau|ciao|hello|hi|hey"
    "|good (?:morning|afternoon|evening|day)|dear|greetings|здравствуйте|добрый день|tere|laba diena|guten tag"
)
_GREETING = re.compile(rf"(?:{_GREETINGS})\b(?P<rest>(?: \w+){{0,4}})")
_ADDRESSED_BY = (
    "kungs kundze kungi kundzes cienijamais cienijama cienijamie cienitie godatais godata godatie kolegi koleges visi"
    " visiem jums sir madam or and all everybody everyone team colleagues colleague there коллеги уважаемые всем"
)
_ADDRESSED = frozenset(_ADDRESSED_BY.split())


def command(text: str) -> Command | None:
    """The command that is the whole of `text`, apart from case, diacritics, quotes and a full stop."""
    folded = fold(text) if len(text) < 200 else ""
    for act, pattern in _COMMANDS:
        if match := pattern.fullmatch(folded):
            name, _, language = act.partition("_")
            return Command(name, language or match.groupdict().get("argument") or "")
    return None


def refuses(text: str) -> bool:
    """Whether a short text says that the person does not take part or wants no more letters."""
    folded = fold(text[:2000])
    return len(folded.split()) <= MAX_REFUSAL and _REFUSAL.search(folded) is not None


def asks(text: str) -> bool:
    """Whether there is a question in `text`; addresses of web pages are none."""
    return re.search(r"\?(?=[\s”\"»)]|$)", text) is not None


def greets(line: str) -> bool:
    """Whether a line is nothing but a greeting: a word of greeting, then names or words like "colleagues" at most.

    "Labdien, nepiedalīsimies" and "Sveiki, kas jūs esat?" say something.
    """
    found = _GREETING.fullmatch(fold(line)) if len(line) < 80 and "?" not in line else None
    if found is None:
        return False
    rest = found["rest"].strip()
    words = re.findall(r"\w+", line)[-len(rest.split()) :] if rest else []
    return all(map(_addresses, words)) and command(rest) is None and not refuses(rest)


def _addresses(word: str) -> bool:
    return fold(word) in _ADDRESSED or (len(word) > 2 and word[0].isupper())


def without_greeting(text: str) -> str:
    """`text` without a greeting in its first lines or as its first sentence."""
    lines = text.strip().split("\n")
    while lines and (not lines[0].strip() or greets(lines[0])):
        lines.pop(0)
    if lines and (match := re.match(r"([^.!,?\n]{2,40}[!,.])\s+(?=\S)", lines[0])) and greets(match[1]):
        lines[0] = lines[0][match.end() :]
    return "\n".join(lines).strip()
