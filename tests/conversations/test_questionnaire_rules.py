"""The rules of the built-in questionnaires, tried through the form engine: what applies, is accepted, follows."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

import pytest

from conversations.forms import Form, Instance, read
from intake.xlsform import compile

FOLDER = files("conversations") / "questionnaires"
LISTS = ("municipalities.csv", "services.csv", "target_groups.csv")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BEFORE_THE_MERGER = datetime(2025, 6, 30, 12, tzinfo=UTC)
NUMBER = "90001237779"
TEXT = "Bērni un seniori reizi nedēļā kopā gatavo vakariņas. "


@cache
def form(name: str) -> Form:
    xform = compile((FOLDER / f"{name}.md").read_bytes(), format="md")
    return read(xform, files={file: (FOLDER / file).read_bytes() for file in LISTS})


def opened(name: str, now: datetime = NOW, **answers: str) -> Instance:
    instance = Instance(form(name), now=now, language="lv")
    for question, value in answers.items():
        instance.set(path(name, question), value)
    return instance


def path(name: str, question: str) -> str:
    """Of a question (or note, group, calculation) by its name: names are unique in a form."""
    return next(place for place in form(name).fields if place.endswith(f"/{question}"))


RELEVANT = [
    ({}, "municipality", False),
    ({"scope": "one"}, "municipality", True),
    ({"scope": "several"}, "municipality", True),
    ({"scope": "region"}, "municipality", False),
    ({"scope": "region"}, "region", True),
    ({"scope": "national"}, "region", False),
    ({}, "year", False),
    ({"stage": "prompt"}, "year", False),
    ({"stage": "proposal"}, "year", False),
    ({"stage": "ended"}, "year", True),
    ({"legal_form": "informal"}, "registration_number", False),
    ({"legal_form": "person"}, "registration_number", False),
    ({"legal_form": "biedriba"}, "registration_number", True),
    ({"legal_form": "sia"}, "social_enterprise", True),
    ({"legal_form": "sia_su"}, "social_enterprise", False),
    ({"role": "user"}, "funding", False),
    ({"role": "observer"}, "funding", False),
    ({"role": "author"}, "funding", True),
    ({"stage": "proposal"}, "reach", False),
    ({"stage": "paused"}, "reach", False),
    ({"stage": "scaling"}, "reach", True),
    ({"form": "service other"}, "form_other", True),
    ({"form": "service"}, "form_other", False),
    ({"legal_form": "other"}, "legal_form_other", True),
    ({"contact_consent": "no"}, "contact_name", False),
    ({"contact_consent": "maybe"}, "contact_name", True),
    ({"registration_number": NUMBER}, "registration_warning", False),
    ({"registration_number": "90001237778"}, "registration_warning", True),
    ({"campaign_previous_survey": ""}, "previous_survey", False),
    ({"campaign_previous_survey": "pagājušā gada decembrī"}, "previous_survey", True),
]


@pytest.mark.parametrize(("answers", "question", "applies"), RELEVANT)
def test_what_applies(answers: dict[str, str], question: str, applies: bool) -> None:
    assert opened("initiative", **answers).relevant(path("initiative", question)) is applies


VALID = [
    ({}, "title", "Ab", False),
    ({}, "title", "   Ab   ", False),
    ({}, "title", "Kopā", True),
    ({}, "title", "a" * 151, False),
    ({}, "description", TEXT, True),
    ({}, "description", TEXT + "Ieva, 010190-12345.", False),
    ({}, "description", TEXT + "Tālrunis +37126123456.", True),
    ({}, "description", "a" * 1501, False),
    ({}, "form", "product service model", True),
    ({}, "form", "product service model process", False),
    ({}, "service", "crisis shelter violence addiction aids", True),
    ({}, "service", "crisis shelter violence addiction aids staff", False),
    ({}, "target", "adult_dis child_dis mental senior dementia families", True),
    ({}, "target", "adult_dis child_dis mental senior dementia families poor", False),
    ({"scope": "one"}, "municipality", "cesis", True),
    ({"scope": "one"}, "municipality", "cesis madona", False),
    ({"scope": "several"}, "municipality", "cesis", False),
    ({"scope": "several"}, "municipality", "cesis madona", True),
    ({"stage": "scaling"}, "year", "1989", False),
    ({"stage": "scaling"}, "year", "1990", True),
    ({"stage": "scaling"}, "year", "2026", True),
    ({"stage": "scaling"}, "year", "2027", False),
    ({"legal_form": "biedriba"}, "registration_number", NUMBER, True),
    ({"legal_form": "biedriba"}, "registration_number", "LV 4000 8277-542", True),
    ({"legal_form": "biedriba"}, "registration_number", "90001237778", True),
    ({"legal_form": "biedriba"}, "registration_number", "01019012345", False),
    ({"legal_form": "biedriba"}, "registration_number", "32019012345", False),
    ({"legal_form": "biedriba"}, "registration_number", "9000123777", False),
    ({}, "partners", "none", True),
    ({}, "partners", "none ngo", False),
    ({"role": "author"}, "funding", "none volunteer", True),
    ({"role": "author"}, "funding", "none esf", False),
    ({"role": "author"}, "funding", "none volunteer esf", False),
    ({}, "barriers", "money law people", True),
    ({}, "barriers", "money law people skills", False),
    ({}, "barriers", "none law", False),
    ({"contact_consent": "yes"}, "contact_email", "ieva@biedriba.example", True),
    ({"contact_consent": "yes"}, "contact_email", "ieva at biedriba.example", False),
    ({"contact_consent": "yes"}, "contact_phone", "26 123 456", True),
    ({"contact_consent": "yes"}, "contact_phone", "+371 26123456", True),
    ({"contact_consent": "yes"}, "contact_phone", "1234", False),
    ({"form": "other"}, "form_other", "ab", False),
    ({"form": "other"}, "form_other", "Spēle", True),
    ({"suggested_person": "Ieva Kalniņa"}, "person_knows", "yes", True),
    ({"suggested_person": "Ieva Kalniņa"}, "person_knows", "no", False),
]


@pytest.mark.parametrize(("answers", "question", "value", "accepted"), VALID)
def test_what_is_accepted(answers: dict[str, str], question: str, value: str, accepted: bool) -> None:
    violation = opened("initiative", **answers, **{question: value}).valid(path("initiative", question))
    assert (violation is None) is accepted
    assert violation is None or violation.message


FOLLOWS = [
    ({"scope": "one", "municipality": "cesis"}, "regions", "VPR"),
    ({"scope": "several", "municipality": "cesis riga marupe"}, "regions", "RPR VPR"),
    ({"scope": "region", "region": "LPR KPR"}, "regions", "LPR KPR"),
    ({"scope": "national"}, "regions", ""),
    ({"legal_form": "sia_su"}, "social_enterprise_status", "yes"),
    ({"legal_form": "sia", "social_enterprise": "lost"}, "social_enterprise_status", "lost"),
    ({"legal_form": "biedriba"}, "social_enterprise_status", ""),
    ({"legal_form": "biedriba", "registration_number": "LV 4000 8277-542"}, "registration_digits", "40008277542"),
]


@pytest.mark.parametrize(("answers", "question", "value"), FOLLOWS)
def test_what_follows(answers: dict[str, str], question: str, value: str) -> None:
    assert opened("initiative", **answers).value(path("initiative", question)) == value


def test_municipalities_are_those_of_the_day_in_the_language_of_the_person() -> None:
    now, then = opened("initiative", scope="one"), opened("initiative", now=BEFORE_THE_MERGER, scope="one")
    at = path("initiative", "municipality")
    assert {choice.name for choice in then.choices(at)} - {choice.name for choice in now.choices(at)} == {"varaklani"}
    assert len(now.choices(at)) == 42
    riga = next(choice for choice in now.choices(at) if choice.name == "riga")
    assert (riga.label("lv"), riga.label("en")) == ("Rīgas valstspilsēta", "Rīga state city")


def test_what_comes_from_the_campaign_is_said_in_the_notices() -> None:
    instance = opened(
        "initiative",
        campaign_controller="Piemēra fonds",
        campaign_deadline="5. decembrim",
        campaign_privacy_link="https://fonds.example/privatums",
    )
    assert "līdz 5. decembrim." in instance.label(path("initiative", "introduction"))
    notice = instance.label(path("initiative", "privacy_notice"))
    assert notice.startswith("Pārzinis ir Piemēra fonds (")
    assert notice.endswith("https://fonds.example/privatums")


def test_at_most_five_suggestions() -> None:
    instance = opened("initiative")
    at = path("initiative", "suggestion")
    while instance.repeats_left(at):
        instance.add_repeat(at)
    assert instance.count(at) == 5


def test_the_title_and_the_language_of_a_form() -> None:
    assert form("initiative").title("en") == "Nomination of a social innovation initiative (short form)"
    assert form("initiative").default_language == "lv"
    assert {code for name in ("initiative", "detail", "case_study") for code in form(name).languages} == {"lv", "en"}


def test_numbers_follow_the_agreed_text() -> None:
    numbers = {question.name: question.number for question in form("initiative").questions}
    assert (numbers["title"], numbers["scope"], numbers["contact_consent"]) == (1, 8, 22)
    assert sum(question.core for question in form("initiative").questions) == 10


DETAIL_RELEVANT = [
    ({"initiative_stage": "prototype", "stage": "prototype"}, "stage_change", False),
    ({"initiative_stage": "prototype", "stage": "scaling"}, "stage_change", True),
    ({"initiative_service": "crisis"}, "service_detail", False),
    ({"initiative_service": "crisis housing"}, "service_detail", True),
    ({"initiative_target": "violence"}, "target_detail", True),
    ({"initiative_partners": "none"}, "partner_name", False),
    ({"initiative_partners": "ngo"}, "partner_name", True),
    ({"annual_cost": "0"}, "funding_sources", False),
    ({"annual_cost": "5k"}, "funding_sources", True),
    ({"annual_cost": "5k", "funding_sources": "state esf", "share_state": "40"}, "share_check", True),
    (
        {"annual_cost": "5k", "funding_sources": "state esf", "share_state": "40", "share_esf": "60"},
        "share_check",
        False,
    ),
    ({"stage": "proposal"}, "clients_recorded", False),
    ({"stage": "paused"}, "clients_recorded", True),
    (
        {"stage": "paused", "clients_recorded": "yes", "clients_1": "50", "initiative_reach": "21_100"},
        "clients_warning",
        False,
    ),
    (
        {"stage": "paused", "clients_recorded": "yes", "clients_1": "500", "initiative_reach": "21_100"},
        "clients_warning",
        True,
    ),
    ({"evidence": "none"}, "evidence_description", False),
    ({"evidence": "survey"}, "evidence_description", True),
    ({"regulation": "gap"}, "regulation_detail", True),
    ({"regulation": "helps"}, "regulation_detail", False),
    ({"barrier_law": "4"}, "barrier_comment", True),
    ({"barrier_law": "3"}, "barrier_comment", False),
    ({"scaling": "none"}, "scaling_needs", False),
    ({"case_study": "maybe"}, "case_study_time", True),
    ({"case_study": "no"}, "case_study_time", False),
]


@pytest.mark.parametrize(("answers", "question", "applies"), DETAIL_RELEVANT)
def test_what_applies_in_stage_2(answers: dict[str, str], question: str, applies: bool) -> None:
    assert opened("detail", **answers).relevant(path("detail", question)) is applies


@pytest.mark.parametrize(
    ("question", "value", "accepted"),
    [
        ("paid_fte", "1.5", True),
        ("paid_fte", "1.55", False),
        ("paid_fte", "501", False),
        ("origin", "users staff abroad latvia", True),
        ("origin", "users staff abroad latvia research", False),
        ("solution", "a" * 299, False),
        ("solution", "a" * 300, True),
    ],
)
def test_what_is_accepted_in_stage_2(question: str, value: str, accepted: bool) -> None:
    assert (opened("detail", **{question: value}).valid(path("detail", question)) is None) is accepted


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"interviewee": "leader"}, 12),
        ({"interviewee": "user"}, 6),
    ],
)
def test_users_are_asked_six_questions(answers: dict[str, str], asked: int) -> None:
    instance = opened("case_study", **answers)
    guide = [place for place in form("case_study").fields if place.startswith("/data/part_") and place.count("/") == 3]
    assert sum(instance.relevant(place) for place in guide) == asked


@pytest.mark.parametrize(("known", "number", "asked"), [("ngo", 0, True), ("ngo", 1, False), ("none", 0, False)])
def test_at_least_one_partner_is_named(known: str, number: int, asked: bool) -> None:
    instance = Instance(form("detail"), now=NOW, language="lv", initial=0)
    instance.set("/data/initiative_partners", known)
    for _ in range(number):
        instance.add_repeat("/data/partner")
    assert instance.relevant("/data/partner_check") is asked
    assert (instance.offer("/data/partner_check", "OK") is not None) is asked
