"""The answers of one session as a tree that keeps itself right: what applies, what is valid, what may be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from conversations.forms import beginning, options
from conversations.forms.calculation import LONGEST_VALUE, Calculation
from conversations.forms.definition import Choice
from conversations.forms.field import Action, Field
from conversations.forms.form import Form
from conversations.forms.place import Place
from conversations.forms.text import Text, language_code
from conversations.forms.tree import Tree
from conversations.xpath import Host, Node, Reference, Start

MOST_ACTIONS = 200
"""Values set by triggers after one answer; a circle of triggers ends here."""


class Rule(StrEnum):
    """The rules an answer can break."""

    REQUIRED = "required"
    CONSTRAINT = "constraint"


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule and what the form says about it, in the language set ("" when it says nothing)."""

    rule: Rule
    message: str


class Instance(Host):
    """Opened from a form alone (it then begins: defaults, preloads), or from stored answers.

    A path is an XForm path with positions, `/data/house[2]/name`; a position left out is 1. An unknown path: KeyError;
    what the place at a path cannot take: ValueError.
    `stored` and `repeats` are what has to be kept to open the same instance again. `initial` is how many instances a
    repeat begins with that the person decides about: one in ODK's engines, none in a conversation, which asks first.
    `hidden` is what the instance that these answers were stored from said of itself: it is not computed again then.
    """

    def __init__(
        self,
        form: Form,
        *,
        now: datetime,
        answers: Mapping[str, str] | None = None,
        repeats: Mapping[str, int] | None = None,
        language: str = "",
        seed: str = "",
        initial: int = 1,
        hidden: Iterable[str] | None = None,
    ) -> None:
        self.form = form
        self.now = now
        self.seed = seed
        self.language = form.language(language)
        self.tree = Tree(form.fields, dict(answers or {}), dict(repeats or {}), initial, hidden or ())
        self.calculation = Calculation(form, self.tree, now=now, seed=seed, host=self)
        if answers is None:
            beginning.fill_defaults(self, self.tree.root)
        self._choices: dict[str, tuple[Choice, ...]] = {}
        if hidden is None:
            self.calculation.begin()
        else:
            self.calculation.reopen()
        if answers is None:
            self.run(form.root.first)
        self._welcome()

    # -- what is kept ---------------------------------------------------------------------------------------------

    @property
    def stored(self) -> Mapping[str, str]:
        """Every answer by key, also those that do not apply now."""
        return self.tree.stored

    @property
    def repeats(self) -> Mapping[str, int]:
        """The number of instances of each repeat a person decides about, by its path without the last position."""
        return self.tree.repeats

    @property
    def hidden(self) -> tuple[str, ...]:
        """The keys of what does not apply, without what is below such a place."""
        hidden = self.tree.hidden
        return tuple(sorted(key for key in hidden if key.rpartition("/")[0] not in hidden))

    # -- what can be changed --------------------------------------------------------------------------------------

    def set(self, path: str, value: str) -> None:
        """Give an answer ("" takes it away); everything that depends on it follows."""
        first = self.place(path)
        if not first.field.leaf:
            raise ValueError(f"{path} holds other fields and takes no answer")
        pending = [(first, value)]
        for _ in range(MOST_ACTIONS):
            if not pending:
                return
            place, value = pending.pop(0)
            if self._put(place, value):
                pending.extend(self._consequences(place))
                self._welcome()

    def _put(self, place: Place, value: str) -> bool:
        """Store a value; whether it is another one than before."""
        value = _storable(value)
        changed = value != place.answer
        place.answer = self.tree.stored[place.key] = value
        if changed and place.relevant:
            place.show(self.calculation.offered(place))
            self._choices.clear()
            self.calculation.touched(place)
        return changed

    def _consequences(self, source: Place) -> list[tuple[Place, str]]:
        """What triggers on the change of a field set elsewhere."""
        return [found for action in source.field.changes for found in self._effects(action, source)]

    def run(self, actions: tuple[Action, ...], within: Place | None = None) -> None:
        """Set what actions say, each seeing what the ones before it did."""
        for action in actions:
            for place, value in self._effects(action, within):
                self.set(place.key, value)

    def _effects(self, action: Action, within: Place | None) -> list[tuple[Place, str]]:
        found = []
        for place in self._targets(self.form.fields[action.target], within):
            value = action.value
            found.append((place, value if isinstance(value, str) else self.calculation.value(value, place)))
        return found

    def _targets(self, field: Field, within: Place | None) -> list[Place]:
        """The places of a field, only those in the same instances of repeats as `within`."""
        return self.tree.of(field) if within is None else self.tree.near(field, (within,))

    def _welcome(self) -> None:
        """Defaults of instances that a computed count made; what was answered there before stays."""
        for _ in range(MOST_ACTIONS):
            grown, self.calculation.grown = self.calculation.grown, []
            for place in grown:
                beginning.fill_defaults(self, place)
            self.calculation.grew(grown)
            for place in grown:
                self._begin_instance(place)
            if not grown:
                return

    def _begin_instance(self, place: Place) -> None:
        """Dynamic defaults of an instance, where nothing is stored."""
        for action in place.field.first:
            targets = self._targets(self.form.fields[action.target], place)
            if any(target.key not in self.tree.stored for target in targets):
                for target, value in self._effects(action, place):
                    if target.key not in self.tree.stored:
                        self.set(target.key, value)

    def repeats_left(self, path: str) -> bool:
        """Whether a person may add an instance to the repeat at this path (without its own position)."""
        return self.may_add(*self._repeat(path))

    def may_add(self, field: Field, parent: Place) -> bool:
        """The same for a repeat under a place, which may have no instance yet whose relevance could be looked at."""
        if field.count is not None or not parent.relevant or len(self.tree.instances(field, parent)) >= field.most:
            return False
        return self.calculation.condition(field.relevant, Place.stand_in(field, parent))

    def add_repeat(self, path: str) -> str | None:
        """One more instance of the repeat at this path (without its own position); None if there are too many."""
        field, parent = self._repeat(path)
        _refuse_counted(field, path)
        place = self.tree.add(field, parent)
        if place is None:
            return None
        self.tree.repeats[f"{parent.key}/{field.name}"] = len(self.tree.instances(field, parent))
        beginning.fill_defaults(self, place)
        self._choices.clear()
        self.calculation.grew((place,))
        self.run(field.first, within=place)
        self._welcome()
        return place.key

    def remove_repeat(self, path: str) -> None:
        """Take out one instance (the path ends with its position); those after it move up."""
        place = self.place(path)
        if not place.field.repeat:
            raise ValueError(f"{path} is no instance of a repeat")
        _refuse_counted(place.field, path)
        self.tree.forget(place)
        self._choices.clear()
        self.calculation.begin()

    def drop_empty(self) -> bool:
        """Take out last instances that a person added and then wrote nothing in; whether there were any."""
        places = (place for field in self.form.open_repeats for place in self.tree.of(field))
        empty = [place.key for place in places if self.tree.is_last_and_empty(place)]
        for key in reversed(empty):
            if self.tree.find(key) is not None:
                self.remove_repeat(key)
        return bool(empty)

    def close_repeat(self, path: str) -> None:
        """Nothing more is to be added to the repeat at this path (without its own position)."""
        field, parent = self._repeat(path)
        self.tree.stored[f"{parent.key}/{field.name}"] = ""

    def open_repeat(self, path: str) -> None:
        """Something may be added again."""
        field, parent = self._repeat(path)
        self.tree.stored.pop(f"{parent.key}/{field.name}", None)

    def set_language(self, language: str) -> None:
        """By code ("lv") or by the name that the form gives it ("Latviešu (lv)")."""
        code = language_code(language)
        if code not in self.form.languages:
            raise ValueError(f"the form has no language {language!r}; it has {', '.join(self.form.languages)}")
        self.language = code
        self._choices.clear()
        self.calculation.begin()

    # -- what is there --------------------------------------------------------------------------------------------

    def place(self, path: str) -> Place:
        found = self._at(path)
        if found is None:
            raise KeyError(path)
        return found

    def has(self, path: str) -> bool:
        return self._at(path) is not None

    def _at(self, path: str) -> Place | None:
        return self.tree.find(path) or self.tree.find(self._with_positions(path))

    def _with_positions(self, path: str) -> str:
        """Every repeat on the way gets a position, 1 where none is given; elsewhere only [1] is a position."""
        key, plain = "", ""
        for step in path.strip("/").split("/"):
            name, _, position = step.partition("[")
            plain = f"{plain}/{name}"
            field = self.form.fields.get(plain)
            number = position.removesuffix("]") or "1"
            if field is not None and field.repeat:
                key = f"{key}/{name}[{number}]"
            else:
                key = f"{key}/{name}" if number == "1" else path
        return key

    def _repeat(self, path: str) -> tuple[Field, Place]:
        above, _, name = path.rpartition("/")
        parent = self.place(above)
        field = self.form.fields[f"{parent.field.path}/{name.partition('[')[0]}"]
        if not field.repeat:
            raise KeyError(path)
        return field, parent

    def relevant(self, path: str) -> bool:
        return self._settled(path).relevant

    def _settled(self, path: str) -> Place:
        """The place, up to date even where nothing but the submission needs it."""
        place = self.place(path)
        if place.field.calculate is not None:
            self.calculation.settle()
        return place

    def required(self, path: str) -> bool:
        place = self._settled(path)
        return place.relevant and self.calculation.condition(place.field.required, place)

    def readonly(self, path: str) -> bool:
        """Inherited from groups."""
        place: Node | None = self.place(path)
        while isinstance(place, Place):
            if self.calculation.condition(place.field.readonly, place):
                return True
            place = place.parent
        return False

    def value(self, path: str) -> str:
        """What the form sees: the answer while it applies, a calculated value, or ""."""
        return self._settled(path).text

    def valid(self, path: str) -> Violation | None:
        """The rule the present answer breaks: a missing one breaks `required` only, what does not apply breaks none."""
        place = self._settled(path)
        if not place.relevant or place.children:
            return None
        field = place.field
        if not self.value(path):
            missing = self.calculation.condition(field.required, place)
            return Violation(Rule.REQUIRED, self.render(field.required_message, place)) if missing else None
        if field.constraint is None or self.calculation.condition(field.constraint, place):
            return None
        return Violation(Rule.CONSTRAINT, self.render(field.constraint_message, place))

    def offer(self, path: str, value: str) -> Violation | None:
        """Store a value if the form accepts it, with everything calculated from it; else leave all as it was."""
        place = self.place(path)
        known, before = place.key in self.tree.stored, place.answer
        changed = self._put(place, value)
        violation = self.valid(path)
        if violation is None:
            if changed:
                for target, effect in self._consequences(place):
                    self.set(target.key, effect)
                self._welcome()
            return None
        self._put(place, before)
        if not known:
            del self.tree.stored[place.key]
        return violation

    def choices(self, path: str) -> tuple[Choice, ...]:
        """The choices offered now, in order."""
        place = self.place(path)
        if place.key not in self._choices:
            self._choices[place.key] = options.offered(self, place)
        return self._choices[place.key]

    def count(self, path: str) -> int:
        """How many instances the repeat at this path (without its own position) has."""
        field, parent = self._repeat(path)
        return len(self.tree.instances(field, parent))

    # -- what is said ---------------------------------------------------------------------------------------------

    def label(self, path: str) -> str:
        place = self.place(path)
        control = place.field.control
        return self.render(control.label if control else place.field.caption, place)

    def hint(self, path: str) -> str:
        place = self.place(path)
        control = place.field.control
        return self.render(control.hint if control else None, place)

    def render(self, text: Text | None, place: Place) -> str:
        """A text in the language set, with the values it quotes."""
        if text is None:
            return ""
        static = text.static(self.language)
        if static is not None:
            return static
        parts = text.parts(self.language)
        return "".join(part if isinstance(part, str) else self.calculation.text(part, place) for part in parts)

    # -- what expressions ask of the form (Host) ------------------------------------------------------------------

    @property
    def version(self) -> str:  # type: ignore[override]
        return self.form.version

    def choice_label(self, value: str, question: str, node: Node) -> str:
        """`jr:choice-name`: the label of a choice of the question at a path."""
        path = question.strip()
        if not path.startswith("/") and isinstance(node, Place):
            path = Reference(Start.CONTEXT, tuple(path.split("/"))).resolve(node.field.path)
        field = self.form.fields.get(path)
        return options.label_of(self, field, value) if field is not None else ""

    def translate(self, text_id: str) -> str:
        return self.render(self.form.texts.get(text_id), self.tree.root)


def _refuse_counted(field: Field, path: str) -> None:
    if field.count is not None:
        raise ValueError(f"{path}: the form itself counts the instances of this repeat")


def _storable(value: str) -> str:
    """Cut to the longest value; half a character (a lone surrogate) cannot be kept and becomes "?"."""
    return value[:LONGEST_VALUE].encode("utf-8", "replace").decode("utf-8")
