"""Every axis, predicates, unions and comparisons of nodes."""

import pytest

from conversations.xpath import Context, Node, NodeSet, parse
from conversations.xpath.node import Attribute
from tests.conversations.xpath.forms import RIGA, answers, compute, leaf, paths, tree

PERSON = "/data/house[2]/person[1]"
PATHS = [
    ("/data/house/number", "/data", ["/data/house[1]/number[1]", "/data/house[2]/number[1]"]),
    ("../number", PERSON, ["/data/house[2]/number[1]"]),
    ("./age", PERSON, ["/data/house[2]/person[1]/age[1]"]),
    (".", PERSON, [PERSON]),
    ("..", PERSON, ["/data/house[2]"]),
    ("../..", PERSON, ["/data"]),
    ("../../..", PERSON, ["/"]),
    ("../../../..", PERSON, []),
    ("/", PERSON, ["/"]),
    ("/*", PERSON, ["/data"]),
    ("/house", "/data", []),
    ("child::name", "/data", ["/data/name[1]"]),
    ("parent::house", PERSON, ["/data/house[2]"]),
    ("parent::data", PERSON, []),
    ("self::person", PERSON, [PERSON]),
    ("self::house", PERSON, []),
    ("descendant::age", "/data/house[2]", [f"/data/house[2]/person[{n}]/age[1]" for n in (1, 2)]),
    ("descendant-or-self::house", "/data/house[2]", ["/data/house[2]"]),
    ("ancestor::*", PERSON, ["/data", "/data/house[2]"]),
    ("ancestor::*[1]", PERSON, ["/data/house[2]"]),
    ("ancestor-or-self::*[1]", PERSON, [PERSON]),
    ("ancestor::node()", PERSON, ["/", "/data", "/data/house[2]"]),
    ("following-sibling::*", PERSON, ["/data/house[2]/person[2]", "/data/house[2]/note[1]"]),
    ("preceding-sibling::*", "/data/born", [f"/data/{n}[1]" for n in ("name", "age", "empty", "colours")]),
    ("preceding-sibling::*[1]", "/data/born", ["/data/colours[1]"]),
    ("following::number", "/data/house[1]/person", ["/data/house[2]/number[1]"]),
    ("preceding::number[1]", PERSON, ["/data/house[2]/number[1]"]),
    ("preceding::number", PERSON, ["/data/house[1]/number[1]", "/data/house[2]/number[1]"]),
    ("//person/age", "/data", [*(f"/data/house[{h}]/person[{p}]/age[1]" for h, p in ((1, 1), (2, 1), (2, 2)))]),
    ("//person[1]", "/data", ["/data/house[1]/person[1]", "/data/house[2]/person[1]"]),
    ("(//person)[2]", "/data", ["/data/house[2]/person[1]"]),
    ("/descendant::person[2]", "/data", ["/data/house[2]/person[1]"]),
    (".//note", "/data/house[1]", ["/data/house[1]/note[1]"]),
    ("house[last()]", "/data", ["/data/house[2]"]),
    ("house[position() = 2]/number", "/data", ["/data/house[2]/number[1]"]),
    ("house[position() < 2]", "/data", ["/data/house[1]"]),
    ("house[number = 2]", "/data", ["/data/house[2]"]),
    ("house[number = '2'][1]", "/data", ["/data/house[2]"]),
    ("house['2' = number]", "/data", ["/data/house[2]"]),
    ("house[1.5]", "/data", []),
    ("house[0]", "/data", []),
    ("house[if(true(), 2, 1)]", "/data", ["/data/house[2]"]),
    ("house[person/age > 30 and note = '']", "/data", ["/data/house[2]"]),
    ("house[person[age > 30]]/note", "/data", ["/data/house[2]/note[1]"]),
    ("house/person[1]", "/data", ["/data/house[1]/person[1]", "/data/house[2]/person[1]"]),
    ("house[2]/..", "/data", ["/data"]),
    ("house/..", "/data", ["/data"]),
    ("house/person/..", "/data", ["/data/house[1]", "/data/house[2]"]),
    ("age | name | name", "/data", ["/data/name[1]", "/data/age[1]"]),
    ("(house | name)[1]", "/data", ["/data/name[1]"]),
    ("(house[2] | house[1])/number", "/data", ["/data/house[1]/number[1]", "/data/house[2]/number[1]"]),
    ("*[. = 'Anna']", "/data", ["/data/name[1]"]),
    ("@version", "/data", ["/data/@version"]),
    ("@*", "/data", ["/data/@id", "/data/@version"]),
    ("attribute::id/..", "/data", ["/data"]),
    ("meta/instanceID", "/data", ["/data/meta[1]/instanceID[1]"]),
    ("house/[number = 2]", "/data", ["/data/house[2]"]),
    ("current()/../number", PERSON, ["/data/house[2]/number[1]"]),
    ("/data/house[number = current()/../number]", PERSON, ["/data/house[2]"]),
    ("/data/house[number = current()/../number]/person[age = current()/age]", PERSON, [PERSON]),
    ("instance('regions')/root/item[land = 'ee'][2]/name", "/data", ["/instance/root[1]/item[4]/name[1]"]),
    ("instance('none')/root/item", "/data", []),
    ("div", "/data", []),
    ("house/number[. mod 2 = 0]", "/data", ["/data/house[2]/number[1]"]),
]


