"""What was typed at the terminal, as the lines of a recorded conversation."""

from __future__ import annotations

import re

from conversations.forms import Kind
from conversations.turn import Ask, AskRepeat, Option, Prompt, ReviewList

PLAIN = frozenset({"back", "skip", "review", "submit", "pause", "resume", "withdraw", "add", "enough", "done"})
WITH_ARGUMENT = frozenset({"language", "jump", "file", "place", "choose", "press"})
_NUMBERS = re.compile(r"\d{1,3}(?:[\s,;]+\d{1,3})*")


def recorded(typed: str, open_: Prompt | None) -> list[str] | None:
    """One line for each thing done; None for a command that does not exist. `open_` is what was asked last."""
    typed = typed.strip()
    if typed.startswith("/"):
        return _command(typed)
    if isinstance(open_, AskRepeat) and typed in ("+", "-"):
        return ["[add]" if typed == "+" else "[enough]"]
    if isinstance(open_, ReviewList) and typed.isdecimal():
        return [f"[jump {typed}]"]
    if isinstance(open_, Ask) and open_.kind in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE):
        several = open_.kind is Kind.SELECT_MULTIPLE
        if not typed:
            return ["[done]"] if several else []
        if (chosen := _chosen(typed, open_.options)) and (several or len(chosen) == 1):
            return [f"[choose {_name(option)}]" for option in chosen]
    return [typed] if typed else []


def _command(typed: str) -> list[str] | None:
    name, _, argument = typed[1:].partition(" ")
    argument = argument.strip().replace("]", "")
    if name in PLAIN and not argument:
        return [f"[{name}]"]
    if name in WITH_ARGUMENT and argument:
        return [f"[{name} {argument}]"]
    return ["[time passes]"] if name == "time" else None


def _chosen(typed: str, options: tuple[Option, ...]) -> list[Option]:
    """The options whose numbers were typed; none when anything else was."""
    if not _NUMBERS.fullmatch(typed):
        return []
    numbers = [int(number) for number in re.findall(r"\d+", typed)]
    return [options[number - 1] for number in numbers] if all(0 < n <= len(options) for n in numbers) else []


def _name(option: Option) -> str:
    """The letter where it says the same as the index, else the index."""
    return option.letter if option.letter and ord(option.letter) - ord("a") == option.index else str(option.index)
