"""The question "add another?" behind a repeat that the person decides about."""

from __future__ import annotations

from conversations.answers import Parsed, parse
from conversations.forms import Choice, Kind, Question
from conversations.turn.exchange import Exchange
from conversations.turn.route import ASKED, Step
from conversations.wording import languages, wording


def answer(exchange: Exchange, step: Step, text: str) -> None:
    """Yes or no, typed."""
    outcome = parse(_yes_or_no(step), text, language=exchange.language, now=exchange.now)
    if not isinstance(outcome, Parsed):
        exchange.errors += 1
        exchange.ask(error=exchange.words.text("said.yes_or_no"))
    elif outcome.value == "yes":
        add(exchange, step)
    else:
        end(exchange, step)


def add(exchange: Exchange, step: Step) -> None:
    """One more instance; its first question follows."""
    key = exchange.instance.add_repeat(step.path)
    exchange.changed()
    inside = (one for one in exchange.route.steps if one.stop in ASKED and one.path.startswith(f"{key}/"))
    first = next(inside, None) if key is not None else None
    if first is None:
        exchange.advance()
    else:
        exchange.open(first)
        exchange.ask()


def end(exchange: Exchange, step: Step) -> None:
    """No more: the repeat is closed until it is jumped to."""
    exchange.instance.close_repeat(step.path)  # first: with what is empty, the instance that holds it may go
    exchange.drop_empty()
    exchange.advance()


def _yes_or_no(step: Step) -> Question:
    choices = tuple(
        Choice(name, {code: wording(code).text(f"repeat.{name}") for code in sorted(languages())})
        for name in ("yes", "no")
    )
    return Question(step.field.name, step.path, 0, Kind.SELECT_ONE, {}, choices=choices)