@pytest.mark.parametrize(("expression", "at", "expected"), PATHS)
def test_path(expression: str, at: str, expected: list[str]) -> None:
    assert paths(expression, at) == expected


def test_texts_are_nodes_of_their_own() -> None:
    assert compute("string(name/text())") == "Anna"
    assert compute("count(empty/text())") == 0
    assert compute("count(//text())") == 11
    assert compute("count(name/node())") == 1
    assert compute("count(name/text() | name/text())") == 1
    assert compute("name(name/text()/..)") == "name"


def test_an_attribute_equals_itself() -> None:
    assert compute("count(@id | @id | @version)") == 2
    root = answers()
    assert Attribute.all_of(root)[0] == Attribute.all_of(root)[0]


COMPARISONS = [
    ("house/number = 2", True),
    ("house/number != 2", True),
    ("house/number = 3", False),
    ("missing = 3", False),
    ("missing != 3", False),
    ("missing = ''", False),
    ("empty = ''", True),
    ("missing = false()", True),
    ("house = true()", True),
    ("house/number > 1", True),
    ("house/number > 2", False),
    ("1 < house/number", True),
    ("house/number = house/person/age", True),
    ("house/number = born", False),
    ("house/number != house/number", True),
    ("name != name", False),
    ("house/number < house/person/age", True),
    ("house/person/age < house/number", False),
    ("missing < 1", False),
    ("name < 1", False),
    ("born = '2001-12-26'", True),
    ("born = '2001-12-26T00:00:00'", True),
    ("born != '2001-12-27'", True),
    ("born > '2001-12-25'", True),
    ("born < today()", True),
    ("born < now()", True),
    ("now() > born", True),
    ("today() <= now()", True),
    ("now() - today() > 0.43 and now() - today() < 0.44", True),
    ("now() - '2026-11-21T08:20:30.400Z' = 0", True),
    ("now() = now()", True),
    ("now() >= '2026-11-21T08:20:30.400Z'", True),
    ("now() > '2026-11-21T08:20:30.401Z'", False),
    ("now() > house/number", True),
    ("'2018-06-25' = '2018-06-25T00:00:00Z'", True),
    ("'a' < 'b'", False),
    ("1 < 2 = 2 > 1", True),
    ("3 > 2 > 1", False),
    ("1 = 1 = 1 = 1", True),
    ("0 div 0 = 0 div 0", False),
    ("1 = '1' = true() = 'x'", True),
    ("2 > 1 > 0 > -1 > -2", True),
]


@pytest.mark.parametrize(("expression", "expected"), COMPARISONS)
def test_comparison(expression: str, expected: bool) -> None:
    assert compute(expression) is expected


