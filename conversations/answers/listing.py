"""A list of options as a person writes it, read from left to right: "a) Produkts; c", "2, 5 un 7", "Cits: jaunieši"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.answers.folding import Word
from conversations.answers.words import ASSENT, DOUBTS, JOINTS, LEADS, OTHER
from conversations.forms.definition import Choice

_SEPARATOR = re.compile(r"[,;/+&|\n]")
_MARK = re.compile(r"[^\w\s\"'“”„«»‘’*_]")
_FEW = 3
_MAX_BEFORE = 8
"""Words of chatter before the first option, at most."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One spelling of an option."""

    choice: Choice
    words: tuple[str, ...]
    raw: str
    """The spelling with its diacritics, lower case."""
    label: bool
    """A label or part of one; its beginning counts too."""
    native: bool = True
    """A spelling in the language asked in."""


@dataclass(frozen=True, slots=True)
class Found:
    """Options in the order written, what was written beside them, and the options between which it is unclear."""

    items: tuple[Choice, ...]
    rest: str
    clash: frozenset[Choice]


@dataclass(frozen=True, slots=True)
class _Match:
    end: int
    """Index of the first word behind it."""
    choices: frozenset[Choice]
    strong: bool = True
    """Letter or whole label, not only the beginning of one."""

    @property
    def choice(self) -> Choice:
        return next(iter(self.choices))


