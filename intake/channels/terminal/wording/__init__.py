"""The words that only the terminal needs, one file a language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def words(language: str) -> Mapping[str, str]:
    """The sentences by name; Latvian where there is no such file."""
    file = files(__package__).joinpath(f"{language}.toml")
    if not file.is_file():
        file = files(__package__).joinpath("lv.toml")
    return tomllib.loads(file.read_text("utf-8"))
