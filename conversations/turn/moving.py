"""Goes about in the questionnaire: back, to a question, to the review, away and back again."""

from __future__ import annotations

from conversations.forms import Question
from conversations.session import State
from conversations.turn.exchange import Exchange
from conversations.turn.prompts import Submitted
from conversations.turn.route import ASKED, Step, Stop


def back(exchange: Exchange) -> None:
    """To what was asked before, skipping what no longer applies; an answer stays until it is changed."""
    if exchange.state is State.SUBMITTED:
        exchange.say("closed")
        return
    begun = exchange.at is not None or exchange.state is State.REVIEW
    exchange.state = State.OPEN
    here = exchange.route.index(exchange.at)
    while exchange.history:
        step = exchange.step(exchange.history.pop())
        if step is not None and step.path != exchange.at:
            _reopen(exchange, step)
            return
    step = exchange.route.before(here if here >= 0 else len(exchange.route.steps))
    if step is not None and begun:
        _reopen(exchange, step)
    else:
        exchange.say("first")
        exchange.ask()


def _reopen(exchange: Exchange, step: Step) -> None:
    exchange.open(step, remember=False)
    _reopen_repeat(exchange, step)
    exchange.ask()


def _reopen_repeat(exchange: Exchange, step: Step) -> None:
    """Something may be added again."""
    if step.stop is Stop.REPEAT:
        exchange.instance.open_repeat(step.path)
        exchange.drop_empty()


def jump(exchange: Exchange, target: str) -> None:
    """To a question by name, path or number; a submitted session is open for corrections then."""
    step = _find(exchange, target.strip())
    if step is None:
        known = _question(exchange, target.strip()) is not None
        exchange.say("not_applicable" if known else "no_question")
        return
    if exchange.state is State.SUBMITTED:
        exchange.say("reopened")
    exchange.open(step)
    _reopen_repeat(exchange, step)
    exchange.ask()


def _question(exchange: Exchange, target: str) -> Question | None:
    if target.isascii() and target.isdigit() and len(target) < 6:
        return exchange.form.number(int(target))
    return exchange.form.question(target)


def _find(exchange: Exchange, target: str) -> Step | None:
    """A member of a repeat is found in the first instance."""
    steps = [step for step in exchange.route.steps if step.stop in ASKED]
    question = _question(exchange, target)
    wanted = question.path if question else None
    for step in steps:
        if step.path == target or step.field.path == wanted or (wanted is None and step.field.name == target):
            return step
    return None


def review(exchange: Exchange) -> None:
    if exchange.state is State.SUBMITTED:
        exchange.say("closed")
        exchange.prompts.append(exchange.asking.review())
    else:
        exchange.review()


def submit(exchange: Exchange) -> None:
    """Only when nothing is missing and nothing wrong; else the first such question is asked."""
    if exchange.state is State.SUBMITTED:
        exchange.say("closed")
        return
    exchange.drop_empty()
    faulty = exchange.asking.faulty()
    if not faulty:
        finish(exchange)
        return
    exchange.say_count("incomplete", len(faulty))
    step, _, _ = faulty[0]
    exchange.open(step)
    exchange.prompts.append(exchange.asking.missing()[0])


def finish(exchange: Exchange) -> None:
    exchange.state = State.SUBMITTED
    exchange.at = None
    exchange.picked = ()
    exchange.errors = 0
    exchange.history = []
    _pass_over(exchange)
    exchange.prompts.append(Submitted())


def _pass_over(exchange: Exchange) -> None:
    """What was left without an answer is not asked again when the submission is corrected."""
    asking = exchange.asking
    for step in exchange.route.steps:
        if step.stop is Stop.REPEAT:
            exchange.instance.close_repeat(step.path)
        elif step.stop is Stop.QUESTION and not asking.answered(step, ()):
            exchange.instance.set(step.path, "")
    exchange.assumed = ()
    exchange.changed()


def pause(exchange: Exchange) -> None:
    if exchange.state in (State.OPEN, State.REVIEW):
        exchange.state = State.PAUSED
        exchange.say("paused")
    else:
        exchange.say("paused" if exchange.state is State.PAUSED else "closed")


def resume(exchange: Exchange) -> None:
    """What is open is said again; a conversation that has not begun begins."""
    if exchange.state is State.SUBMITTED:
        exchange.say("closed")
    elif exchange.state is State.REVIEW:
        exchange.prompts.append(exchange.asking.review())
    else:
        exchange.state = State.OPEN
        exchange.ask()


def tick(exchange: Exchange) -> None:
    """Ask again what is open; somebody who has not begun, paused or is done is left alone."""
    if exchange.state is State.OPEN and exchange.at is not None:
        exchange.ask()
    elif exchange.state is State.REVIEW:
        exchange.prompts.append(exchange.asking.review())


def withdraw(exchange: Exchange) -> None:
    exchange.state = State.WITHDRAWN
    exchange.at = None
    exchange.picked = ()
    exchange.say("withdrawn")


def language(exchange: Exchange, code: str) -> None:
    """The open question is asked again in the other language."""
    if code not in exchange.form.languages:
        exchange.say("no_language")
        return
    exchange.language = code
    exchange.say("language")
    tick(exchange)
