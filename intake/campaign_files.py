"""The built-in campaign as files to edit: settings, questionnaire, letters, an example of contacts, how to go on."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import tomlkit

from intake.campaign import FILE
from intake.channels.email import letters

ZONE = ZoneInfo("Europe/Riga")
USUAL_LENGTH = timedelta(days=32)
QUESTIONNAIRE = "initiative.md"


@dataclass(frozen=True, slots=True)
class Window:
    """The first day on which letters go out and the last one for answers."""

    opening: date
    deadline: date


def window(today: date, opening: date | None, deadline: date | None) -> Window | None:
    """The days of a new campaign; None where the deadline would be before the opening."""
    if opening is None:
        opening = today if deadline is None or deadline >= today else deadline - USUAL_LENGTH
    chosen = Window(opening, deadline or _friday(opening + USUAL_LENGTH))
    return chosen if chosen.deadline >= chosen.opening else None


def occupied(folder: Path) -> bool:
    """Whether something is there already; nothing of it is ever overwritten."""
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def write(folder: Path, window: Window) -> list[Path]:
    """Write the files into a new or empty folder; which ones."""
    folder.mkdir(parents=True, exist_ok=True)
    source = letters.built_in().parent
    (folder / FILE).write_text(_settings(source / FILE, window), encoding="utf-8")
    for path in sorted((source / "campaign").iterdir()):
        shutil.copyfile(path, folder / path.name)
    _copy_questionnaire(folder)
    for language in sorted(path for path in letters.built_in().iterdir() if path.is_dir()):
        (folder / "letters" / language.name).mkdir(parents=True)
        for path in sorted(language.glob("*.md")):
            shutil.copyfile(path, folder / "letters" / language.name / path.name)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _copy_questionnaire(folder: Path) -> None:
    for entry in files("conversations.questionnaires").iterdir():
        if entry.name == QUESTIONNAIRE or entry.name.endswith(".csv"):
            (folder / entry.name).write_bytes(entry.read_bytes())


def _settings(template: Path, window: Window) -> str:
    """The template with the days filled in and every comment kept."""
    document = tomlkit.parse(template.read_text(encoding="utf-8"))
    for name, day in (("opening", window.opening), ("deadline", window.deadline)):
        _replace(document, name, day)
    controller = document["controller"]
    if isinstance(controller, tomlkit.items.Table) and controller["retention"] <= window.deadline:
        _replace(controller, "retention", date(window.deadline.year + 1, 12, 31))
    return tomlkit.dumps(document)


def _replace(table: tomlkit.TOMLDocument | tomlkit.items.Table, name: str, day: date) -> None:
    """Give a key another date and keep the comment behind it."""
    value = tomlkit.date(day.isoformat())
    old = table[name]
    if isinstance(old, tomlkit.items.Item):
        value.trivia.comment_ws, value.trivia.comment = old.trivia.comment_ws, old.trivia.comment
    table[name] = value


def _friday(day: date) -> date:
    return day + timedelta(days=(4 - day.weekday()) % 7)
