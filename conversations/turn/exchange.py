"""One input being handled: the session as it changes, the instance behind it, and what there is to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from conversations.forms import Choice, Form, Instance, Kind, Question
from conversations.session import LONGEST_HISTORY, Session, State
from conversations.turn.asking import Asking
from conversations.turn.prompts import Accepted, Notice, Prompt, Said
from conversations.turn.route import Route, Step, Stop, find_step
from conversations.turn.values import in_words
from conversations.wording import Wording, wording

PATIENCE = 2
"""Errors in a row after which a way out is offered."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an input."""

    session: Session
    prompts: tuple[Prompt, ...]


class Exchange:
    """Mutable while one input is handled; `result` freezes it."""

    def __init__(self, form: Form, session: Session, now: datetime) -> None:
        self.form = form
        self.now = now
        self.before = session
        self.language = session.language
        self.at = session.at
        self.state = session.state
        self.picked: tuple[str, ...] = session.picked
        self.history = list(session.history)
        self.errors = session.errors
        self.assumed = session.assumed
        self.prompts: list[Prompt] = []
        self._route: Route | None = None

    @cached_property
    def instance(self) -> Instance:
        return self.before.instance(self.form, self.now, language=self.language)

    @property
    def words(self) -> Wording:
        return wording(self.language)

    @property
    def route(self) -> Route:
        """Walked anew after a change."""
        if self._route is None:
            self._route = Route(self.instance)
        return self._route

    @property
    def asking(self) -> Asking:
        return Asking(self.instance, self.route, self.words)

    def changed(self) -> None:
        self._route = None

    def result(self, updated: datetime) -> Turn:
        opened = "instance" in self.__dict__
        session = replace(
            self.before.after(self.instance) if opened else self.before,
            language=self.language,
            at=self.at,
            state=self.state,
            picked=self.picked,
            history=tuple(self.history[-LONGEST_HISTORY:]),
            errors=self.errors,
            assumed=self.assumed,
            updated=updated,
        )
        return Turn(session, tuple(self.prompts))

    # -- saying ---------------------------------------------------------------------------------------------------

    def say(self, key: str, **values: object) -> None:
        self.prompts.append(Said(key, self.words.text(f"said.{key}", **values)))

    def say_count(self, key: str, n: int) -> None:
        self.prompts.append(Said(key, self.words.plural(f"said.{key}", n)))

    def say_reason(self, reason: str) -> None:
        """A sentence of the table of reasons, known by the reason's key."""
        self.prompts.append(Said(reason, self.reason(reason)))

    def reason(self, key: str) -> str:
        """The sentence for a reason; a reason nobody worded is told in general terms."""
        return self.words.text(f"reasons.{key}" if self.words.has(f"reasons.{key}") else "said.constraint")

    def accept(self, path: str) -> None:
        place = self.instance.place(path)
        self.prompts.append(Accepted(path, self.instance.label(path), in_words(self.instance, place, self.words)))

    def notice(self, steps: Sequence[Step]) -> None:
        for step in steps:
            text = self.instance.label(step.path)
            if text:
                self.prompts.append(Notice(step.path, text))

    # -- where we are ---------------------------------------------------------------------------------------------

    def step(self, path: str | None) -> Step | None:
        """The question or repeat of this path, if it applies."""
        return find_step(self.instance, path) if path is not None else None

    def question(self, step: Step) -> Question:
        """As it is now: whether an answer is demanded may depend on other answers."""
        question = self.form.question_at(step.field.path)
        assert question is not None
        if isinstance(step.field.required, bool):
            return question
        return replace(question, required=self.instance.required(step.path))

    def open(self, step: Step, *, remember: bool = True) -> None:
        """Make a step the open one; whoever was open is where Back leads."""
        if remember and self.at is not None and self.at != step.path:
            self.history.append(self.at)
        self.at = step.path
        self.state = State.OPEN
        self.errors = 0
        self.picked = ()
        if step.stop is Stop.QUESTION and step.field.control is not None:
            kind = step.field.control.kind
            if kind in (Kind.SELECT_MULTIPLE, Kind.RANK):
                self.picked = tuple(self.instance.place(step.path).text.split())

    def ask(self, *, error: str | None = None, example: str | None = None, candidates: Sequence[Choice] = ()) -> None:
        """Ask what is open."""
        step = self.step(self.at)
        if step is None:
            self.advance()
        elif step.stop is Stop.REPEAT:
            self.prompts.append(self.asking.repeat(step, error))
        else:
            several = step.field.control is not None and step.field.control.kind in (Kind.SELECT_MULTIPLE, Kind.RANK)
            picked = self.picked if several else None
            asked = self.asking.ask(step, picked=picked, error=error, candidates=candidates)
            self.prompts.append(replace(asked, errors=self.errors) if error else asked)

    def advance(self) -> None:
        """Go to the next open step after the present one and ask it, with the notes on the way; else review."""
        here = self._here()
        step = self.asking.next_open(here, self.assumed)
        index = self.route.index(step.path) if step else len(self.route.steps)
        returning = self.at is None and bool(self.history)
        if index > here and not returning:
            self.notice(self.route.notes(here, index))
        if step is None:
            self.review()
        else:
            self.open(step)
            self.ask()

    def _here(self) -> int:
        """The index of the open step; of one that ceased to apply, the place where it would be."""
        here = self.route.index(self.at)
        if here >= 0 or self.at is None:
            return here
        field = self.form.fields.get(plain(self.at))
        order = field.order if field else 0
        return max((index for index, step in enumerate(self.route.steps) if step.field.order < order), default=-1)

    def drop_empty(self) -> None:
        """An instance that was added by mistake, with nothing in it, does not stand in the way."""
        if self.instance.drop_empty():
            self.changed()

    def review(self) -> None:
        self.drop_empty()
        if self.at is not None:
            self.history.append(self.at)
        self.at = None
        self.picked = ()
        self.errors = 0
        self.state = State.REVIEW
        self.prompts.append(self.asking.review())


def plain(path: str) -> str:
    """A path without positions."""
    return "/".join(step.partition("[")[0] for step in path.split("/"))
