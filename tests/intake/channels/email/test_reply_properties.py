"""Whatever a client does to the letter, an answer comes out at its question; and no bytes raise."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.channels.email.reply import new_text, read_answers
from tests.intake.channels.email import reply_clients as clients
from tests.intake.channels.email.reply_clients import ASKED, Client

SENT = clients.letter()
TEXTS = (
    "Saulgriežu dārzs",
    "Biedrība “Puķes un garšaugi”",
    "Strādājam visi kopā: seniori, skolēni un viesi. Vasarā otrdienās talka, pēc tās vakariņas pie garā galda.",
    "Pašvaldībai pieder zeme, mēs to kopjam",
    "Dārzeņi",
    "Trešais dārzs",
)  # fmt: skip
ANSWERS: Mapping[int, st.SearchStrategy[tuple[str, str]]] = {
    1: st.sampled_from(TEXTS).map(lambda text: (text, text)),
    2: st.sampled_from(TEXTS).map(lambda text: (text, text)),
    3: st.sampled_from(
        [("a, c", "crops_0 crops_2"), ("Dārzeņi; Puķes", "crops_0 crops_2"), ("b) Augļu koki un ogulāji", "crops_1")]
    ),
    4: st.sampled_from(
        [
            ("c", "land_2"),
            ("b) Privātpersonai vai uzņēmumam", "land_1"),
            ("Valstij - ministrijai vai aģentūrai", "land_3"),
        ]
    ),
    5: st.sampled_from([("2015", "2015"), ("2019. gadā", "2019")]),
    6: st.sampled_from([("–", ""), ("b", "people_1"), ("1–10", "people_0")]),
    7: st.sampled_from([("Jā", "yes"), ("nē", "no")]),
    8: st.just(("zane@example.net", "zane@example.net")),
}
typed = st.fixed_dictionaries({}, optional=dict(ANSWERS)).filter(bool)
plain_clients = st.builds(
    Client,
    prefix=st.sampled_from(["> ", ">", ">> ", "> > "]),
    width=st.sampled_from([0, 0, 60, 72]),
    bullet=st.sampled_from(["", "  * ", "• ", "- "]),
    emphasis=st.sampled_from(["", "*", "_"]),
    capitals=st.booleans(),
    numbered_options=st.booleans(),
    blank=st.sampled_from([lambda count: 0, lambda count: count, lambda count: 2 * count]),
    joined_hint=st.booleans(),
    joined_answer=st.booleans(),
    attribution=st.sampled_from(
        [
            "On Mon, 2 Mar 2026 10:00:00 +0200, Dārzu aptauja wrote:",
            "02.03.26 10:00 Dārzu aptauja rakstīja:",
            f"Dārzu aptauja <{clients.ADDRESS}> schrieb:",
            "On pirmdiena, 2026. gada 2. marts 10:00:00 EET Dārzu aptauja wrote:",
        ]
    ),
)
relaxed = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])


def folded(text: str) -> str:
    return " ".join(text.replace("–", "-").replace("“", '"').replace("”", '"').split())


def expected(answers: Mapping[int, tuple[str, str]]) -> dict[str, str]:
    return {ASKED[number].name: folded(value) for number, (_, value) in answers.items()}


def read(raw: bytes) -> dict[str, str]:
    reading = read_answers(raw, SENT, ASKED, "lv")
    return {name: folded(value) for name, value in reading.answers.items()}


@relaxed
@given(plain_clients, typed)
def test_answers_between_quoted_questions(client: Client, answers: dict[int, tuple[str, str]]) -> None:
    raw = clients.inline_reply(client, {n: text for n, (text, _) in answers.items()}, signature="Ar cieņu\nZane Kalēja")
    assert read(raw) == expected(answers)
    assert folded(new_text(raw, SENT)) == folded("\n".join(text for _, (text, _) in sorted(answers.items())))


@relaxed
@given(typed, st.sampled_from(["> ", ""]), st.sampled_from(["", "*"]))
def test_answers_on_the_answer_line(answers: dict[int, tuple[str, str]], prefix: str, emphasis: str) -> None:
    client = Client(prefix=prefix, emphasis=emphasis, same_line=True)
    assert read(clients.inline_reply(client, {n: text for n, (text, _) in answers.items()})) == expected(answers)


@relaxed
@given(typed, st.booleans(), st.booleans())
def test_answers_in_html(answers: dict[int, tuple[str, str]], inside: bool, bold: bool) -> None:
    raw = clients.html_reply({n: text for n, (text, _) in answers.items()}, inside=inside, bold=bold, top="Labdien!")
    assert read(raw) == expected(answers)


@relaxed
@given(typed, st.sampled_from([". ", ") ", ": ", " - ", "."]), st.booleans())
def test_numbered_answers_on_top(answers: dict[int, tuple[str, str]], mark: str, quoted: bool) -> None:
    answers = dict(sorted(answers.items()))
    raw = clients.numbered_reply({n: text for n, (text, _) in answers.items()}, mark, quoted=quoted)
    assert read(raw) == expected(answers)


@given(st.binary(max_size=2000))
def test_no_bytes_raise(raw: bytes) -> None:
    for sent in (None, SENT, raw):
        new_text(raw, sent)
    read_answers(raw, SENT, ASKED, "lv")


@given(st.text(max_size=400), st.sampled_from(["plain", "html"]))
def test_no_text_raises(text: str, subtype: str) -> None:
    raw = clients.reply("".join(c for c in text if not "\ud800" <= c <= "\udfff"), subtype=subtype)
    new_text(raw, None)
    read_answers(raw, SENT, ASKED, "lv")
