"""`make fuzz`: mails of any bytes, guided by coverage; none may raise anything but Unreadable.

    python -m tests.fuzz [options of libFuzzer, for example -max_total_time=600]

Starts from replies of invented clients. Without Atheris (it has no wheel for every Python) it says so and ends well.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from intake.channels import Unreadable
from intake.channels.email import enclosed, incoming
from intake.channels.email.reply import new_text, read_answers
from tests.intake.channels.email import reply_clients as clients
from tests.intake.channels.email.reply_clients import ASKED

USUAL = ("-max_total_time=60", "-max_len=20000", "-timeout=10", "-rss_limit_mb=1024")
SENT = clients.letter()
OURS = "anketa@example.org"


def one(data: bytes) -> None:
    """What the service does with the bytes of a mail."""
    for read in (lambda: incoming.read(data, OURS), lambda: enclosed.files(data)):
        with suppress(Unreadable):
            read()
    new_text(data, None)
    new_text(data, SENT)
    read_answers(data, SENT, ASKED, "lv")


def seeds() -> Iterator[bytes]:
    answers = {1: "Saule", 3: "a, c", 5: "2015", 6: "–"}
    for client in (clients.Client(), clients.Client(width=72, emphasis="*", bullet="  *"), clients.Client(prefix="")):
        yield clients.inline_reply(client, answers, top="Labdien!", signature="Ar cieņu\nZane")
    yield clients.html_reply(answers, inside=True, bold=True)
    yield clients.numbered_reply(answers, ". ")


def main() -> int:
    try:
        import atheris
    except ImportError:
        print("Atheris is not installed here (pip install --group fuzz): nothing was tried.")
        return 0
    with tempfile.TemporaryDirectory(prefix="atsauce-fuzz-") as folder:
        for number, seed in enumerate(seeds()):
            (Path(folder) / f"seed{number}").write_bytes(seed)
        atheris.instrument_all()
        atheris.Setup([sys.argv[0], *USUAL, *sys.argv[1:], folder], one)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
