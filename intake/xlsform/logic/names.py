"""Names: those that differ only by case, lists nobody chooses from, columns that XLSForm does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from intake.xlsform.finding import Finding, Place, Severity, found
from intake.xlsform.logic.survey import Survey
from intake.xlsform.sheets import Row, plain

WARNING = Severity.WARNING
INSTANCE = re.compile(r"(?:instance|pulldata)\(\s*['\"]([^'\"]+)['\"]")
KNOWN = frozenset({
    "type", "name", "label", "hint", "guidance_hint", "required", "required_message", "relevant", "constraint",
    "constraint_message", "calculation", "choice_filter", "appearance", "default", "read_only", "parameters",
    "repeat_count", "trigger", "save_to", "image", "audio", "video", "big-image", "media", "list_name", "intent",
    "note", "query", "body", "bind", "instance", "autoplay", "disabled",
})  # fmt: skip
"""Columns of the survey that mean something; others are left alone by every tool."""
SPOKEN = frozenset(("label", "hint", "guidance_hint", "required_message", "constraint_message"))
SHOWN = frozenset(("image", "audio", "video", "big-image", "media"))


def twins(survey: Survey) -> Iterator[Finding]:
    """Names of questions, of lists and of choices in one list that differ only in capital letters."""
    rows = [(item.name, item.row) for item in survey.outline.items if item.name]
    yield from _twins(rows, "survey", survey)
    choices: dict[str, list[tuple[str, Row]]] = {}
    for row in survey.book.rows("choices"):
        choices.setdefault(row.get("list_name"), []).append((row.get("name"), row))
    for named in choices.values():
        yield from _twins(named, "choices", survey)
    yield from _twins([(name, named[0][1]) for name, named in choices.items()], "choices", survey, "list_name")


def _twins(rows: Iterable[tuple[str, Row]], sheet: str, survey: Survey, column: str = "name") -> Iterator[Finding]:
    seen: dict[str, tuple[str, int]] = {}
    for name, row in rows:
        first, number = seen.setdefault(name.casefold(), (name, row.number))
        if first != name:
            place = Place(sheet, row.number, column)
            yield found("case_twin", survey.language, place, WARNING, name=name, first=first, row=number)


def unused_lists(survey: Survey) -> Iterator[Finding]:
    """Lists that no question chooses from and no expression reads."""
    used = {item.type.list_name for item in survey.outline.items}
    if any("${" in name for name in used):
        return
    for row in (*survey.book.rows("survey"), *survey.book.rows("entities"), *survey.book.rows("settings")):
        used.update(name for text in row.cells.values() for name in INSTANCE.findall(text))
    for name, listing in survey.listings.items():
        if listing.sheet == "choices" and name not in used:
            place = Place("choices", listing.rows[0].number, "list_name")
            yield found("unused_list", survey.language, place, WARNING, list=name)


def unknown_columns(survey: Survey) -> Iterator[Finding]:
    """Headers that look like one that XLSForm knows, and media that nobody would see."""
    for header in survey.book.headers("survey"):
        column = plain(header).partition("::")[0]
        place = Place("survey", None, header)
        near = get_close_matches(column, KNOWN, n=1, cutoff=0.8)
        if column in SHOWN:
            yield found("media_column", survey.language, place, WARNING, column=header)
        elif column not in KNOWN and near:
            yield found("unknown_column", survey.language, place, WARNING, column=header, near=near[0])


def languages(survey: Survey) -> Iterator[Finding]:
    """Texts with and without a language in one sheet, and a default language that no column has."""
    spoken: dict[str, None] = {}
    for sheet in ("survey", "choices"):
        headers = [(header, *plain(header).partition("::")[::2]) for header in survey.book.headers(sheet)]
        named = {column for _, column, language in headers if language and column in SPOKEN}
        spoken.update({language: None for _, column, language in headers if language and column in SPOKEN})
        for header, column, language in headers:
            if not language and column in named:
                yield found("label_without_language", survey.language, Place(sheet, None, header), WARNING)
    for row in survey.book.rows("settings"):
        wanted = row.get("default_language")
        if wanted and spoken and wanted not in spoken:
            place = Place("settings", row.number, "default_language")
            named_languages = ", ".join(spoken)
            yield found("default_language", survey.language, place, name=wanted, languages=named_languages)
