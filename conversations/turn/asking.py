"""Makes the prompts that ask: a question with its options, "add another?", the review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conversations.forms import Choice, Instance, Kind, Rule
from conversations.forms.control import Control
from conversations.forms.options import indexes
from conversations.turn.groups import grouped
from conversations.turn.prompts import Ask, AskRepeat, Group, Item, Option, ReviewList
from conversations.turn.route import ASKED, Route, Step, Stop
from conversations.turn.values import in_words
from conversations.wording import Wording

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST_AT_A_GLANCE = 10
"""Of a longer list only the candidates are offered when an answer fits several of its options."""
MOST_RANGE_OPTIONS = 11
"""A scale of 0 to 10 is offered as options, a longer range is typed."""


class Asking:
    """Makes prompts of one instance in its language."""

    def __init__(self, instance: Instance, route: Route, words: Wording) -> None:
        self.instance = instance
        self.route = route
        self.words = words

    def ask(
        self,
        step: Step,
        *,
        picked: Sequence[str] | None = None,
        error: str | None = None,
        candidates: Sequence[Choice] = (),
    ) -> Ask:
        instance, field = self.instance, step.field
        control, place = field.control, instance.place(step.path)
        assert control is not None
        question = instance.form.question_at(field.path)
        here = self.route.index(step.path)
        chosen = control.kind.chosen(place.text) if picked is None else picked
        options = self._options(step, control, chosen, candidates)
        return Ask(
            path=step.path,
            number=question.number if question else None,
            kind=control.kind,
            label=instance.render(control.label, place),
            hint=instance.render(control.hint, place),
            required=instance.calculation.condition(field.required, place),
            options=options,
            position=self.route.count(here) + 1,
            total=self.route.count(),
            error=error,
            example=_example(options, control.kind) if error else None,
            code_list=control.code_list,
            can_go_back=self.route.before(here) is not None,
            present=in_words(instance, place, self.words),
            groups=() if candidates else self._groups(step, control, chosen),
            phone="phone" in control.appearances,
        )

    def _groups(self, step: Step, control: Control, picked: Sequence[str]) -> tuple[Group, ...]:
        if not control.code_list:
            return ()
        indexes = option_indexes(self.instance, step.path, control)
        options = [
            Option(indexes[choice.name], "", choice.label(self.instance.language), choice.name in picked)
            for choice in self.instance.choices(step.path)
        ]
        return grouped(self.instance.form, control, options, self.instance.language)

    def _options(
        self, step: Step, control: Control, picked: Sequence[str], candidates: Sequence[Choice]
    ) -> tuple[Option, ...]:
        if control.kind is Kind.RANGE:
            names = range_values(control)
            return tuple(Option(index, "", name, name in picked) for index, name in enumerate(names))
        if not control.kind.chooses or (control.code_list and not candidates):
            return ()
        choices = self.instance.choices(step.path)
        wanted = {choice.name for choice in candidates}
        if control.code_list or len(choices) <= MOST_AT_A_GLANCE:
            choices = tuple(choice for choice in choices if not control.code_list or choice.name in wanted)
            wanted = set()
        lettered = not control.code_list and len(choices) <= len(LETTERS)
        indexes = option_indexes(self.instance, step.path, control)
        return tuple(
            Option(
                indexes[choice.name],
                LETTERS[place] if lettered else "",
                choice.label(self.instance.language),
                choice.name in picked,
            )
            for place, choice in enumerate(choices)
            if not wanted or choice.name in wanted
        )

    def repeat(self, step: Step, error: str | None = None) -> AskRepeat:
        parent = self.instance.place(step.path.rpartition("/")[0])
        label = self.instance.render(step.field.caption, parent)
        count = self.instance.count(step.path)
        return AskRepeat(step.path, self.words.text("repeat.another", label=label) if count else label, count, error)

    def items(self) -> tuple[Item, ...]:
        """Every question that applies and has an answer."""
        return tuple(self._item(step) for step in self.route.questions() if self.instance.place(step.path).text)

    def _item(self, step: Step) -> Item:
        instance, place = self.instance, self.instance.place(step.path)
        question = instance.form.question_at(step.field.path)
        label = instance.label(step.path)
        return Item(step.path, question.number if question else None, label, in_words(instance, place, self.words))

    def faulty(self) -> list[tuple[Step, Rule, str]]:
        """Questions that keep the form from being submitted, with the rule and what the form says."""
        found = []
        for step in self.route.questions():
            violation = self.instance.valid(step.path)
            if violation is not None:
                found.append((step, violation.rule, violation.message))
        return found

    def missing(self) -> tuple[Ask, ...]:
        """A required question without an answer is just asked; an answer that is wrong now comes with its error."""
        return tuple(
            self.ask(step, error=None if rule is Rule.REQUIRED else message or self.words.text("said.constraint"))
            for step, rule, message in self.faulty()
        )

    def review(self) -> ReviewList:
        return ReviewList(self.items(), self.missing())

    def answered(self, step: Step, assumed: Sequence[str]) -> bool:
        """Whether a step needs no asking: answered, or passed over and optional; a repeat that is closed."""
        stored = self.instance.stored
        if step.stop is Stop.REPEAT:
            return step.path in stored
        place = self.instance.place(step.path)
        if place.text:
            return step.path not in assumed
        passed = step.path in stored and not place.answer
        return passed and not self.instance.calculation.condition(step.field.required, place)

    def next_open(self, after: int, assumed: Sequence[str]) -> Step | None:
        """The first open step after an index, else the first before it."""
        steps = self.route.steps
        for step in (*steps[after + 1 :], *steps[: after + 1]):
            if step.stop in ASKED and not self.answered(step, assumed):
                return step
        return None


def _example(options: Sequence[Option], kind: Kind) -> str | None:
    """How letters are given; the reasons say by themselves how numbers and dates are written."""
    letters = [option.letter for option in options if option.letter]
    if not letters or not kind.chooses:
        return None
    return letters[:2][-1] if kind is Kind.SELECT_ONE else ", ".join(dict.fromkeys((letters[0], letters[:3][-1])))


def option_indexes(instance: Instance, path: str, control: Control) -> Mapping[str, int]:
    """Name -> index of each choice: its place in the whole list, so that a button keeps its meaning when a filter
    shows other choices; where the choices are answers themselves, the place among them."""
    if control.items:
        return indexes(control)
    return {choice.name: index for index, choice in enumerate(instance.choices(path))}


def beyond_range(control: Control | None, value: str) -> dict[str, str] | None:
    """The limits of a range that a value does not keep to; None when it does."""
    if control is None or control.kind is not Kind.RANGE or not value:
        return None
    limits = {name: control.parameters.get(name, "") for name in ("start", "end")}
    try:
        low, high = sorted(float(limit) for limit in limits.values())
        return None if low <= float(value) <= high else limits
    except ValueError:
        return None


def range_values(control: Control) -> list[str]:
    """The values of a short range; nothing for a long or a broken one."""
    try:
        start, end, step = (float(control.parameters.get(name, "1")) for name in ("start", "end", "step"))
    except ValueError:
        return []
    steps = (end - start) / step if step else -1.0
    count = int(steps) + 1 if 0 <= steps < MOST_RANGE_OPTIONS else 0
    return [f"{start + step * index:g}" for index in range(count)]
