"""Initiatives are made and updated by what a form saves: of whoever it is, in stages, corrected, never by others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from xml.etree.ElementTree import fromstring

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from conversations.forms import read
from conversations.session import Session as Answers
from conversations.session import State
from conversations.turn import Fill
from intake import consents, digest, drafts, exchange, forms, initiatives, xlsform
from intake.desk import Desk
from intake.drafts import Draft
from intake.exchange import Format
from intake.tables import Consent, Initiative, Nomination, Organisation, Person, Selection, Submission

BUILT_IN = Path(forms.__file__).parents[1] / "conversations" / "questionnaires"
GROVE = (Path(__file__).parents[1] / "conversations" / "samples" / "grove.md").read_text(encoding="utf-8")
"""Somebody else's form, with an `entities` sheet: q1 is saved to the title, q2 to the stage, owner to organisation."""
PLACE = {"q1": "Birzs", "q2": "scaling", "q3": "2019", "owner": "Biedrība “Zaļā”", "soil": "smilts", "keep": "yes"}
STAGE_1 = {
    **{"title": "Saules darbnīca", "form": "service", "novelty": "latvia", "service": "day_centre", "target": "senior"},
    **{"scope": "one", "municipality": "riga", "stage": "prototype", "year": "2022", "legal_form": "biedriba"},
    **{"organisation": "Biedrība “Saule”", "registration_number": "40008001803", "role": "leader"},
    **{"partners": "ngo municipal", "contact_consent": "no", "privacy_read": "OK", "publish": "org"},
    "description": "Dienas centrā seniori kopā ar jauniešiem labo sadzīves tehniku un māca cits citu.",
    "need": "Seniori ir vientuļi, un labojamas lietas nonāk atkritumos.",
}
Ready = Callable[[str], Desk]


@pytest.fixture
def ready(session: Session, desk: Desk, now: datetime) -> Ready:
    """A desk whose questionnaire is this Markdown, or the built-in one of this name."""
    shelf = forms.Shelf()  # numbers of rows come again after a test is taken back

    def make(markdown: str) -> Desk:
        built_in = BUILT_IN / f"{markdown}.md" if len(markdown) < 20 else None
        text = built_in.read_text(encoding="utf-8") if built_in else markdown
        xform = xlsform.compile(text.encode(), format="md")
        files = forms.code_lists(BUILT_IN) if built_in else {}
        form_id = forms.install(session, xform, read(xform, files=files), files, now)
        return replace(desk, form_id=form_id, shelf=shelf)

    return make


@pytest.fixture
def anna(person: Callable[..., Person]) -> Person:
    return person("anna@example.org", name="Anna Ozola")


def answer(session: Session, desk: Desk, person: Person, now: datetime, *given: dict[str, str]) -> Draft:
    """A new conversation, answered by mails one after the other; the last one completes it."""
    draft = drafts.start(session, desk, person, "email", now)
    return correct(session, desk, draft, now, *given)


def correct(session: Session, desk: Desk, draft: Draft, now: datetime, *given: dict[str, str]) -> Draft:
    for values in given:
        drafts.advance(session, desk, draft, Fill(values, now=now), "email")
    assert draft.answers.state is State.SUBMITTED, drafts.paths(draft, now)
    session.expire_all()
    return draft


def rows(session: Session) -> list[Initiative]:
    return list(session.scalars(select(Initiative).order_by(col(Initiative.id))))


def test_the_form_of_somebody_else(session: Session, ready: Ready, now: datetime, anna: Person) -> None:
    desk = ready(GROVE)
    suggested = {"whom": "Biedrība “Krasts”", "address": "krasts@example.org", "sure": "yes"}
    answer(session, desk, anna, now, {"whom": "Neviens", "sure": "no"}, suggested, PLACE)
    (row,) = rows(session)
    assert (row.title, row.stage, row.year, row.properties) == ("Birzs", "scaling", 2019, {"soil": "smilts"})
    organisation = session.get_one(Organisation, row.organisation_id)
    assert (organisation.name, anna.organisation_id) == ("Biedrība “Zaļā”", organisation.id)
    (nomination,) = session.scalars(select(Nomination))
    assert (nomination.organisation, nomination.email) == ("Biedrība “Krasts”", "krasts@example.org")


