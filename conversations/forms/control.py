"""A control: how a field is asked; the body of the form (ODK XForms, section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conversations.forms.definition import Choice, Kind
from conversations.forms.text import Text
from conversations.xpath import Expression

if TYPE_CHECKING:
    from conversations.forms.field import Field


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A choice as the form writes it: the label may quote answers."""

    name: str
    label: Text
    choice: Choice


@dataclass(frozen=True, slots=True, eq=False)
class Itemset:
    """Choices taken from a list by an expression (choice filter, cascade, list from a file or from a repeat)."""

    nodeset: Expression
    value: str
    """Name of the child that holds what is stored."""
    label: str
    """Name of the child that holds the label, or the id of its translation when `translated`."""
    translated: bool
    instance: str
    """Id of the secondary instance; "" when the choices are answers themselves."""
    whole: bool
    """Whether all items of the list are offered, in order: then nothing has to be evaluated."""


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    kind: Kind
    label: Text | None = None
    hint: Text | None = None
    guidance: Text | None = None
    appearances: frozenset[str] = frozenset()
    items: tuple[Item, ...] = ()
    """All choices that are known without answers."""
    itemset: Itemset | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    """start, end and step of a range; mediatype of an upload; rows, query, ..."""
    code_list: bool = False


@dataclass(slots=True, eq=False)
class Section:
    """A group or repeat of the body, or the whole body; what it holds is in the order of asking."""

    owner: Field | None
    """The group's field; None for a group that only gathers (it has no conditions)."""
    label: Text | None = None
    appearances: frozenset[str] = frozenset()
    repeat: bool = False
    parts: list[Section | Field] = field(default_factory=list)
    """Groups, and the fields that are asked."""
