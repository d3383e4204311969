"""turn(form, session, input) -> Turn(session, prompts): what an input does to a session, and what there is to say."""

from __future__ import annotations

from conversations.forms import Form
from conversations.session import Session, State
from conversations.turn import answering, filling, moving, repeating
from conversations.turn.exchange import Exchange, Turn
from conversations.turn.inputs import (
    AddRepeat,
    Answer,
    Attach,
    Back,
    Choose,
    Done,
    EndRepeat,
    Fill,
    Input,
    Jump,
    Language,
    Locate,
    Pause,
    Resume,
    Review,
    Skip,
    Submit,
    Tick,
    Unread,
    Withdraw,
)
from conversations.turn.prompts import (
    Accepted,
    Ask,
    AskRepeat,
    Group,
    Item,
    Notice,
    NotUnderstood,
    Option,
    Prompt,
    ReviewList,
    Said,
    Submitted,
)
from conversations.turn.route import Stop
from conversations.turn.summary import outstanding, submission, summary

__all__ = [
    "Accepted",
    "AddRepeat",
    "Answer",
    "Ask",
    "AskRepeat",
    "Attach",
    "Back",
    "Choose",
    "Done",
    "EndRepeat",
    "Fill",
    "Group",
    "Input",
    "Item",
    "Jump",
    "Language",
    "Locate",
    "NotUnderstood",
    "Notice",
    "Option",
    "Pause",
    "Prompt",
    "Resume",
    "Review",
    "ReviewList",
    "Said",
    "Skip",
    "Submit",
    "Submitted",
    "Tick",
    "Turn",
    "Unread",
    "Withdraw",
    "outstanding",
    "submission",
    "summary",
    "turn",
]


def turn(form: Form, session: Session, input: Input) -> Turn:
    """Never raises for anything a person does; the same session and input give the same turn.

    A session that withdrew stays so: whatever happens, nothing is asked any more.
    """
    exchange = Exchange(form, session, input.now)
    if session.state is State.WITHDRAWN:
        return Turn(session, ())
    _handle(exchange, input)
    return exchange.result(session.updated if isinstance(input, Tick) else input.now)


def _handle(exchange: Exchange, input: Input) -> None:
    match input:
        case Answer():
            answering.answer(exchange, input)
        case Choose():
            answering.choose(exchange, input)
        case Done():
            answering.done(exchange, input)
        case Attach():
            answering.attach(exchange, input)
        case Locate():
            answering.locate(exchange, input)
        case Skip():
            answering.skip(exchange)
        case Fill():
            filling.fill(exchange, input)
        case AddRepeat(path=path) | EndRepeat(path=path):
            _repeat(exchange, path, more=isinstance(input, AddRepeat))
        case _:
            _move(exchange, input)


def _repeat(exchange: Exchange, path: str, *, more: bool) -> None:
    step = exchange.step(exchange.at) if path == exchange.at else None
    if step is None or step.stop is not Stop.REPEAT:
        exchange.say("stale")
    elif more:
        repeating.add(exchange, step)
    else:
        repeating.end(exchange, step)


def _move(exchange: Exchange, input: Input) -> None:
    match input:
        case Back():
            moving.back(exchange)
        case Jump(target=target):
            moving.jump(exchange, target)
        case Review():
            moving.review(exchange)
        case Submit():
            moving.submit(exchange)
        case Pause():
            moving.pause(exchange)
        case Resume():
            moving.resume(exchange)
        case Withdraw():
            moving.withdraw(exchange)
        case Language(code=code):
            moving.language(exchange, code)
        case Tick():
            moving.tick(exchange)
