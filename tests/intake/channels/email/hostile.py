"""Hostile mail of many kinds, and what reading it takes: `python -m tests.intake.channels.email.hostile` says it.

Each mail is read at a quarter, half and all of its size, in the processor's time: a busy machine changes nothing.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import resource
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress

from intake.channels import Unreadable
from intake.channels.email import enclosed, incoming
from intake.channels.email.reply import new_text, read_answers
from tests.intake.channels.email import reply_clients as clients

SENT = clients.letter()
HEAD = b"From: a@example.net\nTo: b@example.org\nSubject: Re: x\nMIME-Version: 1.0\nContent-Type: "
PLAIN = HEAD + b"text/plain; charset=utf-8\n\n"
FLOWED = HEAD + b"text/plain; charset=utf-8; format=flowed\n\n"
HTML = HEAD + b"text/html; charset=utf-8\n\n"
QUOTED_PRINTABLE = PLAIN.replace(b"\n\n", b"\nContent-Transfer-Encoding: quoted-printable\n\n")
BASE64 = PLAIN.replace(b"\n\n", b"\nContent-Transfer-Encoding: base64\n\n")
PART = b"--b\nContent-Type: text/plain\n\nx\n"
MIXED = HEAD + b"multipart/mixed; boundary=b\n\n"
NEST = b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n"


def plain(piece: str, times: int) -> Callable[[int], bytes]:
    return lambda size: PLAIN + (piece * (times * size // 4)).encode()


def html(piece: str, times: int, end: str = "") -> Callable[[int], bytes]:
    return lambda size: HTML + (piece * (times * size // 4) + "x" + end * (times * size // 4)).encode()


def attached(name: str, content: bytes) -> bytes:
    head = f"--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename={name}\n"
    return (
        MIXED + PART + head.encode() + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(content) + b"--b--"
    )


def zip_bomb(size: int) -> bytes:
    """A file of 100 MB at full size in less than a kB, packed twice."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a", "w") as inside:
        for _ in range(25 * size):
            inside.write(b"\0" * 1_000_000)
    return attached("bomb.zip", gzip.compress(packed.getvalue()))


