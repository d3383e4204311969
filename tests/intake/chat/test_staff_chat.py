"""The staff chat: told once, decided once, by members only, with who it was in the audit trail."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from intake import campaign_files, membership, staff_chat
from intake.chat import announce
from intake.tables import (
    AuditEvent,
    Conversation,
    Inbox,
    Matter,
    Nomination,
    NominationState,
    Outbox,
    OutboxState,
    Person,
    StaffMember,
    Submission,
)
from tests.intake.chat.place import STAFF_CHAT, WINDOW, Place, opened

Json = dict[str, Any]
SUPERGROUP = -1_001_000_200
"""What the staff chat becomes."""


async def suggested(place: Place, *, email: str | None = "info@jura.example") -> int:
    """A respondent's suggestion that waits for a decision; its number."""
    anna = place.person(5001)
    anna.start()
    await place.settle()
    now = place.now
    row = Nomination(conversation_id=1, referrer_id=1, organisation="Biedrība “Jūra”", email=email, created_at=now)
    await place.change(lambda session: session.add(row))
    await place.tick()
    return row.id or 0


def told(place: Place) -> list[str]:
    return [m.get("text", "") for m in place.api.account.chats[STAFF_CHAT].messages.values() if m["from"]["is_bot"]]


async def test_an_act_is_noted_under_the_members_telegram_id(tmp_path: Path) -> None:
    async with opened(tmp_path, staff_chat=STAFF_CHAT) as place:
        dace = place.person(5900, "Dace")
        place.api.group(STAFF_CHAT, "Komanda", dace)
        await suggested(place)
        group = place.api.account.chats[STAFF_CHAT]
        dace.press("Noraidīt", chat=group)
        await place.settle()
        (row,) = await place.rows(Nomination)
        assert (row.state, row.decided_by, row.email) == (NominationState.DECLINED, "telegram:5900", None)
        acts = [(event.actor, event.act) for event in await place.rows(AuditEvent)]
        assert ("telegram:5900", "decline") in acts
        assert not any("jura.example" in text for text in told(place)), "the address is nobody's business here"


async def test_a_button_pressed_in_another_chat_does_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, staff_chat=STAFF_CHAT) as place:
        place.api.account.open_group(STAFF_CHAT, "Komanda")
        number = await suggested(place)
        data = announce.keyboard("lv", [("decline", announce.staff_button(announce.Action.DECLINE, number))])
        stolen = data["inline_keyboard"][0][0]["callback_data"]
        stranger = place.person(5003, "Svešais")
        stranger.start()
        await place.settle()
        stranger.tap(stranger.shown()["message_id"], stolen)
        outside = place.api.group(-900, "Cita grupa", stranger)
        stranger.write("/start", chat=outside)
        await place.settle()
        stranger.tap(stranger.shown(outside)["message_id"], stolen, chat=outside)
        await place.settle()
        (row,) = await place.rows(Nomination)
        assert row.state == NominationState.WAITING
        assert not [event for event in await place.rows(AuditEvent) if event.act == "decline"]


async def test_whoever_left_the_chat_is_asked_about_again(tmp_path: Path) -> None:
    async with opened(tmp_path, staff_chat=STAFF_CHAT) as place:
        dace = place.person(5900, "Dace")
        group = place.api.group(STAFF_CHAT, "Komanda", dace)
        await suggested(place)
        dace.press("Atlikt", chat=group)
        await place.settle()
        (member,) = await place.rows(StaffMember)
        assert member.member
        del group.members[5900]
        place.wait(membership.HOLDS * 1.1)
        shown = next(message for message in reversed(dace.history(group)) if "reply_markup" in message)
        buttons = [one for line in shown["reply_markup"]["inline_keyboard"] for one in line]
        dace.tap(shown["message_id"], buttons[0]["callback_data"], chat=group)
        await place.settle()
        (row,) = await place.rows(Nomination)
        assert row.state == NominationState.WAITING
        assert {row.outcome for row in await place.rows(Inbox)} >= {"held", "members_only"}


async def test_news_is_told_once_and_in_bounded_numbers(tmp_path: Path) -> None:
    async with opened(tmp_path, staff_chat=STAFF_CHAT) as place:
        place.api.account.open_group(STAFF_CHAT, "Komanda")
        now = place.now
        await place.change(
            lambda s: [s.add(Matter(kind="remark", text=f"x{n}", created_at=now)) for n in range(30)] and None
        )
        for _ in range(3):
            await place.tick()
        assert sum("#" in text for text in told(place)) == 30
        rows = [row for row in await place.rows(Outbox) if row.kind == staff_chat.KIND]
        assert len({row.key for row in rows}) == len(rows)
        assert not any("x1" in text for text in told(place)), "words stay in the database"


