"""The playground's own words, one file a language."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("lv", "en")


@cache
def words(language: str) -> dict[str, Any]:
    """All tables of a language; Latvian where there is no such file."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))
