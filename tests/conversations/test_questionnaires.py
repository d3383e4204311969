"""The built-in questionnaires: complete, in both languages, and word for word the agreed text."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from intake.xlsform import compile, lint, read_rows
from intake.xlsform.sheets import Row, Workbook
from intake.xlsform.types import read_type

FOLDER = files("conversations") / "questionnaires"
NAMES = ("initiative", "detail", "case_study")
LISTS = ("municipalities.csv", "services.csv", "target_groups.csv")
LV, EN = "Latviešu (lv)", "English (en)"
MASTER = Path(__file__).parents[3] / "shared" / "domain" / "questionnaires.json"

STAGE_1 = [
    "title", "description", "need", "form", "novelty", "service", "target", "scope", "municipality", "region",
    "stage", "year", "organisation", "legal_form", "registration_number", "social_enterprise", "role", "partners",
    "funding", "reach", "barriers", "contact_consent", "contact", "consent",
]  # fmt: skip
STAGE_2 = [
    "stage", "origin", "solution", "involvement", "partner", "resources", "funding_sources", "clients",
    "evidence", "efficiency", "enablers", "barriers", "regulation", "scaling", "continuation", "case_study",
]  # fmt: skip
STAGE_3 = [
    "beginning", "before_it", "people", "partners", "helped", "hindered", "rules", "funding", "change",
    "taken_over", "support", "lessons",
]  # fmt: skip
CORE = {"S1Q01", "S1Q02", "S1Q03", "S1Q04", "S1Q08", "S1Q09", "S1Q11", "S1Q13", "S1Q14", "S1Q22"}

CHANGED = {
    "S1Q24": "a group of two fields, each with its own half of the sentence",
    "S2Q15": "two questions, one for each half: continuation and support",
    "S2Q16": "two questions, one for each half: case_study and case_study_roles",
}
"""Questions whose label is not the master text on purpose, and why."""
MERGED = {
    "service": "a list a person chooses from has at most 20 options; stage 2 asks for the detail from services.csv",
    "target": "as service; stage 2 asks for the detail from target_groups.csv",
}


def workbook(name: str) -> bytes:
    return (FOLDER / f"{name}.md").read_bytes()


def code_list(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines()))


def book(name: str) -> Workbook:
    return read_rows(workbook(name), "md")


def by_name(name: str) -> Mapping[str, Row]:
    return {row.get("name"): row for row in book(name).rows("survey")}


@pytest.fixture(scope="module")
def master() -> dict[str, Any]:
    if not MASTER.exists():
        pytest.skip("the agreed texts are not beside this checkout")
    agreed: dict[str, Any] = json.loads(MASTER.read_text(encoding="utf-8"))
    return agreed


def questions(master: dict[str, Any], stage: str) -> dict[str, dict[str, Any]]:
    return {question["id"]: question for section in master[stage] for question in section["questions"]}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_it(name: str) -> None:
    lists = {file: (FOLDER / file).read_bytes() for file in LISTS}
    assert lint(workbook(name), format="md", files=lists) == ()
    assert compile(workbook(name), format="md").startswith("<?xml")


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_in_both_languages(name: str) -> None:
    for sheet in ("survey", "choices"):
        for row in book(name).rows(sheet):
            for column in ("label", "hint", "guidance_hint", "constraint_message", "required_message"):
                assert bool(row.get(f"{column}::{LV}")) == bool(row.get(f"{column}::{EN}")), (row.number, column)
            if sheet == "choices" or read_type(row.get("type")).asks or read_type(row.get("type")).begins:
                assert row.get(f"label::{LV}"), row.number
            if row.get("constraint"):
                assert row.get(f"constraint_message::{LV}"), row.number


@pytest.mark.parametrize("name", NAMES)
def test_no_list_has_more_than_twenty_options(name: str) -> None:
    sizes = Counter(row.get("list_name") for row in book(name).rows("choices"))
    assert max(sizes.values()) <= 20


@pytest.mark.parametrize("name", NAMES)
def test_definition_and_notice_come_before_the_first_question(name: str) -> None:
    asked = [row for row in book(name).rows("survey") if read_type(row.get("type")).asks]
    first = next(place for place, row in enumerate(asked) if row.get("type") != "note")
    notices = {row.get("name") for row in asked[:first] if "notice" in row.get("appearance").split()}
    assert notices == {"definition", "privacy_notice"}


@pytest.mark.parametrize(
    ("name", "stage", "names"),
    [("initiative", "stage1", STAGE_1), ("detail", "stage2", STAGE_2), ("case_study", "stage3", STAGE_3)],
)
def test_labels_are_the_agreed_text(master: dict[str, Any], name: str, stage: str, names: list[str]) -> None:
    rows = by_name(name)
    agreed = questions(master, stage)
    assert len(agreed) == len(names)
    for (id, question), own in zip(agreed.items(), names, strict=True):
        same = (rows[own].get(f"label::{LV}"), rows[own].get(f"label::{EN}")) == (question["lv"], question["en"])
        assert same != (id in CHANGED), id


def test_hints_begin_with_the_agreed_help(master: dict[str, Any]) -> None:
    rows = by_name("initiative")
    for question, own in zip(questions(master, "stage1").values(), STAGE_1, strict=True):
        for spoken, text in zip((LV, EN), question.get("help", ()), strict=False):
            assert rows[own].get(f"hint::{spoken}").startswith(text)


def test_required_as_agreed(master: dict[str, Any]) -> None:
    rows = by_name("initiative")
    for (id, question), own in zip(questions(master, "stage1").items(), STAGE_1, strict=True):
        if not rows[own].get("type").startswith("begin"):
            assert (rows[own].get("required") == "yes") == question["req"], id
    assert all(rows[name].get("required") == "yes" for name in ("contact_name", "privacy_read", "publish"))


def test_numbers_are_those_of_the_agreed_text() -> None:
    """Follow-ups, notes and what is computed have no number of their own before the last question."""
    numbered = [
        row.get("name")
        for row in book("initiative").rows("survey")
        if read_type(row.get("type")).asks and row.get("type") != "note" and not row.get("name").endswith("_other")
    ]
    assert numbered[:22] == STAGE_1[:22]


def test_core_questions() -> None:
    rows = by_name("initiative")
    marked = {f"S1Q{place:02}" for place, name in enumerate(STAGE_1, 1) if "core" in rows[name].get("appearance")}
    assert marked == CORE
    assert sum("core" in row.get("appearance").split() for row in rows.values()) == len(CORE)


LISTS_OF = {
    "initiative": {
        "form": "FORM",
        "novelty": "NOV",
        "service": "SVC",
        "target": "TGT",
        "scope": "SCOPE",
        "region": "REG",
        "stage": "STAGE",
        "legal_form": "LEGAL",
        "social_enterprise": "SE",
        "role": "ROLE",
        "partners": "PART",
        "funding": "FUND",
        "reach": "REACH",
        "barriers": "BAR",
        "contact_consent": "YMN",
        "publish": "PUB",
    },
    "detail": {
        "stage": "STAGE",
        "origin": "ORIG",
        "involvement": "INV",
        "annual_cost": "BUD",
        "evidence": "EVI",
        "regulation": "REGL",
        "scaling": "SCALE",
        "continuation": "CONT",
        "support": "SUP",
        "case_study": "YMN",
    },
    "case_study": {"enabler": "ENA"},
}


@pytest.mark.parametrize("name", NAMES)
def test_choices_are_the_agreed_codes_and_texts(master: dict[str, Any], name: str) -> None:
    for own, list_name in LISTS_OF[name].items():
        agreed = [(item["code"], item["lv"], item["en"]) for item in master["codelists"][list_name]["items"]]
        choices = [
            (row.get("name"), row.get(f"label::{LV}"), row.get(f"label::{EN}"))
            for row in book(name).rows("choices")
            if row.get("list_name") == own
        ]
        assert (choices == agreed) != (own in MERGED), own


@pytest.mark.parametrize(
    ("own", "list_name", "file"), [("service", "SVC", "services.csv"), ("target", "TGT", "target_groups.csv")]
)
def test_merged_codes_keep_their_detail(master: dict[str, Any], own: str, list_name: str, file: str) -> None:
    stage_1 = {row.get("name") for row in book("initiative").rows("choices") if row.get("list_name") == own}
    detail = code_list(file)
    assert {row["stage1"] for row in detail} == stage_1 - {"other"}
    agreed = {(item["code"], item["lv"], item["en"]) for item in master["codelists"][list_name]["items"]}
    assert {(row["name"], row["label"], row["label_en"]) for row in detail} == {
        item for item in agreed if item[0] != "other"
    }


def test_every_other_opens_a_text() -> None:
    for name in NAMES:
        form = book(name)
        with_other = {row.get("list_name") for row in form.rows("choices") if row.get("name") == "other"}
        survey = [row for row in form.rows("survey") if row.get("name")]
        for place, row in enumerate(survey):
            if read_type(row.get("type")).list_name in with_other - {"interview_language"}:
                follow_up = survey[place + 1]
                assert follow_up.get("name") == f"{row.get('name')}_other"
                assert follow_up.get("relevant") == f"selected(${{{row.get('name')}}}, 'other')"


def test_municipalities_are_dated() -> None:
    rows = code_list("municipalities.csv")
    assert list(rows[0]) == ["name", "label", "label_en", "region", "kind", "valid_from", "valid_to", "successor"]
    assert Counter(row["region"] for row in rows) == {"RPR": 10, "VPR": 10, "KPR": 8, "ZPR": 6, "LPR": 9}
    assert Counter(row["kind"] for row in rows) == {"state_city": 7, "municipality": 36}
    ended = {row["name"]: (row["valid_to"], row["successor"]) for row in rows if row["valid_to"]}
    assert ended == {"varaklani": ("2025-06-30", "madona")}
    assert {successor for _, successor in ended.values()} <= {row["name"] for row in rows}


def test_municipalities_are_the_agreed_ones(master: dict[str, Any]) -> None:
    agreed = {(item["code"], item["lv"]) for item in master["codelists"]["MUN"]["items"]}
    assert {(row["name"], row["label"]) for row in code_list("municipalities.csv")} == agreed


PERSONAL_CODES = [
    ("Mūsu kliente 010190-12345 saka paldies", True),
    ("01019012345", True),
    ("kods: 320190 – 12345.", True),
    ("pirmā rinda\n32019012345\nbeigas", True),
    ("tālrunis +37126123456", False),
    ("reģistrācijas numurs 40008277542", False),
    ("projekts 2022.LV/NVOF/MAC/049/36, 120000 eiro", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "refused"), PERSONAL_CODES)
def test_personal_codes_are_refused_in_texts(text: str, refused: bool) -> None:
    constraint = by_name("initiative")["description"].get("constraint")
    found = re.search(r"not\(regex\(\., '(.+)'\)\)", constraint)
    assert found
    assert bool(re.search(found[1], text)) is refused


def test_every_free_text_refuses_personal_codes_and_is_bounded() -> None:
    guarded = {"registration_number", "contact_email", "contact_phone", "suggested_email", "evidence_links"}
    for name in NAMES:
        for row in book(name).rows("survey"):
            if row.get("type") == "text" and row.get("name") not in guarded:
                assert "string-length(.) <= " in row.get("constraint"), row.number
                assert "not(regex(" in row.get("constraint"), row.number
