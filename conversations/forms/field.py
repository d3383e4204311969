"""A field: one node of the form's model with the rules bound to it; the same for every session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from conversations.forms.control import Control
from conversations.forms.text import Text
from conversations.xpath import Expression


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """A `setvalue`: when `event` happens, `target` takes the value (ODK XForms, section 7: Actions)."""

    event: str
    target: str
    value: Expression | str


@dataclass(slots=True, eq=False)
class Field:
    """Built while a form is read, never changed after. `path` is without positions."""

    name: str
    path: str
    parent: Field | None = field(default=None, repr=False)
    children: list[Field] = field(default_factory=list, repr=False)
    repeat: bool = False
    attribute: bool = False
    order: int = 0
    """Place in document order."""

    default: str = ""
    type: str = "string"
    preload: str = ""
    relevant: Expression | bool = True
    required: Expression | bool = False
    readonly: Expression | bool = False
    calculate: Expression | None = None
    constraint: Expression | None = None
    required_message: Text | None = None
    constraint_message: Text | None = None
    save_to: str = ""
    once: bool = False
    """Whether a calculated value, once there, stays (it is random, or says so)."""
    filtered: bool = False
    """Whether the choices depend on other answers, so that a chosen one may cease to be offered."""
    caption: Text | None = None
    """The label of a group or repeat."""
    control: Control | None = None
    count: Expression | None = None
    """Of a repeat: how many instances there are; None when the person decides."""
    most: int = 100
    """Of a repeat: how many instances a person may make."""
    added: int = 0
    """Of a repeat: how many instances a new instance of the repeat around it holds (its template, in ODK XForms)."""
    changes: tuple[Action, ...] = ()
    """What happens elsewhere when the value of this field changes (`trigger` in XLSForm)."""
    first: tuple[Action, ...] = ()
    """Of the root or a repeat: what happens once when an instance begins (dynamic defaults)."""

    deferred: bool = False
    """Whether it is calculated only when the submission needs it."""
    guarded: bool = False
    """Whether it, or a group around it, may be read-only."""

    inner: Mapping[str, Field] = field(default_factory=dict, repr=False)
    """The elements in it, by name."""
    begun: tuple[Field, ...] = field(default=(), repr=False)
    """The fields at and below it that begin with a value of their own."""
    shown: tuple[Field, ...] = field(default=(), repr=False)
    """The groups and questions at and below it, down to the next repeat."""
    size: int = 1
    """How many fields are at and below it, down to the next repeat."""

    def close(self) -> None:
        """Sum up what is in it, once all is read; what is in it was closed before."""
        self.inner = {child.name: child for child in self.children if not child.attribute}
        below = tuple(one for child in self.inner.values() for one in child.begun)
        self.begun = (self, *below) if self.default or self.preload else below
        here = (self,) if self.children or self.control is not None else ()
        self.shown = here + tuple(one for child in self.children if not child.repeat for one in child.shown)
        self.size = 1 + sum(child.size for child in self.children if not child.repeat)

    @property
    def leaf(self) -> bool:
        return not self.children and not self.repeat

    def walk(self) -> Iterator[Field]:
        """This field and all below, in document order."""
        pending = [self]
        while pending:
            current = pending.pop()
            yield current
            pending.extend(reversed(current.children))

    def above(self) -> Iterator[Field]:
        """The fields that hold it, from the nearest to the root."""
        current = self.parent
        while current is not None:
            yield current
            current = current.parent

    @property
    def innermost_repeat(self) -> Field | None:
        """The nearest repeat that holds it (itself left out)."""
        return next((above for above in self.above() if above.repeat), None)
