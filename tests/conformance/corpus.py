"""The forms that are compared: the built-in questionnaires, the sample of the conversations, and one for each trait."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from conversations import forms
from conversations.forms import Form
from intake.xlsform import compile

HERE = Path(__file__).parent
BUILT_IN = Path(str(files("conversations"))) / "questionnaires"
SERVED = b"name,label,__version\n"
"""The list of entities that a server would attach."""
SAMPLES = HERE.parent / "conversations" / "samples"


@dataclass(frozen=True)
class Case:
    """A form as the engines take it; `languages` are the names in the XForm."""

    name: str
    xform: str
    form: Form
    files: Mapping[str, str]
    languages: tuple[str, ...]


@cache
def names() -> tuple[str, ...]:
    return tuple(path.stem for path in _sources())


def _sources() -> list[Path]:
    return [path for directory in (BUILT_IN, SAMPLES, HERE / "forms") for path in sorted(directory.glob("*.md"))]


@cache
def case(name: str) -> Case:
    source = next(path for path in _sources() if path.stem == name)
    attached = {"initiatives.csv": SERVED, **{path.name: path.read_bytes() for path in source.parent.glob("*.csv")}}
    xform = compile(source.read_bytes(), format="md")
    languages = tuple(re.findall(r'<translation [^>]*lang="([^"]*)"', xform))
    texts = {key: content.decode() for key, content in attached.items()}
    return Case(name, xform, forms.read(xform, files=attached), texts, languages)