def test_where_create_if_says_no_nothing_is_written(
    session: Session, ready: Ready, now: datetime, anna: Person
) -> None:
    draft = answer(session, ready(GROVE), anna, now, PLACE | {"keep": "no"})
    assert draft.submitted is not None
    assert (rows(session), draft.submitted.answers["q1"], draft.submitted.entities) == ([], "Birzs", [])


def test_a_correction_changes_the_row_and_empties_what_no_longer_applies(
    session: Session, ready: Ready, now: datetime, anna: Person
) -> None:
    desk = ready(GROVE)
    draft = answer(session, desk, anna, now, PLACE)
    (before,) = rows(session)
    correct(session, desk, draft, now + timedelta(days=1), {"q2": "prototype", "soil": "", "q1": "Birztala"})
    (after,) = rows(session)
    assert (after.id, after.entity_id) == (before.id, before.entity_id)
    assert (after.title, after.stage, after.year, after.properties) == ("Birztala", "prototype", None, {})
    assert draft.submitted is not None
    assert after.submission_id == draft.submitted.id


def test_a_correction_leaves_alone_what_a_later_stage_said(
    session: Session, ready: Ready, now: datetime, anna: Person
) -> None:
    desk = ready(GROVE)
    draft = answer(session, desk, anna, now, PLACE)
    (row,) = rows(session)
    row.stage = "systemic"
    correct(session, desk, draft, now, {"soil": "māls"})
    (row,) = rows(session)
    assert (row.stage, row.properties) == ("systemic", {"soil": "māls"})


def test_the_stages_of_the_built_in_questionnaires(session: Session, ready: Ready, now: datetime, anna: Person) -> None:
    first, second, third = (ready(name) for name in ("initiative", "detail", "case_study"))
    suggested = {"suggested_organisation": "Krasts", "suggested_email": "krasts@example.org", "may_name": "no"}
    answer(session, first, anna, now, suggested, STAGE_1)
    (row,) = rows(session)
    organisation = session.get_one(Organisation, row.organisation_id)
    assert (row.title, row.region, row.year, row.publish) == ("Saules darbnīca", "RPR", 2022, "org")
    assert (organisation.registration_number, organisation.sector) == ("40008001803", "ngo")
    assert row.properties["partners"] == "ngo municipal"
    assert [one.email for one in session.scalars(select(Nomination))] == ["krasts@example.org"]

    detail = drafts.start(session, second, anna, "telegram", now)
    assert (detail.row.about, detail.answers.answers["/data/initiative_title"]) == (row.entity_id, "Saules darbnīca")
    assert detail.answers.answers["/data/initiative_partners"] == "ngo municipal"
    assert (detail.answers.answers["/data/stage"], "/data/stage" in detail.answers.assumed) == ("prototype", True)
    _submit(session, second, detail, now, {"stage": "scaling", "stage_change": "Pārņemts divos novados."})
    (row,) = rows(session)
    assert (row.stage, row.title, row.year) == ("scaling", "Saules darbnīca", 2022)

    told = [one["organisation"] for one in digest.compose(session, second, now)["new"]]
    assert told == ["Biedrība “Saule”"] * 2, "the second is about the initiative of the first"

    study = drafts.start(session, third, anna, "telegram", now)
    assert study.row.about == row.entity_id
    _submit(session, third, study, now, {"enablers": "money law team", "transferability": "4", "quotes": "approval"})
    (row,) = rows(session)
    assert (row.properties["enablers"], row.properties["transferability"]) == ("money law team", "4")
    assert row.stage == "scaling"
    purposes = {one.purpose: one.answer for one in session.scalars(select(Consent))}
    assert purposes == {"stage2": "no", "publish": "org", "notice": "OK", "quotes": "approval"}


def _submit(session: Session, desk: Desk, draft: Draft, now: datetime, values: dict[str, str]) -> None:
    """Hand in a questionnaire that has more questions than a test wants to answer."""
    instance = draft.answers.instance(draft.form, now)
    for name, value in values.items():
        question = draft.form.question(name)
        assert question is not None
        instance.set(question.path, value)
    found = initiatives.submit(
        session, desk, draft.row, values, language="lv", channel="telegram", now=now,
        entities=drafts.entities(instance),
    )  # fmt: skip
    assert found.entities[0]["id"] == draft.row.about
    session.expire_all()


