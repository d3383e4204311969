"""The mail channel as the workers see it: send, listen, read."""

import asyncio
import imaplib

import pytest

from intake.channels import Channel, Gone, Outgoing, Refused, TryLater
from intake.channels.email import copies
from intake.channels.email.channel import EmailChannel
from intake.channels.email.imap import folder_name
from intake.channels.email.message import render
from intake.channels.email.servers import imap_server
from intake.playground.mail import MailServer, SmtpFault
from tests.intake.channels.email.test_message import payload
from tests.servers.mail import MailServers
from tests.servers.postfix import BOUNCING_DOMAIN

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


def on_postfix(servers: MailServers) -> EmailChannel:
    return EmailChannel(servers.smtp_url(US), servers.imap_url(US), US)


@pytest.mark.servers
async def test_a_real_notice_of_non_delivery(mail_servers: MailServers) -> None:
    ours = on_postfix(mail_servers)
    batches = ours.listen(None)
    await anext(batches)
    nobody = f"inga@{BOUNCING_DOMAIN}"
    await ours.send(Outgoing(17, nobody, payload(to=nobody, token="tok", verp=True)))
    async with asyncio.timeout(30):
        (raw,) = (await anext(batches)).raws
    mail = ours.read(raw.body)
    assert mail.automatic == "bounce"
    assert mail.bounce is not None
    assert (mail.bounce.kind, mail.bounce.recipient, mail.bounce.outbox_id) == ("hard", nobody, 17)
    assert mail.bounce.message_id == "<atsauce.17.tok@example.test>"
    await batches.aclose()  # type: ignore[attr-defined]
    await ours.close()


@pytest.mark.servers
async def test_plus_addresses_keep_the_code(mail_servers: MailServers) -> None:
    ours = on_postfix(mail_servers)
    batches = ours.listen(None)
    await anext(batches)
    await ours.send(Outgoing(1, "anketa+K7M2QX9@example.test", payload(to="anketa+K7M2QX9@example.test")))
    async with asyncio.timeout(30):
        (raw,) = (await anext(batches)).raws
    mail = ours.read(raw.body)
    assert mail.codes[0].value == "K7M2QX9"
    assert mail.automatic == "auto-submitted"  # and so never answered: it is our own letter
    await batches.aclose()  # type: ignore[attr-defined]
    await ours.close()


@pytest.mark.servers
async def test_mailboxes_that_refuse(mail_servers: MailServers) -> None:
    ours = on_postfix(mail_servers)
    with pytest.raises(Gone, match="no such mailbox"):
        await ours.send(Outgoing(1, "gone@example.test", payload(to="gone@example.test")))
    with pytest.raises(TryLater):
        await ours.send(Outgoing(2, "busy@example.test", payload(to="busy@example.test")))
    await ours.send(Outgoing(3, INGA, payload()))  # the connection is still good
    await ours.close()


@pytest.mark.servers
async def test_folders_with_blanks_and_diacritics(mail_servers: MailServers) -> None:
    answers, sent = "Aptaujas atbildes & jautājumi", "Nosūtītās vēstules"
    account = imap_server(mail_servers.imap_url(US))
    with imaplib.IMAP4(account.host, account.port) as client:
        client.login(account.user, account.password)
        for folder in (answers, sent):
            client.create(folder_name(folder))
        ours = EmailChannel(mail_servers.smtp_url(US), mail_servers.imap_url(US), US, folder=answers, sent_folder=sent)
        batches = ours.listen(None)
        await anext(batches)
        client.append(folder_name(answers), None, None, b"From: inga@example.test\r\nSubject: x\r\n\r\n1. Saule\r\n")
        async with asyncio.timeout(30):
            (raw,) = (await anext(batches)).raws
        assert ours.read(raw.body).sender == INGA
        await ours.send(Outgoing(1, INGA, payload()))
        await batches.aclose()  # type: ignore[attr-defined]
        await ours.close()
        client.select(folder_name(sent))
        assert client.search(None, "SEEN")[1] == [b"1"]


async def test_a_copy_that_fails_harms_nothing(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "CLOSE_S", 0.1)
    ours = EmailChannel(server.smtp_url(US), server.imap_url(US), US, sent_folder="Nav tādas")
    assert await ours.send(Outgoing(1, INGA, payload()))
    await ours.close()


@pytest.mark.servers
async def test_copies_are_made_once_the_folder_is_there(mail_servers: MailServers) -> None:
    account = imap_server(mail_servers.imap_url(US))
    kept = copies.Copies(account, "Sent", pause_s=0.01)
    for number in range(3):
        kept.keep(b"Subject: %d\r\n\r\n" % number)
    with imaplib.IMAP4(account.host, account.port) as client:
        client.login(account.user, account.password)
        client.create("Sent")
        await kept.close()
        client.select("Sent")
        subjects = [client.fetch(str(n), "BODY.PEEK[HEADER]")[1][0][1] for n in (1, 2, 3)]  # type: ignore[index]
    assert subjects == [b"Subject: %d\r\n\r\n" % number for number in range(3)], "in their order"


async def test_a_letter_put_off_again_and_again_waits_longer(server: MailServer) -> None:
    ours = channel(server)
    waits = []
    for attempt in (1, 4, 5, 6, 9):
        server.smtp.faults.plan(SmtpFault.RCPT_LATER)
        with pytest.raises(TryLater) as raised:
            await ours.send(Outgoing(1, INGA, payload(), attempt))
        ours._smtp._pace.accepted()
        waits.append(raised.value.after_s)
    assert waits == [None, None, 300, 1200, 4 * 3600]
    await ours.close()
