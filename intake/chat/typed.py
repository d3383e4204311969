"""Words typed in place of a button: "gatavs", "atpakaļ", "iesniegt", "vēl vienu"; never an option of a question."""

from __future__ import annotations

from functools import cache

from conversations.answers.folding import fold
from intake.channels.telegram.buttons import Action, Button
from intake.channels.telegram.wording import LANGUAGES, words
from intake.chat.shown import Shown

LONGEST = 60
_OPTIONS = frozenset((Action.CHOOSE, Action.TOGGLE, Action.JUMP, Action.GROUP, Action.PAGE))
"""Read by the conversation itself, which knows letters, numbers and beginnings of labels."""
_TO_THE_LETTER = frozenset((Action.ERASE_CONFIRMED,))
"""A short yes is not enough for what cannot be taken back."""


def meaning(text: str, shown: Shown) -> str | None:
    """The data of the button that the whole text names; None where it names none."""
    folded = fold(text) if len(text) <= LONGEST else ""
    if not folded:
        return None
    offered = [(label, button, data) for label, button, data in shown.buttons() if button.action not in _OPTIONS]
    for label, _, data in offered:
        if _bare(label) == folded:
            return data
    return next((data for _, button, data in offered if folded in _synonyms(button)), None)


def command(text: str) -> str | None:
    """A command in words, known wherever it is typed."""
    folded = fold(text) if len(text) <= LONGEST else ""
    return next((name for name, synonyms in _table("asked").items() if folded in synonyms), None) if folded else None


def means(text: str, name: str) -> bool:
    """Whether the text names a button that is not shown now ("back" at the review, "resume" after a pause)."""
    return len(text) <= LONGEST and fold(text) in _table("typed")[name]


def _bare(label: str) -> str:
    """A label without signs and the count behind it."""
    return fold(label.partition("(")[0])


def _synonyms(button: Button) -> frozenset[str]:
    if button.action in _TO_THE_LETTER:
        return frozenset()
    name = button.action.name.lower()
    return _table("typed").get(f"meant_{'yes' if button.index else 'no'}" if name == "meant" else name, frozenset())


@cache
def _table(name: str) -> dict[str, frozenset[str]]:
    """Folded words by action, of every language: people do not always write in the one they are asked in."""
    found: dict[str, frozenset[str]] = {}
    for language in LANGUAGES:
        for key, text in words(language).table(name).items():
            found[key] = found.get(key, frozenset()) | {fold(word) for word in text.split(",")}
    return found
