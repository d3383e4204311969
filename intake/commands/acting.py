"""Acts of the staff typed as a command: done at once, said in a sentence each."""

from __future__ import annotations

from typing import Annotated

import typer

from intake.acts import Act, Verb, perform
from intake.commands import screen
from intake.commands.opening import REFUSED, counter

ACTOR = "command line"


def act(wanted: Act) -> None:
    """Perform it; exit with 1 when any part of it was refused."""
    with counter() as c:
        results = c.change(lambda session: perform(session, c.desk, wanted, ACTOR, c.now()))
        for result in results:
            (screen.say if result.ok else screen.problem)(result.text)
    if not all(result.ok for result in results):
        raise typer.Exit(REFUSED)


def pause() -> None:
    """Hold every invitation and reminder; answers still come in and are answered."""
    act(Act(Verb.PAUSE))


def resume() -> None:
    """Go on sending after a pause."""
    act(Act(Verb.RESUME))


def extend(date: Annotated[str, typer.Argument(metavar="DATE", help="For example 2026-12-18.")]) -> None:
    """Move the deadline; reminders are planned anew."""
    act(Act(Verb.EXTEND, when=date))


def resolve(
    numbers: Annotated[list[int], typer.Argument(metavar="N...", min=1, help="Numbers from the digest.")],
) -> None:
    """Say that what needed a person is dealt with."""
    act(Act(Verb.RESOLVE, numbers=tuple(numbers)))
