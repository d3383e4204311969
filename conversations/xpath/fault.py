"""A sentence about what is wrong with an expression or a form: English as a text, and told in other languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

ENGLISH = "en"


class Fault(str):
    """The sentence under `key` in the folder `faults` of a package; values that are faults are told with it."""

    package: str
    key: str
    values: Mapping[str, object]

    def __new__(cls, package: str, key: str, **values: object) -> Fault:
        fault = super().__new__(cls, _sentences(package, ENGLISH)[key].format(**values))
        fault.package, fault.key, fault.values = package, key, values
        return fault

    def told(self, language: str) -> str:
        """In a language, or in English where the language has no file."""
        values = {name: told(value, language) for name, value in self.values.items()}
        return _sentences(self.package, language)[self.key].format(**values)


def told(value: object, language: str) -> object:
    """A fault in a language; anything else as it is."""
    return value.told(language) if isinstance(value, Fault) else value


@cache
def _sentences(package: str, language: str) -> Mapping[str, str]:
    folder = resources.files(package) / "faults"
    names = {entry.name for entry in folder.iterdir()}
    file = f"{language}.toml" if f"{language}.toml" in names else f"{ENGLISH}.toml"
    return tomllib.loads((folder / file).read_text(encoding="utf-8"))
