"""How commands show things: a table for people, JSON for programs, problems on the other stream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 200
"""Columns where no terminal says how many it has."""


def say(text: str) -> None:
    """One sentence or one letter, as it is."""
    _console().print(Text(text), soft_wrap=True)


def problem(text: str) -> None:
    """A sentence about what is wrong."""
    Console(stderr=True).print(Text(text), soft_wrap=True)


def table(header: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """A table; control characters in a cell cannot move the cursor."""
    shown = Table(title=Text(title) if title else None, title_justify="left", header_style="bold")
    for name in header:
        shown.add_column(Text(name), overflow="fold")
    for row in rows:
        shown.add_row(*(Text(harmless(str(cell))) for cell in row))
    _console().print(shown)


def data(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """JSON on one stream, for programs."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def harmless(text: str) -> str:
    """Text from outside for a terminal: whatever is no printable character is shown as a space."""
    return "".join(char if char.isprintable() else " " for char in text)


def _console() -> Console:
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = WIDE
    return console


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
