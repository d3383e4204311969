"""What waits for a person, in its own words; the files people sent; and who is one person and who is two."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlmodel import Session, col

from intake import attachments, digest, identity
from intake import matters as waiting
from intake.commands import screen
from intake.commands.acting import ACTOR
from intake.commands.campaigns import AsJson
from intake.commands.opening import Counter, counter, refuse
from intake.tables import Attachment, AttachmentState, Matter, Person

Number = Annotated[int, typer.Argument(metavar="N")]


def matters(
    number: Annotated[int | None, typer.Argument(metavar="[N]", help="Only this one.")] = None, as_json: AsJson = False
) -> None:
    """Show what needs a person, with what was written: numbers as in the digest and in the staff chat."""
    with counter() as c:
        rows = c.look(lambda session: _matters(session, c, number))
        if number is not None and not rows:
            refuse(c.say("matter_unknown", number=number))
        if as_json:
            screen.data(rows)
            return
        header = [c.say(f"column_{name}") for name in ("number", "at", "kind", "person", "organisation", "text")]
        names = ("number", "at", "what", "person", "organisation", "text")
        screen.table(header, ([_cell(row[name]) for name in names] for row in rows))


def files(
    number: Annotated[int | None, typer.Argument(metavar="[N]", help="The file's number.")] = None,
    to: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to copy it.", dir_okay=False)] = None,
    as_json: AsJson = False,
) -> None:
    """List the files people sent, or copy one of them. Nothing in them has been checked: open them with care."""
    with counter() as c:
        if number is not None and to is not None:
            _copy(c, number, to)
            return
        rows = c.look(_files)
        if as_json:
            screen.data(rows)
            return
        names = ("number", "at", "name", "size", "state", "person", "question")
        header = [c.say(f"column_{'kind' if name == 'name' else name}") for name in names]
        screen.table(header, ([_cell(row[name]) for name in names] for row in rows))


def split(number: Number, channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="email or telegram")]) -> None:
    """Two people were taken for one: the chat, or the mailbox, and what began there become another person."""
    with counter() as c:
        other = c.change(lambda session: _split(session, c, number, channel))
        if other is None:
            refuse(c.say("cannot_split", number=number))
        screen.say(c.say("was_split", number=number, other=other))


def unite(number: Number, other: Annotated[int, typer.Argument(metavar="M")]) -> None:
    """Number M is the same human as number N: addresses and answers become N's."""
    with counter() as c:
        if not c.change(lambda session: _unite(session, c, number, other)):
            refuse(c.say("cannot_unite", number=number, other=other))
        screen.say(c.say("united", number=number, other=other))


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _matters(session: Session, c: Counter, number: int | None) -> list[dict[str, Any]]:
    one = session.get(Matter, number) if number is not None else None
    rows = waiting.waiting(session) if number is None else [one] if one is not None else []
    return [
        digest.matter(session, row, c.language) | {"at": row.created_at, "person": row.person_id, "text": row.text}
        for row in rows
    ]


def _files(session: Session) -> list[dict[str, Any]]:
    statement = select(Attachment).where(col(Attachment.state) != AttachmentState.ERASED).order_by(col(Attachment.id))
    return [
        {
            "number": row.id,
            "at": row.created_at,
            "name": row.name or row.kind,
            "size": row.size,
            "state": row.state,
            "person": row.person_id,
            "question": row.path.rpartition("/")[2],
        }
        for row in session.scalars(statement)
    ]


def _copy(c: Counter, number: int, to: Path) -> None:
    row = c.look(lambda session: session.get(Attachment, number))
    if row is None or row.state != AttachmentState.STORED:
        refuse(c.say("file_unknown", number=number))
    shutil.copyfile(attachments.path_of(c.settings.data / attachments.FOLDER, row.digest), to)
    screen.say(c.say("file_copied", number=number, path=to))


def _split(session: Session, c: Counter, number: int, channel: str) -> int | None:
    person = session.get(Person, number, with_for_update=True)
    other = identity.split(session, person, channel, ACTOR, c.now()) if person is not None else None
    return other.id if other is not None else None


def _unite(session: Session, c: Counter, number: int, other: int) -> bool:
    first, second = session.get(Person, number, with_for_update=True), session.get(Person, other, with_for_update=True)
    if first is None or second is None:
        return False
    return identity.unite(session, first, second, ACTOR, c.now())
