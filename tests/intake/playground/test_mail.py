"""The local mail server, driven by aiosmtplib and aioimaplib as the service drives it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

import aiosmtplib
import pytest
from aioimaplib import aioimaplib

from intake.playground.mail import MailServer, SmtpFault
from intake.playground.mail.address import canonical, invented
from tests.servers.local import mail_server

INTAKE = "anketa@example.org"


def a_letter(to: str = INTAKE, subject: str = "Anketa", body: str = "3. b\n", sender: str = INTAKE) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = f"<{abs(hash((to, subject, body)))}@nvo.example>"
    message.set_content(body)
    return message


@asynccontextmanager
async def smtp(server: MailServer, timeout_s: float = 5) -> AsyncIterator[aiosmtplib.SMTP]:
    client = aiosmtplib.SMTP(hostname=server.smtp.host, port=server.smtp.port, start_tls=False, timeout=timeout_s)
    await client.connect()
    try:
        yield client
    finally:
        client.close()


async def send_once(server: MailServer, timeout_s: float = 5) -> None:
    async with smtp(server, timeout_s) as client:
        await client.send_message(a_letter())


@asynccontextmanager
async def imap(server: MailServer, address: str) -> AsyncIterator[aioimaplib.IMAP4]:
    client = aioimaplib.IMAP4(server.imap.host, server.imap.port, timeout=5)
    await client.wait_hello_from_server()
    answer = await client.login(canonical(address), server.mailbox(address).password)
    assert answer.result == "OK"
    await client.select("INBOX")
    try:
        yield client
    finally:
        await client.logout()


async def test_mail_accepted_by_smtp_is_seen_at_once_by_idle() -> None:
    async with mail_server() as server, imap(server, INTAKE) as reader, smtp(server) as sender:
        idle = await reader.idle_start(timeout=10)
        await sender.send_message(a_letter())
        pushed = await reader.wait_server_push(timeout=5)
        assert any(b"1 EXISTS" in line for line in pushed)
        reader.idle_done()
        await asyncio.wait_for(idle, 5)
        uids = (await reader.uid_search("ALL", charset=None)).lines[0].split()
        fetched = await reader.uid("fetch", uids[0].decode(), "BODY.PEEK[]")
        assert b"Subject: Anketa" in bytes(fetched.lines[1])


async def test_no_mail_is_lost_between_two_pushes_of_idle() -> None:
    async with mail_server() as server, imap(server, INTAKE) as reader:
        idle = await reader.idle_start(timeout=10)
        await asyncio.gather(*(server.mailboxes.append(INTAKE, f"Subject: {n}\r\n\r\n".encode()) for n in range(50)))
        async with asyncio.timeout(5):
            while not any(b"50 EXISTS" in line for line in await reader.wait_server_push()):
                pass
        reader.idle_done()
        await asyncio.wait_for(idle, 5)


async def test_mail_that_came_between_select_and_idle_is_announced() -> None:
    async with mail_server() as server, imap(server, INTAKE) as reader:
        await server.mailboxes.append(INTAKE, b"Subject: x\r\n\r\n")
        idle = await reader.idle_start(timeout=10)
        pushed = await asyncio.wait_for(reader.wait_server_push(), 2)
        assert any(b"1 EXISTS" in line for line in pushed)
        reader.idle_done()
        await asyncio.wait_for(idle, 5)


async def test_a_tagged_address_and_verp_go_to_the_base_mailbox() -> None:
    async with mail_server() as server, smtp(server) as sender:
        for recipient in ("Anketa+k3x9@example.org", "anketa+bounce=anna=nvo.example@example.org"):
            await sender.send_message(a_letter(recipient))
        assert len(server.mailbox(INTAKE).letters) == 2
        assert server.smtp.delivered("anketa@example.org") == 2
        assert b"Delivered-To: Anketa+k3x9@example.org" in server.mailbox(INTAKE).letters[0].raw


@pytest.mark.parametrize("address", ["anna@gmail.com", "x@example.org.evil.com", "x@notexample.org", "example.org"])
async def test_nothing_can_leave(address: str) -> None:
    assert not invented(address)
    async with mail_server() as server, smtp(server) as sender:
        with pytest.raises((aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException)):
            await sender.sendmail("a@nvo.example", [address], a_letter().as_bytes())
        assert server.smtp.deliveries == []


@pytest.mark.parametrize("address", ["a@example.org", "a@example.lv", "a@nvo.example.com", "a@b.test", "a@b.example"])
def test_invented_domains(address: str) -> None:
    assert invented(address)


async def test_login_is_asked_for_where_required() -> None:
    async with mail_server(require_auth=True) as server:
        async with smtp(server) as sender:
            with pytest.raises(aiosmtplib.SMTPResponseException, match="Authentication"):
                await sender.send_message(a_letter())
        async with smtp(server) as sender:
            with pytest.raises(aiosmtplib.SMTPAuthenticationError):
                await sender.login(INTAKE, "wrong")
            await sender.login(INTAKE, server.mailbox(INTAKE).password)
            await sender.send_message(a_letter("anna@nvo.example"))
        assert len(server.mailbox("anna@nvo.example").letters) == 1


async def test_imap_refuses_a_wrong_password_and_keeps_mailboxes_apart() -> None:
    async with mail_server() as server:
        await server.mailboxes.append(INTAKE, b"Subject: x\r\n\r\n")
        async with imap(server, "anna@nvo.example") as reader:
            assert (await reader.uid_search("ALL", charset=None)).lines[0] == b""
        client = aioimaplib.IMAP4(server.imap.host, server.imap.port, timeout=5)
        await client.wait_hello_from_server()
        assert (await client.login(INTAKE, "wrong")).result == "NO"
        await client.logout()


async def test_size_limit() -> None:
    async with mail_server(max_bytes=2_000) as server, smtp(server) as sender:
        with pytest.raises(aiosmtplib.SMTPException):
            await sender.send_message(a_letter(body="x\n" * 3_000))
        assert server.smtp.deliveries == []


@pytest.mark.parametrize(
    ("fault", "raised", "kept"),
    [
        (SmtpFault.CLOSE, aiosmtplib.SMTPException, 0),
        (SmtpFault.BUSY, aiosmtplib.SMTPConnectError, 0),
        (SmtpFault.RCPT_REFUSED, aiosmtplib.SMTPRecipientsRefused, 0),
        (SmtpFault.RCPT_LATER, aiosmtplib.SMTPRecipientsRefused, 0),
        (SmtpFault.DATA_LATER, aiosmtplib.SMTPDataError, 0),
        (SmtpFault.DATA_REFUSED, aiosmtplib.SMTPDataError, 0),
        (SmtpFault.DROP_AT_DATA, aiosmtplib.SMTPServerDisconnected, 0),
        (SmtpFault.DROP_BEFORE, aiosmtplib.SMTPServerDisconnected, 0),
        (SmtpFault.DROP_AFTER, aiosmtplib.SMTPServerDisconnected, 1),
    ],
)
async def test_faults(fault: SmtpFault, raised: type[Exception], kept: int) -> None:
    async with mail_server() as server:
        server.smtp.faults.plan(fault)
        with pytest.raises(raised):
            await send_once(server)
        assert server.smtp.delivered(INTAKE) == kept
        assert server.smtp.faults.happened == [fault]
        async with smtp(server) as sender:
            await sender.send_message(a_letter())
        assert len(server.mailbox(INTAKE).letters) == kept + 1


async def test_a_fault_may_concern_one_recipient_alone() -> None:
    async with mail_server() as server, smtp(server) as sender:
        server.smtp.faults.plan(SmtpFault.RCPT_REFUSED, recipient="gone@example.org")
        await sender.send_message(a_letter())
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await sender.send_message(a_letter("gone@example.org"))


@pytest.mark.parametrize(("fault", "kept"), [(SmtpFault.NO_BANNER, 0), (SmtpFault.HANG_AFTER, 1)])
async def test_silence(fault: SmtpFault, kept: int) -> None:
    async with mail_server() as server:
        server.smtp.faults.plan(fault)
        with pytest.raises(aiosmtplib.SMTPException):
            await send_once(server, timeout_s=0.1)
        assert server.smtp.delivered(INTAKE) == kept


async def test_a_drop_at_quit_comes_after_the_delivery() -> None:
    async with mail_server() as server, smtp(server) as sender:
        server.smtp.faults.plan(SmtpFault.DROP_AT_QUIT)
        await sender.send_message(a_letter())
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await sender.quit()
        assert server.smtp.delivered() == 1


async def test_a_stopped_server_refuses_and_comes_back_on_its_port() -> None:
    async with mail_server() as server:
        await server.smtp.stop()
        with pytest.raises(aiosmtplib.SMTPConnectError):
            async with smtp(server):
                pass
        await server.smtp.start()
        async with smtp(server) as sender:
            await sender.send_message(a_letter())
        assert server.smtp.delivered() == 1


async def test_imap_connections_can_be_cut_in_idle() -> None:
    async with mail_server() as server:
        client = aioimaplib.IMAP4(server.imap.host, server.imap.port, timeout=5)
        lost = asyncio.Event()
        client.protocol.conn_lost_cb = lambda *_: lost.set()
        await client.wait_hello_from_server()
        await client.login(INTAKE, server.mailbox(INTAKE).password)
        await client.select("INBOX")
        idle = await client.idle_start(timeout=60)
        await server.imap.drop_connections()
        await asyncio.wait_for(lost.wait(), 5)
        idle.cancel()


async def test_uidvalidity_can_change() -> None:
    async with mail_server() as server:
        seen = []
        for _ in range(2):
            async with imap(server, INTAKE) as reader:
                seen.append(next(line for line in (await reader.select("INBOX")).lines if b"UIDVALIDITY" in line))
            server.mailboxes.renumber(INTAKE)
        assert seen[0] != seen[1]


async def test_a_correspondent_reads_and_replies_as_a_mail_program() -> None:
    async with mail_server() as server, smtp(server) as sender:
        anna, intake = server.correspondent("anna@nvo.example", "Anna Ozola"), server.correspondent(INTAKE)
        await sender.send_message(a_letter("anna@nvo.example", body="7. Kurā posmā? *\nAtbilde:\n"))
        letter = await anna.next_letter()
        sent = await anna.reply(letter, "7. b", with_html=True)
        arrived = (await intake.finds(lambda message: message["Message-ID"] == sent["Message-ID"])).message
        assert arrived["In-Reply-To"] == letter.message["Message-ID"]
        assert arrived["Subject"] == "Re: Anketa"
        body = arrived.get_body(("plain",))
        assert body is not None
        assert "rakstīja:\n> 7. Kurā posmā? *\n> Atbilde:" in body.get_content().replace("\r\n", "\n")
        await anna.forward(letter, "janis@nvo.example", "Skat. zemāk")
        forwarded = await server.correspondent("janis@nvo.example").next_letter()
        assert "References" not in forwarded.message
        assert "Pārsūtītā vēstule" in forwarded.message.get_content()


async def test_the_letter_is_waited_for() -> None:
    async with mail_server() as server, smtp(server) as sender:
        waiting = asyncio.create_task(server.correspondent("anna@nvo.example").next_letter())
        await sender.send_message(a_letter("anna@nvo.example"))
        assert (await waiting).message["Subject"] == "Anketa"
