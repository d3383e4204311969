"""Submissions as they were handed in, each opened again as an instance of the version it was answered in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from conversations.forms import Form, Instance
from conversations.forms.field import Field
from intake.desk import Desk
from intake.tables import Submission

NAMESPACE = uuid.UUID("5b7d4f5e-3f0a-4a53-9c1b-0f4c5f2f6f11")
"""Of the ids of submissions whose form gave them none."""


@dataclass(frozen=True)
class HandedIn:
    """One submission, in its latest revision."""

    row: Submission
    form: Form

    @cached_property
    def instance(self) -> Instance:
        """Computed at the instant of the submission, so that what depends on the day is as it was."""
        answers: dict[str, str] = dict(_paths(self.form.root, self.form.root.path, self.row.answers))
        repeats = dict(_counts(self.form.root, self.form.root.path, self.row.answers))
        for path in _identities(self.form):
            answers.setdefault(path, f"uuid:{uuid.uuid5(NAMESPACE, f'{self.row.conversation_id}')}")
        return Instance(
            self.form,
            now=self.row.submitted_at,
            answers=answers,
            repeats=repeats,
            language=self.row.language,
            initial=0,
        )

    @property
    def key(self) -> str:
        """The instance's id: `uuid:...`."""
        found = (self.instance.place(path).text for path in _identities(self.form))
        return next(found, "") or f"uuid:{uuid.uuid5(NAMESPACE, f'{self.row.conversation_id}')}"


def handed_in(session: Session, desk: Desk) -> list[HandedIn]:
    """The latest revision of every submission, in the order of the first."""
    newest = select(func.max(col(Submission.id))).group_by(col(Submission.conversation_id))
    rows = session.scalars(select(Submission).where(col(Submission.id).in_(newest)).order_by(col(Submission.id)))
    return [HandedIn(row, desk.form(session, row.form_id)) for row in rows]


def _identities(form: Form) -> list[str]:
    return [path for path, field in form.fields.items() if field.leaf and field.name == "instanceID"]


def _paths(top: Field, key: str, answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The answers by path with positions. Of a name used twice the later field stands under its whole path."""
    seen: set[str] = set()
    for field in _level(top):
        path = key + field.path.removeprefix(top.path)
        if field.repeat:
            for number, inside in enumerate(_instances(answers, field), 1):
                yield from _paths(field, f"{path}[{number}]", inside)
        else:
            value = answers.get(field.path.strip("/"), None if field.name in seen else answers.get(field.name))
            if isinstance(value, str):
                yield path, value
            seen.add(field.name)


def _counts(top: Field, key: str, answers: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for field in _level(top):
        if field.repeat:
            path, instances = key + field.path.removeprefix(top.path), _instances(answers, field)
            yield path, len(instances)
            for number, inside in enumerate(instances, 1):
                yield from _counts(field, f"{path}[{number}]", inside)


def _instances(answers: Mapping[str, Any], field: Field) -> list[Mapping[str, Any]]:
    value = answers.get(field.name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _level(top: Field) -> Iterator[Field]:
    """The leaves and repeats below a field, down to the next repeat."""
    pending = list(reversed(top.children))
    while pending:
        field = pending.pop()
        if field.repeat or (field.leaf and not field.attribute):
            yield field
        else:
            pending.extend(reversed(field.children))
