"""A pressed button, or the word typed in its place: one input to the conversation, or one of the chat's own acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import col, select

from conversations.session import State
from conversations.turn import (
    AddRepeat,
    Back,
    Choose,
    Done,
    EndRepeat,
    Input,
    Jump,
    Language,
    Resume,
    Review,
    Skip,
    Submit,
    Withdraw,
)
from intake import drafts, outbox, privacy
from intake.channels.telegram import screens
from intake.channels.telegram.buttons import Action, Button, decode
from intake.channels.telegram.render import Touched
from intake.chat import commands
from intake.chat.talk import Talk
from intake.chat.visit import keyboard_is_up, plain, salt
from intake.drafts import Draft
from intake.tables import Matter

DOUBLE_TAP = timedelta(seconds=30)
_SHOWN_AGAIN = (Action.PAGE, Action.GROUP)
_CONFIRMED = {
    Action.WITHDRAW_CONFIRMED: "withdraw",
    Action.RESTART_CONFIRMED: "restart",
    Action.SUBMIT: "submit",
    Action.SUBMIT_CONFIRMED: "submit",
}


def press(talk: Talk, data: str, callback_id: str) -> str:
    """Do what the button says; a button that is out of date is answered politely."""
    button = decode(data)
    if button is None:
        return talk.stale(callback_id)
    if button.action in _SCREENS:
        act, close = _SCREENS[button.action]
        talk.acknowledged(callback_id, close=close)
        return act(talk)
    if button.action is Action.ERASE_CONFIRMED:
        return _erase(talk, button, callback_id)
    if button.action is Action.CANCEL:
        talk.acknowledged(callback_id)
        return _cancelled(talk, button)
    return _in_conversation(talk, button, callback_id)


def _in_conversation(talk: Talk, button: Button, callback_id: str) -> str:
    draft = talk.draft
    given = _input_of(talk, button, draft) if draft else None
    if draft is None or given is None:
        return talk.stale(callback_id)
    touched = Touched(talk.act.message_id, button, callback_id)
    if button.action in _SHOWN_AGAIN:
        talk.show_again(draft, touched)
        return "page"
    if button.action is Action.RESTART_CONFIRMED:
        talk.acknowledged(callback_id)
        return _start_over(talk, draft)
    return talk.take(draft, given, touched)


def _input_of(talk: Talk, button: Button, draft: Draft) -> Input | None:
    """The input behind a button; None for a button of another question or conversation."""
    now, mark = talk.now, salt(draft)
    if button.action in _CONFIRMED and not button.belongs(_CONFIRMED[button.action], mark):
        return None
    if button.action in _CONFIRMED and draft.answers.state not in drafts.LIVE:
        return None
    match button.action:
        case Action.JUMP:
            path = button.find(drafts.paths(draft, now), mark)
            return Jump(path, now=now) if path else None
        case Action.LANGUAGE:
            languages = talk.visit.desk.campaign.languages
            return Language(languages[button.index], now=now) if button.index < len(languages) else None
        case Action.SUBMIT | Action.SUBMIT_CONFIRMED:
            return Submit(now=now)
        case Action.WITHDRAW_CONFIRMED:
            return Withdraw(now=now)
        case Action.REVIEW:
            return Review(now=now)
        case Action.RESUME | Action.RESTART_CONFIRMED:
            return Resume(now=now)
    path = draft.answers.at or ""
    return _at_open_question(button, path, now) if button.belongs(path, mark) else None


def _at_open_question(button: Button, path: str, now: datetime) -> Input | None:
    match button.action:
        case Action.CHOOSE | Action.TOGGLE | Action.ACKNOWLEDGE:
            return Choose(path, button.index, now=now)
        case Action.DONE:
            return Done(path, now=now)
        case Action.BACK:
            return Back(now=now)
        case Action.SKIP:
            return Skip(now=now)
        case Action.PAGE | Action.GROUP:
            return Resume(now=now)
        case Action.ADD:
            return AddRepeat(path, now=now)
        case Action.ENOUGH:
            return EndRepeat(path, now=now)
    return None


def _cancelled(talk: Talk, button: Button) -> str:
    """Back to the open question, which the confirmation had pushed up."""
    draft = talk.draft
    if button.belongs("another"):
        talk.visit.say("another_declined")
    elif draft is not None and draft.answers.state in (State.OPEN, State.REVIEW):
        talk.take(draft, Resume(now=talk.now))
    return "cancelled"


def _start_over(talk: Talk, draft: Draft) -> str:
    """What was never submitted is forgotten; a submission that was being corrected stays as it was submitted."""
    touched = Touched(reply_keyboard=keyboard_is_up(draft))
    drafts.abandon(talk.visit.session, draft, talk.now)
    talk.visit.begin(talk.person, touched=touched)
    return "begun"


def _another(talk: Talk) -> str:
    draft = talk.draft
    if draft is not None and draft.answers.state in drafts.LIVE:
        return talk.take(draft, Resume(now=talk.now))
    talk.visit.begin(talk.person, draft if draft and draft.answers.state is State.SUBMITTED else None)
    return "begun"


def _no_reminders(talk: Talk) -> str:
    talk.person.declined_reminders_at = talk.now
    outbox.suppress(talk.visit.session, "declined", person_id=talk.person.id or 0, kinds=("reminder",))
    talk.visit.say("reminders_off")
    return "no_reminders"


def _to_human(talk: Talk) -> str:
    """The staff learn at which question somebody is stuck."""
    draft = talk.draft
    question = draft.form.question_at(plain(draft.answers.at or "")) if draft else None
    number = str(question.number) if question else ""
    if _asked_just_now(talk, number):
        return "asked already"
    return talk.to_staff("question", number, "asked_staff")


def _asked_just_now(talk: Talk, number: str) -> bool:
    """A second tap on the same button."""
    same = col(Matter.person_id) == talk.person.id, col(Matter.kind) == "question", col(Matter.text) == number
    asked = select(col(Matter.id)).where(*same, col(Matter.created_at) > talk.now - DOUBLE_TAP)
    return talk.visit.session.scalars(asked.limit(1)).first() is not None


def _erase(talk: Talk, button: Button, callback_id: str) -> str:
    """The last words go out although the person is erased: the kind `stopped` passes a stop."""
    visit = talk.visit
    if not button.belongs("erase", visit.chat):
        return talk.stale(callback_id)
    privacy.forget(visit.session, visit.desk, talk.person, talk.now, "self")
    if callback_id:
        visit.send([screens.answer_callback(callback_id)], "stopped")
    visit.send(screens.plain(visit.words("erased"), screens.REMOVE_KEYBOARD), "stopped")
    return "erased"


_SCREENS: dict[Action, tuple[Callable[[Talk], str], bool]] = {
    Action.ANOTHER: (_another, True),
    Action.LANGUAGES: (commands.choose_language, True),
    Action.HELP: (commands.show_help, False),
    Action.HUMAN: (_to_human, False),
    Action.RESTART: (commands.ask_restart, True),
    Action.NO_REMINDERS: (_no_reminders, True),
    Action.DETACH: (commands.detach, True),
}
"""What a screen's button does, and whether the screen has served then."""