@pytest.mark.parametrize("allowed", [False, True])
async def test_names_and_words_are_shown_where_the_campaign_allows_it(tmp_path: Path, allowed: bool) -> None:
    campaign = tmp_path / "campaign"
    campaign_files.write(campaign, WINDOW)
    settings = campaign / "campaign.toml"
    text = settings.read_text(encoding="utf-8")
    assert "names_in_chat" in text
    settings.write_text(
        re.sub("(?m)^#? ?names_in_chat *=.*$", f"names_in_chat = {str(allowed).lower()}", text), encoding="utf-8"
    )
    async with opened(tmp_path / "data", campaign, staff_chat=STAFF_CHAT) as place:
        place.api.account.open_group(STAFF_CHAT, "Komanda")
        await place.invite({"email": "anna@example.org", "name": "Anna Ozola", "organisation": "Biedrība “Saule”"})
        (anna,) = await place.rows(Person)
        place.person(5001).start(anna.code)
        await place.settle()
        (draft,) = await place.rows(Conversation)
        given = {"title": "Saules darbnīca", "contact_name": "Anna Ozola", "contact_email": "anna@example.org"}
        submitted = Submission(
            **{"conversation_id": draft.id, "person_id": anna.id, "form_id": draft.form_id, "language": "lv"},
            **{"channel": "telegram", "answers": given, "submitted_at": place.now},
        )
        question = Matter(kind="question", person_id=anna.id, text="Zvaniet man, Anna Ozola!", created_at=place.now)
        await place.change(lambda session: session.add_all([submitted, question]))
        await place.tick()
        said = "\n".join(told(place))
        assert "Saņemts iesniegums" in said
        assert "Gaida jautājums: #1" in said
        assert "Saule" in said, "organisations are always named"
        for personal in ("Anna Ozola", "Saules darbnīca", "Zvaniet man"):
            assert (personal in said) is allowed
        assert "anna@example.org" not in said


async def test_a_staff_chat_that_becomes_a_supergroup_goes_on_there(tmp_path: Path) -> None:
    async with opened(tmp_path, staff_chat=STAFF_CHAT) as place:
        dace = place.person(5900, "Dace")
        place.api.group(STAFF_CHAT, "Komanda", dace)
        number = await suggested(place)
        new = place.api.account.upgrade_group(STAFF_CHAT, SUPERGROUP, dace.user)
        await place.settle()
        assert [m["text"] for m in new.messages.values()] == [
            f"Šī saruna ir kļuvusi par supergrupu, un turpmāk rakstīsim šeit. "
            f"Iestatījumos, lūdzu, norādiet ATSAUCE_STAFF_CHAT={SUPERGROUP}."
        ], "said once, although both chats were told"
        now = place.now
        await place.change(lambda session: session.add(Matter(kind="remark", created_at=now)))
        await place.tick()
        assert "Vajadzīgs cilvēks: #1" in dace.shown(new)["text"]
        dace.press("Atrisināts", chat=new)
        await place.settle()
        assert [matter.resolved_by for matter in await place.rows(Matter)] == ["telegram:5900"]
        data = announce.keyboard("lv", [("decline", announce.staff_button(announce.Action.DECLINE, number))])
        old = place.api.account.chats[STAFF_CHAT]
        dace.tap(next(iter(old.messages)), data["inline_keyboard"][0][0]["callback_data"], chat=old)
        await place.settle()
        (row,) = await place.rows(Nomination)
        assert row.state == NominationState.DECLINED, "buttons above the move still work"
        moved = [(one.act, one.subject, one.result) for one in await place.rows(AuditEvent) if one.act == "move"]
        assert moved == [("move", f"staff chat {STAFF_CHAT}", f"staff chat {SUPERGROUP}")]
        states = {row.state for row in await place.rows(Outbox) if row.kind == staff_chat.KIND}
        assert states <= {OutboxState.SENT, OutboxState.SUPPRESSED}


async def test_a_move_that_only_a_refusal_tells_of_loses_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, staff_chat=STAFF_CHAT) as place:
        dace = place.person(5900, "Dace")
        place.api.group(STAFF_CHAT, "Komanda", dace)
        new = place.api.account.upgrade_group(STAFF_CHAT, SUPERGROUP, dace.user)
        place.api.account.updates.drop()
        now = place.now
        await place.change(lambda s: [s.add(Matter(kind="remark", created_at=now)) for _ in range(3)] and None)
        await place.tick()
        assert [m["text"].split(" ")[2] for m in new.messages.values()][:3] == ["#1", "#2", "#3"]
        assert "move" in [event.act for event in await place.rows(AuditEvent)]
        assert not [row for row in await place.rows(Matter) if row.kind == "undelivered"]


async def test_a_bot_that_was_put_out_of_the_chat_does_not_tell_of_its_own_failures(tmp_path: Path) -> None:
    async with opened(tmp_path, staff_chat=STAFF_CHAT) as place:
        place.api.account.open_group(STAFF_CHAT, "Komanda").blocked = True
        now = place.now
        await place.change(lambda session: session.add(Matter(kind="remark", created_at=now)))
        for _ in range(4):
            await place.tick()
        assert [matter.kind for matter in await place.rows(Matter)] == ["remark"]
        states = [row.state for row in await place.rows(Outbox) if row.kind == staff_chat.KIND]
        assert states == [OutboxState.FAILED] * 2, "the matter and the day"


async def test_without_a_staff_chat_nothing_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        await suggested(place)
        assert not [row for row in await place.rows(Outbox) if row.kind == staff_chat.KIND]


async def test_two_acts_at_once_are_both_done_after_the_one_question(tmp_path: Path) -> None:
    async with opened(tmp_path, staff_chat=STAFF_CHAT) as place:
        dace = place.person(5900, "Dace")
        group = place.api.group(STAFF_CHAT, "Komanda", dace)
        now = place.now
        await place.change(lambda s: [s.add(Matter(kind="remark", created_at=now)) for _ in range(2)] and None)
        await place.tick()
        for message in [message for message in dace.history(group) if "reply_markup" in message]:
            dace.press("Atrisināts", message_id=message["message_id"], chat=group)
        await place.settle()
        assert [matter.resolved_by for matter in await place.rows(Matter)] == ["telegram:5900"] * 2
        assert place.api.account.calls["getchatmember"] == 1