def test_one_conversation_for_each_initiative(session: Session, ready: Ready, now: datetime, anna: Person) -> None:
    first, second = ready(GROVE), ready("detail")
    for title in ("Birzs", "Pļava"):
        answer(session, first, anna, now, PLACE | {"q1": title})
    known = [row.entity_id for row in rows(session)]
    asked = [drafts.start(session, second, anna, "email", now).row.about for _ in range(3)]
    assert asked == [*known, ""]


def test_only_what_the_staff_chose_is_asked_about_again(
    session: Session, ready: Ready, now: datetime, anna: Person
) -> None:
    first, second = ready(GROVE), ready("detail")
    for title in ("Birzs", "Pļava"):
        answer(session, first, anna, now, PLACE | {"q1": title})
    _, meadow = rows(session)
    session.add(Selection(initiative_id=meadow.id or 0, stage=2, actor="staff", at=now))
    asked = [drafts.start(session, second, anna, "email", now).row.about for _ in range(2)]
    assert asked == [meadow.entity_id, ""]


UPDATE = """\
| survey |
|  | type | name | label | save_to |
|  | text | which | Which? |  |
|  | text | now | At which stage? | stage |
| settings |
|  | form_title | form_id | version |
|  | Update | update | 1 |
| entities |
|  | list_name | entity_id | update_if | label |
|  | initiatives | ${which} | ${now} != 'same' |  |
"""


@pytest.mark.parametrize(
    ("own", "stage", "label", "expected"),
    [
        (True, "ended", "", ("Birzs", "ended")),
        (True, "same", "", ("Birzs", "scaling")),
        (True, "", "", ("Birzs", "")),
        (True, "ended", "concat('Bijusī ', ${now})", ("Bijusī ended", "ended")),
        (False, "ended", "", ("Birzs", "scaling")),
    ],
)
def test_an_update_by_id(
    session: Session,
    ready: Ready,
    now: datetime,
    anna: Person,
    person: Callable[..., Person],
    own: bool,
    stage: str,
    label: str,
    expected: tuple[str, str],
) -> None:
    """An id that somebody types is no right to change what is another person's."""
    answer(session, ready(GROVE), anna, now, PLACE)
    (row,) = rows(session)
    desk = ready(UPDATE.replace("'same' |  |", f"'same' | {label} |"))
    whose = anna if own else person("berta@example.org")
    answer(session, desk, whose, now, {"which": row.entity_id, "now": stage})
    (row,) = rows(session)
    assert (row.title, row.stage, row.person_id) == (*expected, anna.id)


def test_an_interviewer_updates_the_initiative_the_conversation_was_opened_for(
    session: Session, ready: Ready, now: datetime, anna: Person, person: Callable[..., Person]
) -> None:
    answer(session, ready(GROVE), anna, now, PLACE)
    (row,) = rows(session)
    desk = ready(UPDATE)
    draft = drafts.start(session, desk, person("interviewer@example.org"), "email", now)
    draft.row.about = row.entity_id
    correct(session, desk, draft, now, {"which": row.entity_id, "now": "ended"})
    (row,) = rows(session)
    assert (row.stage, row.person_id, session.get_one(Submission, row.submission_id).person_id) == (
        "ended", anna.id, anna.id,
    )  # fmt: skip


@pytest.mark.parametrize("number", ["", "no such", "6e2d21ce-2a1f-4d1c-9d0c-0c8c1d9b2f11"])
def test_an_update_of_what_is_not_there_is_kept_as_a_submission(
    session: Session, ready: Ready, now: datetime, anna: Person, number: str
) -> None:
    draft = answer(session, ready(UPDATE), anna, now, {"which": number, "now": "ended"})
    assert (rows(session), draft.submitted is not None) == ([], True)


def test_a_form_without_entities_says_it_by_the_names_of_its_questions(
    session: Session, ready: Ready, now: datetime, anna: Person
) -> None:
    plain = (
        "| survey |\n| | type | name | label |\n| | text | stage | Stage? |\n| | text | colour | Colour? |\n"
        "| | text | year | Year? |\n| | text | publish | Publish? |\n"
        "| settings |\n| | form_title | form_id | version | instance_name |\n| | T | t | 1 | concat('A ', ${stage}) |\n"
    )
    desk = ready(plain)
    given = {"stage": "ended", "colour": "red", "year": "99999999999", "publish": "only after a very long conversation"}
    draft = answer(session, desk, anna, now, given)
    (before,) = rows(session)
    assert (before.title, before.stage, before.year, before.properties) == ("A ended", "ended", None, {})
    assert list(session.scalars(select(Consent))) == []
    correct(session, desk, draft, now, {"stage": "paused"})
    (after,) = rows(session)
    assert (after.id, after.title) == (before.id, "A paused")


