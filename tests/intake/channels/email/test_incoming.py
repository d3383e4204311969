"""What a mail says about itself: tables of what is met, and no bytes that raise anything but Unreadable."""

import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.channels import Unreadable
from intake.channels.email.codes import Code, Place
from intake.channels.email.enclosed import files
from intake.channels.email.incoming import Attachment, Mail, read
from intake.channels.email.mailbox import OVERSIZE

OWN = "anketa@example.test"
REPLIES = Path(__file__).parents[5] / "shared" / "replies"


def mail(text: str = "a\n", **headers: str) -> bytes:
    lines = {"From": "Inga Kalniņa <Inga@Example.TEST>", "To": OWN, "Subject": "Re: Anketa", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items() if value)
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()


def take(text: str = "a\n", **headers: str) -> Mail:
    return read(mail(text, **headers), OWN)


def test_who_and_what() -> None:
    found = take(
        Message_ID="<1@example.test>",
        In_Reply_To="<atsauce.7.x@example.test>",
        References="<atsauce.3.x@example.test>\r\n <atsauce.7.x@example.test>",
        Date="Mon, 16 Nov 2026 09:30:00 +0200",
        Cc="kolege@example.test, nav adrese",
        Delivered_To="anketa+K7M2QX9@example.test",
    )
    assert (found.sender, found.key) == ("Inga@example.test", "<1@example.test>")
    assert found.cc == ("kolege@example.test",)
    assert found.answers == ("<atsauce.7.x@example.test>", "<atsauce.3.x@example.test>")
    assert found.date is not None
    assert found.date.isoformat() == "2026-11-16T07:30:00+00:00"
    assert found.codes == (Code("K7M2QX9", Place.ADDRESS),)
    assert (found.is_reply, found.forwarded, found.automatic, found.bounce) == (True, False, None, None)


def test_encoded_words() -> None:
    found = take(
        From="=?utf-8?q?Inga_B=C4=93rzi=C5=86a?= <inga@example.test>",
        Subject="=?utf-8?q?Atb:_Aicin=C4=81jums?=\r\n =?utf-8?q?_anket=C4=81?=",
    )
    assert found.sender_name == "Inga Bērziņa"
    assert found.subject == "Atb: Aicinājums anketā"
    assert take(Subject="=?x-unknown?q?abc?=").subject == "abc"


def test_the_key_of_a_mail_without_id_is_its_bytes() -> None:
    assert take("x").key == take("x").key != take("y").key


@pytest.mark.parametrize(
    ("subject", "is_reply", "forwarded"),
    [
        ("Re: Anketa", True, False),
        ("RE[2]: Anketa", True, False),
        ("Atb.: Anketa", False, False),
        ("Atb: Anketa", True, False),
        ("SV: Anketa", True, False),
        ("Fwd: Anketa", False, True),
        ("FW: Anketa", False, True),
        ("Pārs: Anketa", False, True),
        ("[anketa@example.test: Aicinājums]", False, True),
        ("Anketa", False, False),
        ("Reklāma: anketa", False, False),
    ],
)
def test_replies_and_forwards(subject: str, is_reply: bool, forwarded: bool) -> None:
    found = take(Subject=subject)
    assert (found.is_reply, found.forwarded) == (is_reply, forwarded)


@pytest.mark.parametrize(
    ("text", "headers", "codes"),
    [
        ("", {"To": "anketa+SI-K7M2QX9@example.test"}, [Code("K7M2QX9", Place.ADDRESS)]),
        ("", {"To": "inga+shopping@example.test"}, []),
        ("", {"To": "anketa+b.17.abc123@example.test"}, []),
        ("", {"Subject": "Fwd: Anketa [SI-k7m2qx9]"}, [Code("K7M2QX9", Place.SUBJECT)]),
        ("> Atsauces kods: SI-K7M2QX9\n", {}, [Code("K7M2QX9", Place.LINE)]),
        ("*Reference code:* K7M2QX9", {}, [Code("K7M2QX9", Place.LINE)]),
        ("<https://t.me/x_bot?start=K7M2QX9>", {}, [Code("K7M2QX9", Place.LINK)]),
        ("Atsauces kods: ? (nezinu)", {}, []),
        (
            "t.me/x?start=ABCDEF1 Atsauces kods: ABCDEF2",
            {"Subject": "[SI-ABCDEF3]", "To": "anketa+ABCDEF4@example.test"},
            [
                Code("ABCDEF4", Place.ADDRESS),
                Code("ABCDEF3", Place.SUBJECT),
                Code("ABCDEF2", Place.LINE),
                Code("ABCDEF1", Place.LINK),
            ],
        ),
    ],
)
def test_codes(text: str, headers: dict[str, str], codes: list[Code]) -> None:
    assert list(take(text, **headers).codes) == codes


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied (vacation)"}, "auto-submitted"),
        ({"Auto_Submitted": "no"}, None),
        ({"Precedence": "bulk"}, "precedence"),
        ({"Return_Path": "<>"}, "null-return-path"),
        ({"Return_Path": "<inga@example.test>"}, None),
        ({"From": "MAILER-DAEMON@example.test"}, "machine-address"),
        ({"From": "noreply@example.test"}, "machine-address"),
        ({"X_Autoreply": "yes"}, "auto-reply-header"),
        ({"X_Loop": "anketa"}, "auto-reply-header"),
        ({"X_Auto_Response_Suppress": "All"}, None),
        ({"From": OWN}, "ourselves"),
        ({"List_Id": "<x.example.test>"}, "mailing-list"),
        ({"Subject": "Automātiskā atbilde: esmu atvaļinājumā"}, "out-of-office"),
        ({"Subject": "Out of Office: Anketa"}, "out-of-office"),
        ({"Subject": "Re: Automātiskā atbilde"}, None),
        ({"Subject": "Automatische Antwort: Anketa"}, "out-of-office"),
        ({"Subject": "Automatinis atsakymas: Anketa"}, "out-of-office"),
        ({"Subject": "Автоматический ответ: Анкета"}, "out-of-office"),
    ],
)
def test_automatic_mail(headers: dict[str, str], reason: str | None) -> None:
    assert take(**headers).automatic == reason


