"""What applies, what is valid, what may be chosen: the semantics of ODK over one tree of answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from conversations.forms import Form, Instance, Rule
from conversations.forms.document import instance_xml

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
Compiled = Callable[[str], Form]


def sheet(*rows: str, head: str = "", choices: str = "") -> str:
    """A form in Markdown: the rows of the survey, under the usual columns and those of `head`."""
    columns = f"| | type | name | label | {head}"
    listed = f"| choices |\n| | list_name | name | label | group |\n{choices}\n" if choices else ""
    return "| survey |\n" + "\n".join([columns, *(f"| | {row}" for row in rows)]) + "\n" + listed + (
        "| settings |\n| | form_id | form_title | version |\n| | t | T | 1 |\n"
    )  # fmt: skip


@pytest.fixture
def house(household: Form) -> Instance:
    return Instance(household, now=NOW, language="lv", seed="s")


def test_a_hidden_answer_is_kept_left_out_and_comes_back(house: Instance) -> None:
    house.set("/data/pets", "dog other")
    house.set("/data/pets_other", "Zirgs")
    house.set("/data/pets", "dog")
    assert not house.relevant("/data/pets_other")
    assert house.value("/data/pets_other") == ""
    assert "pets_other" not in instance_xml(house)
    house.set("/data/pets", "other")
    assert house.value("/data/pets_other") == "Zirgs"


def test_relevance_is_inherited_and_what_reads_it_follows(compiled: Compiled) -> None:
    form = compiled(
        sheet(
            "text | a | A | |",
            "begin_group | g | G | ${a} = 'x' |",
            "text | b | B | |",
            "begin_group | h | H | |",
            "text | c | C | ${b} = 'y' |",
            "end_group | | | |",
            "end_group | | | |",
            "text | d | D | ${c} = 'z' |",
            head="relevant |",
        )
    )
    instance = Instance(form, now=NOW)
    for name, value in (("a", "x"), ("g/b", "y"), ("g/h/c", "z")):
        instance.set(f"/data/{name}", value)
    assert instance.relevant("/data/d")
    instance.set("/data/a", "")
    assert [instance.relevant(f"/data/{path}") for path in ("g", "g/b", "g/h", "g/h/c", "d")] == [False] * 5
    instance.set("/data/a", "x")
    assert instance.relevant("/data/d")


def test_constraint_and_required(house: Instance) -> None:
    assert house.valid("/data/people") is not None
    assert house.valid("/data/people").rule is Rule.REQUIRED  # type: ignore[union-attr]
    house.set("/data/people", "9")
    violation = house.valid("/data/people")
    assert violation is not None
    assert (violation.rule, violation.message) == (Rule.CONSTRAINT, "No viena līdz pieciem.")
    house.set_language("en")
    assert house.valid("/data/people").message == "One to five."  # type: ignore[union-attr]
    assert house.valid("/data/moved") is None
    house.set("/data/people", "3")
    assert house.valid("/data/people") is None


def test_an_offer_that_is_refused_changes_nothing(house: Instance) -> None:
    house.set("/data/people", "2")
    stored = dict(house.stored)
    assert house.offer("/data/people", "7") is not None
    assert house.count("/data/member") == 2
    assert dict(house.stored) == stored
    assert house.offer("/data/people", "3") is None
    assert house.count("/data/member") == 3


def test_a_computed_repeat_shrinks_and_grows_with_its_answers(house: Instance) -> None:
    house.set("/data/people", "3")
    for number, age in enumerate(("40", "7", "12"), 1):
        house.set(f"/data/member[{number}]/age", age)
    assert house.value("/data/oldest") == "40"
    assert house.value("/data/member[3]/place") == "3"
    assert house.label("/data/member[2]/first_name") == "2. cilvēka vārds?"
    assert [house.relevant(f"/data/member[{number}]/school") for number in (1, 2, 3)] == [False, True, True]
    house.set("/data/people", "1")
    assert house.count("/data/member") == 1
    house.set("/data/people", "2")
    assert house.value("/data/member[2]/age") == "7"


def test_repeats_in_repeats_are_added_and_removed(house: Instance) -> None:
    assert house.count("/data/visit") == 1
    assert house.add_repeat("/data/visit") == "/data/visit[2]"
    assert house.count("/data/visit[2]/gift") == 0, "only what the form itself begins with holds an instance"
    assert house.add_repeat("/data/visit[2]/gift") == "/data/visit[2]/gift[1]"
    assert house.add_repeat("/data/visit[2]/gift") == "/data/visit[2]/gift[2]"
    house.set("/data/visit[2]/visitor", "Kaimiņš")
    house.set("/data/visit[2]/gift[2]/thing", "Āboli")
    house.remove_repeat("/data/visit[1]")
    assert house.count("/data/visit") == 1
    assert house.count("/data/visit/gift") == 2
    assert house.value("/data/visit/visitor") == "Kaimiņš"
    assert house.value("/data/visit[1]/gift[2]/thing") == "Āboli"
    house.remove_repeat("/data/visit[1]/gift[1]")
    assert house.value("/data/visit/gift/thing") == "Āboli"
    with pytest.raises(KeyError):
        house.value("/data/visit[2]/visitor")


def test_what_stays_keeps_the_repeats_inside_when_an_instance_goes(house: Instance, household: Form) -> None:
    house.set("/data/visit[1]/gift[1]/thing", "Maize")
    house.add_repeat("/data/visit")
    house.remove_repeat("/data/visit[2]")
    assert house.count("/data/visit[1]/gift") == 1
    again = Instance(household, now=NOW, answers=house.stored, repeats=house.repeats, language="lv", seed="s")
    assert again.value("/data/visit/gift/thing") == "Maize"


def test_a_new_instance_of_a_repeat_may_not_apply(compiled: Compiled) -> None:
    form = compiled(
        sheet(
            "text | a | A | |",
            "begin_repeat | r | R | ${a} = 'x' |",
            "text | b | B | |",
            "end_repeat | | | |",
            head="relevant |",
        )
    )
    instance = Instance(form, now=NOW)
    path = instance.add_repeat("/data/r")
    assert not instance.relevant(f"{path}")
    assert not instance.relevant(f"{path}/b")
    instance.set("/data/a", "x")
    assert instance.relevant(f"{path}/b")


def test_what_is_no_number_is_stored_as_nothing(compiled: Compiled) -> None:
    form = compiled(
        sheet(
            "integer | a | A | | |",
            "text | t | T | | |",
            "calculate | sum | | ${a} + 1 | |",
            "calculate | copy | | ${t} | |",
            "text | set | S | ${a} * 2 | ${a} |",
            "note | n | ${sum} | | |",
            head="calculation | trigger |",
        )
    )
    instance = Instance(form, now=NOW)
    assert instance.value("/data/sum") == ""
    assert instance.label("/data/n") == ""
    instance.set("/data/t", "NaN")
    assert instance.value("/data/copy") == "NaN", "a text is a text"
    instance.set("/data/a", "3")
    assert (instance.value("/data/sum"), instance.value("/data/set")) == ("4", "6")
    instance.set("/data/a", "")
    assert (instance.value("/data/sum"), instance.value("/data/set")) == ("", "")


def test_a_repeat_has_at_most_a_hundred_instances(house: Instance) -> None:
    for _ in range(99):
        assert house.add_repeat("/data/visit") is not None
    assert house.add_repeat("/data/visit") is None


def test_an_instance_opened_again_is_the_same(household: Form, house: Instance) -> None:
    house.set("/data/people", "2")
    house.set("/data/member[2]/age", "9")
    house.set("/data/member[2]/school", "yes")
    house.add_repeat("/data/visit")
    house.set("/data/visit[2]/visitor", "Anna")
    again = Instance(household, now=NOW, answers=house.stored, repeats=house.repeats, language="lv", seed="s")
    assert instance_xml(again) == instance_xml(house)
    assert again.stored == house.stored


def test_a_cascade_drops_what_is_no_longer_offered(house: Instance) -> None:
    house.set("/data/region", "west")
    assert [choice.name for choice in house.choices("/data/town")] == ["liepaja", "talsi"]
    house.set("/data/town", "talsi")
    house.set("/data/region", "east")
    assert house.value("/data/town") == ""
    house.set("/data/region", "west")
    assert house.value("/data/town") == "talsi"


def test_a_cascade_inside_a_repeat_looks_at_its_own_instance(compiled: Compiled) -> None:
    form = compiled(
        sheet(
            "begin_repeat | r | R | |",
            "select_one group | g | G | |",
            "select_one item | i | I | group = ${g} |",
            "end_repeat | | | |",
            head="choice_filter |",
            choices="| | group | a | A | |\n| | group | b | B | |\n| | item | x | X | a |\n| | item | y | Y | b |",
        )
    )
    instance = Instance(form, now=NOW)
    instance.add_repeat("/data/r")
    instance.set("/data/r[1]/g", "a")
    instance.set("/data/r[2]/g", "b")
    assert [choice.name for choice in instance.choices("/data/r[1]/i")] == ["x"]
    assert [choice.name for choice in instance.choices("/data/r[2]/i")] == ["y"]


def test_defaults_triggers_and_what_happens_once(compiled: Compiled) -> None:
    form = compiled(
        sheet(
            "text | a | A | one | | |",
            "text | b | B | concat(${a}, '!') | | |",
            "calculate | stamped | | | concat(${a}, '-', ${b}) | ${a} |",
            "calculate | token | | | once(random()) | |",
            head="default | calculation | trigger |",
        )
    )
    instance = Instance(form, now=NOW, seed="1")
    assert (instance.value("/data/a"), instance.value("/data/b")) == ("one", "one!")
    assert instance.value("/data/stamped") == ""
    token = instance.value("/data/token")
    instance.set("/data/b", "two")
    assert instance.value("/data/stamped") == ""
    instance.set("/data/a", "three")
    assert instance.value("/data/stamped") == "three-two"
    later = datetime(2027, 1, 1, tzinfo=UTC)
    again = Instance(form, now=later, answers=instance.stored, seed="2")
    assert (again.value("/data/token"), again.value("/data/stamped")) == (token, "three-two")


def test_running_totals_read_the_instance_before(compiled: Compiled) -> None:
    form = compiled(
        sheet(
            "begin_repeat | r | R | |",
            "integer | n | N | |",
            "calculate | total | | ${n} + coalesce(indexed-repeat(${total}, ${r}, position(..) - 1), 0) |",
            "end_repeat | | | |",
            head="calculation |",
        )
    )
    instance = Instance(form, now=NOW)
    instance.add_repeat("/data/r")
    instance.add_repeat("/data/r")
    for number in (1, 2, 3):
        instance.set(f"/data/r[{number}]/n", "5")
    assert [instance.value(f"/data/r[{number}]/total") for number in (1, 2, 3)] == ["5", "10", "15"]


def test_choices_and_labels_quote_answers(compiled: Compiled) -> None:
    form = compiled(
        sheet(
            "text | friend | Friend | |",
            "select_one who | who | Who? | |",
            "note | told | You chose ${who}, ${friend}. | |",
            choices="| | who | self | Me | |\n| | who | friend | ${friend} | |",
        )
    )
    instance = Instance(form, now=NOW)
    instance.set("/data/friend", "Ilze")
    instance.set("/data/who", "friend")
    assert [choice.label("default") for choice in instance.choices("/data/who")] == ["Me", "Ilze"]
    assert instance.label("/data/told") == "You chose friend, Ilze."


def test_choices_from_a_repeat(compiled: Compiled) -> None:
    form = compiled(
        sheet(
            "begin_repeat | person | Person | |",
            "text | name | Name | |",
            "end_repeat | | | |",
            "select_one ${name} | oldest | Oldest? | |",
        )
    )
    instance = Instance(form, now=NOW)
    instance.add_repeat("/data/person")
    instance.set("/data/person[1]/name", "Anna")
    instance.set("/data/person[2]/name", "Jānis")
    assert [choice.name for choice in instance.choices("/data/oldest")] == ["Anna", "Jānis"]
    instance.set("/data/person[1]/name", "Anna Marija")
    instance.set("/data/oldest", "Anna Marija")
    assert instance.value("/data/oldest") == "Anna Marija", "a name is one choice, spaces or not"


def test_readonly_is_inherited(compiled: Compiled) -> None:
    form = compiled(
        sheet(
            "text | a | A | |",
            "text | b | B | ${a} = 'locked' |",
            head="readonly |",
        )
    )
    instance = Instance(form, now=NOW)
    assert not instance.readonly("/data/b")
    instance.set("/data/a", "locked")
    assert instance.readonly("/data/b")


def test_values_are_bounded_and_storable(house: Instance) -> None:
    house.set("/data/name", "a" * 20_000)
    assert len(house.value("/data/name")) == 10_000
    house.set("/data/name", "\ud800\x00b")
    assert house.value("/data/name") == "?\x00b"
    assert "<name>?b</name>" in instance_xml(house)


def test_what_only_the_submission_needs_applies_or_not_when_asked(compiled: Compiled) -> None:
    """A calculation that nothing reads is left for the end, and still never told as it was before."""
    rows = ("integer | n | N | | |", "calculate | twice | | ${n} * 2 | ${n} > 0 |")
    instance = Instance(compiled(sheet(*rows, head="calculation | relevant |")), now=NOW)
    assert not instance.relevant("/data/twice")
    instance.set("/data/n", "3")
    assert instance.relevant("/data/twice")
    assert instance.value("/data/twice") == "6"


def test_a_label_computed_from_a_choice_follows_what_the_label_quotes(compiled: Compiled) -> None:
    rows = (
        "text | where | Where? | |",
        "select_one l | it | Which? | |",
        "calculate | told | | jr:choice-name(${it}, '${it}') |",
    )
    form = compiled(sheet(*rows, head="calculation |", choices="| | l | a | The house in ${where} | |"))
    instance = Instance(form, now=NOW)
    instance.set("/data/it", "a")
    instance.set("/data/where", "Cēsis")
    assert instance.value("/data/told") == "The house in Cēsis"
    instance.set("/data/where", "Talsi")
    assert instance.value("/data/told") == "The house in Talsi"


def test_one_choice_may_have_a_name_of_several_words(compiled: Compiled) -> None:
    choices = "| | l | Township 01 | First | |\n| | l | Township 02 | Second | |"
    instance = Instance(compiled(sheet("select_one l | town | Which? |", choices=choices)), now=NOW)
    instance.set("/data/town", "Township 02")
    assert instance.value("/data/town") == "Township 02"
    assert [choice.name for choice in instance.choices("/data/town")] == ["Township 01", "Township 02"]


UNKNOWN = ("/data/nothing", "", "/", "/data/people[2]", "/data/visit[9]", "/data/visit[0]/who", "/data/people/x")


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_path_is_a_key_error(house: Instance, path: str) -> None:
    for ask in (house.value, house.valid, house.label, house.relevant, house.required, house.readonly, house.choices):
        with pytest.raises(KeyError):
            ask(path)
    with pytest.raises(KeyError):
        house.set(path, "1")


def test_what_a_place_cannot_take_is_refused_and_changes_nothing(house: Instance) -> None:
    house.set("/data/people", "2")
    before = (dict(house.stored), dict(house.repeats))
    with pytest.raises(ValueError, match="takes no answer"):
        house.set("/data", "x")
    with pytest.raises(ValueError, match="takes no answer"):
        house.set("/data/visit[1]", "x")
    with pytest.raises(ValueError, match="counts the instances"):
        house.add_repeat("/data/member")
    with pytest.raises(ValueError, match="counts the instances"):
        house.remove_repeat("/data/member[1]")
    with pytest.raises(ValueError, match="no instance of a repeat"):
        house.remove_repeat("/data/people")
    with pytest.raises(KeyError):
        house.add_repeat("/data/people")
    assert (dict(house.stored), dict(house.repeats)) == before


def test_a_language_by_its_code_or_its_name_and_no_other(house: Instance) -> None:
    house.set_language("English (en)")
    assert house.language == "en"
    with pytest.raises(ValueError, match="no language 'fr'; it has"):
        house.set_language("fr")
    assert house.language == "en"


def test_choices_to_begin_with_stand_with_one_space_between(compiled: Compiled) -> None:
    choices = "| | l | a | A | |\n| | l | b | B | |"
    form = compiled(sheet("select_multiple l | m | M | a  b |", head="default |", choices=choices))
    assert Instance(form, now=NOW).value("/data/m") == "a b"