@dataclass(slots=True)
class Listing:
    """One reading of one text."""

    text: str
    words: tuple[Word, ...]
    variants: tuple[Variant, ...]
    codes: Mapping[str, Choice]
    _items: list[Choice] = field(default_factory=list)
    _rests: list[str] = field(default_factory=list)
    _clash: set[Choice] = field(default_factory=set)
    _only_codes: bool = field(init=False)
    """Whether nothing but letters or numbers is written: then blanks separate them."""

    def __post_init__(self) -> None:
        self._only_codes = all(word.text in self.codes or word.text in JOINTS for word in self.words)

    def read(self) -> Found:
        at, before = 0, 0
        while at < len(self.words) and not self._clash:
            step = self._joint(at) or self._item(at)
            if step is None:
                step = self._next_part(at)
                before += 0 if self._items else step - at
                self._rests.append(self._between(at, step))
            if before > _MAX_BEFORE:
                break
            at = step
        return Found(tuple(self._items), self._rest(), frozenset(self._clash))

    def _rest(self) -> str:
        return " ".join(part for part in self._rests if part)

    def _joint(self, at: int) -> int | None:
        """Past an "un" between two options; an "or" there means that the person did not decide."""
        if self.words[at].text in DOUBTS and self._items:
            match = self._match(at + 1) if at + 1 < len(self.words) else None
            if match:
                self._clash |= {self._items[-1], *match.choices}
            return at + 1
        return at + 1 if self.words[at].text in JOINTS and len(self.words) > 1 else None

    def _item(self, at: int) -> int | None:
        """Past the option that begins here, and past what was written about it."""
        match = self._match(at)
        if match is None:
            return None
        if len(match.choices) > 1:
            self._clash |= match.choices
            return match.end
        self._items.append(match.choice)
        if match.end == len(self.words) or self._separated(match.end):
            return match.end
        return self._about(match.end)

    def _about(self, at: int) -> int:
        """Past a remark on the option before it: all in the brackets, or all up to the next clear option."""
        gap = self._gap(at)
        if "(" in gap:
            close = self.text.find(")", self.words[at].start)
            end = next((i for i in range(at, len(self.words)) if self.words[i].start > close >= 0), len(self.words))
        else:
            end = self._next_part(at)
            while end < len(self.words) and not self._clear(end):
                end = self._next_part(end)
        self._rests.append(self._between(at, end))
        return end

    def _clear(self, at: int) -> bool:
        match = self._match(at)
        return match is not None and match.strong

    def _next_part(self, at: int) -> int:
        """Index of the next word behind a comma, a semicolon or a line break."""
        return next((i for i in range(at + 1, len(self.words)) if _SEPARATOR.search(self._gap(i))), len(self.words))

    def _gap(self, at: int) -> str:
        """What stands between the word before and this one."""
        return self.text[self.words[at - 1].end if at else 0 : self.words[at].start]

    def _between(self, at: int, end: int) -> str:
        stop = self.words[end].start if end < len(self.words) else len(self.text)
        return self.text[self.words[at].start : stop].strip(' \t\n,;/+&|-–—:()[]"“”„')

    def _separated(self, at: int) -> bool:
        """Whether another option may begin here rather than a remark on the one before."""
        return (self._comma(at) and self._clear(at)) or self._follows(at)

    def _follows(self, at: int) -> bool:
        beyond = at
        while beyond < len(self.words) and self.words[beyond].text in JOINTS | DOUBTS:
            beyond += 1
        if beyond > at:
            return beyond < len(self.words) and self._match(beyond) is not None
        return self._match(at) is not None and (self._comma(at) or self._only_codes)

    def _ends(self, at: int) -> bool:
        """Whether an option may end before this word: a mark, the end, or a word that begins something else."""
        if at >= len(self.words) or _MARK.search(self._gap(at)):
            return True
        return self.words[at].text in JOINTS | DOUBTS | LEADS | ASSENT or "\n" in self._gap(at)

    def _match(self, at: int) -> _Match | None:
        coded = self._coded(at)
        labelled = self._labelled(at)
        if coded and labelled and coded.end == labelled.end and not labelled.strong:
            return _Match(coded.end, coded.choices | labelled.choices)
        if coded and labelled:
            return labelled if labelled.end >= coded.end else coded
        return coded or labelled

    def _coded(self, at: int) -> _Match | None:
        """A letter or number, alone or before the label of the same option."""
        choice = self.codes.get(self.words[at].text)
        if choice is None:
            return None
        after = at + 1
        label = self._labelled(after) if after < len(self.words) and not self._comma(after) else None
        if label and choice in label.choices and "(" not in self._gap(after) and self._ends(label.end):
            return _Match(label.end, frozenset({choice}))
        if label and label.strong and choice not in label.choices and self.words[after].text not in self.codes:
            return _Match(label.end, label.choices | {choice})
        if self._ends(after) or choice.name == OTHER or self._only_codes:
            return _Match(after, frozenset({choice}))
        return None

    def _comma(self, at: int) -> bool:
        return _SEPARATOR.search(self._gap(at)) is not None

    def _labelled(self, at: int) -> _Match | None:
        """The longest label, or beginning of a label, that stands here."""
        whole, part = self._longest(at)
        if whole and (part is None or whole.end >= part.end):
            return whole
        return part or whole

    def _longest(self, at: int) -> tuple[_Match | None, _Match | None]:
        whole: dict[int, set[Choice]] = {}
        part: dict[int, set[Choice]] = {}
        for variant in self.variants:
            run = self._run(at, variant)
            if run == len(variant.words) and self._stands(at, at + run, variant):
                whole.setdefault(at + run, set()).add(variant.choice)
            elif variant.label and (ends := self._beginning(at, run, variant)):
                part.setdefault(ends, set()).add(variant.choice)
        return _best(whole, strong=True), _best(part, strong=False)

    def _run(self, at: int, variant: Variant) -> int:
        run = 0
        while run < len(variant.words) and at + run < len(self.words):
            if self.words[at + run].text != variant.words[run]:
                break
            run += 1
        return run

    def _stands(self, at: int, end: int, variant: Variant) -> bool:
        """A whole label stands for its option where it ends clearly, or where few words follow it as it is spelled."""
        if self._ends(end) or variant.choice.name == OTHER:
            return True
        spelled = self.text[self.words[at].start : self.words[end - 1].end].casefold() == variant.raw
        return spelled and variant.native and (len(self.words) - end <= _FEW or variant.choice.name in ("yes", "no"))

    def _beginning(self, at: int, run: int, variant: Variant) -> int:
        """Index behind the beginning of a label, three characters at least, or 0."""
        end = at + run
        if end < len(self.words) and not (run and self._ends(end)):
            typed = self.words[end].text
            if run < len(variant.words) and variant.words[run].startswith(typed):
                end += 1
        typed_length = sum(len(word.text) for word in self.words[at:end])
        numeric = end > at and all(word.text.isdigit() for word in self.words[at:end])
        return end if end > at and self._ends(end) and (typed_length >= _FEW or numeric) else 0


def _best(ends: dict[int, set[Choice]], *, strong: bool) -> _Match | None:
    if not ends:
        return None
    end = max(ends)
    return _Match(end, frozenset(ends[end]), strong)
