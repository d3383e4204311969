"""Which entities answers create and update, and how they stand in the submission (ODK Entities, 2022.1 to 2025.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID
from xml.etree.ElementTree import fromstring

import pytest

from conversations.forms import Action, Form, FormError, Instance, entities, read
from conversations.forms.document import instance_xml
from tests.conversations.conftest import load
from tests.conversations.forms.test_reader import xform

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
Compiled = Callable[[str], Form]


def opened(form: Form, **answers: str) -> Instance:
    instance = Instance(form, now=NOW, seed="s", initial=0)
    for name, value in answers.items():
        instance.set(next(path for path in form.fields if path.endswith(f"/{name}")), value)
    return instance


def form_of(compiled: Compiled, entity: str, *rows: str) -> Form:
    """A form with an entities sheet of one row, `list_name | label | create_if | update_if | entity_id`."""
    survey = "\n".join(f"| | {row} |" for row in rows)
    return compiled(
        f"| survey |\n| | type | name | label | relevant | save_to |\n{survey}\n"
        "| settings |\n| | form_id | form_title | version |\n| | t | T | 1 |\n"
        f"| entities |\n| | list_name | label | create_if | update_if | entity_id |\n| | {entity} |\n"
    )


TREE = ("text | species | Species | |", "text | height | Height | ${species} != 'fern' | height", "text | id | Id | |")


@pytest.mark.parametrize(
    ("entity", "answers", "action", "properties"),
    [
        ("trees | ${species} | | |", {"species": "oak", "height": "3"}, Action.CREATE, {"height": "3"}),
        ("trees | ${species} | | |", {"species": "oak"}, Action.CREATE, {"height": ""}),
        ("trees | ${species} | | |", {"species": "fern", "height": "3"}, Action.CREATE, {}),
        ("trees | ${species} | ${height} > 2 | |", {"species": "oak", "height": "3"}, Action.CREATE, {"height": "3"}),
        ("trees | ${species} | ${height} > 2 | |", {"species": "oak", "height": "1"}, None, {}),
        ("trees | ${species} | ${height} | |", {"species": "oak", "height": "3"}, None, {}),
        ("trees | | | | ${id}", {"id": "x"}, Action.UPDATE, {"height": ""}),
        ("trees | | | ${height} > 2 | ${id}", {"id": "x", "height": "1"}, None, {}),
        ("trees | ${species} | ${id} = '' | ${id} != '' | ${id}", {"id": "x"}, Action.UPDATE, {"height": ""}),
        ("trees | ${species} | ${id} = '' | ${id} != '' | ${id}", {}, Action.CREATE, {"height": ""}),
        ("trees | ${species} | true() | true() | ${id}", {}, Action.UPSERT, {"height": ""}),
        ("trees | ${species} | '' | true() | ${id}", {}, Action.UPDATE, {"height": ""}),
    ],
)
def test_when_and_with_what(
    compiled: Compiled, entity: str, answers: dict[str, str], action: Action | None, properties: dict[str, str]
) -> None:
    """What does not apply is absent, what is empty is to be emptied, as by ODK Collect; only "1" and "true" say yes."""
    found = entities(opened(form_of(compiled, entity, *TREE), **answers))
    assert [(one.list, one.action, one.properties) for one in found] == (
        [("trees", action, properties)] if action else []
    )


def test_an_id_is_made_once_and_stays(compiled: Compiled) -> None:
    form = form_of(compiled, "trees | ${species} | | |", *TREE)
    first = opened(form, species="oak")
    again = Instance(form, now=NOW, answers=first.stored, repeats=first.repeats, initial=0)
    again.set("/data/species", "elm")
    (before,), (after,) = entities(first), entities(again)
    assert (UUID(before.id).version, before.label, after.label) == (4, "oak", "elm")
    assert after.id == before.id
    assert entities(opened(form))[0].path == "/data"


def test_each_instance_of_a_repeat_is_an_entity_of_its_own() -> None:
    form = load("grove")
    instance = opened(form, q1="Birzs", owner="Ieva", keep="yes")
    for whom, sure in (("Anna", "yes"), ("Berta", "no"), ("Cilda", "yes")):
        path = instance.add_repeat("/data/ask")
        for name, value in (("whom", whom), ("sure", sure)):
            instance.set(f"{path}/{name}", value)
    place, *people = entities(instance)
    assert (place.list, place.label) == ("initiatives", "Birzs, Ieva")
    assert place.properties == {"title": "Birzs", "stage": "", "organisation": "Ieva", "soil": ""}
    assert [(one.list, one.path, one.label) for one in people] == [
        ("referrals", "/data/ask[1]", "Anna"),
        ("referrals", "/data/ask[3]", "Cilda"),
    ]
    assert people[0].properties == {"organisation": "Anna", "email": ""}
    instance.remove_repeat("/data/ask[1]")
    assert [(one.path, one.id) for one in entities(instance)[1:]] == [("/data/ask[2]", people[1].id)]


NESTED = """\
| survey |
| | type | name | label | save_to | repeat_count |
| | integer | n | How many? | | |
| | begin_repeat | house | House | | ${n} |
| | text | street | Street? | houses#street | |
| | begin_repeat | person | Person | | |
| | text | who | Who? | people#who | |
| | end_repeat | | | | |
| | end_repeat | | | | |
| settings |
| | form_id | form_title | version |
| | t | T | 1 |
| entities |
| | list_name | label |
| | houses | ${street} |
| | people | concat(${who}, ', ', ${street}) |
"""


def test_in_repeats_in_computed_repeats(compiled: Compiled) -> None:
    """Ids are made for every instance, and come back with an instance that a count took out and makes again."""
    instance = opened(compiled(NESTED), n="2")
    for house, street in ((1, "A"), (2, "B")):
        instance.set(f"/data/house[{house}]/street", street)
        instance.set(f"{instance.add_repeat(f'/data/house[{house}]/person')}/who", street.lower())
    before = entities(instance)
    assert [(one.path, one.label) for one in before] == [
        ("/data/house[1]", "A"), ("/data/house[1]/person[1]", "a, A"),
        ("/data/house[2]", "B"), ("/data/house[2]/person[1]", "b, B"),
    ]  # fmt: skip
    assert len({one.id for one in before}) == len(before)
    instance.set("/data/n", "1")
    assert entities(instance) == before[:2]
    instance.set("/data/n", "2")
    assert entities(instance) == before


def test_an_entity_in_a_group_that_does_not_apply_is_none(compiled: Compiled) -> None:
    form = compiled(
        "| survey |\n| | type | name | label | relevant | save_to |\n"
        "| | text | a | A | | plots#a |\n| | begin_group | g | G | ${a} = 'x' | |\n"
        "| | text | b | B | | trees#b |\n| | end_group | | | | |\n"
        "| settings |\n| | form_id | form_title | version |\n| | t | T | 1 |\n"
        "| entities |\n| | list_name | label |\n| | plots | ${a} |\n| | trees | ${b} |\n"
    )
    assert [one.list for one in entities(opened(form, a="y", b="1"))] == ["plots"]
    assert [one.list for one in entities(opened(form, a="x", b="1"))] == ["plots", "trees"]


def test_the_node_in_the_submission() -> None:
    """As ODK Collect writes it: a computed attribute is true or false, a fixed one 1; nothing bears a namespace."""
    instance = opened(load("grove"), q1="Birzs & <Co>", owner="Ieva", keep="no")
    instance.set(f"{instance.add_repeat('/data/ask')}/whom", "Anna")
    root = fromstring(instance_xml(instance))
    node = root.find("meta/entity")
    inner = root.find("ask/meta/entity")
    assert node is not None
    assert inner is not None
    assert {name: value for name, value in node.attrib.items() if name != "id"} == {
        "dataset": "initiatives", "create": "false",
    }  # fmt: skip
    assert UUID(node.attrib["id"]).version == 4
    assert node.findtext("label") == "Birzs & <Co>, Ieva"
    assert (inner.attrib["dataset"], inner.findtext("label")) == ("referrals", "Anna")
    assert inner.attrib["id"] != node.attrib["id"]


def test_an_update_says_so(compiled: Compiled) -> None:
    form = form_of(compiled, "trees | | | | ${id}", *TREE)
    node = fromstring(instance_xml(opened(form, id="x"))).find("meta/entity")
    assert node is not None
    assert node.attrib == {
        "dataset": "trees", "update": "1", "id": "x", "baseVersion": "", "trunkVersion": "", "branchId": "",
    }  # fmt: skip
    assert node.findtext("label", "") == ""


def test_the_version_of_2022_with_its_static_words() -> None:
    bind = (
        '<bind nodeset="/data/a" type="string" entities:saveto="height"/><bind nodeset="/data/meta/entity/@id"/>'
        '<setvalue ref="/data/meta/entity/@id" event="odk-instance-first-load" value="uuid()"/>'
        '<bind nodeset="/data/meta/entity/label" type="string" calculate="/data/a"/>'
    )
    fields = '<a/><meta><entity dataset="trees" id="" create="true"><label/></entity></meta>'
    text = xform(fields, bind, '<input ref="/data/a"><label>A</label></input>').replace(
        "xmlns:odk", 'xmlns:entities="http://www.opendatakit.org/xforms/entities" xmlns:odk'
    )
    (entity,) = entities(opened(read(text), a="3"))
    assert (entity.action, entity.label, entity.properties) == (Action.CREATE, "3", {"height": "3"})


def test_a_property_that_no_entity_around_it_takes_is_refused() -> None:
    """Never one outside the repeat: each instance would overwrite the one before (ODK Entities 2025.1)."""
    bind = '<bind nodeset="/data/r/a" type="string" entities:saveto="height"/>'
    fields = '<r><a/></r><meta><entity dataset="trees" id="x" create="1"><label/></entity></meta>'
    body = '<repeat nodeset="/data/r"><input ref="/data/r/a"><label>A</label></input></repeat>'
    text = xform(fields, bind, body).replace(
        "xmlns:odk", 'xmlns:entities="http://www.opendatakit.org/xforms/entities" xmlns:odk'
    )
    with pytest.raises(FormError) as caught:
        read(text)
    assert [(problem.question, problem.expression) for problem in caught.value.problems] == [("a", "height")]
