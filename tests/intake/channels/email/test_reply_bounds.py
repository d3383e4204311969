"""Hostile and broken mail: read or set aside in bounded time and memory."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest

from intake.channels.email.reply import new_text, read_answers
from tests.intake.channels.email import reply_clients as clients

SENT = clients.letter()
HEAD = b"From: a@example.net\nTo: b@example.org\nSubject: Re: x\nMIME-Version: 1.0\nContent-Type: "
PART = b"--b\nContent-Type: text/plain\n\nx\n"
NEST = b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n"
PLAIN = HEAD + b"text/plain; charset=utf-8\n\n"
FLOWED = HEAD + b"text/plain; charset=utf-8; format=flowed\n\n"
HTML = HEAD + b"text/html; charset=utf-8\n\n"

HOSTILE: dict[str, Callable[[], bytes]] = {
    "attributions": lambda: PLAIN + b"On " * 100_000,
    "wrote": lambda: PLAIN + b"On x wrote:\n" * 30_000,
    "headers": lambda: PLAIN + b"From: \n" * 60_000,
    "blank lines": lambda: PLAIN + b"\n" * 1_000_000,
    "blank lines flowed": lambda: FLOWED + b" \n" * 500_000,
    "10,000 levels": lambda: PLAIN + b">" * 10_000 + b" hello\n",
    "levels with spaces": lambda: PLAIN + b"> " * 300_000,
    "one line of 1 MB": lambda: PLAIN + b"x" * 1_000_000,
    "1 MB of words": lambda: PLAIN + b"ab c " * 200_000,
    "1 MB of our words": lambda: PLAIN + "Atbilde: dārzs ".encode() * 60_000,
    "rules": lambda: PLAIN + b"- " * 300_000 + b"\n" + b"-" * 300_000,
    "brackets": lambda: PLAIN + b"<http://" * 100_000,
    "emphasis": lambda: PLAIN + b"*a" * 300_000,
    "numbers": lambda: PLAIN + b"1. 2. 3. " * 100_000,
    "numbered lines": lambda: PLAIN + b"\n3. b" * 100_000,
    "labels": lambda: PLAIN + b"a: " * 200_000,
    "deep HTML": lambda: HTML + b"<div>" * 5_000 + b"x" + b"</div>" * 5_000,
    "very deep quotes": lambda: HTML + b"<blockquote>" * 100_000,
    "deep bold": lambda: HTML + b"<b>" * 50_000 + b"x",
    "entities": lambda: HTML + b"&lt;" * 200_000,
    "attributes": lambda: HTML + b"<p style='" + b"background:" * 100_000 + b"'>x",
    "tables": lambda: HTML + b"<table><tr><td>" * 30_000,
    "breaks": lambda: HTML + b"<br>" * 300_000,
    "10,000 parts": lambda: HEAD + b"multipart/mixed; boundary=b\n\n" + PART * 10_000,
    "nested parts": lambda: b"".join(NEST % (i, i + 1) for i in range(3_000)),
    "long header": lambda: b"Subject: " + b"x" * 1_000_000 + b"\n\nhello",
    "encoded words": lambda: b"From: " + b"=?utf-8?q?a?= " * 50_000 + b"\n\nhello",
    "nothing": lambda: b"",
    "zeros": lambda: b"\x00" * 500_000,
    "utf-16 declared": lambda: HEAD + b"text/plain; charset=utf-16\n\nabc",
    "unknown charset": lambda: HEAD + b"text/plain; charset=x-y\n\n\xe2bc",
    "broken base64": lambda: PLAIN.replace(b"\n\n", b"\nContent-Transfer-Encoding: base64\n\n") + b"%%%=" * 1000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_bounded(name: str) -> None:
    raw = HOSTILE[name]()
    began = time.perf_counter()
    text = new_text(raw, SENT)
    read_answers(raw, SENT, clients.ASKED, "lv")
    assert time.perf_counter() - began < 4  # two readings, each well under two seconds
    assert len(text) <= 1_000_000


@pytest.mark.parametrize("name", ["1 MB of words", "deep HTML", "blank lines", "1 MB of our words", "10,000 parts"])
def test_memory(name: str) -> None:
    raw = HOSTILE[name]()
    tracemalloc.start()
    try:
        read_answers(raw, SENT, clients.ASKED, "lv")
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()
