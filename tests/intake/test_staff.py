"""Acts by mail: read from the staff's own words, run only after the code came back, confirmed and kept in the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session, col

from intake import matters, outbox, people, referrals, staff
from intake.acts import Act, Verb
from intake.channels.email.incoming import Mail
from intake.desk import Desk
from intake.outbox import Message
from intake.staff import Asked, NotAnAct, read_acts
from intake.tables import (
    AuditEvent,
    CampaignState,
    Conversation,
    Matter,
    Nomination,
    Outbox,
    OutboxState,
    Person,
)

STAFF = "staff@example.org"
Say = Callable[..., str]


def act(verb: Verb, line: str, **about: object) -> Act:
    return Act(verb, line, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "verb", "about"),
    [
        ("apstiprināt 12", Verb.APPROVE, {"numbers": (12,)}),
        ("Apstiprinu Nr. 12", Verb.APPROVE, {"numbers": (12,)}),
        ("APSTIPRINAT 12, 13 un 14.", Verb.APPROVE, {"numbers": (12, 13, 14)}),
        ("approve 12 13", Verb.APPROVE, {"numbers": (12, 13)}),
        ("> approve: 12", Verb.APPROVE, {"numbers": (12,)}),
        ("“apstiprināt 12”", Verb.APPROVE, {"numbers": (12,)}),
        ("- approve 12, 12", Verb.APPROVE, {"numbers": (12,)}),
        ("noraidīt 15", Verb.DECLINE, {"numbers": (15,)}),
        ("Decline no. 15", Verb.DECLINE, {"numbers": (15,)}),
        ("apturēt anna@example.org", Verb.STOP, {"address": "anna@example.org"}),
        ("stop <Anna@Example.org>", Verb.STOP, {"address": "Anna@Example.org"}),
        ("apturēt mailto:anna@example.org.", Verb.STOP, {"address": "anna@example.org"}),
        ("pagarināt līdz 18.12.2026.", Verb.EXTEND, {"when": "18.12.2026"}),
        ("Pagarināt lidz 27. februārim", Verb.EXTEND, {"when": "27. februārim"}),
        ("extend to 2026-12-18", Verb.EXTEND, {"when": "2026-12-18"}),
        ("pauze", Verb.PAUSE, {}),
        ("Pause.", Verb.PAUSE, {}),
        ("turpināt", Verb.RESUME, {}),
        ("resume!", Verb.RESUME, {}),
        ("atrisināts 12", Verb.RESOLVE, {"numbers": (12,)}),
        ("resolve 12", Verb.RESOLVE, {"numbers": (12,)}),
    ],
)
def test_an_act(line: str, verb: Verb, about: dict[str, object]) -> None:
    (found,) = read_acts(line)
    assert isinstance(found, Act)
    assert replace(found, line="") == act(verb, "", **about)


@pytest.mark.parametrize(
    "line",
    [
        "apstiprināt",
        "apstiprināt visus",
        "apstiprināt 12, bet ne 13",
        "neapstiprināt 12",
        "apstiprināt 12 no rīta piezvanot",
        "approve 1234567890",
        "apturēt",
        "apturēt Annu",
        "apturēt anna@example.org un juris@example.org",
        "pagarināt",
        "pauze līdz pirmdienai",
        "resume 12",
        "Kā mums iet?",
        "12",
        "approve " + "1 " * 60,
    ],
)
def test_nothing_is_guessed(line: str) -> None:
    assert all(isinstance(one, NotAnAct) for one in read_acts(line))


def test_several_lines_without_greeting_and_signature() -> None:
    text = "Labdien!\n\napstiprināt 12\nnoraidīt 15\n\nko nozīmē 16?\n\nAr cieņu\nAnna Ozola\nstop 2000 0000\n"
    assert [type(one) for one in read_acts(text)] == [Act, Act, NotAnAct]
    assert read_acts("approve 1\n--\npause") == [act(Verb.APPROVE, "approve 1", numbers=(1,))]
    assert read_acts("palīdzība") == [Asked("help", "palīdzība")]
    assert read_acts("") == read_acts("\n \n") == []


@given(st.text(max_size=3000))
def test_any_text_is_read_in_bounds(text: str) -> None:
    found = read_acts(text)
    assert len(found) <= staff.MOST_LINES
    assert all(len(one.line) <= staff.MOST_LINE for one in found)


@pytest.fixture
def say(session: Session, desk: Desk, now: datetime) -> Say:
    """A mail of the staff, handled."""

    def handle(text: str, sender: str = STAFF, at: datetime = now, *, replies: bool = True, **changed: object) -> str:
        return staff.handle(session, desk, mail(sender, **changed), text, at, replies=replies)

    return handle


def mail(sender: str, **changed: object) -> Mail:
    known: dict[str, object] = dict.fromkeys(("sender_name", "in_reply_to"), "")
    known |= dict.fromkeys(("to", "cc", "delivered_to", "references", "codes", "attachments", "authentication"), ())
    known |= {
        "key": "<1@example.org>",
        "sender": sender,
        "subject": "Re: Kopsavilkums",
        "message_id": "<1@example.org>",
    }
    known |= {"date": None, "automatic": None, "bounce": None, "is_reply": True, "forwarded": False, "oversize": 0}
    return Mail(**known | changed)  # type: ignore[arg-type]


def letters(session: Session, kind: str) -> list[str]:
    rows = session.scalars(select(Outbox).where(col(Outbox.kind) == kind).order_by(col(Outbox.id)))
    return [row.payload["text"] for row in rows]


def code(session: Session) -> str:
    """The six digits in the last letter with a code."""
    lines = [line.strip("* ") for line in letters(session, "staff_code")[-1].split("\n")]
    return next(line for line in lines if len(line) == 6 and line.isdecimal())


def paused(session: Session) -> bool:
    session.flush()
    return outbox.paused(session)


def test_an_act_runs_only_after_the_code_came_back(session: Session, say: Say) -> None:
    assert say("pauze") == "code sent"
    assert not paused(session)
    assert "pauze" in letters(session, "staff_code")[0]
    assert say(code(session)) == "acts done"
    assert paused(session)
    assert len(letters(session, "staff_done")) == 1
    events = session.scalars(select(AuditEvent).where(col(AuditEvent.act) == "pause")).all()
    assert [event.actor for event in events] == [f"staff {STAFF}"]


def test_once_a_day(session: Session, say: Say, now: datetime) -> None:
    say("pauze")
    say(code(session))
    assert say("turpināt", at=now + timedelta(hours=2)) == "acts done"
    assert not paused(session)
    assert say("pauze", at=now + timedelta(days=1)) == "code sent"


def test_a_mail_that_answers_no_letter_of_ours_profits_from_no_code(session: Session, say: Say) -> None:
    """Anybody can write any sender; only who received our letter knows its Message-ID."""
    say("pauze")
    say(code(session))
    assert say("turpināt", replies=False) == "code sent"
    assert paused(session)


def test_the_day_ends_at_local_midnight(session: Session, say: Say) -> None:
    late = datetime(2026, 1, 20, 21, 50, tzinfo=UTC)
    say("pauze", at=late)
    assert say(code(session), at=late + timedelta(minutes=20)) == "wrong code"
    assert not paused(session)


@pytest.mark.parametrize("text", ["{}\n", " {} ", "{}.", "**{}**", "{}\n\nAr cieņu\nAnna"])
def test_the_code_alone_however_it_is_dressed(session: Session, say: Say, text: str) -> None:
    say("pauze")
    assert say(text.format(code(session))) == "acts done"


def test_a_code_of_somebody_else_opens_nothing(session: Session, say: Say) -> None:
    say("pauze")
    assert say(code(session), sender="lead@example.org") == "wrong code"
    assert not paused(session)


def test_guessing_comes_to_an_end(session: Session, say: Say) -> None:
    say("pauze")
    right = code(session)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    assert [say(wrong) for _ in range(staff.MOST_TRIES)] == ["wrong code"] * staff.MOST_TRIES
    assert say(right) == "wrong code"
    assert not paused(session)


def test_a_forged_mail_slips_nothing_in(session: Session, say: Say) -> None:
    """Each mail has its own code: the one that the staff asked for runs what the staff wrote, and no more."""
    say("apturēt anna@example.org")
    say("pauze")
    assert say(code(session)) == "acts done"
    assert paused(session)
    assert not session.scalars(select(AuditEvent).where(col(AuditEvent.act) == "stop")).all()


def test_codes_a_day_are_bounded(say: Say) -> None:
    outcomes = [say("pauze") for _ in range(staff.MOST_CODES + 2)]
    assert outcomes == ["code sent"] * staff.MOST_CODES + ["too many codes"] * 2


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [({"automatic": "auto-replied"}, "automatic"), ({"sender": "stranger@example.org"}, "not staff")],
)
def test_nobody_else(session: Session, say: Say, changed: dict[str, object], outcome: str) -> None:
    assert say("pauze", **changed) == outcome
    assert session.scalars(select(Outbox)).all() == []


@pytest.mark.parametrize("text", ["palīdzība", "Kā mums iet?", "", "Paldies!"])
def test_help(session: Session, say: Say, text: str) -> None:
    assert say(text) == "help sent"
    assert "apstiprināt 12" in letters(session, "staff_help")[0]


def test_two_programs_that_answer_each_other_come_to_an_end(say: Say, now: datetime) -> None:
    outcomes = [say("?", at=now + timedelta(seconds=number)) for number in range(staff.MOST_LETTERS + 1)]
    assert outcomes[-1] == "too many letters"


@pytest.fixture
def trusted(say: Say, session: Session) -> Say:
    say("kopsavilkums")
    assert say(code(session)) == "acts done"
    return say


def test_the_digest_on_demand(session: Session, trusted: Say) -> None:
    rows = session.scalars(select(Outbox).where(col(Outbox.kind) == "digest")).all()
    assert [row.address for row in rows] == [STAFF]


def test_what_was_not_done_is_said_beside_what_was(
    session: Session,
    trusted: Say,
    desk: Desk,
    now: datetime,
    person: Callable[..., Person],
    conversation: Callable[..., Conversation],
) -> None:
    draft = conversation(person("anna@example.org"))
    suggestion = {"suggested_organisation": "Tilts", "suggested_email": "tilts@example.org"}
    referrals.nominate(session, desk, draft, [suggestion, {"suggested_organisation": "Krasts"}], now)
    first, second = (row.id or 0 for row in referrals.waiting(session))
    text = f"apstiprināt {first} {second} 999999\nnoraidīt {second}\ndejot"
    assert trusted(text) == "acts done"
    states = session.scalars(select(col(Nomination.state)).order_by(col(Nomination.id))).all()
    assert list(states) == ["approved", "declined"]
    said = letters(session, "staff_done")[-1]
    for word in (f"Nr. {first} ir apstiprināts", f"Nr. {second} nav e-pasta", "999999 nav", "“dejot”"):
        assert word in said
    assert people.by_address(session, "email", "tilts@example.org") is not None


def test_a_stop_by_telephone(session: Session, trusted: Say, desk: Desk, person: Callable[..., Person]) -> None:
    anna = person("anna@example.org")
    trusted("apturēt Anna@example.org\napturēt nobody@example.org")
    assert anna.stopped_at is not None
    assert outbox.stopped(session, "nobody@example.org", desk.key)
    assert len(session.scalars(select(Outbox).where(col(Outbox.kind) == "stopped")).all()) == 1


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("27.02.2026.", date(2026, 2, 27)),
        ("2026. gada 27. februārim", date(2026, 2, 27)),
        ("27. februārim", date(2026, 2, 27)),
        ("19.01.2026.", None),
        ("31.02.2026.", None),
        ("2126-01-01", None),
        ("kādreiz", None),
    ],
)
def test_extending(session: Session, trusted: Say, desk: Desk, typed: str, day: date | None) -> None:
    trusted(f"pagarināt līdz {typed}")
    session.flush()
    state = session.get(CampaignState, 1)
    assert (state.deadline if state else None) == (desk.campaign.end_of(day) if day else None)


def test_extending_frees_reminders_that_have_not_gone_out(
    session: Session, trusted: Say, now: datetime, person: Callable[..., Person]
) -> None:
    anna = person("anna@example.org")
    waiting = Message("email", "reminder", "reminder:1:d-2", "anna@example.org", {}, now, person_id=anna.id)
    gone = replace(waiting, key="reminder:1:d-10")
    assert outbox.put(session, waiting, now)
    assert outbox.put(session, gone, now)
    sent = session.scalars(select(Outbox).where(col(Outbox.key) == gone.key)).one()
    sent.state = OutboxState.SENT
    session.flush()
    trusted("extend to 2026-02-27")
    assert outbox.put(session, waiting, now)
    assert not outbox.put(session, gone, now)


def test_resolving_lets_somebody_be_written_to_again(
    session: Session, trusted: Say, now: datetime, person: Callable[..., Person]
) -> None:
    anna = person("anna@example.org")
    anna.paused_at = now
    matters.open_matter(session, "unclear_refusal", now, person_id=anna.id)
    session.flush()
    number = session.scalars(select(col(Matter.id))).one()
    trusted(f"atrisināts {number} 999999")
    assert anna.paused_at is None
    assert matters.count(session) == 0
