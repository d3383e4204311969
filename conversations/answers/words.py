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

UNKNOWN = frozenset({"nezinu", "nezinam", "dont know", "don t know", "i don t know", "not sure", "не знаю"})
SKIP = frozenset({"izlaist", "izlaizu", "skip", "pass", "nav ko teikt", "n a", "na", "пропустить"})
SKIP_MARKS = _set("- – — − ― -- --- . … ... /")

OTHER = "other"
DONT_KNOW = "dk"

NUMBER_LEADS = _set(
    "apmeram aptuveni aptuvenai ap kadi kadas vismaz gandriz kopa kops no gada gads gadu jau"
    " about approximately around since from in year circa ca the at least nearly over"
)
NUMBER_TAILS = _set("gada gads gadu g gadi year years")

ONES = {
    "nulle": 0, "zero": 0, "viens": 1, "viena": 1, "vienu": 1, "one": 1, "divi": 2, "divas": 2, "divus": 2, "two": 2,
    "tris": 3, "three": 3, "cetri": 4, "cetras": 4, "cetrus": 4, "four": 4, "pieci": 5, "piecas": 5, "piecus": 5,
    "five": 5, "sesi": 6, "sesas": 6, "sesus": 6, "six": 6, "septini": 7, "septinas": 7, "septinus": 7, "seven": 7,
    "astoni": 8, "astonas": 8, "astonus": 8, "eight": 8, "devini": 9, "devinas": 9, "devinus": 9, "nine": 9,
    "desmit": 10, "ten": 10, "vienpadsmit": 11, "eleven": 11, "divpadsmit": 12, "twelve": 12, "trispadsmit": 13,
    "thirteen": 13, "cetrpadsmit": 14, "fourteen": 14, "piecpadsmit": 15, "fifteen": 15, "sespadsmit": 16,
    "sixteen": 16, "septinpadsmit": 17, "seventeen": 17, "astonpadsmit": 18, "eighteen": 18, "devinpadsmit": 19,
    "nineteen": 19, "divdesmit": 20, "twenty": 20, "trisdesmit": 30, "thirty": 30, "cetrdesmit": 40, "forty": 40,
    "piecdesmit": 50, "fifty": 50, "sesdesmit": 60, "sixty": 60, "septindesmit": 70, "seventy": 70,
    "astondesmit": 80, "eighty": 80, "devindesmit": 90, "ninety": 90,
}  # fmt: skip
SCALES = {
    "simts": 100, "simti": 100, "simtu": 100, "simt": 100, "hundred": 100,
    "tukstotis": 1000, "tukstosi": 1000, "tukstosu": 1000, "tukst": 1000, "thousand": 1000,
    "miljons": 1_000_000, "miljoni": 1_000_000, "miljonu": 1_000_000, "milj": 1_000_000, "million": 1_000_000,
}  # fmt: skip

MONTHS = (
    ("janvar", "january", "jan"), ("februar", "february", "feb"), ("mart", "march", "mar"),
    ("april", "april", "apr"), ("maij", "may", "mai"), ("junij", "june", "jun"), ("julij", "july", "jul"),
    ("august", "august", "aug"), ("septembr", "september", "sep", "sept"), ("oktobr", "october", "oct", "okt"),
    ("novembr", "november", "nov"), ("decembr", "december", "dec"),
)  # fmt: skip
DAYS = {
    "aizvakar": -2, "vakar": -1, "sodien": 0, "rit": 1, "ritdien": 1, "parit": 2,
    "yesterday": -1, "today": 0, "tomorrow": 1, "вчера": -1, "сегодня": 0, "завтра": 1,
}  # fmt: skip
