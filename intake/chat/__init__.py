"""What an act in a Telegram chat causes: who it is, one input to the conversation, the messages that answer it."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from intake import matters, outbox, people
from intake.channels.telegram import incoming, screens
from intake.channels.telegram.incoming import ChatInput
from intake.chat.door import Door
from intake.chat.talk import Talk
from intake.chat.visit import CHANNEL, Visit, text_of
from intake.clock import Clock
from intake.desk import Desk
from intake.tables import Inbox

__all__ = ["CHANNEL", "rule"]


def rule(desk: Desk, clock: Clock) -> Callable[[Session, Inbox, bytes], str]:
    """How the inputs of this channel are handled."""

    def handle(session: Session, row: Inbox, body: bytes) -> str:
        act = incoming.read(body)
        return (
            _handle(Visit(session, desk, row, str(act.chat_id), desk.campaign.local(clock.now())), act)
            if act
            else "nothing"
        )

    return handle


def _handle(visit: Visit, act: ChatInput) -> str:
    """Answer the act; the outcome in a word."""
    if act.in_group:
        return _in_group(visit, act)
    visit.person = person = people.by_address(visit.session, CHANNEL, visit.chat, lock=True)
    if person is not None:
        visit.row.person_id = person.id
    match act.what:
        case incoming.Blocked():
            outbox.close_address(visit.session, CHANNEL, visit.chat)
            return "blocked"
        case incoming.Unblocked():
            people.reopen(visit.session, CHANNEL, visit.chat)
            return "unblocked"
        case incoming.Command("start", argument):
            return Door(visit).enter(argument)
        case incoming.Pressed(data, callback_id) if outcome := Door(visit).pressed(data, callback_id):
            return outcome
    if person is None:
        return Door(visit).enter("")
    if person.stopped_at is not None:
        return _after_stop(visit, act)
    return Talk(visit, person, act).answer()


def _in_group(visit: Visit, act: ChatInput) -> str:
    if isinstance(act.what, incoming.Command):
        visit.send(screens.say("group", visit.language))
    return "group"


def _after_stop(visit: Visit, act: ChatInput) -> str:
    """Somebody who said stop wrote again: the staff read it, nothing is sent."""
    matters.open_matter(
        visit.session, "after_stop", visit.now, person_id=visit.row.person_id, inbox_id=visit.row.id, text=text_of(act)
    )
    return "after_stop"
