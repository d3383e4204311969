"""The state of the campaign for a report: steps, channels, waves, referrals, what it is about, what is missing."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from sqlalchemy import func, select
from sqlmodel import Session, col

from intake import coverage, numbers, organisations, selection, wording
from intake.channels.email.dates import long_date
from intake.desk import Desk
from intake.tables import Outbox, OutboxState, Person, Submission

DAY_S = 24 * 3600
FEWEST = 3
KNOWN = frozenset({"email", "telegram", "unknown", *organisations.SECTORS.values()})
STEPS = ("contacts", "invited", "begun", "submitted")


def compose(session: Session, desk: Desk, now: datetime) -> dict[str, Any]:
    """Counts and shares, as JSON takes them: no names of persons, no addresses, no free text."""
    language, status = desk.campaign.language, numbers.status(session)
    counted = coverage.counts(session, desk, language)
    local = desk.campaign.local
    return {
        "day": local(now).date().isoformat(),
        "deadline": local(desk.closes(session)).date().isoformat(),
        "target": desk.campaign.staff.target,
        "initiatives": status["initiatives"],
        "steps": list(_steps(status, language)),
        "stages": _stages(session),
        "channels": numbers.channels(session),
        "waves": list(_waves(session)),
        "referrals": status["referrals"],
        "days_to_answer": _days_to_answer(session),
        "sectors": coverage.sectors(session),
        "about": {name: [asdict(share) for share in shares] for name, shares in counted.items()},
        "gaps": coverage.gaps(counted),
    }


def _steps(status: Mapping[str, Any], language: str) -> Iterator[dict[str, Any]]:
    """Each step with its share of the one before."""
    before = None
    for name in STEPS:
        share = numbers.share(status[name], status[before], language) if before and status[before] else ""
        yield {"step": name, "count": status[name], "share": share}
        before = name


def _stages(session: Session) -> dict[str, int]:
    """Initiatives whose respondents may be written to again, and those chosen for each later stage."""
    found = selection.candidates(session)
    chosen = {f"stage{stage}": sum(one.chosen_for >= stage for one in found) for stage in selection.STAGES}
    return {"consent": sum(one.selectable for one in found), **chosen}


def _waves(session: Session) -> Iterator[dict[str, int]]:
    """By wave (0: the staff's list and those who came by themselves): people, and how many of them answered."""
    answered = set(session.scalars(select(col(Submission.person_id)).distinct()))
    people: dict[int, list[int | None]] = {}
    for number, wave in session.execute(select(col(Person.id), col(Person.wave)).order_by(col(Person.wave))):
        people.setdefault(wave, []).append(number)
    for wave, members in people.items():
        yield {"wave": wave, "people": len(members), "answered": len(answered.intersection(members))}


def _days_to_answer(session: Session) -> dict[str, float] | None:
    """From the invitation to the first submission: median and quartiles in days; None before two answers."""
    sent = select(col(Outbox.person_id), func.min(col(Outbox.sent_at)))
    sent = sent.where(col(Outbox.kind).in_(numbers.INVITING), col(Outbox.state) == OutboxState.SENT)
    invited = dict(session.execute(sent.group_by(col(Outbox.person_id))).all())
    first = select(col(Submission.person_id), func.min(col(Submission.submitted_at)))
    days = [
        max(0.0, (at - invited[person]).total_seconds() / DAY_S)
        for person, at in session.execute(first.group_by(col(Submission.person_id)))
        if invited.get(person) is not None
    ]
    if len(days) < 2:
        return None
    low, median, high = statistics.quantiles(days, n=4, method="inclusive")
    return {"quarter": round(low, 1), "median": round(median, 1), "three_quarters": round(high, 1), "people": len(days)}


@dataclass(frozen=True, slots=True)
class Table:
    """A part of the report in words."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[object, ...]]


def tables(found: Mapping[str, Any], language: str) -> list[Table]:
    """The report for people; parts about nothing are left out."""

    def said(key: str) -> str:
        return wording.text(language, f"report.{key}")

    def named(kind: str, name: str) -> str:
        """A sector of the staff's own list has no words but its name."""
        return said(f"{kind}_{name}") if name in KNOWN else name

    def table(part: str, *rows: tuple[object, ...], header: tuple[str, ...] = ("what", "count")) -> Table:
        return Table(said(part), tuple(said(name) for name in header), list(rows))

    steps = [(said(one["step"]), one["count"], one["share"]) for one in found["steps"]]
    waves = [(one["wave"], one["people"], one["answered"]) for one in found["waves"]]
    made = [
        table("steps", *steps, header=("what", "count", "of_before")),
        table("initiatives", (said("all"), found["initiatives"]), *((said(k), n) for k, n in found["stages"].items())),
        table("channels", *((named("by", name), n) for name, n in found["channels"].items())),
        table("waves", *waves, header=("wave", "people", "answered")),
        table("referrals", *((said(f"referrals_{name}"), n) for name, n in found["referrals"].items())),
        table("sectors", *((named("sector", name or "unknown"), n) for name, n in found["sectors"].items())),
        *(table(name, *((one["label"], _few(one["count"])) for one in rows)) for name, rows in found["about"].items()),
    ]
    return [one for one in made if one.rows]


def sentences(found: Mapping[str, Any], language: str) -> list[str]:
    """What is no table: how long answers take, and what is missing."""
    said = []
    if days := found["days_to_answer"]:
        said.append(wording.text(language, "report.days_to_answer", **days))
    for name, labels in found["gaps"].items():
        said.append(wording.text(language, f"report.gaps_{name}", names=", ".join(labels)))
    return said


def as_page(found: Mapping[str, Any], desk: Desk) -> str:
    """The report as one HTML file that needs nothing else."""
    language = desk.campaign.language
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files(__package__).joinpath("page.html").read_text("utf-8"))
    return template.render(
        language=language,
        title=wording.text(language, "report.title", campaign=desk.campaign.text(desk.campaign.title, language)),
        day=wording.text(language, "report.day", day=long_date(date.fromisoformat(found["day"]), language)),
        sentences=sentences(found, language),
        tables=tables(found, language),
        note=wording.text(language, "report.note"),
    )


def _few(count: int) -> object:
    """One or two of a kind are not told apart, so that nobody is recognised (DOMAIN.md 5)."""
    return count if count == 0 or count >= FEWEST else f"<{FEWEST}"
