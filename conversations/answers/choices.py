"""Options by letter, number, label or its beginning, one or several at once; where two fit, none is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import lru_cache

from conversations.answers.folding import fold, fold_word, stem, words
from conversations.answers.listing import Found, Listing, Variant
from conversations.answers.outcome import Outcome, Parsed, Rejected
from conversations.answers.words import ASSENT, DONT_KNOW, NO, OTHER, UNKNOWN, YES
from conversations.forms.definition import Choice, Kind, Question

MAX_LETTERED = 26
_ASIDE = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_HEAD = re.compile(r"\s+[–—-]\s+|:\s")
_SPAN = re.compile(
    r"(?<![\w–—-])(?<![–—-]\s)(?:(?:no|from)\s+)?([a-z]|\d{1,2})[.)]?\s*(?:[–—-]|līdz|lidz|to)\s*([a-z]|\d{1,2})[.)]?"
    r"(?=\s*(?:$|[,;.\n/+&]|(?:un|and|arī|ari)\b))",
    re.IGNORECASE,
)
""" "2-4", "a līdz c": all options between two, where nothing else is written beside them."""


@dataclass(frozen=True, slots=True)
class Options:
    """The choices offered now, ready to be recognised in a text."""

    choices: tuple[Choice, ...]
    language: str
    kind: Kind
    coded: bool
    """Whether letters and numbers stand for options (not in code lists, which are answered by name)."""
    named: bool
    """A code list of names, which people write in any grammatical case."""

    @classmethod
    def of(cls, question: Question, choices: tuple[Choice, ...], language: str) -> Options:
        coded = len(choices) <= MAX_LETTERED and not (question.code_list and choices == question.choices)
        return cls(choices, language, question.kind, coded, question.code_list)

    def exact(self, text: str) -> Choice | None:
        """The only choice whose label, in any language, is the whole text."""
        folded = fold(text)
        same = [c for c in self.choices if any(text == label for label in c.labels.values())]
        if not same and folded:
            same = [c for c in self.choices if any(fold(label) == folded for label in _labels(c, self.language))]
        return same[0] if len(same) == 1 else None

    def read(self, text: str) -> Outcome:
        """One option, or several where the question takes several."""
        if choice := self.exact(text):
            return Parsed(choice.name)
        if self.named and (outcome := self._place(text)):
            return outcome
        text, codes = self._without_spans(text), self._codes()
        found = Listing(text, words(text), _variants(self.choices, self.language), codes).read()
        if found.clash:
            return Rejected("ambiguous", self._ordered(found.clash))
        if not found.items:
            return self._place(text) or Rejected("no_choice")
        return self._outcome(found)

    def _outcome(self, found: Found) -> Outcome:
        unique = tuple(dict.fromkeys(found.items))
        beside = self.exact(found.rest) if found.rest and unique[-1].name != OTHER else None
        if self.kind is Kind.SELECT_ONE and len({*unique, beside} - {None}) > 1:
            return Rejected("one_only", self._ordered({*unique, beside} - {None}))
        ranked = unique if self.kind is Kind.RANK else self._ordered(set(unique))
        rest = "" if beside in unique or all(word.text in ASSENT for word in words(found.rest)) else found.rest
        return Parsed(" ".join(choice.name for choice in ranked), rest)

    def _without_spans(self, text: str) -> str:
        """ "2-4" written out where several may be chosen, unless an option is itself called so."""
        numbered = any(_SPAN.search(label) for choice in self.choices for label in choice.labels.values())
        if self.kind is not Kind.SELECT_MULTIPLE or numbered:
            return text
        return _SPAN.sub(self._written_out, text)

    def _written_out(self, span: re.Match[str]) -> str:
        codes = self._codes()
        first, last = (end.lower() for end in span.groups())
        if first not in codes or last not in codes or first.isdigit() is not last.isdigit():
            return span.group()
        names = [code for code in codes if code.isdigit() is first.isdigit() and code.isascii()]
        between = names[names.index(first) : names.index(last) + 1]
        return ", ".join(between) if len(between) > 1 else span.group()

    def _ordered(self, chosen: Set[Choice | None]) -> tuple[Choice, ...]:
        return tuple(choice for choice in self.choices if choice in chosen)

    def _codes(self) -> dict[str, Choice]:
        """Letter and number of each option, and the Cyrillic letters that look the same."""
        if not self.coded:
            return {}
        codes = {chr(ord("a") + i): choice for i, choice in enumerate(self.choices)}
        codes |= {str(i): choice for i, choice in enumerate(self.choices, 1)}
        return codes | {twin: codes[letter] for twin, letter in zip("асе", "ace", strict=True) if letter in codes}

    def _place(self, text: str) -> Outcome | None:
        """A name in another grammatical case: "Cēsis" for "Cēsu novads", "Jelgava" for two of them."""
        parts = [part for part in re.split(r"[,;/\n]|\s(?:un|and|и)\s", text) if fold(part)]
        if not parts or len(parts) > len(self.choices):
            return None
        chosen: list[Choice] = []
        for part in parts:
            fits = self._inflected(part)
            if len(fits) != 1:
                return Rejected("ambiguous", tuple(fits)) if fits else None
            chosen.extend(fits)
        return self._outcome(Found(tuple(chosen), "", frozenset()))

    def _inflected(self, text: str) -> list[Choice]:
        stems = [stem(word) for word in fold(text).split()]
        if not stems or len(stems[0]) < 3:
            return []
        return [c for c in self.choices if any(_begins(label, stems) for label in _labels(c, self.language))]


def _begins(label: str, stems: list[str]) -> bool:
    return [stem(word) for word in fold(label).split()[: len(stems)]] == stems


def _labels(choice: Choice, language: str) -> Iterator[str]:
    yield choice.label(language)
    yield from (label for code, label in choice.labels.items() if code != language)


@lru_cache(maxsize=512)
def _variants(choices: tuple[Choice, ...], language: str) -> tuple[Variant, ...]:
    """Everything that may be typed for an option: its label in every language, without what stands in brackets,
    the part before a dash, and words such as "jā"."""
    return tuple(
        dict.fromkeys(
            Variant(choice, tuple(fold_word(w) for w in re.findall(r"[^\W_]+", text)), text.casefold(), *kind)
            for choice in choices
            for text, *kind in _spellings(choice, language)
            if fold(text)
        )
    )


def _spellings(choice: Choice, language: str) -> Iterator[tuple[str, bool, bool]]:
    """Spelling, whether its beginning counts, whether it is in the language asked in."""
    for index, label in enumerate(_labels(choice, language)):
        yield label, True, index == 0
        yield _ASIDE.sub("", label), True, index == 0
        yield _HEAD.split(label, maxsplit=1)[0], True, index == 0
    yield from ((word, False, False) for word in sorted(_by_name(choice.name)))


def _by_name(name: str) -> frozenset[str]:
    return {"yes": YES, "y": YES, "no": NO, "n": NO, DONT_KNOW: UNKNOWN}.get(name.lower(), frozenset())
