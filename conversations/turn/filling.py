"""Takes the answers of a mail, several at once; what is no answer is told, what is complete is submitted."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conversations.forms import Kind, Question
from conversations.forms.calculation import LONGEST_VALUE
from conversations.session import State
from conversations.turn import moving
from conversations.turn.answering import reason_text
from conversations.turn.asking import beyond_range
from conversations.turn.exchange import Exchange
from conversations.turn.inputs import Fill
from conversations.turn.prompts import Accepted, NotUnderstood
from conversations.turn.route import Stop

MOST_VALUES = 1_000
_SHAPES = {
    Kind.INTEGER: re.compile(r"-?[0-9]{1,15}"),
    Kind.DECIMAL: re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?"),
    Kind.RANGE: re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?"),
    Kind.DATE: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    Kind.TIME: re.compile(r"[0-9]{2}:[0-9]{2}.*"),
    Kind.DATETIME: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}.*"),
    Kind.ACKNOWLEDGE: re.compile(r"OK"),
}
_REASONS = {
    Kind.INTEGER: "integer",
    Kind.DECIMAL: "number",
    Kind.RANGE: "number",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.DATETIME: "datetime",
    Kind.ACKNOWLEDGE: "acknowledge",
}


def fill(exchange: Exchange, given: Fill) -> None:
    """A session that was submitted is corrected and submitted again."""
    if exchange.at is None and exchange.state is State.OPEN:
        exchange.notice(exchange.route.notes(-1, _first_question(exchange)))
    submitted = exchange.state is State.SUBMITTED
    exchange.state = State.OPEN
    _store_all(exchange, dict(list(given.values.items())[:MOST_VALUES]))
    for piece in given.unread:
        exchange.prompts.append(NotUnderstood(piece.number, piece.text, exchange.reason(piece.reason)))
    if any(isinstance(prompt, Accepted) for prompt in exchange.prompts):
        _settle(exchange)
    elif submitted:
        exchange.state = State.SUBMITTED
    elif exchange.at is None:
        _open_next(exchange)


def _first_question(exchange: Exchange) -> int:
    steps = exchange.route.steps
    return next((index for index, step in enumerate(steps) if step.stop is Stop.QUESTION), len(steps))


def _store_all(exchange: Exchange, values: Mapping[str, str]) -> None:
    """In the order of the form, so that a question that an answer opens is open when its own answer comes."""
    for question in exchange.form.questions:
        value = values.get(question.name)
        if value is not None and question.repeat is None:
            _store(exchange, question, question.path, value)
    _store_members(exchange, values)


def _store_members(exchange: Exchange, values: Mapping[str, str]) -> None:
    """What a mail says about a repeat is one more instance of it."""
    for repeat, members in _by_repeat(exchange, values).items():
        if not exchange.instance.has(repeat.rpartition("/")[0]):
            continue
        key = exchange.instance.add_repeat(repeat)
        exchange.changed()
        for question in members:
            if key is None:
                _refuse(exchange, question, values[question.name], exchange.words.text("said.not_applicable"))
            else:
                _store(exchange, question, key + question.path[len(repeat) :], values[question.name])


def _by_repeat(exchange: Exchange, values: Mapping[str, str]) -> dict[str, list[Question]]:
    """Answered members of repeats that stand by themselves; what is in a repeat in a repeat cannot be placed."""
    found: dict[str, list[Question]] = {}
    for question in exchange.form.questions:
        field = exchange.form.fields.get(question.repeat or "")
        if values.get(question.name) and field is not None and field.innermost_repeat is None and field.count is None:
            found.setdefault(field.path, []).append(question)
    return found


def _store(exchange: Exchange, question: Question, path: str, value: str) -> None:
    """Keep a valid value; one whose question does not apply is kept too, and told."""
    instance = exchange.instance
    wrong = _shape_fault(exchange, question, path, value)
    if wrong:
        _refuse(exchange, question, value, exchange.reason(wrong))
        return
    if not value and instance.required(path):
        _refuse(exchange, question, value, exchange.reason("required"))
        return
    field = exchange.form.fields[question.path]
    limits = beyond_range(field.control, value)
    if limits is not None:
        _refuse(exchange, question, value, exchange.words.text("said.range", **limits))
        return
    violation = instance.offer(path, value)
    exchange.changed()
    if violation is not None:
        _refuse(exchange, question, value, reason_text(exchange, violation))
    elif instance.relevant(path):
        exchange.assumed = tuple(one for one in exchange.assumed if one != path)
        exchange.accept(path)
    else:
        _refuse(exchange, question, value, exchange.words.text("said.not_applicable"))


def _shape_fault(exchange: Exchange, question: Question, path: str, value: str) -> str:
    """The reason why a value is not in the stored form of its kind; "" when it is."""
    if not value:
        return ""
    if len(value) > LONGEST_VALUE:
        return "too_long"
    if question.kind.chooses:
        offered = {choice.name for choice in exchange.instance.choices(path)}
        if offered.issuperset(question.kind.chosen(value)):
            return ""
        return "one_only" if question.kind is Kind.SELECT_ONE and len(value.split()) > 1 else "no_choice"
    shape = _SHAPES.get(question.kind)
    return "" if shape is None or shape.fullmatch(value) else _REASONS[question.kind]


def _refuse(exchange: Exchange, question: Question, value: str, reason_text: str) -> None:
    exchange.prompts.append(NotUnderstood(question.number, value[:LONGEST_VALUE], reason_text))


def _settle(exchange: Exchange) -> None:
    """Submitted when nothing required is open; else what is open in a chat meanwhile stays so, ticks and all."""
    if exchange.asking.faulty() and _still_open(exchange):
        return
    exchange.picked = ()
    exchange.errors = 0
    if exchange.asking.faulty():
        _open_next(exchange)
    else:
        moving.finish(exchange)


def _still_open(exchange: Exchange) -> bool:
    """Whether the open question still applies and was not among those answered now."""
    answered = any(isinstance(prompt, Accepted) and prompt.path == exchange.at for prompt in exchange.prompts)
    return exchange.step(exchange.at) is not None and not answered


def _open_next(exchange: Exchange) -> None:
    faulty = exchange.asking.faulty()
    step = exchange.asking.next_open(-1, exchange.assumed) or (faulty[0][0] if faulty else None)
    if step is not None:
        exchange.open(step, remember=False)
