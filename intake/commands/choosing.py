"""Which initiatives go on to a later stage."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from intake import audit, export, selection
from intake.commands import screen
from intake.commands.acting import ACTOR
from intake.commands.campaigns import AsJson
from intake.commands.opening import REFUSED, Counter, counter
from intake.contacts import COLUMNS
from intake.selection import Candidate

SHOWN = ("number", "score", "title", "organisation", "region", "chosen_for", "remarks")


def select(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="N", help="Numbers of initiatives.")] = None,
    stage: Annotated[
        int, typer.Option(min=2, max=3, help="2: the detailed questionnaire; 3: the case study.")
    ] = selection.STAGES[0],
    take_back: Annotated[bool, typer.Option("--take-back", help="They do not go on after all.")] = False,
    contacts: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", dir_okay=False, help="Write whom to ask about those chosen, as a .csv list of contacts."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Choose initiatives for a later stage; without numbers, list them, the most promising first, with the reasons."""
    with counter() as c:
        well = [_decide(c, number, stage, take_back) for number in dict.fromkeys(numbers or ())]
        if contacts is not None:
            _write_contacts(c, contacts, stage)
        elif not numbers or as_json:
            _show(c, numbers or None, as_json)
    if not all(well):
        raise typer.Exit(REFUSED)


def _decide(c: Counter, number: int, stage: int, take_back: bool) -> bool:
    act = selection.take_back if take_back else selection.choose
    came = c.change(lambda session: act(session, number, stage, ACTOR, c.now()))
    well = came in ("done", "already", "taken_back")
    (screen.say if well else screen.problem)(c.say(f"select_{came}", number=number, stage=stage))
    return well


def _show(c: Counter, numbers: list[int] | None, as_json: bool) -> None:
    found = c.look(lambda session: selection.candidates(session, numbers))
    if as_json:
        screen.data([{**asdict(one), "selectable": one.selectable} for one in found])
        return
    if found:
        header = [c.say(f"column_{name}") for name in SHOWN]
        screen.table(header, ([_cell(c, one, name) for name in SHOWN] for one in found))
    screen.say(c.say("how_to_select" if found else "nothing_to_select"))


def _cell(c: Counter, one: Candidate, name: str) -> object:
    if name == "remarks":
        consent = () if one.selectable else (c.say(f"consent_{one.consent}"),)
        return "; ".join((*consent, *(c.say(f"lacks_{lack}") for lack in one.lacks)))
    if name == "chosen_for":
        return c.say("stage", stage=one.chosen_for) if one.chosen_for > 1 else ""
    return getattr(one, name)


def _write_contacts(c: Counter, file: Path, stage: int) -> None:
    """A list that `contacts import` takes, for the campaign of that stage."""

    def source(number: int) -> str:
        return c.say("select_source", number=number)

    def rule(session: Session) -> list[dict[str, str]]:
        rows = selection.contacts(session, stage, source, c.say("select_basis"))
        audit.note(session, c.now(), ACTOR, "export", f"contacts for stage {stage}", f"{len(rows)} contacts")
        return rows

    rows = c.change(rule)
    (path,) = export.save({file.name: export.as_csv(COLUMNS, rows)}, file.parent)
    screen.say(c.say("select_written", path=path, contacts=len(rows)))
