"""A payload makes one mail, always the same bytes, and no value of it can become a header."""

from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.email.message import message_id, outbox_id_of, render

TEXT = "Labdien!\n\n.\nFrom the start\n7. Kurā attīstības posmā? *\nAtbilde: \n" + "ļoti gara rinda " * 20


def payload(**changes: Any) -> dict[str, Any]:
    return {
        "to": "inga@example.test",
        "from": "anketa@example.test",
        "from_name": "Sociālo inovāciju anketa",
        "reply_to": "anketa+K7M2QX9@example.test",
        "subject": "Aicinājums aizpildīt anketu par sociālajām inovācijām līdz 27. aprīlim [SI-K7M2QX9]",
        "text": TEXT,
        "html": "<p>Labdien!</p>",
        "message_id": message_id(17, "tok", "example.test"),
        "date": "2026-11-16T09:30:00+02:00",
        "list_unsubscribe": ["mailto:anketa@example.test?subject=stop", "https://example.test/u/K7M2QX9"],
        "auto_submitted": "auto-generated",
        "language": "lv",
        **changes,
    }


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def content(part: Message) -> str:
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_reader_gets_what_was_written() -> None:
    message = parsed(render(payload(to_name='Inga "Kaimiņi" Kalniņa')))
    assert str(message["Subject"]) == payload()["subject"]
    assert message["From"].addresses[0].display_name == "Sociālo inovāciju anketa"
    assert message["To"].addresses[0].display_name == 'Inga "Kaimiņi" Kalniņa'
    assert message["To"].addresses[0].addr_spec == "inga@example.test"
    assert message["Reply-To"].addresses[0].addr_spec == "anketa+K7M2QX9@example.test"
    assert message["Date"].datetime.isoformat() == "2026-11-16T09:30:00+02:00"
    assert message["Content-Language"] == "lv"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.iter_parts()
    assert content(text) == TEXT + "\n"
    assert content(html) == "<p>Labdien!</p>\n"


def test_one_click_unsubscription() -> None:
    message = parsed(render(payload()))
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"] == (
        "<mailto:anketa@example.test?subject=stop>, <https://example.test/u/K7M2QX9>"
    )
    assert parsed(render(payload(list_unsubscribe=None)))["List-Unsubscribe-Post"] is None


def test_the_same_bytes_each_time_in_short_ascii_lines() -> None:
    raw = render(payload())
    assert raw == render(payload())
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 76
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")


def test_the_row_gives_the_message_id() -> None:
    without = {name: value for name, value in payload(token="tok").items() if name != "message_id"}
    assert parsed(render(without, 17))["Message-ID"] == "<atsauce.17.tok@example.test>"
    assert outbox_id_of("<atsauce.17.tok@example.test>") == 17
    assert outbox_id_of("<other.17.tok@example.test>") is None
    with pytest.raises(KeyError):
        render(without)


def test_text_alone_is_a_mail_too() -> None:
    message = parsed(render(payload(html=None)))
    assert message.get_content_type() == "text/plain"
    assert content(message) == TEXT + "\n"


def test_references_of_any_length_stay_whole() -> None:
    ids = [f"<{'x' * 200}{n}@example.test>" for n in range(30)]
    message = parsed(render(payload(references=ids, in_reply_to=ids[-1])))
    assert str(message["References"]).split() == ids[-20:]
    assert message["In-Reply-To"] == ids[-1]


def test_foreign_domains_are_encoded() -> None:
    assert parsed(render(payload(to="info@šķūnis.example")))["To"] == "info@xn--nis-6ua3s8b.example"


HEADERS = [
    *("to", "to_name", "from", "from_name", "reply_to", "subject", "message_id", "in_reply_to", "date"),
    *("auto_submitted", "language"),
]


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("tail", ["\r\nBcc: x@example.test", "\nX: y", "\rX: y", "\0", "\x0b", "\u2028Bcc: x"])
def test_no_value_becomes_a_header(name: str, tail: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        render(payload(**{name: str(payload().get(name) or "<a@b>") + tail}))


@pytest.mark.parametrize(
    "link", ["javascript:x", "https://x>, <https://y", "https://x y", "https://x\r\ny", "ftp://x", 7]
)
def test_only_links_in_list_unsubscribe(link: Any) -> None:
    with pytest.raises(ValueError, match="List-Unsubscribe"):
        render(payload(list_unsubscribe=[link]))


@pytest.mark.parametrize(
    "changes", [{"date": "2026-11-16T09:30:00"}, {"to": "nobody"}, {"subject": None}, {"subject": "x" * 3000}]
)
def test_wrong_payloads(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        render(payload(**changes))


@given(subject=st.text(max_size=200), name=st.text(max_size=100), text=st.text(max_size=500))
def test_any_text_comes_back_or_is_refused(subject: str, name: str, text: str) -> None:
    try:
        raw = render(payload(subject=subject, from_name=name, text=text))
    except ValueError:
        return
    message = parsed(raw)
    assert set(message.keys()) == set(parsed(render(payload())).keys())
    assert [len(list(part.iter_parts())) for part in message.iter_parts()] == [0, 0]
    expected = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").encode("utf-8", "replace").decode()
    assert content(next(message.iter_parts())).rstrip("\n") == expected.rstrip("\n")
