"""The questions of a form in the order of asking, each with the number that letters print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conversations.forms.control import Control, Section
from conversations.forms.definition import Kind, Question
from conversations.forms.field import Field

OTHER = "other"
"""The choice that opens a text question; its name is that of the select and `_other`."""


def asked_fields(body: Section) -> Iterator[tuple[Field, Control]]:
    """Every field with a control, in the order of the body."""
    pending: list[Section | Field] = [body]
    while pending:
        part = pending.pop()
        if isinstance(part, Section):
            pending.extend(reversed(part.parts))
        elif part.control is not None:
            yield part, part.control


def list_questions(body: Section) -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """The questions and the notes. Follow-ups and members of repeats have the numbers after all others."""
    fields = list(asked_fields(body))
    selects = {field.path: field for field, control in fields if control.kind.chooses}
    every = [_question(field, control, selects) for field, control in fields]
    asked = [question for question in every if question.kind is not Kind.NOTE]
    late = [question for question in asked if question.follow_up_of or question.repeat]
    early = [question for question in asked if not (question.follow_up_of or question.repeat)]
    numbers = {question.path: number for number, question in enumerate(early + late, 1)}
    questions = tuple(replace(question, number=numbers[question.path]) for question in asked)
    return questions, tuple(question for question in every if question.kind is Kind.NOTE)


def _question(field: Field, control: Control, selects: dict[str, Field]) -> Question:
    repeat = field.innermost_repeat
    return Question(
        name=field.name,
        path=field.path,
        number=0,
        kind=control.kind,
        labels=control.label.outlines() if control.label else {},
        hints=control.hint.outlines() if control.hint else {},
        choices=tuple(item.choice for item in control.items),
        required=field.required is not False,
        appearances=control.appearances,
        follow_up_of=_opened_by(field, control, selects),
        repeat=repeat.path if repeat else None,
        code_list=control.code_list,
    )


def _opened_by(field: Field, control: Control, selects: dict[str, Field]) -> str | None:
    """The select whose choice `other` opens this text: `form_other` belongs to `form` beside it."""
    path = field.path.removesuffix(f"_{OTHER}")
    select = selects.get(path) if path != field.path and control.kind is Kind.TEXT else None
    if select is None or select.control is None or field.relevant is True:
        return None
    return select.name if any(item.name == OTHER for item in select.control.items) else None
