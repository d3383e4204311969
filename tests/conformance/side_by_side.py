"""Plays the same walks on all engines and collects what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.conformance.corpus import Case
from tests.conformance.differences import Difference, compare
from tests.conformance.engines import Engine, Refused
from tests.conformance.known import parts
from tests.conformance.sequences import Walk
from tests.conformance.state import State

Kind = tuple[str, str, str, str]


@dataclass
class Finding:
    """The first difference of a kind (engine, form, aspect, place), where it was, and how often there were more."""

    difference: Difference
    sequence: str
    step: int
    last: str
    times: int = 1


@dataclass
class Run:
    """Counts what was compared; `findings` by kind."""

    engines: Sequence[Engine]
    now: datetime
    forms: int = 0
    sequences: int = 0
    steps: int = 0
    compared: int = 0
    findings: dict[Kind, Finding] = field(default_factory=dict)

    def form(self, case: Case, *, seed: int, sequences: int, length: int) -> None:
        engines = [engine for engine in self.engines if self._takes(engine, case)]
        walks = [self._walk(case, f"{case.name}:{seed}:{number}", length) for number in range(sequences)]
        for engine in engines:
            engine.play(case.name, walks[0].steps)
        for walk, following in zip(walks, [*walks[1:], None], strict=True):
            self._play(engines, case, walk, following)
        self.forms += 1

    def _takes(self, engine: Engine, case: Case) -> bool:
        try:
            engine.load(case.name, case.xform, case.files, self.now)
        except Refused as refused:
            self._note(Difference(engine.name, case.name, "refused", "", "", str(refused)), "", 0, "")
            return False
        return True

    def _walk(self, case: Case, seed: str, length: int) -> Walk:
        walk = Walk(case.form, case.xform, self.now, case.languages, seed)
        walk.go(length)
        self.sequences += 1
        self.steps += len(walk.steps)
        return walk

    def _play(self, engines: Sequence[Engine], case: Case, walk: Walk, following: Walk | None) -> None:
        """The other engines work at the next walk while this one is compared."""
        for engine in engines:
            states = engine.states()
            if following is not None:
                engine.play(case.name, following.steps)
            self._compare(engine, case, walk, states)

    def _compare(self, engine: Engine, case: Case, walk: Walk, states: Sequence[State]) -> None:
        for number, (ours, theirs) in enumerate(zip(walk.states, states, strict=False)):
            last = " ".join(walk.steps[number - 1]) if number else "the beginning"
            self.compared += len(ours.nodes)
            found = list(compare(engine.name, case.name, ours, theirs))
            parting = [difference for difference in found if parts(difference)]
            for difference in parting or found:
                self._note(difference, walk.seed, number, last)
            if parting:
                return

    def _note(self, difference: Difference, sequence: str, step: int, last: str) -> None:
        kind = (difference.engine, difference.form, difference.aspect, difference.place)
        if kind in self.findings:
            self.findings[kind].times += 1
        else:
            self.findings[kind] = Finding(difference, sequence, step, last)
