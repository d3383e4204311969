"""Links of an HTML mail turned into text: marks in the text and a list below are nobody's news."""

from __future__ import annotations

import pytest

from conversations.reading import Command, Intent
from intake.channels.email.reply import new_text, read_answers
from intake.channels.email.reply.lines import text_lines
from intake.channels.email.reply.links import without_link_list
from tests.intake.channels.email import reply_clients as clients
from tests.intake.channels.email.reply_clients import ASKED
from tests.intake.channels.email.test_reply_own_letters import sent, written

BRACKETS = ["", "Links:", "------", "[1] https://t.me/bot?start=1", "[2]", "https://example.org/" + "x" * 60]
POINTS = ["", "References", "", "   Visible links", "   1. https://t.me/bot?start=1", "   2. https://example.org/x"]


@pytest.mark.parametrize("below", [BRACKETS, POINTS])
@pytest.mark.parametrize("quote", ["> ", ""])
def test_marks_and_list_are_gone(quote: str, below: list[str]) -> None:
    lines = text_lines("\n".join(quote + line for line in ["Atvērt sarunu [1]", "[2]Vairāk [3]", *below]))
    assert [line.text for line in without_link_list(lines) if not line.blank] == ["Atvērt sarunu", "Vairāk [3]"]


@pytest.mark.parametrize(
    "text",
    [
        "1. https://example.org/\n2. https://example.org/x",
        "> 1. https://example.org/",
        "Kā rakstīts [1].\n\n[1] https://example.org/",
        "[2] https://example.org/\n> [2] https://example.org/",
    ],
)
def test_what_a_person_wrote_stays(text: str) -> None:
    lines = text_lines(text)
    assert without_link_list(lines) == lines


def test_a_command_above_such_a_quotation_is_the_whole_new_text() -> None:
    one = written("invitation", *ASKED)
    link = one.text.partition("https://t.me/")[2].split()[0]
    body = one.text.replace(f": https://t.me/{link}", " [1]").split("\n")
    quoted = "\n".join(f"> {line}" for line in [*body, "", "Links:", "------", f"[1] https://t.me/{link}"])
    raw = clients.reply(f"Atteikties\n\nX @ 2026-03-02 10:00 rakstīja:\n{quoted}")
    reading = read_answers(raw, sent(one), ASKED, "lv")
    assert (reading.intent, reading.commands, reading.remarks) == (Intent.REFUSAL, (Command("stop"),), ())
    assert new_text(raw, sent(one)) == "Atteikties"
