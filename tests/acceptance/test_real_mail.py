"""What only real mail servers do: notices of delay and failure, an out-of-office, a kill, new numbers, other ids."""

from __future__ import annotations

import asyncio
import imaplib
from email.message import EmailMessage

import pytest

from intake.channels.email.imap import folder_name
from intake.channels.email.servers import imap_server
from tests.acceptance import servers
from tests.acceptance.answers import FIRST_MAIL, ORGANISATION, REST, TITLE, on_top
from tests.acceptance.place import Place
from tests.acceptance.post import INTAKE, RealPost, text_of
from tests.servers import dovecot
from tests.servers.mail import MailServers
from tests.servers.required import need

REAL = pytest.mark.parametrize("place", ["sqlite real"], indirect=True)
OWN = pytest.mark.parametrize("place", ["sqlite own"], indirect=True)
pytestmark = servers

ANNA = "anna@example.org"
AWAY = "inga@cleaned.example"
VACATION = """\
require ["vacation"];
vacation :days 1 :subject "Ārpus biroja" "1. Esmu prombūtnē līdz 30. novembrim.
2. Steidzamos gadījumos: birojs@example.org
stop";
"""
SENT = "Nosūtītās vēstules"
TEN_DAYS, TWO_DAYS = "2026-12-04T10:05:00+02:00", "2026-12-16T10:05:00+02:00"


def mail_of(place: Place) -> MailServers:
    assert isinstance(place.post, RealPost)
    return place.post.servers


async def arrived(place: Place, subject: str) -> EmailMessage:
    """Wait until such a mail is in our own mailbox."""
    return await place.mail(INTAKE).finds(lambda letter: subject in str(letter["Subject"]), subject)


@REAL
async def test_an_out_of_office_by_sieve_is_no_answer(place: Place) -> None:
    """Sieve answers no letter that carries List-Unsubscribe or Auto-Submitted, as ours do; a gateway before it may have
    taken both away."""
    need(dovecot.why_no_sieve())
    mail_of(place).dovecot.filter(AWAY, VACATION)
    await place.start()
    await place.invited(f"{AWAY},Inga Bērziņa,{ORGANISATION},lv")
    invitation = await place.mail(AWAY).next_letter()
    assert (invitation["List-Unsubscribe"], invitation["Auto-Submitted"]) == (None, None)
    automatic = await arrived(place, "Ārpus biroja")
    assert automatic["In-Reply-To"] == invitation["Message-ID"]
    assert await place.outcomes(1) == {"automatic": 1}
    status = await place.quiet()
    assert [status[name] for name in ("begun", "stopped", "bounced", "needs_a_person")] == [0, 0, 0, 0]
    assert len(place.mail(AWAY).letters()) == 1, "nobody answers a machine"

    await place.restart(TEN_DAYS)
    (_, reminder) = await place.mail(AWAY).has(2)
    assert "Atgādinājums" in str(reminder["Subject"]), "who is away has not answered"


@REAL
async def test_letters_as_they_are_leave_an_out_of_office_silent(place: Place) -> None:
    need(dovecot.why_no_sieve())
    mail_of(place).dovecot.filter(ANNA, VACATION)
    await place.start()
    await place.invited(f"{ANNA},Inga Bērziņa,{ORGANISATION},lv")
    await place.mail(ANNA).next_letter()
    mail_of(place).settle()
    assert mail_of(place).dovecot.mailbox(INTAKE) == []


@OWN
async def test_letters_that_wait_and_come_back(place: Place) -> None:
    """A notice of delay and the end of trying are one letter; the second letter in a row that fails closes the address,
    and so does one that fails for ever."""
    waiting, gone = "anna@deferred.example", "juris@bounces.example"
    mail_of(place).postfix.set(delay_warning_time="1s", maximal_queue_lifetime="3s", bounce_queue_lifetime="3s")
    await place.start()
    await place.invited(*(f"{address},Kāds Cilvēks,{ORGANISATION},lv" for address in (waiting, gone)))
    await place.until(lambda found: found["bounced"] == 1, "nobody is there")
    assert await place.outcomes(3) == {"bounce hard": 1, "bounce soft": 2}
    assert {row["address"] for row in await place.json("plan")} == {waiting}

    await place.restart(TEN_DAYS)
    await place.until(lambda found: found["bounced"] == 2, "the reminder did not arrive either")
    await place.restart(TWO_DAYS)
    status = await place.quiet()
    assert (await place.json("plan"), status["inbox"]["set_aside"]) == ([], 0)
    mail_of(place).settle()
    assert status["outbox"]["sent"] - len(place.staff().letters()) == 3, "no other letter to either of them"


@OWN
async def test_dovecot_is_killed_while_we_wait_for_mail(place: Place) -> None:
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,{ORGANISATION},lv")
    anna, post = place.mail(ANNA), mail_of(place)
    invitation = await anna.next_letter()
    post.dovecot.kill()
    await anna.reply(invitation, on_top({1: TITLE}))
    post.dovecot.start()
    assert TITLE in text_of(await anna.next_letter())
    post.dovecot.restart()
    await anna.reply(invitation, on_top({11: "b"}))
    assert "Ideja" in text_of(await anna.next_letter())
    assert await place.outcomes(2) == {"answered": 2}


@OWN
async def test_the_mailbox_is_numbered_anew(place: Place) -> None:
    """What was read is not read twice, and what comes in meanwhile is read."""
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,{ORGANISATION},lv")
    anna, post = place.mail(ANNA), mail_of(place)
    invitation = await anna.next_letter()
    await anna.reply(invitation, on_top({1: TITLE}))
    await anna.next_letter()
    post.dovecot.stop()
    post.dovecot.renumber(INTAKE)
    post.dovecot.start()
    await anna.reply(invitation, on_top({11: "b"}))
    assert "Ideja" in text_of(await anna.next_letter())
    await place.quiet()
    assert (await place.outcomes(2))["answered"] == 2
    assert len(anna.letters()) == 3, "no mail was answered twice"


@REAL
@pytest.mark.parametrize("quote", [True, False])
async def test_a_relay_replaces_our_message_ids(place: Place, quote: bool) -> None:
    address = "anna@rewritten.example"
    await place.start()
    await place.invited(f"{address},Anna Ozola,{ORGANISATION},lv")
    anna = place.mail(address)
    invitation = await anna.next_letter()
    assert "relay.example" in invitation["Message-ID"]
    await anna.reply(invitation, on_top(FIRST_MAIL), quote=quote)
    confirmation = await anna.next_letter()
    assert TITLE in text_of(confirmation)
    await anna.reply(confirmation, on_top(REST), quote=quote)
    assert "ar numuru" in text_of(await anna.next_letter())
    status = await place.quiet()
    assert (status["submitted"], status["needs_a_person"]) == (1, 0)


@REAL
async def test_copies_of_what_was_sent(place: Place) -> None:
    """The folder is made later; the letter goes out at once, and its copy follows."""
    place.extra["ATSAUCE_MAIL_SENT_FOLDER"] = SENT
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,{ORGANISATION},lv")
    await place.mail(ANNA).next_letter()
    account = imap_server(place.settings()["ATSAUCE_IMAP_URL"])
    with imaplib.IMAP4(account.host, account.port) as client:
        client.login(account.user, account.password)
        client.create(folder_name(SENT))
        client.select(folder_name(SENT))
        async with asyncio.timeout(60):
            while client.search(None, "ALL")[1] != [b"1"]:
                await asyncio.to_thread(client.noop)
        assert b"To: anna@example.org" in client.fetch("1", "BODY.PEEK[HEADER]")[1][0][1]  # type: ignore[index, operator]
