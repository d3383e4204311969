"""The mail channel as the workers see it: send, listen, read."""

import asyncio

import pytest

from intake.channels import Channel, Outgoing, Refused, TryLater
from intake.channels.email.channel import EmailChannel
from intake.channels.email.message import render
from intake.playground.mail import MailServer
from tests.intake.channels.email.test_message import payload

US, INGA = "anketa@example.test", "inga@example.test"


def channel(server: MailServer) -> EmailChannel:
    return EmailChannel(server.smtp_url(US), server.imap_url(US), US)


async def test_a_letter_and_its_answer(server: MailServer) -> None:
    ours: Channel = channel(server)
    batches = ours.listen(None)
    await anext(batches)
    letter = {name: value for name, value in payload(token="tok").items() if name != "message_id"}
    given = await ours.send(Outgoing(17, INGA, letter))
    assert given == "<atsauce.17.tok@example.test>"
    inga = server.correspondent(INGA, "Inga")
    arrived = await inga.next_letter()
    assert render(letter, 17) in arrived.raw  # the very bytes
    await inga.reply(arrived, "1. Gaismas istaba")
    async with asyncio.timeout(10):
        (raw,) = (await anext(batches)).raws
    mail = channel(server).read(raw.body)
    assert (mail.sender, mail.answers[0], mail.automatic) == (INGA, given, None)
    assert mail.codes[0].value == "K7M2QX9"
    await batches.aclose()  # type: ignore[attr-defined]
    await ours.close()


async def test_a_bounce_finds_its_letter(server: MailServer) -> None:
    ours = channel(server)
    await ours.send(Outgoing(17, INGA, payload(token="tok", verp=True)))
    arrived = await server.correspondent(INGA).next_letter()
    assert arrived.message["Return-Path"] == "<anketa+b.17.tok@example.test>"
    await ours.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "x\r\nBcc: y@example.test"},
        {"to": "cits@example.test"},
        {"to": "nobody"},
        {"date": None},
        {"text": 7},
    ],
)
async def test_what_is_no_letter_is_refused_before_the_network(wrong: dict[str, object]) -> None:
    ours = EmailChannel("smtp://127.0.0.1:9", "imap://127.0.0.1:9", US)
    with pytest.raises(Refused, match="not a letter"):
        await ours.send(Outgoing(1, INGA, payload(**wrong)))


async def test_an_unreachable_server_is_for_later() -> None:
    ours = EmailChannel("smtp://127.0.0.1:9", "imap://127.0.0.1:9", US)
    with pytest.raises(TryLater):
        await ours.send(Outgoing(1, INGA, payload()))
    assert ours.problem is None
