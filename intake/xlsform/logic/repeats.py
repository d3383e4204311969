"""Mistakes in how often something is repeated."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.forms.body import MOST_REPEATS
from conversations.xpath.syntax import Path
from intake.xlsform.finding import Finding, Severity
from intake.xlsform.logic.conditions import Test
from intake.xlsform.logic.folding import constant
from intake.xlsform.logic.outline import Item
from intake.xlsform.logic.survey import Survey
from intake.xlsform.logic.variables import can_pass
from intake.xlsform.logic.written import Written, all_of

WORDS = frozenset(("one", "multiple"))


def counts(survey: Survey) -> Iterator[Finding]:
    """Counts of what is not repeated, that are no numbers, or that may be more than is ever asked."""
    for cell in all_of(survey.cells, "repeat_count"):
        if not cell.item.repeat:
            yield survey.at(cell, "count_without_repeat", Severity.WARNING)
        elif cell.syntax is not None and (known := constant(cell.syntax)) is not None:
            yield from _constant(cell, known, survey)
        elif isinstance(cell.syntax, Path):
            yield from _question(cell, cell.syntax, survey)


def _constant(cell: Written, known: bool | float | str, survey: Survey) -> Iterator[Finding]:
    try:
        number = float(known)
    except ValueError:
        number = -1.0
    if number < 0 or number != int(number):
        yield survey.at(cell, "count_no_number", value=cell.text)
    elif number == 0:
        yield survey.at(cell, "count_zero", Severity.WARNING)
    elif number > MOST_REPEATS:
        yield survey.at(cell, "count_too_many", Severity.WARNING, most=MOST_REPEATS)


def _question(cell: Written, path: Path, survey: Survey) -> Iterator[Finding]:
    asked = survey.outline.by_path.get(survey.reach.locator(cell.item)(path) or "")
    if asked is None:
        return
    if cell.item in asked.above():
        yield survey.at(cell, "count_inside", name=asked.name)
    elif _no_number(asked, survey):
        yield survey.at(cell, "count_no_number", value=cell.text)
    elif asked.asked and _may_exceed(asked, survey):
        yield survey.at(cell, "count_unbounded", Severity.WARNING, name=asked.name, most=MOST_REPEATS)


def _no_number(asked: Item, survey: Survey) -> bool:
    """A select is fine where its choices are numbers."""
    variable = survey.reach.variable(asked.path)
    if variable.kind in WORDS and variable.choices is not None:
        return not any(name.isdecimal() for name in variable.choices)
    return variable.kind == "date" or (asked.asked and variable.kind in ("text", "multiple"))


def _may_exceed(asked: Item, survey: Survey) -> bool:
    """Whether its constraint allows more instances than are ever made."""
    rules = survey.reach.of(asked, "constraint")
    more = Test(asked.path, "value", ">", float(MOST_REPEATS))
    if rules is None or survey.reach.variable(asked.path).kind not in ("whole", "number"):
        return False
    own = ([one for one in rule if isinstance(one, Test) and one.path == asked.path] for rule in rules)
    return any(can_pass(survey.reach.variable(asked.path), [*tests, more], empty=False) for tests in own)
