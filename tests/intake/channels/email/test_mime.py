"""Mails are taken apart as the standard library does, whichever way is taken to spare time."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels import Unreadable
from intake.channels.email import mime

RECORDED = sorted((Path(__file__).parent / "answered").rglob("*.eml"))
PIECES = st.sampled_from(
    [
        *(b"\n", b"\r\n", b"\r", b" ", b"\t", b":", b"--b", b"--b--", b"\xff", "ā".encode(), b"text", b"From x\n"),
        *(
            b"Subject: x\n",
            b"Content-Type: text/plain; charset=utf-8\n",
            b"Content-Type: multipart/mixed; boundary=b\n",
        ),
        *(b"Content-Type: message/rfc822\n", b"Content-Transfer-Encoding: base64\n", b"Content-Type\n", b"="),
    ]
)


def taken_apart(message: Message) -> list[object]:
    return [(part.items(), part.get_payload(decode=True), part.is_multipart()) for part in message.walk()]


def same(body: bytes) -> None:
    try:
        ours = mime.parse(body)
    except Unreadable:
        return
    assert taken_apart(ours) == taken_apart(message_from_bytes(body, policy=policy.compat32))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded(path: Path) -> None:
    raw = path.read_bytes().replace(b"\r\n", b"\n")
    for body in (raw, raw.replace(b"\n", b"\r\n"), raw[: len(raw) // 2], raw.replace(b"\n", b"\r")):
        same(body)


@given(st.lists(PIECES, max_size=14).map(b"".join))
def test_any_bytes(body: bytes) -> None:
    same(body)
