"""Sentences of the service itself, beside those of the engine, the channels and the letters: one file a language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

_FOLDER = Path(__file__).parent
FIRST = "lv"


def text(language: str, key: str, **values: object) -> str:
    """The sentence `key` ("stop.page") in `language`, else in Latvian."""
    table, _, name = key.partition(".")
    sentences = _file(language) if (_FOLDER / f"{language}.toml").is_file() else _file(FIRST)
    return str(sentences[table][name]).format(**values)


def plural(language: str, key: str, n: int, **values: object) -> str:
    """The sentence of the plural category of `n` (CLDR) under `key`; `{n}` is the number."""
    table, _, name = key.partition(".")
    spoken = language if (_FOLDER / f"{language}.toml").is_file() else FIRST
    sentences = _file(spoken)[table][name]
    return str(sentences[Locale.parse(spoken).plural_form(n)]).format(n=n, **values)


@cache
def _file(language: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
