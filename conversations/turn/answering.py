"""Takes an answer to the open question: typed, tapped, attached, located, or passed over."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.answers import Parsed, parse
from conversations.forms import Choice, Kind, Question, Rule, Violation
from conversations.forms.control import Control
from conversations.session import State
from conversations.turn import moving, repeating
from conversations.turn.asking import beyond_range, option_indexes, range_values
from conversations.turn.exchange import PATIENCE, Exchange
from conversations.turn.inputs import Answer, Attach, Choose, Done, Locate
from conversations.turn.prompts import NotUnderstood
from conversations.turn.route import Step, Stop
from conversations.turn.values import ATTACHED

EXCLUSIVE = frozenset(("none", "dk"))
"""Choices of these names stand alone: picking one clears the others, and the reverse."""
OTHER = "other"
LONGEST_QUOTED = 300


def answer(exchange: Exchange, given: Answer) -> None:
    if exchange.state in (State.REVIEW, State.SUBMITTED):
        _to_number(exchange, given.text)
        return
    step = _open_step(exchange)
    if step is None:
        return
    if step.stop is Stop.REPEAT:
        repeating.answer(exchange, step, given.text)
        return
    question = exchange.question(step)
    shown = exchange.instance.choices(step.path) if question.kind.chooses else None
    outcome = parse(question, given.text, language=exchange.language, now=exchange.now, shown=shown)
    if isinstance(outcome, Parsed):
        if store(exchange, step, outcome.value):
            _doubt(exchange, outcome.doubt)
            _rest(exchange, step, question, outcome)
            exchange.advance()
    elif outcome.reason == "required":
        fail(exchange, step, _required_message(exchange, step))
    else:
        fail(exchange, step, exchange.reason(outcome.reason), outcome.candidates)


def _to_number(exchange: Exchange, text: str) -> None:
    """At the review and after it the number of a question leads to it; nothing else can be typed there."""
    number = text.strip().rstrip(".")
    if number.isascii() and number.isdigit():
        moving.jump(exchange, number)
    elif exchange.state is State.SUBMITTED:
        exchange.say("closed")
    else:
        exchange.prompts.append(NotUnderstood(None, text[:LONGEST_QUOTED], exchange.reason("unplaced")))
        exchange.prompts.append(exchange.asking.review())


def choose(exchange: Exchange, tapped: Choose) -> None:
    step = _tapped_step(exchange, tapped.path)
    if step is None or step.field.control is None:
        return
    control = step.field.control
    name = _name_at(exchange, step, control, tapped.index)
    if name is None:
        exchange.say("stale")
    elif control.kind in (Kind.SELECT_MULTIPLE, Kind.RANK):
        exchange.picked = _toggled(exchange.picked, name)
        exchange.ask()
    elif store(exchange, step, name):
        exchange.advance()


def done(exchange: Exchange, tapped: Done) -> None:
    step = _tapped_step(exchange, tapped.path)
    if step is None or step.field.control is None:
        return
    value = _in_order(exchange, step, step.field.control.kind)
    if (value or skip_allowed(exchange, step)) and store(exchange, step, value):
        exchange.advance()


def attach(exchange: Exchange, given: Attach) -> None:
    step = exchange.step(given.path) if given.path is not None else _open_step(exchange)
    if step is None:
        if given.path is not None:
            exchange.say("not_applicable")
    elif step.field.control is None or step.field.control.kind not in ATTACHED:
        fail(exchange, step, exchange.reason("unplaced"))
    elif store(exchange, step, given.reference.strip()):
        exchange.advance()


def locate(exchange: Exchange, given: Locate) -> None:
    step = _open_step(exchange)
    if step is None:
        return
    if step.field.control is None or step.field.control.kind is not Kind.GEOPOINT:
        fail(exchange, step, exchange.reason("unplaced"))
    elif not (abs(given.latitude) <= 90 and abs(given.longitude) <= 180):
        fail(exchange, step, exchange.reason("location"))
    elif store(exchange, step, f"{given.latitude:.7g} {given.longitude:.7g} 0 0"):
        exchange.advance()


def skip(exchange: Exchange) -> None:
    """An answer that is there already is kept."""
    step = _open_step(exchange)
    if step is None:
        return
    if step.stop is Stop.REPEAT:
        repeating.end(exchange, step)
    elif exchange.instance.place(step.path).text or (skip_allowed(exchange, step) and store(exchange, step, "")):
        exchange.assumed = tuple(path for path in exchange.assumed if path != step.path)
        exchange.advance()


def skip_allowed(exchange: Exchange, step: Step) -> bool:
    """Whether the question may be left without an answer; if not, that is said."""
    if not exchange.instance.required(step.path):
        return True
    fail(exchange, step, _required_message(exchange, step))
    return False


def store(exchange: Exchange, step: Step, value: str) -> bool:
    """Keep a value if the form accepts it; if not, the question is asked again with the form's message."""
    limits = beyond_range(step.field.control, value)
    if limits is not None:
        fail(exchange, step, exchange.words.text("said.range", **limits))
        return False
    violation = exchange.instance.offer(step.path, value)
    exchange.changed()
    if violation is not None:
        fail(exchange, step, reason_text(exchange, violation))
        return False
    exchange.assumed = tuple(path for path in exchange.assumed if path != step.path)
    exchange.errors = 0
    exchange.accept(step.path)
    return True


