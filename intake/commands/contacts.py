"""Whom we write to: importing contacts, inviting them, and what a single person may ask for."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import audit, outbox, outreach, people, privacy
from intake import contacts as lists
from intake.acts import Act, Verb
from intake.commands import screen
from intake.commands.acting import ACTOR, act
from intake.commands.campaigns import AsJson
from intake.commands.opening import REFUSED, Counter, counter, refuse, said
from intake.tables import Address, Conversation, Organisation, Outbox, OutboxState, Person, Submission

contacts = typer.Typer(help="Read a list of contacts.", no_args_is_help=True)

MOST_SHOWN = 200


@contacts.command("import")
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)],
    source: Annotated[str, typer.Option(help="Where all these contacts come from.")] = "",
    basis: Annotated[str, typer.Option(help="On what legal basis they are used.")] = "",
    obtained_at: Annotated[
        str, typer.Option(metavar="DATE", help="When they were obtained, for example 2026-01-31.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Import contacts from a .csv or .xlsx file; broken rows are named and the rest is imported."""
    given = {"source": source, "basis": basis, "obtained_at": obtained_at}
    with counter() as c:
        found = list(lists.rows(file))

        def rule(session: Session) -> lists.Report:
            report = lists.load(session, c.desk, iter(found), given, c.now())
            audit.note(session, c.now(), ACTOR, "import", "contacts", f"added {report.added}")
            return report

        report = c.change(rule)
        if as_json:
            screen.data(asdict(report))
        else:
            _show(c, report)
    if report.problems and not report.added + report.known + report.stopped:
        raise typer.Exit(REFUSED)


def _show(c: Counter, report: lists.Report) -> None:
    screen.say(c.say("imported", added=report.added, known=report.known, stopped=report.stopped))
    for problem in report.problems[:MOST_SHOWN]:
        screen.say(c.say("broken_row", row=problem.row, column=problem.column, message=problem.message))
    if report.problems:
        screen.say(c.say("broken_rows", rows=len({problem.row for problem in report.problems})))


def invite(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show whom the letters would go to.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a letter for every contact that has none yet into the outbox; the running service sends them."""
    with counter() as c:
        invited = c.look(_to_invite) if dry_run else _invite(c)
        if as_json:
            rows = [{"person": person, "address": address} for person, address in invited]
            screen.data({"dry_run": dry_run, "letters": rows})
            return
        if invited:
            screen.table((c.say("person"), c.say("address")), invited)
        screen.say(c.say("would_invite" if dry_run else "invited", letters=len(invited)))
        if not invited:
            screen.say(c.say("nobody_to_invite"))
        if c.look(outbox.paused):
            screen.say(c.say("is_paused"))


def _invite(c: Counter) -> list[tuple[int, str]]:
    """Some at a time, so that the running service can answer meanwhile."""
    invited: list[tuple[int, str]] = []
    while some := c.change(lambda session: outreach.invite_all(session, c.desk, c.now(), outreach.AT_ONCE)):
        invited += some
    c.change(lambda session: audit.note(session, c.now(), ACTOR, "invite", "contacts", f"{len(invited)} letters"))
    return invited


def _to_invite(session: Session) -> list[tuple[int, str]]:
    found = ((person.id or 0, people.address(session, person.id, "email")) for person in outreach.to_invite(session))
    return [(person, address) for person, address in found if address]


def show_people(as_json: AsJson = False) -> None:
    """List everybody who was invited, suggested or came by themselves."""
    with counter() as c:
        rows = c.look(_people)
        if as_json:
            screen.data(rows)
            return
        names = ("number", "organisation", "addresses", "wave", "referred_by", "source", "state")
        header = [c.say(f"column_{name}") for name in names]
        screen.table(header, ([_cell(c, name, row[name]) for name in names] for row in rows))


def _cell(c: Counter, name: str, value: Any) -> object:
    if name == "addresses":
        return ", ".join(value)
    if name in ("state", "source"):
        return c.say(f"{name}_{value}")
    return "" if value is None else value


def _people(session: Session) -> list[dict[str, Any]]:
    addresses: dict[int, list[str]] = {}
    for row in session.scalars(select(Address).order_by(col(Address.id))):
        addresses.setdefault(row.person_id, []).append(row.value if row.channel == "email" else "Telegram")
    begun = set(session.scalars(select(col(Conversation.person_id)).where(col(Conversation.answered_at).is_not(None))))
    counts = select(col(Submission.person_id), func.count(func.distinct(col(Submission.conversation_id))))
    submitted = dict(session.execute(counts.group_by(col(Submission.person_id))).all())
    invited = set(session.scalars(_sent_invitations()))
    statement = select(Person, col(Organisation.name)).outerjoin(
        Organisation, col(Organisation.id) == col(Person.organisation_id)
    )
    return [
        {
            "number": person.id,
            "name": person.name,
            "organisation": organisation or "",
            "addresses": addresses.get(person.id or 0, []),
            "language": person.language,
            "wave": person.wave,
            "referred_by": person.referred_by,
            "source": person.source,
            "group": person.contact_group,
            "submissions": submitted.get(person.id or 0, 0),
            "state": _state(person, invited, begun, submitted),
        }
        for person, organisation in session.execute(statement.order_by(col(Person.id)))
    ]


def _sent_invitations() -> Any:
    return select(col(Outbox.person_id)).where(
        col(Outbox.kind).in_(("invitation", "referral")), col(Outbox.state) == OutboxState.SENT
    )


def _state(person: Person, invited: set[int | None], begun: set[int], submitted: dict[int, int]) -> str:
    if person.stopped_at is not None:
        return "stopped"
    if person.id in submitted:
        return "submitted"
    if person.id in begun:
        return "begun"
    return "invited" if person.id in invited else "known"


def stop(address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The mail address.")]) -> None:
    """Never write to an address again, for example after a telephone call."""
    act(Act(Verb.STOP, address=address))


def forget(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The mail address.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase who somebody was, for good; the address is remembered only as one not to write to."""
    with counter() as c:
        if not yes and sys.stdin.isatty() and not typer.confirm(c.say("forget_sure")):
            raise typer.Exit(REFUSED)
        if not c.change(lambda session: _forget(c, session, address)):
            refuse(said("nobody_known", address=address))
        screen.say(c.say("forgotten"))


def _forget(c: Counter, session: Session, address: str) -> bool:
    person = people.by_address(session, "email", address, lock=True)
    if person is None:
        return False
    privacy.forget(session, c.desk, person, c.now(), ACTOR)
    return True
