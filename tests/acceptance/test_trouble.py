"""Bad input is set aside and the next one handled; a wrong password or an absent server is named and tried again."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.answers import TITLE, on_top
from tests.acceptance.place import Place
from tests.acceptance.post import LocalPost, text_of

ANNA = "anna@example.org"


async def test_malformed_input_is_set_aside_and_the_next_one_handled(place: Place) -> None:
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,Saules tilts,lv")
    anna = place.mail(ANNA)
    invitation = await anna.next_letter()
    updates = place.api.account.updates
    updates.inject({"update_id": 41, "message": {"message_id": "x", "chat": 5}})
    updates.inject({"update_id": 42, "callback_query": {"id": [], "from": None}})
    await anna.send_raw(b"\xff\xfe\x00 this is no mail at all\r\n\r\n\x00\x80")
    await anna.send_raw(b"Subject: nobody\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n")
    chat = place.chat(1101)
    chat.start()
    await chat.reads("Kā sauc iniciatīvu?")
    await anna.reply(invitation, on_top({1: TITLE}))
    assert TITLE in text_of(await anna.next_letter())
    status = await place.quiet()
    assert status["inbox"]["set_aside"] >= 3
    assert "set aside" in place.service.whole_log()
    await place.atsauce("replay")
    await place.until(lambda found: found["inbox"]["set_aside"] == status["inbox"]["set_aside"], "tried again")


WRONG = {
    "token": ("ATSAUCE_TELEGRAM_TOKEN", "1000001:wrong", "ATSAUCE_TELEGRAM_TOKEN"),
    "bot api": ("ATSAUCE_TELEGRAM_API_URL", "http://127.0.0.1:9", "ATSAUCE_TELEGRAM_API_URL"),
    "smtp password": ("ATSAUCE_SMTP_URL", "password", "ATSAUCE_SMTP_URL"),
    "imap password": ("ATSAUCE_IMAP_URL", "password", "ATSAUCE_IMAP_URL"),
    "smtp server": ("ATSAUCE_SMTP_URL", "smtp://anketa%40example.org:x@127.0.0.1:9", "ATSAUCE_SMTP_URL"),
    "imap server": ("ATSAUCE_IMAP_URL", "imap://anketa%40example.org:x@127.0.0.1:9", "ATSAUCE_IMAP_URL"),
    "database": ("ATSAUCE_DATABASE_URL", "postgresql://atsauce@127.0.0.1:9/atsauce", "ATSAUCE_DATABASE_URL"),
}


async def test_check_is_content_with_what_works_and_sends_nothing(place: Place) -> None:
    said = await place.json("check")
    assert said["ok"], [line["text"] for line in said["lines"] if not line["ok"]]
    assert place.staff().letters() == []


@pytest.mark.parametrize("what", WRONG)
async def test_check_names_what_is_wrong(place: Place, what: str) -> None:
    name, value, named = WRONG[what]
    if value == "password":
        scheme, _, rest = place.settings()[name].partition("://")
        user, _, host = rest.partition("@")
        value = f"{scheme}://{user.partition(':')[0]}:wrong@{host}"
    place.extra[name] = value
    said = json.loads(await place.atsauce("check", "--json", refused=True))
    wrong = " ".join(line["text"] for line in said["lines"] if not line["ok"])
    assert named in wrong
    assert "wrong" not in wrong.replace("wrong_", ""), "a password is never shown"


async def test_servers_that_come_later_are_found(place: Place) -> None:
    """The service starts although neither server answers, tries with back-off, and does its work once they do."""
    assert isinstance(place.post, LocalPost)
    server, api = place.post.server, place.api
    ports = {"smtp_port": server.smtp.port, "imap_port": server.imap.port}
    bot_api_port = int(api.url.rpartition(":")[2])
    await server.close()
    await api.close()
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,Saules tilts,lv")
    await place.until(lambda found: found["outbox"]["due"] == 1 and "not sent" in place.service.whole_log(), "a try")
    chat = place.chat(1102)
    chat.start()
    await server.start("127.0.0.1", **ports)
    await api.start("127.0.0.1", bot_api_port)
    await chat.reads("Kā sauc iniciatīvu?")
    anna = place.mail(ANNA)
    await anna.reply(await anna.next_letter(), on_top({1: TITLE}))
    assert TITLE in text_of(await anna.next_letter())
    assert (await place.quiet())["outbox"]["failed"] == 0


async def test_a_wrong_token_and_password_are_named_and_tried_again(place: Place) -> None:
    """Each channel works on while the other cannot; what the operator must mend stands in the log."""
    assert isinstance(place.post, LocalPost)
    right = place.extra.copy()
    place.extra["ATSAUCE_TELEGRAM_TOKEN"] = "1000001:wrong"
    await place.start()
    await place.invited(f"{ANNA},Anna Ozola,Saules tilts,lv")
    anna = place.mail(ANNA)
    await anna.reply(await anna.next_letter(), on_top({1: TITLE}))
    assert TITLE in text_of(await anna.next_letter())
    assert "InvalidToken" in place.service.whole_log()
    assert "1000001:wrong" not in place.service.whole_log()
    await place.service.stop()

    place.extra = right
    place.extra["ATSAUCE_IMAP_URL"] = f"imap://anketa%40example.org:wrong@127.0.0.1:{place.post.server.imap.port}"
    await place.start()
    chat = place.chat(1103)
    chat.start()
    await chat.reads("Kā sauc iniciatīvu?")
    assert "wrong_password" in place.service.whole_log()
