"""Mistakes in choice filters, and choices that conditions ask for and no list has."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.xpath.syntax import Axis, Call, Chain, Path, Syntax
from intake.xlsform.finding import Finding, Severity
from intake.xlsform.logic.conditions import Test, alternatives
from intake.xlsform.logic.domains import Listing
from intake.xlsform.logic.folding import constant
from intake.xlsform.logic.parts import parts
from intake.xlsform.logic.survey import Survey
from intake.xlsform.logic.written import Written, all_of

ALWAYS = frozenset(("name", "label", "itextId"))
MOST_NAMED = 8


def filters(survey: Survey) -> Iterator[Finding]:
    """Filters on what is no list, on columns that the list lacks, and filters that no row can pass."""
    for cell in all_of(survey.cells, "choice_filter"):
        listing = survey.listing(cell.item)
        if not cell.item.type.chooses:
            yield survey.at(cell, "filter_without_list", Severity.WARNING)
        elif listing is not None and listing.rows:
            yield from _columns(cell, listing, survey)
            yield from _values(cell, listing, survey)


def _columns(cell: Written, listing: Listing, survey: Survey) -> Iterator[Finding]:
    known = listing.columns | ALWAYS
    for name in dict.fromkeys(_columns_read(cell)):
        if name not in known:
            columns = ", ".join(sorted(listing.columns - {"list_name", "list name"}))
            yield survey.at(cell, "filter_column", column=name, list=cell.item.type.list_name, columns=columns)


def _columns_read(cell: Written) -> Iterator[str]:
    if cell.syntax is not None:
        yield from (name for part in parts(cell.syntax) if (name := _column(part)) is not None)


def _column(part: Syntax) -> str | None:
    """A bare name in a filter is a column of the list."""
    if not isinstance(part, Path) or part.absolute or part.start is not None or len(part.steps) != 1:
        return None
    (step,) = part.steps
    return step.test if step.axis is Axis.CHILD and step.test != "*" else None


def _values(cell: Written, listing: Listing, survey: Survey) -> Iterator[Finding]:
    """`column = 'text'` or `column = ${question}` where no row has such a text."""
    if cell.syntax is None:
        return
    known = constant(cell.syntax)
    if known is not None and not known:
        yield survey.at(cell, "filter_never", list=cell.item.type.list_name)
    for column, other in _equations(cell.syntax):
        values = listing.values(column)
        value, choices = constant(other), _choices_of(other, cell, survey)
        if not values and value != "" and column in listing.columns - ALWAYS:
            yield survey.at(cell, "filter_empty_column", column=column, list=cell.item.type.list_name)
        elif isinstance(value, str) and value and values and value not in values:
            yield survey.at(cell, "filter_value", Severity.WARNING, column=column, value=value)
        elif choices and values and not any(choice in values for choice in choices):
            name = cell.item.type.list_name
            yield survey.at(cell, "filter_no_match", column=column, list=name, question=_name(other))


def _equations(syntax: Syntax) -> Iterator[tuple[str, Syntax]]:
    for part in parts(syntax):
        if isinstance(part, Chain) and part.operators == ("=",):
            left, right = part.operands
            column, other = _column(left), right
            if column is None:
                column, other = _column(right), left
            if column is not None:
                yield column, other


def _choices_of(syntax: Syntax, cell: Written, survey: Survey) -> tuple[str, ...]:
    path = survey.reach.locator(cell.item)(syntax) if isinstance(syntax, Path) else None
    found = survey.reach.variable(path).choices if path else None
    return tuple(found or ())


def _name(syntax: Syntax) -> str:
    return syntax.steps[-1].test if isinstance(syntax, Path) else ""


def unknown_choices(survey: Survey) -> Iterator[Finding]:
    """Conditions that ask for a choice which the list of the question does not have."""
    for cell in all_of(survey.cells, "relevant", "constraint", "calculation", "required", "read_only", "repeat_count"):
        for test in dict.fromkeys(_tests(cell, survey)):
            choices = survey.reach.variable(test.path).choices
            value = str(test.value)
            if choices is not None and isinstance(test.value, str) and value and value not in choices:
                question = survey.outline.by_path[test.path].name
                named = ", ".join(list(choices)[:MOST_NAMED]) + (", …" if len(choices) > MOST_NAMED else "")
                yield survey.at(cell, "no_such_choice", Severity.WARNING, value=value, question=question, choices=named)


def _tests(cell: Written, survey: Survey) -> Iterator[Test]:
    """Every comparison in the expression, also those inside if() and sums."""
    for part in parts(cell.syntax) if cell.syntax is not None else ():
        if isinstance(part, Chain | Call):
            single = alternatives(part, survey.reach.locator(cell.item)) if _simple(part) else None
            for one in (test for tests in single or () for test in tests):
                if isinstance(one, Test) and one.subject in ("value", "has"):
                    yield one


def _simple(part: Chain | Call) -> bool:
    if isinstance(part, Call):
        return part.name == "selected" and len(part.arguments) == 2
    return part.operators in (("=",), ("!=",))
