"""Several initiatives in one mail, told in words alone: split only where the numbers cannot be those of a list."""

from __future__ import annotations

from intake.channels.email.reply import read_answers
from tests.intake.channels.email import reply_clients as clients
from tests.intake.channels.email.reply_clients import ASKED

SENT = clients.letter()


def read(text: str) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    reading = read_answers(clients.reply(text), SENT, ASKED, "lv")
    return [dict(reading.answers), *(dict(more.answers) for more in reading.more)], reading.remarks


def test_the_same_numbers_again_are_another_initiative() -> None:
    first = {"garden": "Saule", "story": "Audzējam tomātus.", "contact": "a@example.net"}
    second = {"garden": "Mēness", "story": "Audzējam sīpolus.", "contact": "b@example.net"}
    text = "\n\n".join("\n".join(f"{n}. {one}" for n, one in zip((1, 2, 8), answers.values(), strict=True))
                       for answers in (first, second))  # fmt: skip
    assert read(text) == ([first, second], ())


def test_what_may_be_a_list_is_no_other_initiative_and_not_lost() -> None:
    answers, remarks = read("1. Saule\n2. Audzējam tomātus.\n\n1. Mēness\n2. Audzējam sīpolus.")
    assert answers == [{"garden": "Saule", "story": "Audzējam tomātus."}]
    assert remarks == ("1. Mēness\n2. Audzējam sīpolus.",)
    answers, remarks = read("1. Saule\n2. Audzējam tomātus.\n8. a@example.net\n\n1. sējam\n2. laistām")
    assert answers == [{"garden": "Saule", "story": "Audzējam tomātus.", "contact": "a@example.net"}]
    assert remarks == ("1. sējam\n2. laistām",)
