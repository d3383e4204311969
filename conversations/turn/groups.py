"""A code list in parts: a column of its file that is named like another question gathers the choices by its options."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from conversations.forms import Form, Question
from conversations.forms.control import Control
from conversations.turn.prompts import Group, Option

MOST_OFFERED = 500
"""Choices of a list that can be looked through; a longer one is answered by typing only."""


def grouped(form: Form, control: Control, options: Sequence[Option], language: str) -> tuple[Group, ...]:
    """The options by group, in the order of the groups; one nameless group where nothing gathers them."""
    if not options or len(options) > MOST_OFFERED:
        return ()
    gathering = _gathering(form, control)
    if gathering is None:
        return (Group("", tuple(options)),)
    question, members = gathering
    found: dict[str, list[Option]] = {choice.name: [] for choice in question.choices}
    for option in options:
        found[members[option.index]].append(option)
    return tuple(
        Group(choice.label(language), tuple(found[choice.name])) for choice in question.choices if found[choice.name]
    )


@lru_cache(maxsize=256)
def _gathering(form: Form, control: Control) -> tuple[Question, tuple[str, ...]] | None:
    """The question whose choices gather the list, and the choice of every item; None when no column fits every item."""
    root = form.instances.get(control.itemset.instance) if control.itemset else None
    items = root.children[0].children if root is not None and root.children else []
    if not items or len(items) != len(control.items):
        return None
    for column in items[0].children:
        question = form.question(column.name)
        names = {choice.name for choice in question.choices} if question else set()
        members = tuple(found[0].string_value() if (found := item.named(column.name)) else "" for item in items)
        if question is not None and len(set(members)) > 1 and names.issuperset(members):
            return question, members
    return None
