"""What the checker calls impossible is tried out on the engine with every answer that could make it possible."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.forms import Instance, read
from intake.xlsform import compile, lint
from tests.intake.xlsform.logic_cases import CONDITIONS, Case, form, row

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
ANSWERS = {
    "a": ["", "yes", "no"],
    "m": ["", "east", "west", "east west"],
    "n": ["", *map(str, range(9))],
    "t": ["", "x", "y", "xx", "zz", "xxx", "3"],
}
SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
TESTS = st.one_of(
    st.builds("${{a}} {} '{}'".format, st.sampled_from(["=", "!="]), st.sampled_from(["yes", "no", ""])),
    st.builds("selected(${{m}}, '{}')".format, st.sampled_from(["east", "west"])),
    st.builds("count-selected(${{m}}) {} {}".format, SIGNS, st.integers(0, 2)),
    st.builds("${{n}} {} {}".format, SIGNS, st.integers(0, 7)),
    st.builds("{1} {0} ${{n}}".format, SIGNS, st.integers(0, 7)),
    st.builds("${{t}} {} '{}'".format, st.sampled_from(["=", "!="]), st.sampled_from(["x", "y", "xx", ""])),
    st.builds("string-length(${{t}}) {} {}".format, SIGNS, st.integers(0, 2)),
    st.builds("contains(${{t}}, '{}')".format, st.sampled_from(["x", "y"])),
)
RULES = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("not({})".format, inner),
        st.builds("if({}, {}, {})".format, inner, inner, inner),
    ),
    max_leaves=6,
)


def ever_asked(relevant: str) -> bool:
    """By trying: whether the question after all others applies with any of the answers."""
    xform = read(compile(form(row("text", "q", relevant=relevant)), format="md"))
    instance = Instance(xform, now=NOW, initial=0)
    named = [name for name in ANSWERS if f"${{{name}}}" in relevant]
    for answers in product(*(ANSWERS[name] for name in named)):
        for name, answer in zip(named, answers, strict=True):
            instance.set(f"/data/{name}", answer)
        if instance.place("/data/q").relevant:
            return True
    return False


def called_impossible(relevant: str) -> bool:
    findings = lint(form(row("text", "q", relevant=relevant)), format="md", language="en")
    return any(finding.key.startswith("never_") for finding in findings)


@settings(max_examples=30, deadline=None)
@given(RULES)
def test_nothing_possible_is_called_impossible(relevant: str) -> None:
    if called_impossible(relevant):
        assert not ever_asked(relevant)


@settings(max_examples=30, deadline=None)
@given(st.lists(TESTS, min_size=2, max_size=4))
def test_nothing_impossible_goes_unnoticed_where_everything_is_understood(tests: list[str]) -> None:
    relevant = " and ".join(tests)
    if "contains" not in relevant and not ever_asked(relevant):
        assert called_impossible(relevant)


DAYS = ("2026-01-18", "2026-01-19", "2026-01-20", "2026-01-21", "2026-01-25", "2026-02-03")
DATES = st.one_of(
    st.builds("${{d}} {} today() {} {}".format, SIGNS, st.sampled_from(["+", "-"]), st.integers(0, 3)),
    st.builds("today() {} ${{d}}".format, SIGNS),
    st.builds("${{d}} {} date('{}')".format, SIGNS, st.sampled_from(DAYS)),
    st.builds("today() {} date('{}')".format, SIGNS, st.sampled_from(DAYS)),
    st.builds("${{n}} {} ${{k}}".format, SIGNS),
    st.builds("not(${{k}} {} ${{n}})".format, SIGNS),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(DATES, min_size=1, max_size=3))
def test_nothing_possible_on_some_day_is_called_impossible(tests: list[str]) -> None:
    relevant = " and ".join(tests)
    rows = row("integer", "k") + row("text", "q", relevant=relevant)
    if not any(one.key.startswith("never_") for one in lint(form(rows), format="md", language="en")):
        return
    xform = read(compile(form(rows), format="md"))
    for today in DAYS:
        instance = Instance(xform, now=datetime.fromisoformat(f"{today}T08:00:00+00:00"), initial=0)
        for day, n, k in product(("", *DAYS), ("", "1", "2"), ("", "1", "2")):
            for name, answer in (("d", day), ("n", n), ("k", k)):
                instance.set(f"/data/{name}", answer)
            assert not instance.relevant("/data/q"), (today, day, n, k)


@pytest.mark.parametrize("case", [case for case in CONDITIONS if case.found and case.found[0][0].startswith("never_")])
def test_the_recorded_cases_are_impossible(case: Case) -> None:
    assert (
        "${d}" in case.says
        or "today()" in case.says
        or "${f}" in case.says
        or not ever_asked(case.says)
        or case.says == "${n} > 60"
    )