# A mail at 1, 2 or 4 quarters of its size; the names speak of the whole.
HOSTILE: dict[str, Callable[[int], bytes]] = {
    "attributions": plain("On ", 100_000),
    "wrote": plain("On x wrote:\n", 30_000),
    "attribution-like lines": plain("On Mon, 2 Mar 2026 at 10:00, A <a@example.net> wrote:\n", 20_000),
    "names and colons": plain("Dārzu aptauja 2026:\n", 50_000),
    "headers": plain("From: \n", 60_000),
    "blocks of headers": plain("From: a\nSent: b\nTo: c\nSubject: d\n\n", 30_000),
    "forward marks": plain("----- Forwarded message -----\n", 30_000),
    "quoted forward marks": plain("> ----- Forwarded message -----\n> From: a\n> To: b\n> Date: c\n", 8_000),
    "a million blank lines": plain("\n", 1_000_000),
    "blank lines with spaces": plain(" \t\n", 300_000),
    "blank lines flowed": lambda size: FLOWED + b" \n" * (125_000 * size),
    "quoted blank lines": plain(">\n", 300_000),
    "10,000 levels": lambda size: PLAIN + b">" * (2_500 * size) + b" hello\n",
    "10,000 levels, many lines": lambda size: PLAIN + (b">" * 10_000 + b" hello\n") * (25 * size),
    "levels with spaces": plain("> ", 300_000),
    "one line of 1 MB": plain("x", 1_000_000),
    "1 MB of words": plain("ab c ", 200_000),
    "1 MB of our words": plain("Atbilde: dārzs ", 60_000),
    "the letter many times": lambda size: PLAIN + b"\n".join([clients.letter()] * (100 * size)),
    "rules": plain("- ", 500_000),
    "rules of dashes": plain("-" * 70 + "\n", 14_000),
    "brackets": plain("<http://", 100_000),
    "stars": plain("*", 100_000),
    "underscores": plain("_", 100_000),
    "stars and spaces": plain("* ", 100_000),
    "emphasis": plain("*a", 300_000),
    "emphasised lines": plain("*a*\n", 100_000),
    "numbers": plain("1. 2. 3. ", 100_000),
    "numbered lines": plain("\n3. b", 100_000),
    "option letters": plain("a, b, c; ", 100_000),
    "option letters at a question": lambda size: PLAIN + b"3. " + b"a) b) c) " * (25_000 * size),
    "option letters in lines": plain("a) b\n", 100_000),
    "an answer of labels": lambda size: PLAIN + b"3. " + "Dārzeņi un ".encode() * (20_000 * size),
    "labels": plain("a: ", 200_000),
    "labelled lines": plain("Nosaukums: a\n", 50_000),
    "initiatives": plain("1. iniciatīva\n\nx\n", 30_000),
    "corrections": plain("3. jautājumā domāju c ", 30_000),
    "questions": plain("? ", 300_000),
    "digits": plain("2", 1_000_000),
    "personal codes": plain("010180-12345 ", 60_000),
    "references to links": plain("[1] https://example.org/\n", 30_000),
    "combining marks": plain("a\u0301\u0302", 200_000),
    "emoji": plain("👍🏽", 100_000),
    "İ": plain("İ", 200_000),
    "carriage returns": plain("\r", 1_000_000),
    "tabs": plain("\t", 1_000_000),
    "form feeds": plain("\f\v\x85\u2028", 100_000),
    "deep HTML": html("<div>", 5_000, "</div>"),
    "very deep quotes": html("<blockquote>", 100_000),
    "deep bold": html("<b>", 50_000),
    "entities": html("&lt;", 200_000),
    "unknown entities": html("&x", 300_000),
    "attributes": lambda size: HTML + b"<p style='" + b"background:" * (25_000 * size) + b"'>x",
    "many attributes": lambda size: HTML + b"<p " + b" ".join(b"a%d=1" % n for n in range(25_000 * size)) + b">x",
    "nested tables": html("<table><tr><td>", 30_000),
    "tables in a row": html("<table><tr><td>x</td></tr></table>", 20_000),
    "1 MB of breaks": html("<br>", 250_000),
    "comments": html("<!-- x -->", 100_000),
    "open comments": html("<!--", 250_000),
    "open tags": html("<a ", 300_000),
    "brackets in HTML": html("<", 1_000_000),
    "styles": html("<style>x</style>", 50_000),
    "scripts": html("<script>", 100_000),
    "misnested": html("<b><i></b></i>", 60_000),
    "pre": html("<pre>\n\n", 60_000),
    "10,000 parts": lambda size: MIXED + PART * (2_500 * size),
    "199 parts of text": lambda size: MIXED + (PART + b"word " * (250 * size)) * 199,
    "nested parts": lambda size: b"".join(NEST % (i, i + 1) for i in range(750 * size)),
    "boundaries": lambda size: MIXED + b"--b\n" * (75_000 * size),
    "a header of 1 MB": lambda size: b"Subject: " + b"x" * (250_000 * size) + b"\n\nhello",
    "many headers": lambda size: b"X-A: b\n" * (9_000 * size) + b"\nhello",
    "a header in many lines": lambda size: b"Subject: a\n" + b" b\n" * (20_000 * size) + b"\nhello",
    "100,000 encoded words": lambda size: b"Subject: " + b"=?utf-8?q?a?= " * (25_000 * size) + b"\n\nhello",
    "encoded words within bounds": lambda size: b"Subject: " + b"=?utf-8?q?a?=\n " * (4_000 * size) + b"\n\nhello",
    "addresses": lambda size: b"From: a@example.net\nTo: " + b"a@b.example, " * (4_500 * size) + b"\n\nhello",
    "brackets in addresses": lambda size: b"From: " + b"<(" * (25_000 * size) + b"\n\nhello",
    "soft breaks": lambda size: QUOTED_PRINTABLE + b"=\n" * (100_000 * size),
    "escapes": lambda size: QUOTED_PRINTABLE + b"=3D" * (100_000 * size),
    "half escapes": lambda size: QUOTED_PRINTABLE + b"=" * (250_000 * size),
    "base64 of nothing": lambda size: BASE64 + b"%%%=" * (60_000 * size),
    "base64 of one letter": lambda size: BASE64 + b"A\n" * (120_000 * size),
    "a zip bomb": zip_bomb,
    "zeros": lambda size: b"\x00" * (125_000 * size),
    "high bytes": lambda size: PLAIN + bytes(range(128, 256)) * (2_000 * size),
    "utf-16 declared": lambda size: HEAD + b"text/plain; charset=utf-16\n\n" + b"a\0\n\0" * (60_000 * size),
    "utf-7 declared": lambda size: HEAD + b"text/plain; charset=utf-7\n\n" + b"+AGE-" * (50_000 * size),
    "unknown charset": lambda size: HEAD + b"text/plain; charset=x-y\n\n" + b"\xe2bc" * (80_000 * size),
    "an endless charset": lambda size: HEAD + b"text/plain; charset=" + b"x" * (50_000 * size) + b"\n\nhello",
}  # fmt: skip


LONG_S = 0.4
"""What takes longer is looked at twice."""


def read(raw: bytes) -> None:
    """All that the service does with a mail's bytes; what cannot be read is set aside."""
    for reader in (incoming.read, enclosed.files):
        with suppress(Unreadable):
            reader(raw)
    new_text(raw, None)
    read_answers(raw, SENT, clients.ASKED, "lv")


def seconds(mail: Callable[[int], bytes], size: int) -> float:
    """Of the processor, the lesser of two where it took long."""
    raw = mail(size)
    taken: list[float] = []
    while not taken or (len(taken) < 2 and taken[0] > LONG_S):
        begun = time.process_time()
        read(raw)
        taken.append(time.process_time() - begun)
    return min(taken)


def most_bytes() -> int:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(name: str, sizes: Sequence[int]) -> list[float]:
    return [seconds(HOSTILE[name], size) for size in sizes]


def judge(names: Sequence[str]) -> dict[str, tuple[list[float], int]]:
    """For each mail the seconds (of a quarter of it, too, where they are many), and how far the process has grown."""
    read(PLAIN)
    begun = most_bytes()
    found = {}
    for name in names:
        taken = measure(name, (4,))
        found[name] = (taken + measure(name, (1,)) if taken[0] > LONG_S else taken, most_bytes() - begun)
    return found


def main(names: Sequence[str]) -> None:
    if names:
        json.dump(judge(names), sys.stdout)
        return
    print(f"{'':28}{'bytes':>10}{'quarter':>9}{'half':>9}{'all':>9}")
    for name in HOSTILE:
        taken = measure(name, (1, 2, 4))
        print(f"{name:28}{len(HOSTILE[name](4)):>10}" + "".join(f"{one:>8.3f}s" for one in taken))
    print(f"memory at most: {most_bytes() / 1e6:.0f} MB, the interpreter and its modules included")


if __name__ == "__main__":
    main(sys.argv[1:])
