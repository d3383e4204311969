"""The engine's own sentences, one file a language; whole sentences, one for each plural category."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

DEFAULT = "en"
"""What is spoken where a form's language has no file here."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences by key: `said.paused`, `reasons.required`. An unknown key is a KeyError: a fault of ours."""

    language: str
    sentences: Mapping[str, Any] = field(repr=False)

    def text(self, key: str, **values: object) -> str:
        """The sentence with `{name}` filled in."""
        return str(self._find(key)).format(**values)

    def plural(self, key: str, n: int, **values: object) -> str:
        """The sentence of the plural category of `n` (CLDR); `{n}` is the number."""
        forms = self._find(key)
        category = PLURALS.get(self.language, _one_or_other)(n)
        return str(forms.get(category, forms["other"])).format(n=n, **values)

    def has(self, key: str) -> bool:
        table, _, name = key.partition(".")
        return name in self.sentences.get(table, {})

    def names(self, key: str) -> tuple[str, ...]:
        """A list of words, such as the months."""
        return tuple(self._find(key))

    def _find(self, key: str) -> Any:
        table, _, name = key.partition(".")
        return self.sentences[table][name]


def wording(language: str) -> Wording:
    """The sentences in `language`, else in English."""
    return _load(language if language in languages() else DEFAULT)


@cache
def languages() -> frozenset[str]:
    """The languages that have a file here."""
    names = (entry.name for entry in resources.files(__package__).iterdir())
    return frozenset(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


@cache
def _load(language: str) -> Wording:
    text = resources.files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Wording(language, tomllib.loads(text))


def _latvian(n: int) -> str:
    """CLDR, Latvian, whole numbers: 0, 10-20, 30, ... are "zero"; 1, 21, 31, ... are "one"."""
    if n % 10 == 0 or 11 <= n % 100 <= 19:
        return "zero"
    return "one" if n % 10 == 1 else "other"


def _one_or_other(n: int) -> str:
    return "one" if n == 1 else "other"


PLURALS: Mapping[str, Callable[[int], str]] = {"lv": _latvian}