def dsn(action: str = "failed", status: str = "5.1.1", to: str = OWN, **headers: str) -> bytes:
    lines = {
        "Return-Path": "<>",
        "From": "MAILER-DAEMON@mx.example.test",
        "To": to,
        "Subject": "Undelivered Mail Returned to Sender",
        "Auto-Submitted": "auto-replied",
        "Content-Type": 'multipart/report; report-type=delivery-status; boundary="x"',
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return (
        f"{head}\r\n--x\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.test\r\n\r\n"
        f"Original-Recipient: rfc822;Inga@Example.test\r\nFinal-Recipient: rfc822; inga2@example.test\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n"
        "--x\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        "From: anketa@example.test\r\nMessage-ID: <atsauce.17.tok@example.test>\r\n--x--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [("failed", "5.1.1", "hard"), ("failed", "4.2.2", "soft"), ("delayed", "4.4.1", "soft"), ("failed", "", "soft")],
)
def test_notices_for_machines(action: str, status: str, kind: str) -> None:
    found = read(dsn(action, status), OWN)
    assert found.automatic == "bounce"
    assert found.bounce is not None
    assert (found.bounce.kind, found.bounce.status, found.bounce.recipient) == (kind, status, "Inga@example.test")
    assert (found.bounce.outbox_id, found.bounce.message_id) == (17, "<atsauce.17.tok@example.test>")


def test_a_notice_of_success_is_no_bounce() -> None:
    found = read(dsn("delivered", "2.0.0"), OWN)
    assert (found.bounce, found.automatic) == (None, "auto-submitted")


def test_our_envelope_sender_comes_first() -> None:
    found = read(dsn(to="anketa+b.42.tok@example.test"), OWN)
    assert found.bounce is not None
    assert found.bounce.outbox_id == 42


def test_a_vacation_answer_to_our_envelope_sender_is_no_bounce() -> None:
    found = take(To="anketa+b.42.tok@example.test", Auto_Submitted="auto-replied (vacation)", Return_Path="<>")
    assert (found.bounce, found.automatic) == (None, "auto-submitted")


def test_a_bounce_in_words() -> None:
    text = "<inga@example.test>: host mx said: 550 5.1.1 unknown\n\nMessage-ID: <atsauce.17.tok@example.test>\n"
    found = take(text, From="MAILER-DAEMON@mx.example.test", Subject="failure notice", Return_Path="<>")
    assert found.bounce is not None
    assert (found.bounce.kind, found.bounce.status, found.bounce.outbox_id) == ("hard", "5.1.1", 17)


def test_a_daemon_without_from_is_survived() -> None:
    found = read(b"X-Failed-Recipients: inga@example.test\r\n\r\nx 5.1.1\r\n", OWN)
    assert found.sender == ""
    assert found.bounce is not None


def test_attachments_have_harmless_names() -> None:
    message = EmailMessage()
    message["From"] = "inga@example.test"
    message.set_content("Pielikumā.")
    message.add_attachment(
        b"x" * 10, maintype="application", subtype="pdf", filename="..\\..\\<b>Apraksts\u202efdp.pdf"
    )
    message.add_attachment(b"y" * 5, maintype="image", subtype="png")
    assert read(message.as_bytes(), OWN).attachments == (
        Attachment("_b_Apraksts fdp.pdf", "application/pdf", 10),
        Attachment("file", "image/png", 5),
    )


def test_oversize_is_told() -> None:
    found = read(f"{OVERSIZE}: 31000000\r\n".encode() + mail(), OWN)
    assert found.oversize == 31_000_000
    assert take().oversize == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n\r\ntext",
        b"no mail at all",
        b"A: " + b"x" * 300_000,
        b"From: a@b.test\r\n" + b"Content-Type: text/plain\r\n" * 300 + b"\r\n",
        b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=0\r\n\r\n"
        + b"".join(b"--%d\r\nContent-Type: multipart/mixed; boundary=%d\r\n\r\n" % (n, n + 1) for n in range(500)),
    ],
)
def test_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body, OWN)


