"""What an act in a Telegram chat causes: who it is, one input to the conversation, the messages that answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlmodel import Session

from conversations.session import State
from conversations.turn import Jump, Resume
from intake import crossing, matters, outbox, people, privacy
from intake.channels.telegram import incoming, screens
from intake.channels.telegram.incoming import ChatInput
from intake.chat import corrections, files, shared, team, typed
from intake.chat.commands import command
from intake.chat.door import Door
from intake.chat.presses import press
from intake.chat.talk import Talk
from intake.chat.visit import CHANNEL, Visit, text_of
from intake.clock import Clock
from intake.desk import Desk
from intake.drafts import Draft
from intake.tables import Inbox

__all__ = ["CHANNEL", "rule"]


def rule(desk: Desk, clock: Clock) -> Callable[[Session, Inbox, bytes], str]:
    """How the inputs of this channel are handled."""

    def handle(session: Session, row: Inbox, body: bytes) -> str:
        act = incoming.read(body)
        if act is None:
            return "nothing"
        # The rules flush where they need it; a flush before every look would write the same rows several times.
        with session.no_autoflush:
            return _handle(Visit(session, desk, row, str(act.chat_id), desk.campaign.local(clock.now())), act)

    return handle


def _handle(visit: Visit, act: ChatInput) -> str:
    """Answer the act; the outcome in a word."""
    if team.concerns(visit, act):
        return team.handle(visit, act)
    if act.in_group:
        return _in_group(visit, act)
    visit.person = person = people.by_address(visit.session, CHANNEL, visit.chat, lock=True)
    if person is not None:
        visit.row.person_id = person.id
    act = _pressed_by_word(visit, act)
    match act.what:
        case incoming.Blocked():
            outbox.close_address(visit.session, CHANNEL, visit.chat)
            return "blocked"
        case incoming.Unblocked():
            people.reopen(visit.session, CHANNEL, visit.chat)
            return "unblocked"
        case incoming.Command("start", argument):
            return Door(visit).enter(argument)
        case incoming.Pressed(data, callback_id) if outcome := Door(visit).pressed(act, data, callback_id):
            return outcome
    if person is None and outbox.stopped(visit.session, visit.chat, visit.desk.key):
        return "after_stop"  # erased: only /start is a beginning
    if person is None:
        if isinstance(act.what, incoming.Pressed):
            return visit.stale(act.what.callback_id)  # of somebody who is not known here any more
        return Door(visit).enter("")
    if person.stopped_at is not None:
        return _after_stop(visit, act)
    return _talk(Talk(visit, person, act))


def _talk(talk: Talk) -> str:
    """One act of a known person who has not said stop; the outcome in a word."""
    match talk.act.what:
        case incoming.Command(name):
            return command(talk, name)
        case incoming.Pressed(data, callback_id):
            return press(talk, data, callback_id)
        case incoming.Text(text):
            return talk.stop() if privacy.is_stop(text) else _typed(talk, text)
        case incoming.Contact() as contact:
            return shared.contact(talk, contact)
        case incoming.Location() as place:
            return shared.location(talk, place)
        case incoming.Edited(text):
            return corrections.correct(talk, text)
        case incoming.Attachment() as file:
            return files.receive(talk, file)
    talk.visit.send(screens.say("unsupported", talk.visit.language))
    return "unsupported"


def _typed(talk: Talk, text: str) -> str:
    """A typed command of several words ("sākt no jauna"), else an answer."""
    name, draft = typed.command(text), talk.draft
    if name is not None:
        return command(talk, name)
    if draft is not None and typed.means(text, "back") and not files.asks_for_text(draft):
        return command(talk, "back")
    if draft is not None and draft.answers.state is State.PAUSED and typed.means(text, "resume"):
        return talk.take(draft, Resume(now=talk.now))
    if draft is not None and draft.answers.state is State.SUBMITTED and _number(draft, text):
        return talk.take(draft, Jump(text.strip(" ."), now=talk.now))
    return corrections.answer(talk, text)


def _number(draft: Draft, text: str) -> bool:
    """Whether it is the number of a question, as the review of what was submitted asks for."""
    number = text.strip(" .")
    return number.isascii() and number.isdecimal() and len(number) < 5 and draft.form.number(int(number)) is not None


def _pressed_by_word(visit: Visit, act: ChatInput) -> ChatInput:
    """A text that names a button is a press of it."""
    if not isinstance(act.what, incoming.Text) or len(act.what.text) > typed.LONGEST:
        return act
    data = typed.meaning(act.what.text, visit.shown)
    if data is None or crossing.asked_before(visit.session, visit.chat, act.message_id) is not None:
        return act  # a button that was not on the screen yet is not meant
    return replace(act, what=incoming.Pressed(data, ""), message_id=visit.shown.message_id)


def _in_group(visit: Visit, act: ChatInput) -> str:
    """Politely, and only where somebody spoke to the bot or added it."""
    if isinstance(act.what, incoming.Command | incoming.Unblocked):
        visit.send(screens.say("group", visit.language))
    return "group"


def _after_stop(visit: Visit, act: ChatInput) -> str:
    """Somebody who said stop wrote again: the staff read it, nothing is sent."""
    matters.open_matter(
        visit.session, "after_stop", visit.now, person_id=visit.row.person_id, inbox_id=visit.row.id, text=text_of(act)
    )
    return "after_stop"
