"""The digest: on the morning of a working day, only when something changed, with no word that a person wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from intake import digest, initiatives, matters, numbers, outbox, referrals
from intake.desk import Desk
from intake.outbox import Message
from intake.tables import Conversation, Outbox, OutboxState, Person

MORNING = datetime(2026, 1, 20, 6, 30, tzinfo=UTC)
"""Tuesday, 08:30 in Riga."""
ANSWERS = {
    "title": "Slepenais nosaukums",
    "description": "Slepens apraksts",
    "organisation": "Biedrība “Tilts”",
    "legal_form": "biedriba",
    "contact_name": "Anna Ozola",
    "suggestion": [
        {
            "suggested_organisation": "Biedrība “Krasts”",
            "suggested_email": "krasts@example.org",
            "suggested_municipality": "0001000",
            "suggested_person": "Līga Bērziņa",
            "person_knows": "yes",
        },
        {"suggested_organisation": "Bez adreses"},
    ],
}
Submit = Callable[..., int]


@pytest.fixture
def submit(
    session: Session, desk: Desk, person: Callable[..., Person], conversation: Callable[..., Conversation]
) -> Submit:
    """A submitted questionnaire of somebody new."""

    def give(email: str, at: datetime, **answers: object) -> int:
        draft = conversation(person(email, language="en"))
        given = initiatives.submit(session, desk, draft, ANSWERS | answers, language="lv", channel="telegram", now=at)
        session.flush()
        return given.id or 0

    return give


def letters(session: Session) -> list[Outbox]:
    session.flush()
    return list(session.scalars(select(Outbox).where(col(Outbox.kind) == "digest").order_by(col(Outbox.id))))


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (MORNING, True),
        (MORNING - timedelta(minutes=1), False),
        (MORNING + timedelta(hours=9), True),
        (MORNING + timedelta(days=4), False),
        (datetime(2026, 5, 1, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 30, 5, 30, tzinfo=UTC), True),
        (datetime(2026, 3, 30, 5, 29, tzinfo=UTC), False),
    ],
)
def test_when_it_is_due(session: Session, desk: Desk, at: datetime, due: bool) -> None:
    assert digest.due(session, desk, at) is due


def test_nobody_to_send_it_to(session: Session, desk: Desk) -> None:
    assert not digest.due(session, replace(desk, staff=()), MORNING)


def test_once_a_day_to_everybody(session: Session, desk: Desk, submit: Submit) -> None:
    submit("anna@example.org", MORNING - timedelta(hours=1))
    ticks = [digest.send_if_due(session, desk, MORNING + timedelta(minutes=minute)) for minute in range(3)]
    assert ticks == [True, False, False]
    assert [row.address for row in letters(session)] == list(desk.staff)
    assert all(row.payload["html"] for row in letters(session))


def test_only_when_something_changed(session: Session, desk: Desk, submit: Submit) -> None:
    day = timedelta(days=1)
    assert not digest.send_if_due(session, desk, MORNING)
    submit("anna@example.org", MORNING + timedelta(hours=1))
    assert not digest.send_if_due(session, desk, MORNING + timedelta(hours=2))
    assert digest.send_if_due(session, desk, MORNING + day)
    assert not digest.send_if_due(session, desk, MORNING + 2 * day)
    submit("juris@example.org", MORNING + 2 * day)
    assert digest.send_if_due(session, desk, MORNING + 3 * day)
    assert len(letters(session)) == 2 * len(desk.staff)


@pytest.mark.parametrize("change", ["contact", "matter", "stop", "nomination decided"])
def test_what_counts_as_a_change(
    session: Session, desk: Desk, submit: Submit, person: Callable[..., Person], change: str
) -> None:
    submit("anna@example.org", MORNING)
    digest.send_if_due(session, desk, MORNING)
    if change == "contact":
        person("new@example.org")
    elif change == "matter":
        matters.open_matter(session, "question", MORNING)
    elif change == "stop":
        session.scalars(select(Person)).first().stopped_at = MORNING  # type: ignore[union-attr]
    else:
        referrals.decline(session, desk, referrals.waiting(session)[0], "staff", MORNING)
    session.flush()
    assert digest.send_if_due(session, desk, MORNING + timedelta(days=1))


def test_no_word_of_a_person(session: Session, desk: Desk, submit: Submit) -> None:
    submit("anna@example.org", MORNING)
    matters.open_matter(session, "question", MORNING, text="Slepens jautājums")
    digest.send_if_due(session, desk, MORNING)
    first = letters(session)[0].payload
    for part in (first["text"], first["html"], first["subject"]):
        for word in ("Slepen", "Anna", "Ozola", "Līga", "Bērziņa", "anna@example.org", "krasts@example.org"):
            assert word not in part


def test_what_it_says(session: Session, desk: Desk, submit: Submit) -> None:
    number = submit("anna@example.org", MORNING)
    matters.open_matter(session, "question", MORNING)
    session.flush()
    digest.send_if_due(session, desk, MORNING)
    text = letters(session)[0].payload["text"]
    first, second = referrals.waiting(session)
    matter = matters.waiting(session)[0]
    for words in (
        f"Nr. {number}, Biedrība “Tilts”, Telegram, latviski",
        f"Nr. {first.id}, Biedrība “Krasts”",
        f"Nr. {second.id}, Bez adreses",
        f"apstiprināt {first.id}",
        f"Nr. {matter.id}: jautājums mums",
        "līdz 2026. gada 13. februārim",
    ):
        assert words in text


def test_new_submissions_are_listed_once(session: Session, desk: Desk, submit: Submit) -> None:
    first = submit("anna@example.org", MORNING)
    digest.send_if_due(session, desk, MORNING)
    second = submit("juris@example.org", MORNING + timedelta(hours=3))
    values = digest.compose(session, desk, MORNING + timedelta(days=1))
    assert [row["number"] for row in values["new"]] == [second]
    assert (values["totals"]["submitted"], values["changes"]["submitted"]) == (2, 1)
    assert first != second


def test_looking_changes_nothing(session: Session, desk: Desk, submit: Submit) -> None:
    submit("anna@example.org", MORNING)
    one, two = (digest.compose(session, desk, MORNING) for _ in range(2))
    assert one == two
    assert digest.written(session, desk, one).text
    assert digest.send_if_due(session, desk, MORNING)


def test_sent_now_whatever_was_sent_before(session: Session, desk: Desk, submit: Submit) -> None:
    submit("anna@example.org", MORNING)
    digest.send_if_due(session, desk, MORNING)
    assert digest.send(session, desk, MORNING + timedelta(hours=1)) == len(desk.staff)
    assert len(letters(session)) == 2 * len(desk.staff)


@pytest.mark.parametrize(
    ("part", "whole", "language", "text"),
    [
        (3, 7, "lv", "3 no 7"),
        (3, 7, "en", "3 of 7"),
        (0, 0, "lv", "0 no 0"),
        (9, 9, "lv", "9 no 9"),
        (12, 28, "lv", "43 % (12 no 28)"),
        (12, 28, "en", "43 % (12 of 28)"),
    ],
)
def test_a_share_of_few_is_no_percentage(part: int, whole: int, language: str, text: str) -> None:
    assert numbers.share(part, whole, language) == text


def test_funnel(session: Session, desk: Desk, now: datetime, person: Callable[..., Person]) -> None:
    people = [person(f"{number}@example.org") for number in range(4)]
    for one in people[:3]:
        message = Message("email", "invitation", f"invitation:{one.id}", "a@example.org", {}, now, person_id=one.id)
        outbox.put(session, message, now)
    for row in session.scalars(select(Outbox)):
        row.state = OutboxState.SENT
    session.flush()
    assert digest.compose(session, desk, now)["funnel"]["invited"] == "3 no 4"


@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_kind_of_matter_has_words(language: str) -> None:
    for kind in digest.KINDS:
        assert digest.matter_kind(kind, language) != kind
    assert digest.matter_kind("something new", language) == "something new"
