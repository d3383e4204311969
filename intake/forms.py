"""The questionnaires a service runs: each version stored once, parsed once, found by its row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import select
from sqlmodel import Session, col

from conversations.forms import Form, read
from intake import xlsform
from intake.store import insert_once
from intake.tables import FormVersion


class Shelf:
    """Forms by the id of their row; a session stays on the version it began with."""

    def __init__(self) -> None:
        self._forms: dict[int, Form] = {}
        self._lock = Lock()

    def form(self, session: Session, form_id: int) -> Form:
        if (known := self._forms.get(form_id)) is not None:
            return known
        row = session.get_one(FormVersion, form_id)
        form = read(row.xform, files={name: text.encode() for name, text in row.files.items()})
        with self._lock:
            return self._forms.setdefault(form_id, form)


def code_lists(folder: Path) -> dict[str, bytes]:
    """The CSV files beside a questionnaire."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


def compiled(path: Path, cache: Path) -> tuple[str, Form, Mapping[str, bytes]]:
    """XForm, form and code lists of a workbook; raises FormRefused or FormError with everything wrong in it."""
    files = code_lists(path.parent)
    xform = xlsform.compile_cached(path, cache)
    return xform, read(xform, files=files), files


def install(session: Session, xform: str, form: Form, files: Mapping[str, bytes], now: datetime) -> int:
    """The id of this version of the form, stored when it is new."""
    row = {
        "name": form.id,
        "version": form.version,
        "digest": form.digest,
        "xform": xform,
        "files": {name: data.decode("utf-8-sig") for name, data in files.items()},
        "created_at": now,
    }
    insert_once(session, FormVersion, row)
    return session.scalars(select(col(FormVersion.id)).where(col(FormVersion.digest) == form.digest)).one() or 0
