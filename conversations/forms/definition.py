"""What a questionnaire is made of: questions, their choices, as read once from an XForm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What can be asked (ODK XForms, section 6: body elements, seen through XLSForm's types)."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    NOTE = "note"
    DATE = "date"
    TIME = "time"
    DATETIME = "dateTime"
    ACKNOWLEDGE = "acknowledge"
    GEOPOINT = "geopoint"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"

    @property
    def chooses(self) -> bool:
        """Whether an answer is taken from a list of choices."""
        return self in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK)

    def chosen(self, value: str) -> list[str]:
        """The names in a stored answer; one choice is one name, which has spaces when it comes from a repeat."""
        if self is Kind.SELECT_ONE:
            return [value] if value else []
        return value.split()


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: the name that is stored and a label for each language code ("lv")."""

    name: str
    labels: Mapping[str, str] = field(hash=False)

    def label(self, language: str) -> str:
        """The label in `language`, else in any other language, else the name."""
        return self.labels.get(language) or next(iter(self.labels.values()), self.name)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that can be asked, whoever answers: static, the same in every session.

    `number` is the number printed in letters; it never changes within a version of the form.
    `choices` are all options of the list in order; a session may show fewer (choice filters).
    """

    name: str
    path: str
    number: int
    kind: Kind
    labels: Mapping[str, str] = field(hash=False)
    hints: Mapping[str, str] = field(default_factory=dict, hash=False)
    choices: tuple[Choice, ...] = ()
    required: bool = False
    """Whether an answer may ever be demanded (the condition itself is the instance's business)."""
    appearances: frozenset[str] = frozenset()
    follow_up_of: str | None = None
    """Name of the select whose choice `other` opens this text question."""
    repeat: str | None = None
    """Path of the innermost repeat that holds it."""
    code_list: bool = False
    """A list too long to be lettered (or read from a file): answered by name, found by typing."""

    @property
    def core(self) -> bool:
        """Asked in the first letter."""
        return "core" in self.appearances

    def label(self, language: str) -> str:
        return self.labels.get(language) or next(iter(self.labels.values()), self.name)

    def hint(self, language: str) -> str:
        return self.hints.get(language, "") if self.hints else ""

    def choice(self, name: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.name == name), None)
