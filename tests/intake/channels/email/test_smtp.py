"""What is known about a letter after each way in which a mail server fails."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from intake.channels import Gone, NotYet, Refused, SendFailed, TryLater, Unknown
from intake.channels.email.message import render
from intake.channels.email.pace import Pace
from intake.channels.email.servers import Security, Server, smtp_server
from intake.channels.email.smtp import Smtp
from intake.playground.mail import MailServer, SmtpFault
from tests.intake.channels.email.test_message import payload
from tests.servers.mail import MailServers

US, INGA = "anketa@example.test", "inga@example.test"


def to_server(server: MailServer, timeout_s: float = 5.0) -> Smtp:
    return Smtp(smtp_server(server.smtp_url(US)), timeout_s=timeout_s)


async def send(smtp: Smtp, n: int = 1, to: str = INGA) -> str:
    return await smtp.send(US, to, render(payload(to=to, message_id=f"<atsauce.{n}.x@example.test>")))


@pytest.mark.parametrize(
    ("fault", "failure", "code", "kept"),
    [
        (SmtpFault.CLOSE, TryLater, "SMTPConnectError", 0),
        (SmtpFault.NO_BANNER, TryLater, "timeout", 0),
        (SmtpFault.BUSY, TryLater, "421", 0),
        (SmtpFault.RCPT_REFUSED, Gone, "550 5.1.1", 0),
        (SmtpFault.RCPT_LATER, TryLater, "451 4.7.1", 0),
        (SmtpFault.DATA_LATER, TryLater, "452 4.3.1", 0),
        (SmtpFault.DATA_REFUSED, Refused, "554 5.7.1", 0),
        (SmtpFault.DROP_AT_DATA, TryLater, "SMTPServerDisconnected", 0),
        (SmtpFault.DROP_BEFORE, Unknown, "SMTPServerDisconnected", 0),
        (SmtpFault.DROP_AFTER, Unknown, "SMTPServerDisconnected", 1),
        (SmtpFault.HANG_AFTER, Unknown, "timeout", 1),
    ],
)
async def test_faults(server: MailServer, fault: SmtpFault, failure: type[SendFailed], code: str, kept: int) -> None:
    smtp = to_server(server, timeout_s=0.5)
    server.smtp.faults.plan(fault)
    with pytest.raises(failure) as raised:
        await send(smtp)
    assert type(raised.value) is failure
    assert code in raised.value.code
    assert len(server.mailbox(INGA).letters) == kept
    server.smtp.faults.release()
    await send(smtp, 2)  # and the next letter goes out
    assert len(server.mailbox(INGA).letters) == kept + 1
    await smtp.close()


async def test_a_drop_at_quit_is_a_success(server: MailServer) -> None:
    smtp = to_server(server)
    server.smtp.faults.plan(SmtpFault.DROP_AT_QUIT)
    await send(smtp)
    await smtp.close()
    assert len(server.mailbox(INGA).letters) == 1


async def test_one_connection_carries_many_letters(server: MailServer) -> None:
    smtp = to_server(server)
    await asyncio.gather(*(send(smtp, n) for n in range(20)))
    await smtp.close()
    assert len(server.mailbox(INGA).letters) == 20
    assert server.mailbox(INGA).letters[0].message["Return-Path"] == f"<{US}>"


async def test_a_letter_is_refused_before_the_network() -> None:
    smtp = Smtp(Server("127.0.0.1", 9, Security.NONE))
    with pytest.raises(Refused):
        await smtp.send(US, "inga@example.test\r\nDATA", b"x")


async def test_nobody_listens() -> None:
    with pytest.raises(TryLater, match="unreachable"):
        await send(Smtp(Server("127.0.0.1", 9, Security.NONE), timeout_s=5.0))


async def test_wrong_password(mail_servers: MailServers) -> None:
    smtp = Smtp(smtp_server(mail_servers.smtp_url(US, "wrong")))
    with pytest.raises(TryLater, match="wrong_password"):
        await send(smtp)


async def test_through_postfix(mail_servers: MailServers) -> None:
    smtp = Smtp(smtp_server(mail_servers.smtp_url(US)))
    for n in range(3):
        await send(smtp, n)
    await smtp.close()
    arrived = await asyncio.to_thread(mail_servers.wait_for, INGA, 3)
    assert arrived[0].get_body(("plain",)).get_content().startswith("Labdien!")  # type: ignore[union-attr]


class Script:
    """A server that says exactly this: command word -> answer; None closes the connection."""

    def __init__(self, answers: dict[str, str | None]) -> None:
        usual = {"": "220 x", "EHLO": "250 x", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", ".": "250 ok"}
        self.answers: dict[str, str | None] = {**usual, "RSET": "250 ok", "QUIT": "221 bye", **answers}
        self.heard: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        word, in_data = "", False
        while (answer := self.answers.get(word)) is not None:
            writer.write(answer.encode() + b"\r\n")
            in_data = answer.startswith("354")
            line = await reader.readline()
            while in_data and line not in (b".\r\n", b""):
                line = await reader.readline()
            if not line:
                return
            word = "." if in_data else line.decode().split()[0].upper()
            self.heard.append(word)


@asynccontextmanager
async def scripted(answers: dict[str, str | None]) -> AsyncIterator[tuple[Smtp, Script]]:
    script = Script(answers)
    listening = await asyncio.start_server(script.serve, "127.0.0.1")
    smtp = Smtp(Server("127.0.0.1", listening.sockets[0].getsockname()[1], Security.NONE), timeout_s=5.0)
    async with listening:
        yield smtp, script
        await smtp.close()


@pytest.mark.parametrize(
    ("answers", "failure", "code"),
    [
        ({"": "554 go away"}, TryLater, "554"),
        ({"EHLO": None}, TryLater, ""),
        ({"MAIL": "530 5.7.0 Authentication required"}, TryLater, "530 5.7.0"),
        ({"MAIL": "451 4.3.0 wait"}, TryLater, "451 4.3.0"),
        ({"MAIL": "552 5.3.4 too large"}, Refused, "552 5.3.4"),
        ({"RCPT": "550 no"}, Refused, "550"),
        ({"RCPT": "550 Requested action not taken: mailbox unavailable"}, Gone, "550"),
        ({"RCPT": "550 No such user here"}, Gone, "550"),
        ({"RCPT": "550 User unknown, and relaying denied"}, Refused, "550"),
        ({"RCPT": "554 no such user"}, Refused, "554"),
        ({"RCPT": "550 5.1.2 no such domain"}, Gone, "550 5.1.2"),
        ({"RCPT": "421 4.3.2 closing"}, TryLater, "421"),
        ({"RCPT": None}, TryLater, "Disconnected"),
        ({"RCPT": "gibberish"}, TryLater, ""),
        ({"DATA": "451 4.7.1 later"}, TryLater, "451 4.7.1"),
        ({"DATA": "554 5.5.1 no valid recipients"}, Refused, "554 5.5.1"),
        ({".": "421 4.3.2 closing"}, TryLater, "421"),
        ({".": "550 5.1.1 no such user"}, Refused, "550 5.1.1"),
        ({".": None}, Unknown, "Disconnected"),
        ({".": "gibberish"}, Unknown, ""),
    ],
)
async def test_scripted(answers: dict[str, str | None], failure: type[SendFailed], code: str) -> None:
    async with scripted(answers) as (smtp, _):
        with pytest.raises(failure) as raised:
            await send(smtp)
        assert type(raised.value) is failure
        assert code in raised.value.code


async def test_a_connection_that_died_meanwhile_is_replaced(server: MailServer) -> None:
    async with scripted({"RSET": "250 ok"}) as (smtp, script):
        await send(smtp)
        script.answers["MAIL"] = None  # closes at the second MAIL
        failing = asyncio.ensure_future(send(smtp, 2))
        with pytest.raises(TryLater):
            await failing
        assert script.heard.count("MAIL") == 3  # on the old connection, and once on a new one


async def test_cancelled_in_the_middle_leaves_no_half_dialogue(server: MailServer) -> None:
    smtp = to_server(server)
    await send(smtp)
    server.smtp.faults.plan(SmtpFault.HANG_AFTER)
    sending = asyncio.ensure_future(send(smtp, 2))
    await server.mailbox(INGA).until(lambda: server.mailbox(INGA).after(server.mailbox(INGA).letters[0].uid), 5.0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    server.smtp.faults.release()
    await send(smtp, 3)
    await smtp.close()
    assert len(server.mailbox(INGA).letters) == 3


async def test_letters_are_spaced_out(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    sleep: Callable[[float], object] = asyncio.sleep

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)  # type: ignore[misc]

    monkeypatch.setattr("intake.channels.email.smtp.asyncio.sleep", noted)
    smtp = Smtp(smtp_server(server.smtp_url(US)), rate_per_minute=60)
    smtp._pace = Pace(lambda: 100.0, a_minute=60)
    for n in range(3):
        await send(smtp, n)
    await smtp.close()
    assert [round(pause) for pause in pauses if pause] == [1, 2]


async def test_a_letter_that_must_wait_lets_others_pass(server: MailServer) -> None:
    smtp = Smtp(smtp_server(server.smtp_url(US)), to_one_domain=1)
    await send(smtp, 1)
    with pytest.raises(NotYet) as raised:
        await send(smtp, 2)
    assert raised.value.after_s == pytest.approx(60, abs=50)
    await smtp.close()
