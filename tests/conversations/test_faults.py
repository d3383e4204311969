"""What is wrong with an expression or a form, told in every language: the same sentences with the same values."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest

from conversations.forms import FormError, read
from conversations.xpath import XPathError, parse
from conversations.xpath.fault import Fault
from intake.xlsform import compile


def sentences(package: str, language: str) -> dict[str, str]:
    return tomllib.loads((resources.files(package) / "faults" / f"{language}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", ["conversations.xpath", "conversations.forms"])
def test_every_sentence_is_there_in_both_languages(package: str) -> None:
    english, latvian = sentences(package, "en"), sentences(package, "lv")
    assert english.keys() == latvian.keys()
    for key, sentence in english.items():
        wanted = set(re.findall(r"(?<!{){(\w+)", sentence))
        assert set(re.findall(r"(?<!{){(\w+)", latvian[key])) == wanted, key


def test_a_fault_inside_a_fault_is_told_with_it() -> None:
    with pytest.raises(XPathError) as caught:
        parse("selected(/data/a 'x')")
    placed = caught.value.placed
    assert placed == ") is missing after the arguments of selected(): 'x' stands here (at character 18)"
    assert placed.told("lv") == "Aiz funkcijas selected() argumentiem trūkst ): šeit ir 'x' (18. rakstzīme)"
    assert placed.told("xx") == placed


def test_a_pattern_is_told_with_its_reason() -> None:
    (problem,) = parse("regex(., '[a')").problems
    assert problem.message.told("lv") == "Paraugs '[a' satur [ bez savas ] (parauga 3. rakstzīme)"


def test_a_form_is_refused_in_both_languages() -> None:
    xform = compile(b"| survey |\n| | type | name | label |\n| | select_one_from_file x.csv | a | A |\n", format="md")
    with pytest.raises(FormError) as caught:
        read(xform)
    told = [(str(problem.message), problem.message.told("lv")) for problem in caught.value.problems]
    assert ("the file with the choices is missing", "trūkst faila ar izvēlēm") in told


def test_braces_in_what_a_person_wrote_are_left_alone() -> None:
    assert Fault("conversations.xpath", "no_function", name="{limit}").told("lv") == "Funkcijas {limit}() nav"
