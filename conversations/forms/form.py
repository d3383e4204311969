"""A form: everything read once from an XForm, the same for every session, safe to share between threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from conversations.forms.control import Section
from conversations.forms.declaration import Declaration, read_declarations
from conversations.forms.definition import Question
from conversations.forms.field import Field
from conversations.forms.graph import Graph
from conversations.forms.text import Text
from conversations.xpath import Node

TITLE_NOTE = "form_title"
"""A note of this name says the title in every language: XLSForm's setting `form_title` has only one."""


@dataclass(frozen=True, eq=False, repr=False)
class Form:
    """`questions` is everything that can be asked, in the order of asking, members of repeats once; `notes` apart."""

    id: str
    version: str
    digest: str
    languages: tuple[str, ...]
    default_language: str
    heading: str
    questions: tuple[Question, ...]
    notes: tuple[Question, ...]
    root: Field
    fields: Mapping[str, Field]
    body: Section
    graph: Graph
    instances: Mapping[str, Node]
    """The lists of choices, as expressions read them."""
    texts: Mapping[str, Text]
    """The translated texts by id."""
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Attributes that the model writes on its elements, by path: `dataset` and `create` of an entity."""

    def __repr__(self) -> str:
        return f"<Form {self.id} {self.version} {self.digest[:8]}>"

    def title(self, language: str) -> str:
        note = self._notes_by_name.get(TITLE_NOTE)
        return note.label(language) if note else self.heading

    def question(self, name: str) -> Question | None:
        """The question of this name; in a form that uses a name twice, the first."""
        return self._by_name.get(name)

    def question_at(self, path: str) -> Question | None:
        """The question of a field, by its path without positions."""
        return self._by_path.get(path)

    def number(self, number: int) -> Question | None:
        """The question that letters print this number at."""
        return self._by_number.get(number)

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """The entities that the form may create or update, in its order."""
        return tuple(read_declarations(self.fields, self.attributes))

    def saved_to(self, listing: str, name: str) -> Question | None:
        """The question whose answer is saved to this property of the entities of a list."""
        paths = (one.properties.get(name) for one in self.declarations if one.list == listing)
        return next((found for path in paths if path and (found := self.question_at(path)) is not None), None)

    @cached_property
    def guarded(self) -> bool:
        """Whether any question may be read-only."""
        return any(self.fields[question.path].guarded for question in self.questions)

    @cached_property
    def open_repeats(self) -> tuple[Field, ...]:
        """The repeats that a person decides about, those around others first."""
        return tuple(one for one in self.fields.values() if one.repeat and one.count is None)

    def language(self, wanted: str) -> str:
        """`wanted` if the form has it, else the form's default."""
        return wanted if wanted in self.languages else self.default_language

    @cached_property
    def _by_name(self) -> dict[str, Question]:
        return {question.name: question for question in reversed(self.questions)}

    @cached_property
    def _by_path(self) -> dict[str, Question]:
        return {question.path: question for question in (*self.questions, *self.notes)}

    @cached_property
    def _by_number(self) -> dict[int, Question]:
        return {question.number: question for question in self.questions}

    @cached_property
    def _notes_by_name(self) -> dict[str, Question]:
        return {note.name: note for note in self.notes}
