"""A session: the answers of one respondent to one form, frozen; one JSON value there and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic_core import from_json, to_json

from conversations.forms import Form, Instance
from conversations.forms.field import Action

LARGEST = 20_000
"""Bytes of an ordinary session; answers as long as allowed may take more, they are never cut."""
LONGEST_HISTORY = 200


class State(StrEnum):
    OPEN = "open"
    REVIEW = "review"
    PAUSED = "paused"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Hidden:
    """The paths of what does not apply, as the engine found it for these very answers: it is believed of no others."""

    paths: tuple[str, ...]
    answers: Mapping[str, str] = field(repr=False)
    repeats: Mapping[str, int] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """`answers` has every answer by path with positions, also what does not apply now; "" is a question passed over.

    `repeats` is the number of instances of each repeat that the person decides about; a repeat whose path is in
    `answers` is closed: nothing more is to be added. `assumed` are paths of answers that are only the form's defaults.
    """

    form: str
    digest: str
    language: str
    seed: str
    begun: datetime
    updated: datetime
    answers: Mapping[str, str] = field(default_factory=dict)
    repeats: Mapping[str, int] = field(default_factory=dict)
    at: str | None = None
    """Path of the open question or of the repeat that asks "add another?"."""
    state: State = State.OPEN
    picked: tuple[str, ...] = ()
    """Choices toggled at the open question, not yet confirmed."""
    history: tuple[str, ...] = ()
    """Paths asked before the open one, the latest last."""
    errors: int = 0
    """Errors in a row at the open question."""
    assumed: tuple[str, ...] = ()
    hidden: Hidden | None = field(default=None, compare=False)
    """Nothing that was said: it only spares computing everything again when the session is opened."""

    @property
    def hidden_paths(self) -> tuple[str, ...] | None:
        """What does not apply; None where that has to be found from the answers."""
        hidden = self.hidden
        known = hidden is not None and hidden.answers is self.answers and hidden.repeats is self.repeats
        return hidden.paths if hidden is not None and known else None

    def after(self, instance: Instance) -> Session:
        """What the session became, with the answers of the instance."""
        answers, repeats = dict(instance.stored), dict(instance.repeats)
        hidden = Hidden(instance.hidden, answers, repeats)
        return replace(self, answers=answers, repeats=repeats, hidden=hidden)

    def instance(self, form: Form, now: datetime, *, language: str = "") -> Instance:
        """The answers as a tree, in the session's language or another."""
        return Instance(
            form,
            now=now,
            answers=self.answers,
            repeats=self.repeats,
            language=language or self.language,
            seed=self.seed,
            initial=0,
            hidden=self.hidden_paths if self.digest == form.digest else None,
        )

    def to_json(self) -> str:
        """Short keys are not worth their price: the answers are nearly all of it. Paths have no spaces in them."""
        return to_json(
            {
                "form": self.form,
                "digest": self.digest,
                "language": self.language,
                "seed": self.seed,
                "begun": self.begun.isoformat(),
                "updated": self.updated.isoformat(),
                "answers": self.answers,
                "repeats": self.repeats,
                "at": self.at,
                "state": self.state.value,
                "picked": self.picked,
                "history": " ".join(self.history),
                "errors": self.errors,
                "assumed": self.assumed,
                "hidden": None if (hidden := self.hidden_paths) is None else " ".join(hidden),
            }
        ).decode()

    @classmethod
    def from_json(cls, text: str) -> Session:
        """What `to_json` wrote, now or in an earlier release; ValueError, KeyError or TypeError for anything else."""
        kept: dict[str, Any] = from_json(text, cache_strings="keys")
        answers, repeats, hidden = kept["answers"], kept.get("repeats", {}), _paths(kept.get("hidden"))
        return cls(
            form=kept["form"],
            digest=kept["digest"],
            language=kept["language"],
            seed=kept["seed"],
            begun=datetime.fromisoformat(kept["begun"]),
            updated=datetime.fromisoformat(kept["updated"]),
            answers=answers,
            repeats=repeats,
            at=kept.get("at"),
            state=State(kept["state"]),
            picked=tuple(kept.get("picked", ())),
            history=_paths(kept.get("history")) or (),
            errors=kept.get("errors", 0),
            assumed=tuple(kept.get("assumed", ())),
            hidden=None if hidden is None else Hidden(hidden, answers, repeats),
        )


def begin(
    form: Form, *, language: str, now: datetime, seed: str = "", fill: Mapping[str, str] | None = None
) -> Session:
    """A new session. `fill` gives hidden fields and prefilled answers by name; a name the form lacks is left out.

    Repeats that the person decides about begin empty: the first instance is made when they say so.
    """
    instance = Instance(form, now=now, language=language, seed=seed, initial=0)
    defaults = tuple(path for path in instance.stored if _asked(form, path))
    paths = {path.rpartition("/")[2]: path for path in reversed(instance.tree.places)}
    filled = {paths[name]: value for name, value in (fill or {}).items() if name in paths}
    for path, value in filled.items():
        instance.set(path, value)
    instance.run(tuple(action for action in form.root.first if _now_known(action, instance, filled)))
    session = Session(
        form=form.id,
        digest=form.digest,
        language=instance.language,
        seed=seed,
        begun=now,
        updated=now,
        assumed=tuple(path for path in defaults if path not in filled and path in instance.stored),
    )
    return session.after(instance)


def _paths(kept: str | list[str] | None) -> tuple[str, ...] | None:
    """Paths as they are kept: one text; a list in earlier releases."""
    return None if kept is None else tuple(kept.split() if isinstance(kept, str) else kept)


def _now_known(action: Action, instance: Instance, filled: Mapping[str, str]) -> bool:
    """Whether a default came out empty before what it reads was filled in."""
    return action.target not in filled and instance.stored.get(action.target) == ""


def _asked(form: Form, path: str) -> bool:
    return form.question_at(path) is not None
