"""Words that people use instead of an option, a number or a date, in Latvian, English and Russian; all folded."""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


YES = _set("ja yes y yeah yep ok okay да labi protams piekritu sure agree apliecinu apstiprinu согласен согласна") | {
    "i agree",
    "of course",
    "jaa",
}
NO = _set("ne no n nope нет nepiekritu nevelos disagree") | {"not agree", "nee"}
ASSENT = _set(
    "protams labprat noteikti piekritu ludzu paldies please sure thanks of course certainly пожалуйста конечно"
)
"""What may follow a yes without a comma and changes nothing."""

LEADS = _set("bet tikai ja jo kaut lai but only if though because но если")
"""A word with which a remark begins after an option."""

JOINTS = _set("un and ari gan plus и also")
DOUBTS = _set("vai or или")
"""Between two options: the person did not decide."""

UNKNOWN = frozenset(
    {
        "nezinu", "es nezinu", "nezinam", "mes nezinam", "nav zinams", "nav informacijas", "nav datu", "gruti pateikt",
        "dont know", "don t know", "i don t know", "i dont know", "we don t know", "not sure", "no idea", "unknown",
        "not known", "hard to say", "не знаю", "неизвестно",
    }
)  # fmt: skip
SKIP = frozenset({"izlaist", "izlaizu", "skip", "pass", "nav ko teikt", "n a", "na", "пропустить"})
SKIP_MARKS = _set("- – — − ― -- --- . … ... /")

OTHER = "other"
DONT_KNOW = "dk"

NUMBER_LEADS = _set(
    "apmeram aptuveni aptuvenai aptuv apt ap kadi kadas vismaz gandriz kopa kops no gada gads gadu jau"
    " about approximately approx around roughly since from in year circa ca the at least nearly over"
    " eur eiro euro euros usd gbp"
)
"""What may stand before a number and changes nothing, currencies among it."""
NUMBER_TAILS = _set("gada gads gadu g gadi year years eur eiro euro euros")

PHONE_LEADS = _set(
    "t tel talr talrunis talruna telefons telefona mob mobilais nr numurs mans mums musu ir"
    " phone number my our is mobile cell тел 8"
)

ONES = {
    "nulle": 0, "neviens": 0, "neviena": 0, "nevienu": 0, "zero": 0, "none": 0,
    "viens": 1, "viena": 1, "vienu": 1, "vienam": 1, "vienai": 1, "one": 1,
    "divi": 2, "divas": 2, "divus": 2, "divu": 2, "diviem": 2, "divam": 2, "two": 2,
    "tris": 3, "triju": 3, "trim": 3, "trijiem": 3, "trijam": 3, "three": 3,
    "cetri": 4, "cetras": 4, "cetrus": 4, "cetru": 4, "cetriem": 4, "cetram": 4, "four": 4,
    "pieci": 5, "piecas": 5, "piecus": 5, "piecu": 5, "pieciem": 5, "piecam": 5, "five": 5,
    "sesi": 6, "sesas": 6, "sesus": 6, "sesu": 6, "sesiem": 6, "sesam": 6, "six": 6,
    "septini": 7, "septinas": 7, "septinus": 7, "septinu": 7, "septiniem": 7, "septinam": 7, "seven": 7,
    "astoni": 8, "astonas": 8, "astonus": 8, "astonu": 8, "astoniem": 8, "astonam": 8, "eight": 8,
    "devini": 9, "devinas": 9, "devinus": 9, "devinu": 9, "deviniem": 9, "devinam": 9, "nine": 9,
    "desmit": 10, "ten": 10, "vienpadsmit": 11, "eleven": 11, "divpadsmit": 12, "twelve": 12, "trispadsmit": 13,
    "thirteen": 13, "cetrpadsmit": 14, "fourteen": 14, "piecpadsmit": 15, "fifteen": 15, "sespadsmit": 16,
    "sixteen": 16, "septinpadsmit": 17, "seventeen": 17, "astonpadsmit": 18, "eighteen": 18, "devinpadsmit": 19,
    "nineteen": 19, "divdesmit": 20, "twenty": 20, "trisdesmit": 30, "thirty": 30, "cetrdesmit": 40, "forty": 40,
    "piecdesmit": 50, "fifty": 50, "sesdesmit": 60, "sixty": 60, "septindesmit": 70, "seventy": 70,
    "astondesmit": 80, "eighty": 80, "devindesmit": 90, "ninety": 90,
    "divsimt": 200, "trissimt": 300, "cetrsimt": 400, "piecsimt": 500, "sessimt": 600, "septinsimt": 700,
    "astonsimt": 800, "devinsimt": 900,
}  # fmt: skip
_SCALED = {
    100: "simts simti simtu simtiem simt hundred",
    1000: "tukstotis tukstosi tukstosu tukstosus tukstosiem tukstos tukst tk thousand thousands k",
    1_000_000: "miljons miljoni miljonu miljonus miljoniem milj mlj miln mln mio million millions",
    1_000_000_000: "miljards miljardi miljardu miljardus mljrd mlrd mrd billion billions bn",
}
SCALES = {word: scale for scale, words in _SCALED.items() for word in words.split()}
HALVES = frozenset({"ar pusi", "un puse", "un pus", "and a half"})
"""After a number: half of one more."""
ONE_AND_A_HALF = _set("pusotrs pusotra pusotru pusotram")
UNCLEAR_UNITS = _set("m t")
"""After a number a metre or a million, a tonne or a thousand: asked back."""

MONTHS = (
    ("janvar", "january", "jan"), ("februar", "february", "feb"), ("mart", "march", "mar"),
    ("april", "april", "apr"), ("maij", "may", "mai"), ("junij", "june", "jun"), ("julij", "july", "jul"),
    ("august", "august", "aug"), ("septembr", "september", "sep", "sept"), ("oktobr", "october", "oct", "okt"),
    ("novembr", "november", "nov"), ("decembr", "december", "dec"),
)  # fmt: skip
DAYS = {
    "aizvakar": -2, "vakar": -1, "sodien": 0, "rit": 1, "ritdien": 1, "parit": 2,
    "vakardien": -1, "yesterday": -1, "today": 0, "tomorrow": 1, "вчера": -1, "сегодня": 0, "завтра": 1,
}  # fmt: skip
BESIDE_YESTERDAY = {"day before yesterday": -2, "day after tomorrow": 2}
AGO = _set("pirms ago")
SPANS = {
    "dienas": 1, "diena": 1, "dienam": 1, "day": 1, "days": 1,
    "nedelas": 7, "nedelam": 7, "week": 7, "weeks": 7,
}  # fmt: skip
"""Days in what a text with "pirms" or "ago" counts."""
