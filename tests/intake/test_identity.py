"""Who comes through which link, and one person's channels joined and taken apart, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlmodel import Session, select

from intake import identity, people, web
from intake.clock import Clock
from intake.desk import Desk
from intake.identity import Outcome
from intake.tables import Address, AuditEvent, Conversation, Matter, Nomination, Person, Source, Submission

Make = Callable[..., Person]
Begin = Callable[..., Conversation]


def addresses(session: Session, person: Person) -> set[str]:
    return set(session.exec(select(Address.value).where(Address.person_id == person.id)))


def arrive(session: Session, desk: Desk, chat: str, payload: str, now: datetime) -> identity.Arrival:
    known = people.by_address(session, "telegram", chat)
    return identity.arrive(session, desk, chat, payload, known, now)


def test_the_personal_link_belongs_to_whoever_comes_first(
    session: Session, desk: Desk, person: Make, now: datetime
) -> None:
    anna = person("anna@example.org")
    first = arrive(session, desk, "1", anna.code, now)
    assert (first.outcome, first.person) == (Outcome.NEW, anna)
    second = arrive(session, desk, "2", anna.code, now)
    assert second.outcome is Outcome.NEW
    assert second.person is not None
    assert (second.person.source, second.person.wave, second.person.referred_by) == (Source.FORWARD, 1, anna.id)
    assert arrive(session, desk, "1", anna.code, now).outcome is Outcome.KNOWN


def test_only_where_the_link_holds_answers_a_newcomer_is_asked(
    session: Session, desk: Desk, person: Make, conversation: Begin, now: datetime
) -> None:
    anna = person("anna@example.org")
    conversation(anna, answered_at=now)
    asked = arrive(session, desk, "3", anna.code, now)
    assert (asked.outcome, asked.person, asked.owner) == (Outcome.ASK, None, anna)


def test_the_link_to_pass_on_makes_a_respondent_of_the_next_wave(
    session: Session, desk: Desk, person: Make, now: datetime
) -> None:
    anna = person("anna@example.org")
    found = arrive(session, desk, "4", anna.pass_code, now)
    assert found.person is not None
    assert (found.outcome, found.person.wave, found.person.referred_by) == (Outcome.NEW, 1, anna.id)


@pytest.mark.parametrize("payload", ["", "AAAAAAA", "x" * 64, "'; drop table person"])
def test_whoever_comes_without_a_code_is_wave_zero(session: Session, desk: Desk, payload: str, now: datetime) -> None:
    found = arrive(session, desk, "5", payload, now)
    assert found.person is not None
    assert (found.outcome, found.person.source, found.person.wave) == (Outcome.NEW, Source.SELF, 0)


def test_a_chat_is_taken_apart_from_its_mailbox(session: Session, desk: Desk, person: Make, now: datetime) -> None:
    anna = person("anna@example.org")
    people.join(session, anna, "telegram", "6", now)
    assert identity.detach(session, anna, "telegram", "6", now)
    assert addresses(session, anna) == {"anna@example.org"}
    assert people.by_address(session, "telegram", "6") is None
    assert not identity.detach(session, anna, "telegram", "6", now)
    assert not identity.detach(session, anna, "email", "anna@example.org", now), "the last address stays"


def test_two_who_were_taken_for_one(
    session: Session, desk: Desk, person: Make, conversation: Begin, now: datetime
) -> None:
    anna = person("anna@example.org", name="Anna Ozola")
    people.join(session, anna, "telegram", "7", now)
    mailed, talked = conversation(anna), conversation(anna, begun_on="telegram")
    session.add(_submission(anna, talked, now))
    session.add(Nomination(conversation_id=talked.id or 0, referrer_id=anna.id or 0, created_at=now))
    session.flush()
    other = identity.split(session, anna, "telegram", "command line", now)
    assert other is not None
    assert (addresses(session, anna), addresses(session, other)) == ({"anna@example.org"}, {"7"})
    session.flush()
    session.expire_all()
    assert (mailed.person_id, talked.person_id) == (anna.id, other.id)
    assert session.exec(select(Submission.person_id)).all()[-1] == other.id
    assert session.exec(select(Nomination.referrer_id)).all()[-1] == other.id
    assert other.name == ""
    assert identity.split(session, other, "telegram", "command line", now) is None, "it has no other address"


def test_one_who_was_taken_for_two(
    session: Session, desk: Desk, person: Make, conversation: Begin, now: datetime
) -> None:
    anna, again = person("anna@example.org"), person("a.ozola@example.org", name="Anna Ozola")
    third = person("juris@example.org", referred_by=again.id)
    draft = conversation(again)
    session.add(Matter(kind="remark", person_id=again.id, created_at=now))
    session.flush()
    assert identity.unite(session, anna, again, "command line", now)
    session.flush()
    session.expire_all()
    assert addresses(session, anna) == {"anna@example.org", "a.ozola@example.org"}
    assert (draft.person_id, third.referred_by, anna.name) == (anna.id, anna.id, "Anna Ozola")
    assert again.forgotten_at == now
    assert not identity.unite(session, anna, again, "command line", now)
    assert not identity.unite(session, anna, anna, "command line", now)
    assert "unite" in session.exec(select(AuditEvent.act)).all()


def test_links_of_somebody_united_lead_to_the_one_they_are(
    session: Session, desk: Desk, person: Make, conversation: Begin, now: datetime
) -> None:
    anna, again, third = person("anna@example.org"), person("a.ozola@example.org"), person("ozola@example.org")
    people.join(session, anna, "telegram", "8", now)
    conversation(anna, answered_at=now)
    assert identity.unite(session, again, third, "command line", now)
    assert identity.unite(session, anna, again, "command line", now)
    for code in (again.code, third.code):
        assert arrive(session, desk, "8", code, now) == identity.Arrival(Outcome.KNOWN, anna)
        assert arrive(session, desk, "9", code, now) == identity.Arrival(Outcome.ASK, None, anna)
    passed = arrive(session, desk, "10", third.pass_code, now)
    assert passed.person is not None
    assert passed.person.referred_by == anna.id


def test_an_old_stop_link_stops_who_they_are_now(session: Session, desk: Desk, person: Make, now: datetime) -> None:
    anna, again = person("anna@example.org"), person("a.ozola@example.org")
    assert identity.unite(session, anna, again, "command line", now)
    assert web._stop(session, desk, again.id, Clock(now)) == "lv"
    session.flush()
    assert session.get_one(Person, anna.id, populate_existing=True).stopped_at is not None


def test_links_go_with_the_addresses_when_two_are_taken_apart_again(
    session: Session, desk: Desk, person: Make, now: datetime
) -> None:
    anna, talker, mailer = person("anna@example.org"), person("x@example.org"), person("b@example.org")
    people.join(session, talker, "telegram", "11", now)
    identity.detach(session, talker, "email", "x@example.org", now)
    for other in (talker, mailer):
        assert identity.unite(session, anna, other, "command line", now)
    other = identity.split(session, anna, "telegram", "command line", now)
    assert other is not None
    owners = [people.by_code(session, one.code) for one in (talker, mailer, anna, other)]
    assert [meaning and meaning.person for meaning in owners] == [other, anna, anna, other]


def test_the_personal_link_goes_with_its_own_mailbox(session: Session, desk: Desk, person: Make, now: datetime) -> None:
    anna, talker = person("anna@example.org"), person("y@example.org")
    people.join(session, talker, "telegram", "12", now)
    assert identity.detach(session, talker, "email", "y@example.org", now)
    links = anna.code, anna.pass_code
    assert identity.unite(session, anna, talker, "command line", now)
    other = identity.split(session, anna, "email", "command line", now)
    assert other is not None
    assert (other.code, other.pass_code) == links
    assert addresses(session, other) == {"anna@example.org"}
    found = people.by_code(session, talker.code)
    assert found is not None
    assert found.person == anna, "who is left is the one who talked"


def _submission(person: Person, conversation: Conversation, now: datetime) -> Submission:
    return Submission(
        conversation_id=conversation.id or 0,
        person_id=person.id or 0,
        form_id=conversation.form_id,
        language="lv",
        channel="telegram",
        submitted_at=now,
    )
