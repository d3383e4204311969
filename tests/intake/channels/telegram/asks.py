"""Questions to render, with what a test does not care about filled in."""

from typing import Any

from conversations.forms import Kind
from conversations.turn.prompts import Ask, Option


def ask(kind: Kind = Kind.TEXT, labels: tuple[str, ...] = (), *, picked: tuple[int, ...] = (), **other: Any) -> Ask:
    options = tuple(
        Option(index, chr(ord("a") + index % 26), label, index in picked) for index, label in enumerate(labels)
    )
    given: dict[str, Any] = {
        "path": "/data/form",
        "number": 4,
        "label": "Kāda veida inovācija?",
        "hint": "",
        "required": True,
        "position": 4,
        "total": 18,
    }
    return Ask(kind=kind, options=options, **{**given, **other})
