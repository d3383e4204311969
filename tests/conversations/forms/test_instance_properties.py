"""What is kept right answer by answer is what a fresh evaluation of everything gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.forms import Instance
from conversations.forms.document import instance_xml
from tests.conversations.conftest import load

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUSEHOLD = [
    "name", "region", "town", "people", "pets", "pets_other", "member[1]/age", "member[2]/age", "member[2]/school",
    "member[5]/first_name", "visit/visitor", "visit[2]/gift[1]/thing",
]  # fmt: skip
INITIATIVE = [
    "form", "form_other", "scope", "municipality", "region", "stage", "year", "legal_form", "registration_number",
    "social_enterprise", "role", "funding", "funding_other", "reach", "contact_consent", "contact/contact_name",
]  # fmt: skip
VALUES = [
    "", "0", "1", "2", "5", "7", "18", "west", "east", "talsi", "ludza", "other", "none", "dog other", "one", "several",
    "region", "riga", "riga jurmala", "prompt", "prototype", "sia", "informal", "user", "40003032949", "yes", "maybe",
]  # fmt: skip


@dataclass(frozen=True)
class Change:
    what: str
    path: str
    value: str = ""


def changes(names: list[str]) -> st.SearchStrategy[list[Change]]:
    sets = st.builds(Change, st.just("set"), st.sampled_from(names), st.sampled_from(VALUES))
    repeats = st.builds(
        Change, st.sampled_from(["add", "remove"]), st.sampled_from(["visit", "visit[1]/gift", "suggestion"])
    )
    return st.lists(st.one_of(sets, sets, sets, repeats), max_size=25)


def carry_out(instance: Instance, change: Change) -> None:
    path = f"/data/{change.path}"
    if change.what == "set" and instance.has(path):
        instance.set(path, change.value)
    elif change.what == "add" and instance.has(path.rpartition("/")[0]) and path in repeats_of(instance):
        instance.add_repeat(path)
    elif change.what == "remove" and instance.has(f"{path}[1]"):
        instance.remove_repeat(f"{path}[1]")


def repeats_of(instance: Instance) -> set[str]:
    names = {field.path for field in instance.form.fields.values() if field.repeat and field.count is None}
    return {
        path for path in ("/data/visit", "/data/visit[1]/gift", "/data/suggestion") if path.replace("[1]", "") in names
    }


def picture(instance: Instance) -> dict[str, tuple[bool, bool, str, str]]:
    return {
        path: (instance.relevant(path), instance.required(path), instance.value(path), str(instance.valid(path)))
        for path in instance.tree.places
    }


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.tuples(st.just("household"), changes(HOUSEHOLD)), st.tuples(st.just("initiative"), changes(INITIATIVE))
    )
)
def test_an_answer_leaves_what_opening_again_gives(case: tuple[str, list[Change]]) -> None:
    form = load(case[0])
    instance = Instance(form, now=NOW, seed="s")
    for change in case[1]:
        carry_out(instance, change)
    again = Instance(form, now=NOW, answers=instance.stored, repeats=instance.repeats, seed="s")
    assert picture(instance) == picture(again)
    assert instance_xml(instance) == instance_xml(again)
