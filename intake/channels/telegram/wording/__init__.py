"""The words that only the chat needs: buttons, commands, and sentences about the chat itself."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

LANGUAGES = ("lv", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """The wording file of one language."""

    language: str
    tables: Mapping[str, Mapping[str, str]] = field(repr=False)

    def button(self, key: str, **values: object) -> str:
        return self.tables["buttons"][key].format_map(values)

    def sentence(self, key: str, **values: object) -> str:
        return self.tables["sentences"][key].format_map(values)

    def table(self, name: str) -> Mapping[str, str]:
        return self.tables[name]


@cache
def words(language: str) -> Words:
    """The words of a language; English where the chat does not speak it."""
    known = language if language in LANGUAGES else "en"
    return Words(known, tomllib.loads((files(__name__) / f"{known}.toml").read_text("utf-8")))
