"""A questionnaire tried at the terminal, and the conversation kept as a test."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from conversations.forms import Form
from intake import forms
from intake.channels.terminal import Conversation
from intake.channels.terminal.wording import words
from intake.commands import screen
from intake.commands.opening import language, refuse, refusing

PROMPT = "> "
OF_THE_CAMPAIGN = "campaign_"


def chat(
    form: Annotated[
        str, typer.Argument(metavar="FORM", help="A .md, .xlsx or .csv file, or a built-in questionnaire.")
    ],
    spoken: Annotated[str, typer.Option("--language", metavar="CODE", help="For example lv or en.")] = "",
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Keep the conversation, to be played as a test.")
    ] = None,
    fill: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A hidden field; may be given several times.")
    ] = None,
) -> None:
    """Answer a questionnaire here, in the terminal; nothing is kept but the file of --save."""
    with refusing():
        found = _form(form)
        said = words(language())
        if spoken and spoken not in found.languages:
            refuse(said["no_language"].format(language=spoken, languages=", ".join(found.languages)))
        talk = Conversation(
            found,
            name=Path(form).stem,
            language=spoken or found.default_language,
            now=datetime.now(UTC).replace(microsecond=0),
            fill=_names(found) | _filled(fill or []),
            read=_read,
            write=screen.say,
        )
        talk.run()
        if save is not None:
            save.write_text(talk.recording(), encoding="utf-8")
            screen.say(said["saved"].format(path=save))


def _form(name: str) -> Form:
    """A file, or one of the built-in questionnaires by its name."""
    path = Path(name)
    with as_file(files("conversations").joinpath("questionnaires")) as folder, tempfile.TemporaryDirectory() as cache:
        built_in = {file.stem: file for file in sorted(folder.glob("*.md"))}
        if not path.is_file() and name not in built_in:
            refuse(words(language())["not_built_in"].format(name=name, names=", ".join(built_in)))
        return forms.compiled(path if path.is_file() else built_in[name], Path(cache))[1]


def _names(form: Form) -> dict[str, str]:
    """What a campaign says of itself stands in the texts by the names of the fields: there is no campaign here."""
    hidden = (field for field in form.fields.values() if field.leaf and field.control is None)
    return {field.name: f"[{field.name}]" for field in hidden if field.name.startswith(OF_THE_CAMPAIGN)}


def _filled(given: list[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or "\n" in text:
            refuse(words(language())["bad_fill"].format(text=text))
        pairs[name.strip()] = value.strip()
    return pairs


def _read() -> str | None:
    """A line as typed; None at the end of the input or on Ctrl-C."""
    try:
        return input(PROMPT if sys.stdin.isatty() else "")
    except (EOFError, KeyboardInterrupt):
        return None
