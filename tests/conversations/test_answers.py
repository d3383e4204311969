"""What people type -> values: tables of real spellings, and properties that hold for every text."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from conversations.answers import Parsed, Rejected, parse
from conversations.forms.definition import Choice, Kind, Question

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=ZoneInfo("Europe/Riga"))


def question(kind: Kind, *choices: tuple[str, str, str], required: bool = True, **more: object) -> Question:
    offered = tuple(Choice(name, {"lv": lv, "en": en}) for name, lv, en in choices)
    return Question("q", "/data/q", 1, kind, {"lv": "Kas?"}, choices=offered, required=required, **more)  # type: ignore[arg-type]


FORM = question(
    Kind.SELECT_MULTIPLE,
    ("product", "Produkts", "Product"),
    ("service", "Pakalpojums", "Service"),
    ("model", "Modelis", "Model"),
    ("process", "Process", "Process"),
    ("method", "Metode", "Method"),
    ("digital", "Digitāls vai tehnoloģisks risinājums", "Digital or technological solution"),
    ("other", "Cits (lūdzu, norādiet)", "Other (please specify)"),
)
STAGE = question(
    Kind.SELECT_ONE,
    ("prompt", "Problēmas apzināšana – vajadzība ir izpētīta, risinājuma vēl nav", "Prompt – no solution yet"),
    ("proposal", "Ideja – risinājums ir izdomāts vai aprakstīts", "Proposal – the solution is conceived"),
    ("prototype", "Izmēģinājums – risinājumu pārbauda praksē nelielā mērogā", "Prototype – tested in practice"),
    ("sustaining", "Ikdienas prakse – risinājums darbojas pastāvīgi", "Sustaining – works as everyday practice"),
)
REACH = question(
    Kind.SELECT_ONE,
    ("none", "Vēl neviens", "None yet"),
    ("r1_20", "1–20", "1–20"),
    ("r21_100", "21–100", "21–100"),
    ("r501", "Vairāk nekā 500", "More than 500"),
    ("dk", "Nav uzskaites", "Not recorded"),
    required=False,
)
AGREE = question(Kind.SELECT_ONE, ("yes", "Jā", "Yes"), ("no", "Nē", "No"))
TARGET = question(
    Kind.SELECT_MULTIPLE,
    ("adults_dis", "Pilngadīgas personas ar invaliditāti", "Adults with disabilities"),
    ("seniors", "Pensijas vecuma personas", "Persons of retirement age"),
    ("dementia", "Personas ar demenci", "Persons with dementia"),
    ("carers", "Neformālie aprūpētāji", "Informal carers"),
    ("other", "Cita (lūdzu, norādiet)", "Other (please specify)"),
)
PLACE = question(
    Kind.SELECT_MULTIPLE,
    ("riga", "Rīgas valstspilsēta", "Rīga state city"),
    ("cesis", "Cēsu novads", "Cēsis municipality"),
    ("jelgava", "Jelgavas valstspilsēta", "Jelgava state city"),
    ("jelgava_n", "Jelgavas novads", "Jelgava municipality"),
    ("talsi", "Talsu novads", "Talsi municipality"),
    code_list=True,
)

CHOICES = [
    (FORM, "b", "service", ""),
    (FORM, "B.", "service", ""),
    (FORM, "2", "service", ""),
    (FORM, "b, d", "service process", ""),
    (FORM, "2, 5 un 7", "service method other", ""),
    (FORM, "1 2 3", "product service model", ""),
    (FORM, "b d", "service process", ""),
    (FORM, "c.+G", "model other", ""),
    (FORM, "a) Produkts; c) Modelis", "product model", ""),
    (FORM, "PAKALPOJUMS / METODE", "service method", ""),
    (FORM, "PAKALPOJUMS, c.", "service model", ""),
    (FORM, "Pak", "service", ""),
    (FORM, "digitals", "digital", ""),
    (FORM, "Service and Other: sharing scheme", "service other", "sharing scheme"),
    (FORM, "b, g (cits variants)", "service other", "cits variants"),
    (FORM, "B, g cits variants", "service other", "cits variants"),
    (FORM, "b un g (cits variants)", "service other", "cits variants"),
    (FORM, "e. / G programma", "method other", "programma"),
    (FORM, "e) Metode; g) programma", "method other", "programma"),
    (FORM, "e un g (apmācību programma)", "method other", "apmācību programma"),
    (FORM, "e. un g apmacibu programma", "method other", "apmacibu programma"),
    (FORM, "Metode, Cits: apmācību programma", "method other", "apmācību programma"),
    (FORM, "g (dalīšanās), b", "service other", "dalīšanās"),
    (FORM, "а, с", "product model", ""),  # Cyrillic letters that look the same
    (FORM, "d\nb", "service process", ""),
    (FORM, "„Modelis”", "model", ""),
    (FORM, "1-3", "product service model", ""),
    (FORM, "no 2 līdz 4, 7", "service model process other", ""),
    (FORM, "a) – c)", "product service model", ""),
    (FORM, "1-3-5", "product model method", ""),
    (FORM, "b (pakalpojums)", "service", ""),
    (FORM, "1 un/vai 3", None, "ambiguous"),
    (TARGET, "Personas ar demenci un Neformālie aprūpētāji", "dementia carers", ""),
    (TARGET, "Cita: jaunieši pēc ārpusģimenes aprūpes", "other", "jaunieši pēc ārpusģimenes aprūpes"),
    (TARGET, "e jauniesi pec arpusgimenes aprupes", "other", "jauniesi pec arpusgimenes aprupes"),
    (TARGET, "a, e (Ukrainas civiliedzīvotāji)", "adults_dis other", "Ukrainas civiliedzīvotāji"),
    (TARGET, "A / e ieslodzītie un viņu ģimenes", "adults_dis other", "ieslodzītie un viņu ģimenes"),
    (TARGET, "b. / personas ar demenci", "seniors dementia", ""),
    (STAGE, "d) Ikdienas prakse – risinājums darbojas pastāvīgi", "sustaining", ""),
    (STAGE, "Ideja – risinajums ir izdomats vai aprakstits", "proposal", ""),
    (STAGE, "ideja", "proposal", ""),
    (STAGE, "Ikdienas prakse", "sustaining", ""),
    (STAGE, "prototype", "prototype", ""),
    (STAGE, "b, bet vēl domājam", "proposal", "bet vēl domājam"),
    (REACH, "21–100", "r21_100", ""),
    (REACH, "1-20", "r1_20", ""),
    (REACH, "b) 1–20", "r1_20", ""),
    (REACH, "nezinu", "dk", ""),
    (REACH, "–", "", ""),
    (AGREE, "Ja", "yes", ""),
    (AGREE, "jā protams", "yes", ""),
    (AGREE, "Yes, please", "yes", ""),
    (AGREE, "Jā, labprāt", "yes", ""),
    (AGREE, "да", "yes", ""),
    (AGREE, "ok", "yes", ""),
    (AGREE, "Jā, bet tikai pēc 10. janvāra", "yes", "bet tikai pēc 10. janvāra"),
    (AGREE, "nē", "no", ""),
    (AGREE, "Nē, paldies", "no", ""),
    (PLACE, "Cēsis", "cesis", ""),
    (PLACE, "cēsu novads", "cesis", ""),
    (PLACE, "cēs", "cesis", ""),
    (PLACE, "Rīga", "riga", ""),
    (PLACE, "Rīgā un Talsos", "riga talsi", ""),
    (PLACE, "Jelgavas novads", "jelgava_n", ""),
    (PLACE, "Rīga, Talsu novads", "riga talsi", ""),
    (PLACE, "Jelgava", None, "ambiguous"),
    (PLACE, "b", None, "no_choice"),
    (AGREE, "jā nē", None, "one_only"),
    (AGREE, "nē. Jā", None, "one_only"),
    (REACH, "grūti pateikt", "dk", ""),
    (STAGE, "1-3", None, "one_only"),
    (STAGE, "a, b", None, "one_only"),
    (STAGE, "a vai b", None, "ambiguous"),
    (STAGE, "pro", None, "ambiguous"),
    (STAGE, "b) Ikdienas prakse", None, "ambiguous"),
    (REACH, "1", None, "ambiguous"),
    (AGREE, "Varbūt vēlāk", None, "no_choice"),
    (AGREE, "No 2019. gada", None, "no_choice"),
    (FORM, "mums ir cita doma par šo visu", None, "no_choice"),
    (FORM, "a program for kids and their parents", None, "no_choice"),
    (FORM, "–", None, "required"),
    (FORM, "010190-11111", None, "personal_code"),
]


@pytest.mark.parametrize(("asked", "text", "value", "rest"), CHOICES, ids=[row[1][:30] for row in CHOICES])
def test_choices(asked: Question, text: str, value: str | None, rest: str) -> None:
    outcome = parse(asked, text, language="lv", now=NOW)
    expected = (rest, None) if value is None else (value, rest)
    got = (outcome.reason, None) if isinstance(outcome, Rejected) else (outcome.value, outcome.rest)
    assert got == expected


PLAIN = [
    (Kind.DATE, "27.04.2022.", "2022-04-27"),
    (Kind.DATE, "27.04.2022", "2022-04-27"),
    (Kind.DATE, "27.4.22.", "2022-04-27"),
    (Kind.DATE, "27. aprīlī", "2026-04-27"),
    (Kind.DATE, "2022. gada 27. aprīlis", "2022-04-27"),
    (Kind.DATE, "līdz 2022. gada 27. aprīlim", "2022-04-27"),
    (Kind.DATE, "27 April 2022", "2022-04-27"),
    (Kind.DATE, "April 27th, 2022", "2022-04-27"),
    (Kind.DATE, "2022-04-27", "2022-04-27"),
    (Kind.DATE, "27/04/2022", "2022-04-27"),
    (Kind.DATE, "vakar", "2026-11-20"),
    (Kind.DATE, "rīt", "2026-11-22"),
    (Kind.DATE, "31.02.2022.", None),
    (Kind.DATE, "27. setembrī", "2026-09-27"),
    (Kind.DATE, "27. arpilis 2022", "2022-04-27"),
    (Kind.DATE, "27 Apr 22", "2022-04-27"),
    (Kind.DATE, "27-Apr-2022", "2022-04-27"),
    (Kind.DATE, "27.04.98.", "1998-04-27"),
    (Kind.DATE, "2022.gada 27.aprīlī", "2022-04-27"),
    (Kind.DATE, "day before yesterday", "2026-11-19"),
    (Kind.DATE, "pirms divām dienām", "2026-11-19"),
    (Kind.DATE, "a week ago", "2026-11-14"),
    (Kind.DATE, "vakar, 20.11.2026.", "2026-11-20"),
    (Kind.DATE, "01.01.0001", None),
    (Kind.DATE, "1.1.1", None),
    (Kind.DATE, "5.–7. maijs", None),
    (Kind.DATE, "5-7 May", None),
    (Kind.DATE, "1. maijs vai 2. maijs", None),
    (Kind.DATE, "no 1.05.2022 līdz 3.05.2022", None),
    (Kind.DATE, "es vakar nebiju, bet 3.05.2022", None),
    (Kind.DATE, "nesen", None),
    (Kind.TIME, "plkst. 14.30", "14:30:00.000+02:00"),
    (Kind.TIME, "2 pm", "14:00:00.000+02:00"),
    (Kind.TIME, "25:00", None),
    (Kind.TIME, "14 30", "14:30:00.000+02:00"),
    (Kind.TIME, "14:30:15", "14:30:15.000+02:00"),
    (Kind.TIME, "9.5", None),
    (Kind.TIME, "no 9 līdz 17", None),
    (Kind.DATETIME, "27. aprīlī 14.30", "2026-04-27T14:30:00.000+03:00"),
    (Kind.DATETIME, "14:30 27.04.2022", "2022-04-27T14:30:00.000+03:00"),
    (Kind.DATETIME, "April 27, 2022, 2:30 pm", "2022-04-27T14:30:00.000+03:00"),
    (Kind.DATETIME, "2022-04-27T14:30:00.000+02:00", "2022-04-27T15:30:00.000+03:00"),
    (Kind.DATETIME, "27.04.2022. 14.30 līdz 16.00", None),
    (Kind.DATETIME, "27.06.2026. plkst. 14:30", "2026-06-27T14:30:00.000+03:00"),
    (Kind.DATETIME, "rīt 9:15", "2026-11-22T09:15:00.000+02:00"),
    (Kind.INTEGER, "2019", "2019"),
    (Kind.INTEGER, "2019.", "2019"),
    (Kind.INTEGER, "2019. gadā", "2019"),
    (Kind.INTEGER, "kopš 2019. gada", "2019"),
    (Kind.INTEGER, "1 200", "1200"),
    (Kind.INTEGER, "1.200", "1200"),
    (Kind.INTEGER, "12\u00a0500", "12500"),
    (Kind.INTEGER, "divi", "2"),
    (Kind.INTEGER, "divdesmit pieci", "25"),
    (Kind.INTEGER, "two hundred and five", "205"),
    (Kind.INTEGER, "2 tūkstoši", "2000"),
    (Kind.INTEGER, "apmēram 50", "50"),
    (Kind.INTEGER, "-3", "-3"),
    (Kind.INTEGER, "2k", "2000"),
    (Kind.INTEGER, "3 milj. eur", "3000000"),
    (Kind.INTEGER, "1 miljards", "1000000000"),
    (Kind.INTEGER, "EUR 20 000", "20000"),
    (Kind.INTEGER, "četrsimt divdesmit", "420"),
    (Kind.INTEGER, "ar divām", None),
    (Kind.INTEGER, "trijiem", "3"),
    (Kind.INTEGER, "neviens", "0"),
    (Kind.INTEGER, "25 %", "25"),
    (Kind.INTEGER, "5 m", None),
    (Kind.INTEGER, "> 20", None),
    (Kind.INTEGER, "divi ar pusi", None),
    (Kind.INTEGER, "pusotrs tūkstotis", "1500"),
    (Kind.INTEGER, "10–15", None),
    (Kind.DECIMAL, "1.200,50", "1200.5"),
    (Kind.DECIMAL, "1,200.50", "1200.5"),
    (Kind.DECIMAL, "divi ar pusi", "2.5"),
    (Kind.DECIMAL, "two and a half", "2.5"),
    (Kind.DECIMAL, "1.5m", None),
    (Kind.INTEGER, "1,5", None),
    (Kind.INTEGER, "2018 vai 2019", None),
    (Kind.INTEGER, "daudz", None),
    (Kind.DECIMAL, "1,5", "1.5"),
    (Kind.DECIMAL, "1.5", "1.5"),
    (Kind.DECIMAL, "1 200,50", "1200.5"),
    (Kind.RANGE, "4", "4"),
    (Kind.ACKNOWLEDGE, "Jā, esmu iepazinusies", "OK"),
    (Kind.ACKNOWLEDGE, "ok", "OK"),
    (Kind.ACKNOWLEDGE, "nē", None),
    (Kind.GEOPOINT, "56.9496, 24.1052", "56.9496 24.1052 0 0"),
    (Kind.GEOPOINT, "Rīga", None),
    (Kind.IMAGE, "pielikumā", None),
    (Kind.TEXT, "  a\u0304bols\x00 \n", "ābols"),
    (Kind.TEXT, "a\u200db 👩\u200d🌾 ❤\ufe0f\u200d🔥\u200b", "ab 👩\u200d🌾 ❤\ufe0f\u200d🔥"),
    (Kind.TEXT, "mans kods 010190-11111", None),
    (Kind.TEXT, "+37129000111", "+37129000111"),
    (Kind.TEXT, "x" * 10_001, None),
]


@pytest.mark.parametrize(("kind", "text", "value"), PLAIN, ids=[f"{row[0]}-{row[1][:30]}" for row in PLAIN])
def test_plain(kind: Kind, text: str, value: str | None) -> None:
    outcome = parse(question(kind), text, language="lv", now=NOW)
    assert (outcome.value if isinstance(outcome, Parsed) else None) == value


CONTACTS = [
    ("email", "Inga.Berzina@kaimini.example.", "Inga.Berzina@kaimini.example"),
    ("email", "<janis@example.org> <mailto:janis@example.org>", "janis@example.org"),
    ("email", "janis@@example", None),
    ("email", "a@example.org vai b@example.org", None),
    ("phone", "29000111", "+37129000111"),
    ("phone", "tālr. +371 29 000 111", "+37129000111"),
    ("phone", "112", None),
    ("phone", "29000111, tālr. 29000111", "+37129000111"),
    ("phone", "29000111, 29000222", None),
    ("email", "a..b@example.org", None),
    ("regno", "LV 9000-1237-779", "90001237779"),
    ("regno", "Reģ. Nr. 40003032949", "40003032949"),
    ("regno", "1234", None),
    ("regno", "01019011111", None),
    ("regno", "0101 9011 111", None),
]


@pytest.mark.parametrize(("appearance", "text", "value"), CONTACTS)
def test_contacts(appearance: str, text: str, value: str | None) -> None:
    asked = question(Kind.TEXT, appearances=frozenset({appearance}))
    outcome = parse(asked, text, language="lv", now=NOW)
    assert (outcome.value if isinstance(outcome, Parsed) else None) == value


def test_what_stands_beside_a_telephone_is_kept() -> None:
    asked = question(Kind.TEXT, appearances=frozenset({"phone"}))
    assert parse(asked, "tālr. 29000111 (Anna)", language="lv", now=NOW) == Parsed("+37129000111", rest="Anna")


def test_a_wrong_checksum_is_a_doubt_and_no_refusal() -> None:
    asked = question(Kind.TEXT, appearances=frozenset({"regno"}))
    assert parse(asked, "40003032940", language="lv", now=NOW) == Parsed("40003032940", doubt="registration_checksum")


@pytest.mark.parametrize("text", ["010190-11111", "01019011111", "mans p.k. 321234-12345, paldies"])
def test_a_personal_code_is_refused_and_never_repeated(text: str) -> None:
    for asked in (question(Kind.TEXT), question(Kind.INTEGER), FORM, question(Kind.TEXT, required=False)):
        assert parse(asked, text, language="lv", now=NOW) == Rejected("personal_code")


@pytest.mark.parametrize("text", ["-", "–", "nezinu", "es nezinu", "nav informācijas", "izlaist", "skip", ""])
def test_skipping(text: str) -> None:
    assert parse(question(Kind.TEXT, required=False), text, language="lv", now=NOW) == Parsed("")
    refused = parse(question(Kind.TEXT), text, language="lv", now=NOW)
    assert isinstance(refused, Rejected)
    assert refused.reason == "required"


def test_only_what_is_shown_can_be_chosen() -> None:
    shown = FORM.choices[2:4]
    assert parse(FORM, "a", language="lv", now=NOW, shown=shown) == Parsed("model")
    assert isinstance(parse(FORM, "Produkts", language="lv", now=NOW, shown=shown), Rejected)