@pytest.mark.parametrize(
    "piece", ["(" * 5000, "=?utf-8?q?" * 900, "<" * 5000, "a@b.test, " * 5000, '"' * 5001, "\udce4" * 50, "\0\t\x0b"]
)
def test_hostile_headers_take_no_time(piece: str) -> None:
    body = f"From: {piece}\r\nTo: {piece}\r\nSubject: {piece}\r\nReferences: {piece}\r\n\r\nx".encode(
        "utf-8", "surrogateescape"
    )
    assert read(body, OWN).key.startswith("sha256:")


@pytest.mark.parametrize(
    ("lines", "containers", "readable"),
    [(350_000, 5, True), (700_000, 0, False), (250_000, 30, False), (100_000, 55, True), (1, 70, False)],
)
def test_lines_and_containers_are_bounded_together(lines: int, containers: int, readable: bool) -> None:
    part = "Content-Type: multipart/mixed; boundary=b{0}\r\n\r\n--b{0}\r\n"
    head = "From: a@b.test\r\n" + "".join(part.format(n) for n in range(containers)) + "X: y\r\n\r\n"
    body = head.encode() + b"\n" * lines
    if readable:
        assert read(body, OWN).sender == "a@b.test"
    else:
        with pytest.raises(Unreadable, match="too many"):
            read(body, OWN)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2000))
def test_any_bytes(body: bytes) -> None:
    try:
        read(body, OWN)
    except Unreadable:
        return


_PIECES = st.sampled_from(
    [
        *("From: ", "To: ", "Subject: ", "Date: ", "Message-ID: ", "References: ", "Content-Type: ", "Return-Path: <>"),
        *("multipart/mixed; boundary=x", "multipart/report", "message/delivery-status", "message/rfc822", "text/plain"),
        *("text/html; charset=nope", "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: uuencode", "--x"),
        *("--x--", "\r\n", "\r\n\r\n", "a@b.test", "<a@b>", "=?utf-8?b?w?=", "=?nope?q?=FF?=", "filename*=utf-8''%FF"),
        *("Content-Disposition: attachment; filename=", "Action: failed", "Status: 5.1.1", "anketa+b.1.x@example.test"),
        *("MAILER-DAEMON", "Auto-Submitted: ", "X-Failed-Recipients: ", "ā", "\0", ";", '"', "(", "=", "%"),
    ]
)


@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PIECES, max_size=60).map("".join))
def test_anything_like_a_mail(text: str) -> None:
    try:
        read(text.encode(), OWN)
    except Unreadable:
        return


@pytest.mark.parametrize("folder", ["real", "imitated"])
def test_real_replies(folder: str) -> None:
    if not REPLIES.is_dir():
        pytest.skip("the collection of real replies is not here")
    for path in sorted((REPLIES / folder).glob("*.eml")):
        found = read(path.read_bytes(), OWN)
        intent = _intent(path.with_suffix(".json"))
        if intent is not None:
            assert (found.automatic is not None) == (intent == "auto_reply"), path.name
            assert found.forwarded == (intent == "forward"), path.name
        assert found.bounce is None, path.name


def _intent(path: Path) -> str | None:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["intent"])
    except ValueError:  # one of them is not valid JSON
        return None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("From: a@x.example, b@x.example", "a@x.example"),
        ("From: a@x.example, b@x.example\nSender: b@x.example", "b@x.example"),
        ("Return-Path: <b@x.example>\nFrom: Anna Ozola@relay.example, Saules <b@x.example>", "b@x.example"),
        ("Return-Path: <c@x.example>\nFrom: a@x.example, b@x.example", "a@x.example"),
    ],
)
def test_of_several_authors_the_one_who_sent_it(headers: str, expected: str) -> None:
    assert read(f"{headers}\nTo: us@x.example\n\nx".encode()).sender == expected


def test_the_name_of_a_file_in_plain_utf_8() -> None:
    part = 'Content-Type: image/png\nContent-Disposition: attachment; filename="../etc/attēls.png"\n\nx\n'
    mail = f"From: a@x.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n{part}--b--\n"
    assert [one.name for one in read(mail.encode()).attachments] == ["attēls.png"]
    assert [one.name for one in files(mail.encode())] == ["attēls.png"]


def test_a_read_receipt_that_was_packed_anew() -> None:
    part = "Content-Type: message/disposition-notification\n\nDisposition: automatic-action; displayed\n"
    mail = f"From: a@x.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n{part}\n--b--\n"
    assert read(mail.encode()).automatic == "receipt"