def reason_text(exchange: Exchange, violation: Violation) -> str:
    """The form's own message, else a general one."""
    if violation.message:
        return violation.message
    key = "reasons.required" if violation.rule is Rule.REQUIRED else "said.constraint"
    return exchange.words.text(key)


def fail(exchange: Exchange, step: Step, message: str, candidates: Sequence[Choice] = ()) -> None:
    """Ask again, saying why; after some errors with a way out."""
    exchange.errors += 1
    if exchange.errors % PATIENCE == 0 and step.stop is Stop.QUESTION:
        exchange.say("offer_help" if exchange.instance.required(step.path) else "offer_skip")
    exchange.ask(error=message, candidates=candidates)


def _required_message(exchange: Exchange, step: Step) -> str:
    message = exchange.instance.render(step.field.required_message, exchange.instance.place(step.path))
    return message or exchange.reason("required")


def _open_step(exchange: Exchange) -> Step | None:
    """What an answer belongs to; where nothing is open that is said, or the conversation begins."""
    if exchange.state is State.PAUSED:
        exchange.state = State.OPEN
    if exchange.state is State.REVIEW:
        exchange.prompts.append(exchange.asking.review())
        return None
    if exchange.state is not State.OPEN:
        exchange.say("closed")
        return None
    step = exchange.step(exchange.at)
    if step is None:
        exchange.advance()
    return step


def _tapped_step(exchange: Exchange, path: str) -> Step | None:
    """The open question if the button belongs to it."""
    if exchange.state is State.PAUSED:
        exchange.state = State.OPEN
    step = exchange.step(exchange.at) if path == exchange.at and exchange.state is State.OPEN else None
    if step is None:
        exchange.say("stale")
    return step


def _name_at(exchange: Exchange, step: Step, control: Control, index: int) -> str | None:
    """The stored form of the option with this index."""
    if control.kind is Kind.ACKNOWLEDGE:
        return "OK"
    if control.kind is Kind.RANGE:
        names = range_values(control)
        return names[index] if 0 <= index < len(names) else None
    offered = {choice.name for choice in exchange.instance.choices(step.path)}
    indexes = option_indexes(exchange.instance, step.path, control)
    return next((name for name, place in indexes.items() if place == index and name in offered), None)


def _toggled(picked: tuple[str, ...], name: str) -> tuple[str, ...]:
    if name in picked:
        return tuple(one for one in picked if one != name)
    if name in EXCLUSIVE:
        return (name,)
    return (*(one for one in picked if one not in EXCLUSIVE), name)


def _in_order(exchange: Exchange, step: Step, kind: Kind) -> str:
    """Choices in the order of the list, a ranking in the order of picking."""
    names = [choice.name for choice in exchange.instance.choices(step.path)]
    if kind is Kind.RANK:
        return " ".join([*exchange.picked, *(name for name in names if name not in exchange.picked)])
    return " ".join(name for name in names if name in exchange.picked)


def _doubt(exchange: Exchange, reason: str) -> None:
    if reason:
        exchange.say_reason(reason)


def _rest(exchange: Exchange, step: Step, question: Question, outcome: Parsed) -> None:
    """What followed the choice: the answer to its follow-up question if that takes it, else a remark."""
    if not outcome.rest:
        return
    follow_up = exchange.step(f"{step.path}_{OTHER}")
    if follow_up is not None and OTHER in outcome.value.split():
        read = parse(exchange.question(follow_up), outcome.rest, language=exchange.language, now=exchange.now)
        value = read.value if isinstance(read, Parsed) else ""
        if value and exchange.instance.offer(follow_up.path, value) is None:
            exchange.changed()
            exchange.accept(follow_up.path)
            return
    exchange.prompts.append(NotUnderstood(question.number, outcome.rest, exchange.words.text("said.rest")))
