"""The report: counts with their shares, what is missing, a page that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlmodel import Session

from intake import coverage, digest, initiatives, report
from intake.desk import Desk
from intake.tables import Conversation, Person

ANSWERS = {
    "title": "Atvērtās durvis",
    "organisation": "Biedrība “<Tilts>”",
    "legal_form": "biedriba",
    "service": "care day",
    "region": "RPR LPR",
    "regions": "RPR LPR",
    "stage": "scaling",
    "contact_consent": "yes",
}


@pytest.fixture
def submitted(
    session: Session,
    desk: Desk,
    now: datetime,
    person: Callable[..., Person],
    conversation: Callable[..., Conversation],
) -> None:
    for number in range(3):
        made = conversation(person(f"p{number}@example.org", name="Anna Ozola", wave=number % 2), answered_at=now)
        initiatives.submit(
            session, desk, made, ANSWERS, language="lv", channel="email", now=now + timedelta(days=number)
        )
    session.flush()


def test_an_empty_campaign_has_a_report(session: Session, desk: Desk, now: datetime) -> None:
    found = report.compose(session, desk, now)
    assert (found["initiatives"], found["gaps"], found["days_to_answer"]) == (0, {}, None)
    assert report.sentences(found, "lv") == []
    assert "<h1>" in report.as_page(found, desk)
    assert digest.compose(session, desk, now)["gaps"] == []


@pytest.mark.usefixtures("submitted")
def test_what_is_there_and_what_is_missing(session: Session, desk: Desk, now: datetime) -> None:
    found = report.compose(session, desk, now)
    assert [(one["step"], one["count"]) for one in found["steps"]][2:] == [("begun", 3), ("submitted", 3)]
    assert found["waves"] == [{"wave": 0, "people": 2, "answered": 2}, {"wave": 1, "people": 1, "answered": 1}]
    assert (found["stages"], found["sectors"]) == ({"consent": 3, "stage2": 0, "stage3": 0}, {"ngo": 3})
    regions = {share["name"]: share["count"] for share in found["about"]["region"]}
    assert regions == {"RPR": 3, "VPR": 0, "KPR": 0, "ZPR": 0, "LPR": 3}
    assert found["gaps"]["region"] == [
        "Vidzemes plānošanas reģions",
        "Kurzemes plānošanas reģions",
        "Zemgales plānošanas reģions",
    ]
    assert coverage.NOT_WANTED.isdisjoint(found["gaps"]["service"])


@pytest.mark.usefixtures("submitted")
def test_the_digest_says_from_where_nothing_came(session: Session, desk: Desk, now: datetime) -> None:
    text = digest.written(session, desk, digest.compose(session, desk, now)).text
    assert "Nav nevienas iniciatīvas no: Vidzemes plānošanas reģions, Kurzemes" in text


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.usefixtures("submitted")
def test_no_word_is_missing_and_few_are_not_told_apart(
    session: Session, desk: Desk, now: datetime, language: str
) -> None:
    found = report.compose(session, desk, now)
    found["about"]["stage"][0]["count"] = 2
    tables = {table.title: table.rows for table in report.tables(found, language)}
    assert len(tables) == 12
    assert (tables["Attīstības posms" if language == "lv" else "Stages of development"])[0][1] == "<3"


@pytest.mark.usefixtures("submitted")
def test_the_page_needs_nothing_else_and_names_nobody(session: Session, desk: Desk, now: datetime) -> None:
    page = report.as_page(report.compose(session, desk, now), desk)
    tree = LexborHTMLParser(page)
    assert tree.css("script, link, img") == []
    assert "http" not in page
    assert "Anna" not in page
    assert "example.org" not in page
