"""Forms that the tests of conversations share, compiled once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from conversations import forms
from conversations.forms import Form
from intake.xlsform import compile

SAMPLES = Path(__file__).parent / "samples"
BUILT_IN = files("conversations") / "questionnaires"


@cache
def load(name: str) -> Form:
    """A built-in questionnaire or a sample beside the tests."""
    built_in = BUILT_IN / f"{name}.md"
    workbook = built_in.read_bytes() if built_in.is_file() else (SAMPLES / f"{name}.md").read_bytes()
    lists = {entry.name: entry.read_bytes() for entry in BUILT_IN.iterdir() if entry.name.endswith(".csv")}
    return forms.read(compile(workbook, format="md"), files=lists)


@pytest.fixture(scope="session")
def initiative() -> Form:
    return load("initiative")


@pytest.fixture(scope="session")
def household() -> Form:
    return load("household")


@pytest.fixture(scope="session")
def compiled() -> Callable[[str], Form]:
    """Reads a form written as Markdown; one language where the columns name none."""
    return lambda markdown: forms.read(compile(markdown.encode(), format="md"))


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 23, 10, tzinfo=UTC)
