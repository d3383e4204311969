"""Answers in a table: pasted from a document, drawn with bars, or with tabs that became gaps."""

from __future__ import annotations

import html

import pytest

from intake.channels.email.reply import new_text, read_answers
from tests.intake.channels.email import reply_clients as clients
from tests.intake.channels.email.reply_clients import ASKED, Client

SENT = clients.letter()
TYPED = {1: "Saulgriežu dārzs", 3: "a, c", 4: "Biedrībai pašai", 5: "2015", 6: "–", 7: "Jā"}
READ = {
    "garden": "Saulgriežu dārzs",
    "crops": "crops_0 crops_2",
    "land": "land_2",
    "since": "2015",
    "people": "",
    "visit": "yes",
}
QUOTED = "\n".join(
    ["", "Dārzu aptauja rakstīja 2.03.2026 10:00:", *(f"> {line}" for line in clients._lines(Client(), {}))]
)
HEAD = ("Nr.", "Jautājums", "Atbilde")


def label(number: int) -> str:
    return ASKED[number].label("lv")


CELLS: dict[str, list[tuple[str, ...]]] = {
    "number": [(str(number), text) for number, text in TYPED.items()],
    "number with a full stop": [(f"{number}.", text) for number, text in TYPED.items()],
    "label": [(label(number), text) for number, text in TYPED.items()],
    "number and label in a cell": [(f"{number}. {label(number)} *", text) for number, text in TYPED.items()],
    "three columns": [HEAD, *((f"{number}.", label(number), text) for number, text in TYPED.items())],
    "nothing in some": [*((str(number), TYPED.get(number, "")) for number in ASKED)],
}


def answers(text: str, subtype: str = "plain") -> None:
    reading = read_answers(clients.reply(text, subtype=subtype), SENT, ASKED, "lv")
    assert (dict(reading.answers), reading.unread, reading.remarks) == (READ, (), ())


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("cell", ["{}", "<p>{}</p>", "<div><b>{}</b></div>"])
def test_in_html(name: str, cell: str) -> None:
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell.format(html.escape(text))}</td>" for text in row) + "</tr>" for row in CELLS[name]
    )
    quoted = "".join(f"<p>{html.escape(line)}</p>" for line in clients._lines(Client(), {}))
    answers(f"<p>Labdien!</p><table>{rows}</table><blockquote>{quoted}</blockquote>", "html")


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("between", [" | ", "\t"])
def test_in_plain_text(name: str, between: str) -> None:
    rows = [between.join(row) for row in CELLS[name]]
    if "|" in between:
        rows = [f"| {row} |" for row in rows]
        rows.insert(1 if CELLS[name][0] == HEAD else 0, "|---|---|")
    answers("\n".join(["Labdien!", "", *rows, QUOTED]))


@pytest.mark.parametrize(
    "text",
    [
        "1 reize nedēļā\n3 brīvprātīgie\n5 gadi",
        "3 b\n4 c",
        "4 c\n3 b\n5 2015",
        "5  kilometri no pilsētas",
        "3.  a    4.  c",
        "Tel. | 29000111",
        "12 | nav tāda jautājuma",
        "2015\tgads",
    ],
)
def test_no_table(text: str) -> None:
    raw = clients.reply(text + "\n" + QUOTED)
    reading = read_answers(raw, SENT, ASKED, "lv")
    assert new_text(raw, SENT).split() == text.split()
    assert set(reading.answers) <= {"crops", "land"}


def test_numbers_with_a_blank() -> None:
    answers("\n".join(["Labdien!", "", *(f"{number} {text}" for number, text in TYPED.items()), QUOTED]))


def test_a_cell_of_several_lines_stays_by_itself() -> None:
    raw = clients.reply("<table><tr><td>1<br>2</td><td>x</td></tr><tr><td></td><td>y</td></tr></table>", subtype="html")
    assert new_text(raw, SENT).split("\n") == ["1", "2", "x", "y"]
