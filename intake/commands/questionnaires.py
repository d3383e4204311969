"""Questionnaires as files: what changed between two versions, and a workbook to edit one in."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.engine import make_url

from conversations.forms import Form, read
from intake import forms, versions, wording, xlsform
from intake.commands import screen
from intake.commands.campaigns import AsJson
from intake.commands.opening import database, language, refusing
from intake.settings import Settings
from intake.xlsform import Change, Workbook

OldFile = Annotated[Path, typer.Argument(metavar="OLD", exists=True, dir_okay=False, help="The version before.")]
NewFile = Annotated[Path, typer.Argument(metavar="NEW", exists=True, dir_okay=False, help="The version now.")]
InFile = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A .md, .csv or .xlsx file.")]


def diff(
    old: OldFile,
    new: NewFile,
    as_json: AsJson = False,
    sessions: Annotated[
        bool | None,
        typer.Option(help="Say which open conversations are affected; by default where there is a database."),
    ] = None,
) -> None:
    """Say what changed between two versions of a questionnaire, and for whom."""
    spoken = language()
    with refusing():
        before, after = (xlsform.version(_rows(file, spoken), forms.code_lists(file.parent)) for file in (old, new))
        changes = xlsform.changes(before, after)
        wanted = _has_database() if sessions is None else sessions
        found = _standing(new, xlsform.touched(changes, before), spoken) if wanted else None
    if as_json:
        screen.data(_as_data(changes, found, spoken))
        return
    for change in changes:
        screen.say(change.sentence(spoken))
    if not changes:
        screen.say(said("same"))
    if found is not None:
        _say_standing(found)


def export_form(
    file: InFile,
    xlsx: Annotated[Path, typer.Option("--xlsx", metavar="OUT.xlsx", dir_okay=False, help="The workbook to write.")],
) -> None:
    """Write a questionnaire as a workbook that Excel opens and other XLSForm tools take."""
    spoken = language()
    if xlsx.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{xlsx.name}: a name that ends in .xlsx is expected", param_hint="--xlsx")
    with refusing():
        book = _rows(file, spoken)
        xlsx.write_bytes(xlsform.as_xlsx(book))
        screen.say(said("written", file=xlsx, questions=len(book.rows("survey"))))
        if beside := xlsform.files_of(row.get("type") for row in book.rows("survey")):
            screen.say(said("files_beside", files=", ".join(beside)))


def _rows(file: Path, spoken: str) -> Workbook:
    format = xlsform.format_of(file.suffix)
    if format is None:
        raise typer.BadParameter(f"{file.name}: .xlsx, .csv or .md is expected")
    return xlsform.read_rows(xlsform.read_bytes(file), format, language=spoken)


def _has_database() -> bool:
    settings = Settings()
    if settings.database_url and not settings.database_url.startswith("sqlite"):
        return True
    path = make_url(settings.database).database
    return bool(path) and Path(path or "").is_file()


def _standing(new: Path, touched: frozenset[str], spoken: str) -> list[versions.Standing]:
    compiled = _compiled(new, spoken)
    with database() as store:
        return asyncio.run(
            store.read(lambda session: versions.standing(session, compiled.id, compiled.digest, touched))
        )


def _compiled(file: Path, spoken: str) -> Form:
    format = xlsform.format_of(file.suffix) or "md"
    xform = xlsform.compile(xlsform.read_bytes(file), format=format, language=spoken)
    return read(xform, files=forms.code_lists(file.parent))


def _as_data(changes: tuple[Change, ...], found: list[versions.Standing] | None, spoken: str) -> dict[str, Any]:
    told = [{**asdict(change), "sentence": change.sentence(spoken)} for change in changes]
    return {"changes": told, "sessions": None if found is None else [asdict(one) for one in found]}


def _say_standing(found: list[versions.Standing]) -> None:
    for one in found:
        numbers = ", ".join(map(str, one.conversations))
        version, count = one.version or one.digest[:8], len(one.conversations)
        screen.say(said("standing", version=version, row=one.form_version, count=count, numbers=numbers or "–"))
        if one.answered:
            answered = ", ".join(map(str, one.answered))
            screen.say(said("answered", count=len(one.answered), numbers=answered))
    screen.say(said("stay"))


def said(key: str, **values: object) -> str:
    return wording.text(language(), f"questionnaires.{key}", **values)
