"""Letters: whatever the values are, they stay text; both parts say the same; all built-in letters can be written."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace as Of
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from conversations.reading.meaning import command
from intake.channels.email.letters import Letter, LetterError, built_in, letter

OPTIONS = (Of(letter="a", label="Produkts"), Of(letter="b", label="Pakalpojums"))
QUESTIONS = (
    Of(number=1, label="Kā sauc iniciatīvu?", hint="Ja nosaukuma nav, īsi.", options=(), required=True),
    Of(number=7, label="Kurā attīstības posmā tā ir?", hint="Viena atbilde.", options=OPTIONS, required=True),
    Of(number=9, label="Kurā pašvaldībā?", hint="", options=OPTIONS, required=False, code_list=True),
)
COUNTS = Of(contacts=1234, invited=120, begun=30, submitted=21, initiatives=20, stopped=2, bounced=1)
VALUES: dict[str, Any] = {
    "organisation": "Sabiedrības integrācijas fonds",
    "registration": "90001237779",
    "postal_address": "Raiņa bulvāris 15, Rīga, LV-1050",
    "controller_email": "fonds@example.test",
    "source": "fonda kontaktu saraksts",
    "categories": "vārds, uzvārds, e-pasta adrese",
    "deadline": date(2026, 12, 18),
    "delete_by": date(2027, 3, 18),
    "keep_until": date(2028, 12, 31),
    "days_left": 10,
    "minutes": 10,
    "questions": QUESTIONS,
    "telegram_link": "https://t.me/atsauce_bot?start=K7M2QX9&x=1",
    "forward_mailto": "mailto:anketa@example.test?subject=%5BSI-K7M2QX8%5D",
    "forward_link": "https://t.me/atsauce_bot?start=K7M2QX8",
    "signature": ("Inga Kalniņa", "projekta koordinatore"),
    "address": "anketa@example.test",
    "code": "SI-K7M2QX9",
    "funding": "Finansē ESF+.",
    "previous_survey": "2021. gada decembrī",
    "answered": 3,
    "understood": (Of(number=1, label="Kā sauc iniciatīvu?", value_text="Gaismas istaba"),),
    "not_understood": (
        Of(number=7, text="varbūt", reason="Nav tādas atbildes."),
        Of(number=None, text="?", reason="x"),
    ),
    "kept": True,
    "complete": False,
    "late": False,
    "number": 17,
    "another_mailto": "mailto:anketa@example.test",
    "text": "Kad būs rezultāti?",
    "acts": ("apstiprināt 12",),
    "done": ("Nr. 12 ir apstiprināts.",),
    "failed": (Of(text="noraidīt 99", reason="tāda ieteikuma nav"),),
    "lines": ("nezinu",),
    "day": date(2026, 11, 23),
    "totals": COUNTS,
    "changes": COUNTS,
    "funnel": Of(invited="120 no 1234", begun="30 no 120", submitted="21 no 30"),
    "referrals": Of(nominated=3, approved=2, invited=2, answered=1),
    "new": (Of(number=3, organisation="Biedrība “Kaimiņi”", channel="e-pastā", language="latviski", late=True),),
    "waiting": (Of(number=12, organisation="Novads", municipality="Cēsu novads", has_address=True, referrer=4),),
    "example": 12,
    "attention": (Of(number=5, what="jautājums mums", organisation=""),),
    "set_aside": 1,
    "gaps": ("Latgale",),
}
NAMES = (
    *("invitation", "invitation_previous", "invitation_referred", "reminder_not_begun", "reminder_half_done"),
    *("confirmation", "stopped", "question_received", "once_link", "consent_withdrawn", "too_large"),
    *("staff_code", "staff_done", "staff_help", "digest"),
)


def write(name: str, language: str = "lv", **values: Any) -> Letter:
    return letter(name, language, {**VALUES, **values})


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def shown(html: str) -> str:
    """What a reader of the HTML part sees, with the address of each link after its text as in the text part."""
    tree = LexborHTMLParser(html)
    for node in tree.css("a"):
        node.replace_with(f"{node.text()}: {node.attributes['href']}")
    assert tree.body is not None
    return tree.body.text(separator=" ")


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_both_parts_say_the_same(name: str, language: str) -> None:
    written = write(name, language)
    assert sorted(words(shown(written.html))) == sorted(words(written.text))
    assert written.subject
    assert "\n" not in written.subject


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_html_that_survives(name: str, language: str) -> None:
    html = write(name, language).html
    assert f'<html lang="{language}">' in html
    for unwanted in (
        "<title",
        "<ol",
        "<img",
        "<script",
        "<style>body",
        "<em",
        "<strong",
        "src=",
        "url(",
        "color: ",
        "{{",
        "{%",
    ):
        assert unwanted not in html


def test_all_letters_exist_in_both_languages() -> None:
    for language in ("lv", "en"):
        assert {path.stem for path in (built_in() / language).glob("[!_]*.md")} == set(NAMES)
        for path in (built_in() / language).glob("*.md"):
            assert path.read_text(encoding="utf-8").startswith("{# "), path


def test_the_shape_of_the_questions() -> None:
    text = write("invitation").text
    assert (
        "\n1. Kā sauc iniciatīvu? *\nJa nosaukuma nav, īsi.\n\nAtbilde:\n\n"
        "7. Kurā attīstības posmā tā ir? *\nViena atbilde.\na) Produkts\nb) Pakalpojums\n\nAtbilde:\n\n"
        "9. Kurā pašvaldībā?\nAtbilde:\n\n"
    ) in text
    assert "\nAnswer:\n" in write("invitation", "en").text
    assert "\n-- \n" not in text


def test_what_an_invitation_must_say() -> None:
    text = write("invitation").text
    for needed in (
        "līdz 2026. gada 18. decembrim",
        "Sociālā inovācija ir",
        "https://t.me/atsauce_bot?start=K7M2QX9&x=1",
        "Ja šo vēstuli Jums pārsūtīja, atbildiet šeit",
        "mailto:anketa@example.test?subject=%5BSI-K7M2QX8%5D",
        "https://t.me/atsauce_bot?start=K7M2QX8",
        "atbildiet ar vienu vārdu “atteikties”",
        "Atsauces kods: SI-K7M2QX9",
        "Finansē ESF+.",
        "Pārzinis: Sabiedrības integrācijas fonds, reģ. Nr. 90001237779",
        "Kur ieguvām Jūsu datus: fonda kontaktu saraksts.",
        "2027. gada 18. martā",
        "Datu valsts inspekcijai",
    ):
        assert needed in text


def test_a_referred_person_is_told_first_where_the_data_come_from() -> None:
    text = write("invitation_referred", source="ieteica biedrība “Kaimiņi”").text
    assert text.index("ieteica biedrība “Kaimiņi”") < text.index("aizpildīt šo īso anketu")
    assert text.index("atteikties") < text.index("Anketa\n")


def test_confirmation_of_a_complete_submission() -> None:
    written = write("confirmation", complete=True, questions=(), not_understood=())
    assert written.subject == "Paldies, Jūsu pieteikums Nr. 17 ir saņemts [SI-K7M2QX9]"
    assert "numuru 17" in written.text
    assert "Atbilde:" not in written.text
    assert "Nesapratām" not in written.text


def test_a_stop_is_answered_without_a_code() -> None:
    text = write("stopped").text
    assert "Turpmāk par šo aptauju Jums nerakstīsim" in text
    assert "https://" not in text


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_promised_word_is_understood(name: str, language: str) -> None:
    """A letter that says "reply with this one word" must not promise what nobody reads."""
    if name.startswith("staff") or name == "digest":
        return
    text = write(name, language).text
    promised = re.findall(r"(?:vienu vārdu:?|single word|one word:|“delete”|; ) “(\w+)”", text)
    for word in promised:
        found = command(word)
        assert found is not None, word
        assert found.act in ("stop", "erase")
    assert promised or name in ("confirmation", "question_received", "once_link", "too_large")


def test_plural_categories() -> None:
    for n, sentence in (
        (1, "ir 1 diena."),
        (21, "ir 21 diena."),
        (2, "ir 2 dienas."),
        (11, "ir 11 dienu."),
        (20, "20 dienu."),
    ):
        assert sentence in write("reminder_not_begun", days_left=n).text
    assert "1\N{NO-BREAK SPACE}234" in write("digest").text


HOSTILE = [
    *("# Virsraksts", "**trekns** _slīps_ `kods`", "<b>x</b><script>alert(1)</script>", "[saite](http://evil.example)"),
    *(
        "![x](http://evil.example/x.png)",
        "<http://evil.example>",
        "1. viens",
        "- punkts",
        "> citāts",
        "---",
        "***",
        "```",
    ),
    *("&lt;b&gt; &amp; &#60;", "a | b | c", "{{ 7 * 7 }} {% raw %}", "\\", "a\\", "*", "~~x~~", "Atbilde:", "    kods"),
    *("x\n\n# y\n\n**Atbilde:**", "[x]: http://evil.example", "$x$ ^x^ :smile:", "http://evil.example"),
]


@pytest.mark.parametrize("value", HOSTILE)
def test_values_stay_text(value: str) -> None:
    flat = " ".join(value.split())
    usual = write("confirmation")
    written = write(
        "confirmation",
        salutation=value,
        funding=value,
        understood=(Of(number=1, label=value, value_text=value),),
        not_understood=(Of(number=1, text=value, reason=value),),
    )
    assert written.text.count(flat) >= 6
    hostile, ordinary = LexborHTMLParser(written.html), LexborHTMLParser(usual.html)
    for tag in ("h1", "h2", "h3", "ul", "li", "blockquote", "code", "pre", "script", "b", "img", "table", "hr"):
        assert len(hostile.css(tag)) == len(ordinary.css(tag)), tag
    assert [node.attributes["href"] for node in hostile.css("a")] == [
        node.attributes["href"] for node in ordinary.css("a")
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_value_stays_text(value: str) -> None:
    written = write("question_received", text=value, salutation="", funding="")
    assert len(LexborHTMLParser(written.html).css("body > *")) == len(
        LexborHTMLParser(write("question_received", text="x", salutation="", funding="").html).css("body > *")
    )


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "http://x>", "https://x) [y](https://z", "data:x", "https://x y", ""]
)
def test_only_links_become_links(link: str) -> None:
    if link:
        with pytest.raises(LetterError, match="not a link"):
            write("invitation", forward_mailto=link)
    else:
        assert "Telegram" not in write("reminder_half_done", telegram_link=link).text


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "lv").mkdir()
    return tmp_path


def test_the_campaigns_own_letter_comes_first(own: Path) -> None:
    (own / "lv" / "stopped.md").write_text(
        "---\nsubject: Labi\n---\nLabi, {{ address }}.\n\n{% include '_close.md' %}\n"
    )
    (own / "lv" / "_close.md").write_text("Sveiki!\n")
    assert letter("stopped", "lv", VALUES, own) == Letter(
        "Labi", "Labi, anketa@example.test.\n\nSveiki!\n", letter("stopped", "lv", VALUES, own).html
    )
    assert "Ar cieņu" in letter("question_received", "lv", {**VALUES}, None).text


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("Labdien!", "must begin with"),
        ("---\nsubject: x\n---\nLabdien, {{ vards }}!", "vards"),
        ("---\nsubject: {{ vards }}\n---\nLabdien!", "vards"),
        ("---\nsubject: x\n---\na\n\n{% if %}", "line 6"),
        ("---\nsubject: x\n---\n{% include 'nav.md' %}", r"nav\.md"),
        ("---\nsubject: x\n---\n{{ ''.__class__ }}", "__class__"),
        ("---\nsubject: x\n---\n{{ 3 | plural(one='x') }}", "other"),
    ],
)
def test_mistakes_of_a_template_are_named(own: Path, template: str, reason: str) -> None:
    (own / "lv" / "mans.md").write_text(template)
    with pytest.raises(LetterError, match=reason):
        letter("mans", "lv", VALUES, own)


def test_no_such_letter() -> None:
    with pytest.raises(LetterError, match=r"xx/nav\.md: there is no nav\.md"):
        letter("nav", "xx", {})


def test_markdown_of_staff(own: Path) -> None:
    source = "1. viens\n2. divi\n\n- a\n- b\n\n[saite](https://example.test) un https://example.test\n\n<b>x</b> ![a](https://x.test/a.png)\n"
    (own / "lv" / "mans.md").write_text(f"---\nsubject: Mūsu *vēstule*\n---\n{source}")
    written = letter("mans", "lv", {}, own)
    assert written.subject == "Mūsu *vēstule*"
    assert written.text.startswith(
        "1. viens\n2. divi\n\n- a\n- b\n\nsaite: https://example.test un https://example.test\n"
    )
    assert "<ol" not in written.html
    assert "<img" not in written.html
    assert "&lt;b&gt;" in written.html
