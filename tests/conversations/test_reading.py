"""New pieces of a mail -> answers, remarks, commands and intent: tables of what people write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.forms.definition import Choice, Kind, Question
from conversations.reading import Command, Intent, Piece, Place, Reading, read_pieces

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def question(number: int, name: str, kind: Kind, label: str, *choices: tuple[str, str], **more: object) -> Question:
    offered = tuple(Choice(key, {"lv": text}) for key, text in choices)
    return Question(name, f"/data/{name}", number, kind, {"lv": label}, choices=offered, required=True, **more)  # type: ignore[arg-type]


ASKED = {
    1: question(1, "title", Kind.TEXT, "Kā sauc iniciatīvu?"),
    2: question(2, "description", Kind.TEXT, "Īsi aprakstiet iniciatīvu"),
    3: question(
        3, "form", Kind.SELECT_MULTIPLE, "Kāda veida inovācija tā ir?",
        ("product", "Produkts"), ("service", "Pakalpojums"), ("model", "Modelis"), ("other", "Cits"),
    ),
    4: question(4, "stage", Kind.SELECT_ONE, "Kurā posmā tā ir?", ("idea", "Ideja"), ("trial", "Izmēģinājums")),
    5: question(5, "year", Kind.INTEGER, "Kurā gadā sāka īstenot?"),
    6: question(6, "contact_ok", Kind.SELECT_ONE, "Vai piekrītat saziņai?", ("yes", "Jā"), ("no", "Nē")),
    7: question(7, "email", Kind.TEXT, "Kāda ir Jūsu e-pasta adrese?"),
    30: question(30, "form_other", Kind.TEXT, "Kāda cita veida?", follow_up_of="form"),
}  # fmt: skip


def top(text: str, subject: str = "") -> Reading:
    return read_pieces([Piece(text, None, Place.TOP)], ASKED, "lv", NOW, subject)


def at(*pieces: tuple[int, str]) -> Reading:
    return read_pieces([Piece(text, number, Place.QUESTION) for number, text in pieces], ASKED, "lv", NOW)


TOPS = [
    ("3. b", {"form": "service"}),
    ("3) b, c", {"form": "service model"}),
    ("3: Produkts", {"form": "product"}),
    ("Labdien!\n\n1. Saulgrieži\n3. b   4. a   5. 2020\n6. jā", {
        "title": "Saulgrieži", "form": "service", "stage": "idea", "year": "2020", "contact_ok": "yes",
    }),
    ("1. Saulgrieži\n3. b 4. a 5. 2020", {"title": "Saulgrieži", "form": "service", "stage": "idea", "year": "2020"}),
    ("3. b; 4. a; 5. 2020.", {"form": "service", "stage": "idea", "year": "2020"}),
    ("1. Strādājam ar 3. klasi", {"title": "Strādājam ar 3. klasi"}),
    ("2. Īsumā:\n1) viens\n2) divi\n3) trīs\n\nun vēl\n5. 2020", {
        "description": "Īsumā:\n1) viens\n2) divi\n3) trīs\n\nun vēl", "year": "2020",
    }),
    ("2. Darām tā:\n1. viens\n2. divi\n3. trīs\n5. 2020", {
        "description": "Darām tā:\n1. viens\n2. divi\n3. trīs", "year": "2020",
    }),
    ("Nosaukums: Saulgrieži\nPosms: ideja\nSākuma gads: 2019\nE-pasts: a@example.org", {
        "title": "Saulgrieži", "stage": "idea", "year": "2019", "email": "a@example.org",
    }),
    ("Name: Solstice\n\nStart year: 2019", {"title": "Solstice", "year": "2019"}),
    ("Labdien! Kļūdījos – 5. jautājumā pareizi ir: 2021", {"year": "2021"}),
    ("Atvainojiet, precizēju 7. atbildi: info@example.org", {"email": "info@example.org"}),
    ("3. jautājumā domāju c", {"form": "model"}),
    ("Sorry, question 5 should be 2018.", {"year": "2018"}),
    ("3. Cits: mācību programma", {"form": "other", "form_other": "mācību programma"}),
    ("1. Saulgrieži\n3) b, c\n4: a", {"title": "Saulgrieži", "form": "service model", "stage": "idea"}),
    ("2. Soļi:\n1) Ideja\n2) Metode\n3) Pakalpojums", {"description": "Soļi:\n1) Ideja\n2) Metode\n3) Pakalpojums"}),
    ("12.11.2026. tiksimies birojā.", {}),
    ("Sākam 10:30.", {}),
    ("Piezīme: esmu atvaļinājumā", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answers"), TOPS, ids=[text[:25] for text, _ in TOPS])
def test_answers_on_top(text: str, answers: dict[str, str]) -> None:
    reading = top(text)
    assert dict(reading.answers) == answers
    assert reading.intent is (Intent.ANSWERS if answers else Intent.OTHER)


def test_answers_at_their_questions() -> None:
    reading = at(
        (1, "1. Saulgrieži"), (2, "1) viens\n2) divi"), (4, "Ideja, bet vēl domājam"), (6, "varbūt"), (5, "2020")
    )
    assert dict(reading.answers) == {
        "title": "Saulgrieži",
        "description": "1) viens\n2) divi",
        "stage": "idea",
        "year": "2020",
    }
    assert [(one.number, one.text, one.reason) for one in reading.unread] == [(6, "varbūt", "no_choice")]
    assert reading.remarks == ("bet vēl domājam",)
    assert reading.intent is Intent.ANSWERS


def test_two_different_answers_are_asked_back() -> None:
    pieces = [Piece("b", 3, Place.QUESTION), Piece("3. c", None, Place.TOP)]
    reading = read_pieces(pieces, ASKED, "lv", NOW)
    assert dict(reading.answers) == {}
    assert [(one.number, one.reason) for one in reading.unread] == [(3, "conflict")]


def test_a_bare_answer_where_one_question_is_open() -> None:
    reading = read_pieces([Piece("Labdien!\n\nb", None, Place.TOP)], {4: ASKED[4]}, "lv", NOW)
    assert dict(reading.answers) == {"stage": "trial"}


COMMANDS = [
    ("atteikties", "stop", ""),
    ("Atteikties.", "stop", ""),
    ("“STOP”", "stop", ""),
    ("nevelos", "stop", ""),
    ("Neattiecas", "stop", ""),
    ("отписаться", "stop", ""),
    ("dzēst", "erase", ""),
    ("labot 17", "edit", "17"),
    ("turpināt Telegram", "telegram", ""),
    ("English please", "language", "en"),
    ("latviski, lūdzu", "language", "lv"),
    ("по-русски", "language", "ru"),
    ("atsaukt", "withdraw", ""),
    ("atrakstīties", "stop", ""),
    ("Latviešu valodā", "language", "lv"),
    ("по-английски, пожалуйста", "language", "en"),
]


@pytest.mark.parametrize(("text", "act", "argument"), COMMANDS)
def test_commands_are_the_whole_text_or_the_whole_subject(text: str, act: str, argument: str) -> None:
    assert top(text).commands == (Command(act, argument),)
    assert top(f"Labdien!\n\n{text}").commands == (Command(act, argument),)
    assert top("", f"Re: {text}").commands == (Command(act, argument),)
    assert top(f"Ko nozīmē “{text}” šajā vēstulē?").commands == ()
    assert top(f"1. {text}").commands == ()


def test_a_stop_as_a_subject_of_ones_own_counts_whatever_else_is_said() -> None:
    assert top("Lūdzu izņemiet manu adresi.\nAnna", "Atteikties").commands == (Command("stop", ""),)
    assert top("Tomēr vēlos piedalīties.", "Re: Atteikties").commands == ()
    assert top("Te būs par Sauli.", "Labot 17").commands == ()
    assert top("1. Saule", "Stop").commands == ()


@pytest.mark.parametrize(
    "greeting", ["Labdien!", "Labdien, Anna Ozola!", "Labdien, cienījamie kolēģi!", "Dear Sir or Madam,", "Hello all"]
)
def test_a_greeting_says_nothing(greeting: str) -> None:
    assert top(greeting) == top("")
    assert top(f"{greeting}\n\natteikties").commands == (Command("stop", ""),)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Labdien, lūdzu vairs nerakstiet", Intent.REFUSAL),
        ("Sveiki, nepiedalīsimies", Intent.REFUSAL),
        ("Hi, not interested", Intent.REFUSAL),
        ("Labdien! Stop", Intent.REFUSAL),
        ("Labdien, STOP", Intent.REFUSAL),
        ("Labdien, kas jūs esat?", Intent.QUESTION),
    ],
)
def test_what_follows_a_greeting_on_its_line_is_read(text: str, intent: Intent) -> None:
    assert top(text).intent is intent


INTENTS = [
    ("Neattiecas uz mūsu iestādi. Turpmāk šādas vēstules lūdzu nesūtīt.", Intent.REFUSAL),
    ("Nē, paldies, nepiedalīšos.", Intent.REFUSAL),
    ("Paldies, mūs tas neinteresē.", Intent.REFUSAL),
    ("Mums tas nav aktuāli.", Intent.REFUSAL),
    ("Нам это неинтересно.", Intent.REFUSAL),
    ("Not applicable to us, please remove us from your list.", Intent.REFUSAL),
    ("Пожалуйста, больше не присылайте писем.", Intent.REFUSAL),
    ("Nesapratu 4. jautājumu – ko tad rakstīt, a vai b?", Intent.QUESTION),
    ("4. Ko nozīmē “ideja”?", Intent.QUESTION),
    ("Vai varam pieteikt divas? Negribu, lai par mums rakstītu.", Intent.QUESTION),
    ("Paldies, atbildēšu nākamnedēļ.", Intent.OTHER),
    ("", Intent.OTHER),
]


@pytest.mark.parametrize(("text", "intent"), INTENTS)
def test_intents(text: str, intent: Intent) -> None:
    reading = top(text)
    assert (reading.intent, dict(reading.answers)) == (intent, {})


def test_nothing_written_is_lost() -> None:
    reading = top("Labdien!\n\n3. b\n\nVai drīkst pieteikt vēl vienu? Mans kods 010190-11111.")
    assert reading.remarks == ("Vai drīkst pieteikt vēl vienu? Mans kods ….",)


@given(st.lists(st.tuples(st.text(max_size=80), st.sampled_from([None, 1, 3, 5, 6])), max_size=6), st.text(max_size=40))
def test_no_pieces_raise(parts: list[tuple[str, int | None]], subject: str) -> None:
    pieces = [Piece(text, number, Place.TOP if number is None else Place.QUESTION) for text, number in parts]
    reading = read_pieces(pieces, ASKED, "lv", NOW, subject)
    assert set(reading.answers) <= {one.name for one in ASKED.values()}