@pytest.mark.parametrize(("hour", "minute"), [(0, 5), (12, 0), (23, 55)])
def test_today_is_never_after_now(hour: int, minute: int) -> None:
    now = RIGA.replace(hour=hour, minute=minute)
    assert compute("today() <= now() and '2026-11-21' <= now() and now() < '2026-11-22'", now=now) is True
    assert compute("format-date(now(), '%d')", now=now) == "21"


def test_an_absolute_path_works_from_a_document_too() -> None:
    root = answers()
    document = tree("", root)
    context = Context(root, now=RIGA, root=document)
    for expression in ("/data/name", "//name", "/*/name", "/data[1]/name", "../data/name"):
        assert parse(expression).as_string(context) == "Anna", expression
    assert isinstance(parse("/").evaluate(context), NodeSet)


def test_an_instance_may_be_given_by_its_root() -> None:
    root = tree("root", tree("item", leaf("name", "a")))
    context = Context(answers(), now=RIGA, instances={"x": root})
    assert parse("instance('x')/root/item/name").as_string(context) == "a"
    assert parse("pulldata('x', 'name', 'name', 'a')").as_string(context) == "a"


def test_a_tree_changes() -> None:
    root = answers()
    second = root.named("house")[1]
    root.remove(root.named("house")[0])
    assert second.path() == "/data/house[1]"
    assert second.parent is root
    added = root.insert(second.index, Node("house"))
    assert (added.position(), second.position()) == (1, 2)
    assert [node.index for node in root.children] == list(range(len(root.children)))
    assert list(root.named("house")) == [added, second]


def test_a_long_list_is_found_by_name_after_a_change() -> None:
    root = tree("data", *[leaf(f"q{number}", str(number)) for number in range(50)])
    context = Context(root.children[0], now=RIGA, root=root)
    question = parse("../q49")
    assert question.as_number(context) == 49
    root.remove(root.children[49])
    assert question.as_nodes(context) == []


FILTERS = ["[land = ../../x]", "[land = current()/../a]", "[current()/../a = land][name != 'n7'][2]", "[land = //land]"]
FILTERS += [
    "[land = 'l3' and name != 'n5' and 7]",
    "[@land = 'l3' and land = 'l2']",
    "[land = 'l3' and position() > 9]",
]
FILTERS += [
    "[land = 'l3']",
    "[@land = 'l3']",
    "[land = '2018-01-02']",
    "[land = 'l3' or name = 'n5']",
    "[land = 'none']",
]


@pytest.mark.parametrize("narrow", FILTERS)
def test_a_long_choice_list_is_filtered_as_a_short_one(narrow: str) -> None:
    items = [
        tree("item", leaf("name", f"n{n}"), leaf("land", f"l{n % 7}"), leaf("land", "l9"), land=f"l{n % 5}")
        for n in range(200)
    ]
    items.append(tree("item", leaf("name", "day"), leaf("land", "2018-01-02T00:00:00")))
    root = tree("data", leaf("a", "l3"), leaf("q"), leaf("land", "l2"), leaf("land", "l1"))
    context = Context(root.children[1], now=RIGA, root=root, instances={"list": tree("root", *items)})
    indexed = parse(f"instance('list')/root/item{narrow}").as_nodes(context)
    scanned = parse(f"(instance('list'))/root/self::root/item[true()]{narrow}").as_nodes(context)
    assert indexed == scanned


def test_an_index_follows_the_list() -> None:
    table = tree("root", *[tree("item", leaf("name", str(n))) for n in range(100)])
    context = Context(answers(), now=RIGA, instances={"list": table})
    last = parse("instance('list')/root/item[name = '99']")
    assert len(last.as_nodes(context)) == 1
    table.append(tree("item", leaf("name", "99")))
    assert len(last.as_nodes(context)) == 2


def test_a_leaf_shares_its_empty_children() -> None:
    assert Node("a").children is Node("b").children
    assert not hasattr(Node("a"), "__dict__")


def test_positions_of_a_context_from_outside() -> None:
    context = Context(answers(), now=RIGA, position=3, size=5)
    assert parse("position() + last()").evaluate(context) == 8
