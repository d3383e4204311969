"""Functions of selects, labels and what the form knows (ODK XForms, "Select Functions", "Translation Functions")."""

from __future__ import annotations

from conversations.xpath.context import Context
from conversations.xpath.library import function
from conversations.xpath.numerals import whole


@function("selected", "s s -> b")
def selected(answers: str, choice: str) -> bool:
    """Whether a choice is one of the answers of a select, which stand with spaces between; "" is, of no answer."""
    wanted = choice.strip()
    if not wanted:
        return not answers.strip()
    if wanted not in answers:
        return False
    return wanted in answers.split()


@function("selected-at", "s n -> s")
def selected_at(answers: str, index: float) -> str:
    """The answer at a place, counted from 0; "" where there is none."""
    words, place = answers.split(), whole(index)
    return words[place] if index == index and 0 <= place < len(words) else ""


@function("count-selected", "s -> n")
def count_selected(answers: str) -> float:
    return float(len(answers.split()))


@function("jr:choice-name", "s s -> s", context=True, fixed=False)
def choice_name(c: Context, value: str, question: str) -> str:
    """The label of a choice of the question whose path stands in the second argument."""
    return c.host.choice_label(value, question, c.node)


@function("jr:itext", "s -> s", context=True)
def itext(c: Context, text_id: str) -> str:
    return c.host.translate(text_id)


@function("property", "s -> s", context=True)
def property_(c: Context, name: str) -> str:
    return c.host.property(name)


@function("version", "-> s", context=True)
def version(c: Context) -> str:
    return c.host.version
