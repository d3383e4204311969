"""Submissions in the formats of other tools: XForm instance XML, the CSV of ODK Central and of KoboToolbox."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import canonicalize, fromstring

import pytest
from sqlmodel import Session

from conversations.forms import Form, Instance, read
from conversations.forms.document import instance_xml
from conversations.session import begin
from conversations.turn import Fill, submission, turn
from intake import exchange, forms, initiatives, xlsform
from intake.desk import Desk
from intake.exchange import Format
from intake.exchange.tables import harmless
from intake.tables import Conversation, Person, Submission

SAMPLES = Path(__file__).parents[1] / "conversations" / "samples"
ANSWERS = {
    "/data/name": "=Anna",
    "/data/region": "west",
    "/data/town": "talsi",
    "/data/people": "2",
    "/data/member[1]/first_name": "Anna",
    "/data/member[1]/age": "40",
    "/data/member[2]/first_name": "Jānis",
    "/data/member[2]/age": "9",
    "/data/member[2]/school": "yes",
    "/data/pets": "dog cat",
    "/data/mood": "-1",
    "/data/moved": "2025-12-24",
}
GUESTS = {"Zane": ("grāmata", "ziedi"), "Uldis": ("torte",)}

Submit = Callable[..., tuple[Submission, Instance]]


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    """Numbers of rows come again after a test is taken back, so no form of another test may be kept under them."""
    return replace(shared_desk, shelf=forms.Shelf())


@pytest.fixture(scope="module")
def household() -> tuple[str, Form]:
    xform = xlsform.compile((SAMPLES / "household.md").read_bytes(), format="md")
    return xform, read(xform)


@pytest.fixture
def submit(
    session: Session,
    desk: Desk,
    now: datetime,
    household: tuple[str, Form],
    person: Callable[..., Person],
    conversation: Callable[..., Conversation],
) -> Submit:
    """Hands in answers to the household form, as the engine gives them to the tables."""
    xform, form = household
    form_id = forms.install(session, xform, form, {}, now)

    def make(email: str = "anna@example.org", **more: str) -> tuple[Submission, Instance]:
        instance = Instance(form, now=now, seed=email, language="lv", initial=0)
        for path, value in (ANSWERS | {f"/data/{name}": value for name, value in more.items()}).items():
            instance.set(path, value)
        for guest, gifts in GUESTS.items():
            path = instance.add_repeat("/data/visit") or ""
            instance.set(f"{path}/visitor", guest)
            for gift in gifts:
                instance.set(f"{instance.add_repeat(f'{path}/gift')}/thing", gift)
        owner = person(email)
        row = Submission(
            conversation_id=conversation(owner).id or 0,
            person_id=owner.id or 0,
            form_id=form_id,
            language="lv",
            channel="email",
            answers=handed_in(form, instance, now),
            submitted_at=now,
        )
        session.add(row)
        session.flush()
        return row, instance

    return make


def handed_in(form: Form, instance: Instance, now: datetime) -> dict[str, Any]:
    answers = begin(form, language="lv", now=now)
    kept = type(answers).from_json(answers.to_json())
    full = {**kept.answers, **instance.stored}
    session = type(kept)(**{**_fields(kept), "answers": full, "repeats": dict(instance.repeats)})
    return submission(form, session, now)


def _fields(session: Any) -> dict[str, Any]:
    return {name: getattr(session, name) for name in session.__slots__}


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_the_xml_is_what_the_engine_writes_of_the_same_answers(session: Session, desk: Desk, submit: Submit) -> None:
    row, instance = submit()
    files, count = exchange.files(session, desk, Format.XML)
    assert (list(files), count) == ([f"household-{row.id}.xml"], 1)
    (text,) = files.values()
    assert canonicalize(text.partition("\n")[2]) == canonicalize(instance_xml(instance))
    root = fromstring(text)
    assert (root.tag, root.get("id"), root.get("version")) == ("data", "household", "1")
    assert [visit.findtext("visitor") for visit in root.findall("visit")] == ["Zane", "Uldis"]
    assert [thing.text for thing in root.findall("visit/gift/thing")] == ["grāmata", "ziedi", "torte"]
    assert root.findall("member")[0].find("school") is None


def test_odk_central_gives_a_file_for_each_repeat(session: Session, desk: Desk, submit: Submit) -> None:
    _, instance = submit()
    files, _ = exchange.files(session, desk, Format.ODK_CSV)
    assert list(files) == ["household.csv", "household-member.csv", "household-visit.csv", "household-gift.csv"]
    key = instance.place("/data/meta/instanceID").text
    (main,) = rows(files["household.csv"])
    assert next(iter(main)) == "SubmissionDate"
    assert list(main)[-10:] == [
        "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState",
        "DeviceID", "Edits", "FormVersion",
    ]  # fmt: skip
    assert main["SubmissionDate"] == "2026-01-20T08:00:00.000Z"
    assert (main["KEY"], main["meta-instanceID"], main["meta-instanceName"]) == (key, key, "'=Anna")
    assert (main["pets"], main["oldest"], main["FormVersion"], main["Edits"]) == ("dog cat", "40", "1", "0")
    assert "pets/dog" not in main
    members = rows(files["household-member.csv"])
    assert [(one["first_name"], one["school"]) for one in members] == [("Anna", ""), ("Jānis", "yes")]
    assert [one["KEY"] for one in members] == [f"{key}/member[1]", f"{key}/member[2]"]
    assert {one["PARENT_KEY"] for one in members} == {key}
    gifts = rows(files["household-gift.csv"])
    assert [(one["thing"], one["PARENT_KEY"], one["KEY"]) for one in gifts] == [
        ("grāmata", f"{key}/visit[1]", f"{key}/visit[1]/gift[1]"),
        ("ziedi", f"{key}/visit[1]", f"{key}/visit[1]/gift[2]"),
        ("torte", f"{key}/visit[2]", f"{key}/visit[2]/gift[1]"),
    ]


def test_choices_may_have_columns_of_their_own(session: Session, desk: Desk, submit: Submit) -> None:
    submit()
    submit("janis@example.org", pets="")
    files, _ = exchange.files(session, desk, Format.ODK_CSV, split=True)
    found = [[row[f"pets/{pet}"] for pet in ("dog", "cat", "other", "none")] for row in rows(files["household.csv"])]
    assert found == [["1", "1", "0", "0"], ["0", "0", "0", "0"]]


def test_kobotoolbox_numbers_its_rows(session: Session, desk: Desk, submit: Submit) -> None:
    _, instance = submit()
    files, _ = exchange.files(session, desk, Format.KOBO_CSV)
    (main,) = rows(files["household.csv"], ";")
    uid = instance.place("/data/meta/instanceID").text.removeprefix("uuid:")
    assert (main["_uuid"], main["_index"], main["__version__"], main["pets/dog"]) == (uid, "1", "1", "1")
    gifts = rows(files["household-gift.csv"], ";")
    columns = ("visit/gift/thing", "_index", "_parent_table_name", "_parent_index")
    assert [tuple(one[column] for column in columns) for one in gifts] == [
        ("grāmata", "1", "visit", "1"),
        ("ziedi", "2", "visit", "1"),
        ("torte", "3", "visit", "2"),
    ]


def test_only_the_latest_revision_is_given(session: Session, desk: Desk, now: datetime, submit: Submit) -> None:
    row, _ = submit()
    answers = {**row.answers, "name": "Berta"}
    later = {"revision": 2, "answers": answers, "submitted_at": now + timedelta(days=1)}
    known = row.model_dump(exclude={"id"}) | later
    session.add(Submission(**known))
    session.flush()
    files, count = exchange.files(session, desk, Format.ODK_CSV)
    (main,) = rows(files["household.csv"])
    assert (count, main["name"], main["Edits"]) == (1, "Berta", "1")


def test_the_built_in_questionnaire_with_groups(
    session: Session,
    desk: Desk,
    now: datetime,
    person: Callable[..., Person],
    conversation: Callable[..., Conversation],
) -> None:
    form = desk.form(session)
    answers = {"title": "Atvērtās durvis", "contact_consent": "yes", "contact_name": "Anna", "scope": "one"}
    kept = turn(form, begin(form, language="lv", now=now), Fill(answers | {"municipality": "riga"}, now=now)).session
    initiatives.submit(
        session, desk, conversation(person("a@example.org")), submission(form, kept, now),
        language="lv", channel="email", now=now,
    )  # fmt: skip
    files, _ = exchange.files(session, desk, Format.ODK_CSV)
    (main,) = rows(files["initiative.csv"])
    assert (main["title"], main["contact-contact_name"], main["regions"]) == ("Atvērtās durvis", "Anna", "RPR")
    assert rows(files["initiative-suggestion.csv"]) == []


def test_nothing_is_written_of_nothing(session: Session, desk: Desk) -> None:
    assert [exchange.files(session, desk, format) for format in Format] == [({}, 0)] * 3


@pytest.mark.parametrize(
    ("text", "written"),
    [("=1+1", "'=1+1"), ("@a", "'@a"), ("-5", "-5"), ("+371 200", "'+371 200"), ("-a", "'-a"), ("a\x00b", "ab")],
)
def test_formulas_are_made_text_and_numbers_stay(text: str, written: str) -> None:
    assert harmless(text) == written


TWICE = """\
| survey |
|  | type | name | label | relevant |
|  | text | who | Who? | |
|  | begin_group | one | One | ${who} = 'a' |
|  | text | said | Said? | |
|  | end_group | | | |
|  | begin_group | two | Two | ${who} = 'b' |
|  | text | said | Said? | |
|  | end_group | | | |
"""


@pytest.mark.parametrize(("who", "column"), [("a", "one-said"), ("b", "two-said")])
def test_a_name_used_twice_goes_where_it_applies(
    session: Session,
    desk: Desk,
    now: datetime,
    person: Callable[..., Person],
    conversation: Callable[..., Conversation],
    who: str,
    column: str,
) -> None:
    xform = xlsform.compile(TWICE.encode(), format="md")
    form = read(xform)
    instance = Instance(form, now=now)
    instance.set("/data/who", who)
    instance.set(f"/data/{column.replace('-', '/')}", "yes")
    owner = person("a@example.org")
    known = {"person_id": owner.id, "form_id": forms.install(session, xform, form, {}, now), "submitted_at": now}
    answers = handed_in(form, instance, now)
    row = Submission(
        conversation_id=conversation(owner).id or 0, language="", channel="email", answers=answers, **known
    )
    session.add(row)
    session.flush()
    (text,) = exchange.files(session, desk, Format.ODK_CSV)[0].values()
    (main,) = rows(text)
    assert {name: value for name, value in main.items() if name.endswith("said")} == {
        "one-said": "yes" if who == "a" else "",
        "two-said": "yes" if who == "b" else "",
    }
