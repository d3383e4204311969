"""A questionnaire of one's own, tried in the playground: checked row by row, and run when nothing is wrong with it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomlkit
from sqlmodel import Session

from conversations.forms import FormError
from intake import forms, trial, xlsform
from intake.app import Service
from intake.campaign import FILE
from intake.playground.rehearsal import Rehearsal
from intake.xlsform import Finding, FormRefused, Severity

_SHEETS = ("survey", "choices", "settings", "entities")
_NAME = re.compile(r"[^\w.-]+")
MAX_BYTES = 5_000_000


class NoForm(Exception):
    """The file is neither a questionnaire nor a code list."""


@dataclass(frozen=True)
class Outcome:
    """What came of a file: `kept` is a code list's name, `findings` are a questionnaire's."""

    findings: tuple[Finding, ...] = ()
    running: bool = False
    kept: str = ""

    def public(self) -> dict[str, Any]:
        names = ("severity", "sheet", "row", "column", "message", "remedy")
        rows = [{name: getattr(finding, name) for name in names} for finding in self.findings]
        return {"running": self.running, "kept": self.kept, "findings": rows}


async def take(rehearsal: Rehearsal, name: str, content: bytes, language: str) -> Outcome:
    """Check a questionnaire and run it from now on, or keep a code list beside it; raises NoForm."""
    service, suffix = rehearsal.service, Path(name).suffix
    format = xlsform.format_of(suffix)
    if service is None or format is None:
        raise NoForm
    folder = service.desk.campaign.folder
    safe = _NAME.sub("_", Path(name).name)[-80:]
    if format == "csv" and not _begins_a_sheet(content):
        (folder / safe).write_bytes(content)
        return Outcome(kept=safe)
    lists = forms.code_lists(folder)
    findings = await asyncio.to_thread(xlsform.lint, content, format=format, files=lists, language=language)
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Outcome(findings)
    path = folder / f"own{suffix.lower()}"
    path.write_bytes(content)
    problems = await _problems(service, path, language)
    if not problems:
        _name_in_settings(folder / FILE, path.name)
        await rehearsal.restart()
    return Outcome((*findings, *problems), running=not problems)


async def _problems(service: Service, path: Path, language: str) -> tuple[Finding, ...]:
    """What only the engine, or the campaign's letters, can say of a questionnaire that compiles."""
    try:
        compiled = await asyncio.to_thread(forms.compiled, path, service.settings.data / "forms")
    except FormRefused as error:
        return error.findings
    except FormError as error:
        return tuple(Finding(f"{problem.question}: {problem.message.told(language)}") for problem in error.problems)
    refused = await service.store.write(lambda session: _letters_refused(session, service, *compiled))
    return tuple(Finding(text) for text in refused)


def _letters_refused(session: Session, service: Service, xform: str, form: Any, files: Any) -> list[str]:
    now = service.clock.now()
    form_id = forms.install(session, xform, form, files, now)
    with session.begin_nested() as savepoint:
        problems = trial.letters_refused(session, replace(service.desk, form_id=form_id), now)
        savepoint.rollback()
    return problems


def _name_in_settings(path: Path, questionnaire: str) -> None:
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    document["questionnaire"] = questionnaire
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def _begins_a_sheet(content: bytes) -> bool:
    """Whether a CSV is an XLSForm: the name of a sheet stands in the first cell of its first row."""
    lines = content[:10_000].decode("utf-8-sig", errors="replace").splitlines()
    first = next((line for line in lines if line.strip(" ,;\t\"'")), "")
    return re.split(r"[,;\t]", first)[0].strip(" \"'").lower() in _SHEETS
