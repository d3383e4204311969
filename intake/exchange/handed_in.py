"""Submissions as they were handed in, each opened again as an instance of the version it was answered in."""

from __future__ import annotations

import re
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
PLACE = re.compile(r"\[[0-9]+\]")


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
        answers |= self._entities()
        instance = self._instance(answers, repeats)
        answers |= self._unwritten(instance)
        moved = _to_those_that_apply(instance, answers, self.row.answers)
        return self._instance(moved, repeats) if moved != answers or self.form.declarations else instance

    def _instance(self, answers: Mapping[str, str], repeats: Mapping[str, int]) -> Instance:
        now, language = self.row.submitted_at, self.row.language
        return Instance(self.form, now=now, answers=answers, repeats=repeats, language=language, initial=0)

    def _entities(self) -> dict[str, str]:
        """The ids of entities by the path of their attribute, as they were when the submission was made."""
        nodes = {one.container: one.entity.removeprefix(one.container) for one in self.form.declarations}
        written = {one["path"]: one["id"] for one in self.row.entities}
        return {f"{path}{nodes[PLACE.sub('', path)]}/@id": number for path, number in written.items()}

    def _unwritten(self, instance: Instance) -> dict[str, str]:
        """Ids of entities that were not written: a device gives them one all the same, the same each time."""
        places = (place for place in instance.tree.places.values() if place.field.attribute and not place.text)
        paths = [place.key for place in places if place.name == "id" and place.field.calculate is None]
        return {path: _uuid(f"{self.row.conversation_id} {path}") for path in paths}

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


def _uuid(name: str) -> str:
    return str(uuid.UUID(bytes=uuid.uuid5(NAMESPACE, name).bytes, version=4))


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


def _to_those_that_apply(
    instance: Instance, answers: Mapping[str, str], handed_in: Mapping[str, Any]
) -> Mapping[str, str]:
    """Where a name is used twice and the first field does not apply, its answer is that of the next that does."""
    moved = dict(answers)
    fields = [field for field in _level(instance.form.root) if not field.repeat]
    for first in fields:
        named = [one for one in fields if one.name == first.name]
        if len(named) > 1 and named[0] is first and first.name in handed_in and not instance.place(first.path).relevant:
            applies = (one for one in named[1:] if instance.place(one.path).relevant)
            if (other := next(applies, None)) is not None:
                moved[other.path] = moved.pop(first.path)
    return moved


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