def test_a_consent_is_taken_back_whatever_its_question_is_called(
    session: Session, ready: Ready, now: datetime, anna: Person
) -> None:
    desk = ready(
        "| survey |\n| | type | name | label | save_to |\n| | text | a | A | title |\n"
        "| | select_one p | q7 | Publish? | publish |\n| choices |\n| | list_name | name | label |\n"
        "| | p | full | Yes |\n| | p | no | No |\n"
        "| settings |\n| | form_title | form_id | version |\n| | T | t | 1 |\n"
        "| entities |\n| | list_name | label |\n| | initiatives | ${a} |\n"
    )
    draft = answer(session, desk, anna, now, {"a": "Birzs", "q7": "full"})
    assert [row.publish for row in rows(session)] == ["full"]
    consents.take_back(session, desk, anna, "email", now)
    session.expire_all()
    assert [row.publish for row in rows(session)] == ["no"]
    given = select(Consent).where(col(Consent.withdrawn_at).is_(None), col(Consent.answer) != "no")
    assert list(session.scalars(given)) == []
    correct(session, desk, Draft(draft.row, draft.form, Answers.from_json(draft.row.session)), now, {"a": "Birztala"})
    assert [(row.title, row.publish) for row in rows(session)] == [("Birztala", "no")]


def test_several_initiatives_of_one_conversation(session: Session, ready: Ready, now: datetime, anna: Person) -> None:
    many = (
        "| survey |\n| | type | name | label | save_to |\n| | begin_repeat | one | One | |\n"
        "| | text | called | Called? | title |\n| | text | phase | Stage? | stage |\n| | end_repeat | | | |\n"
        "| | text | end | End? | |\n"
        "| settings |\n| | form_title | form_id | version |\n| | T | t | 1 |\n"
        "| entities |\n| | list_name | label |\n| | Initiative | ${called} |\n"
    )
    desk = ready(many)
    draft = answer(session, desk, anna, now, {"called": "A"}, {"called": "B", "phase": "ended"}, {"end": "x"})
    assert [(row.title, row.stage) for row in rows(session)] == [("A", ""), ("B", "ended")]
    assert {row.conversation_id for row in rows(session)} == {draft.row.id}
    assert len(digest.compose(session, desk, now)["new"]) == 1


def test_what_is_about_the_respondent_is_taken_to_the_next_one(
    session: Session, ready: Ready, now: datetime, anna: Person
) -> None:
    desk = ready(GROVE)
    draft = answer(session, desk, anna, now, PLACE)
    again = drafts.start(session, desk, anna, "email", now, after=draft)
    assert again.answers.answers["/data/owner"] == "Biedrība “Zaļā”"
    assert "/data/q1" not in again.answers.answers


def test_the_export_has_the_ids_of_the_rows(session: Session, ready: Ready, now: datetime, anna: Person) -> None:
    desk = ready(GROVE)
    suggestions = [{"whom": name, "sure": sure} for name, sure in (("A", "yes"), ("B", "no"), ("C", "yes"))]
    draft = answer(session, desk, anna, now, *suggestions, PLACE)
    files, count = exchange.files(session, desk, Format.XML)
    (text,) = files.values()
    root = fromstring(text)
    node, inner = root.find("meta/entity"), root.findall("ask/meta/entity")
    assert count == 1
    assert node is not None
    assert node.attrib == {"dataset": "initiatives", "create": "true", "id": rows(session)[0].entity_id}
    assert node.findtext("label") == "Birzs, Biedrība “Zaļā”"
    stored = draft.answers.answers
    assert [one.attrib["id"] for one in inner[::2]] == [
        stored[f"/data/ask[{number}]/meta/entity/@id"] for number in (1, 3)
    ]
    assert [one.attrib["create"] for one in inner] == ["true", "false", "true"]
    assert all(UUID(one.attrib["id"]).version == 4 for one in inner)
    assert exchange.files(session, desk, Format.XML) == (files, count)
