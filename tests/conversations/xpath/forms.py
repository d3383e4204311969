"""A small form's answers and choice lists, for the tests of expressions."""

from datetime import datetime
from zoneinfo import ZoneInfo

from conversations.xpath import Context, Host, Node, Value, parse

RIGA = datetime(2026, 11, 21, 10, 20, 30, 400_000, tzinfo=ZoneInfo("Europe/Riga"))


def tree(name: str, *children: Node, text: str = "", **attributes: str) -> Node:
    node = Node(name, text, attributes)
    for child in children:
        node.append(child)
    return node


def leaf(name: str, text: str = "", **attributes: str) -> Node:
    return Node(name, text, attributes)


def answers() -> Node:
    """/data with two houses, three persons, and fields of every kind."""
    return tree(
        "data",
        leaf("name", "Anna"),
        leaf("age", "7"),
        leaf("empty"),
        leaf("colours", "red green blue"),
        leaf("born", "2001-12-26"),
        tree("house", leaf("number", "1"), tree("person", leaf("age", "30")), leaf("note", "first")),
        tree(
            "house",
            leaf("number", "2"),
            tree("person", leaf("age", "40")),
            tree("person", leaf("age", "2")),
            leaf("note"),
        ),
        tree("meta", leaf("instanceID", "uuid:1")),
        id="form",
        version="3",
    )


def regions() -> Node:
    items = [
        tree("item", leaf("name", name), leaf("label", label), leaf("land", land))
        for name, label, land in (
            ("riga", "Rīga", "lv"),
            ("tartu", "Tartu", "ee"),
            ("cesis", "Cēsis", "lv"),
            ("valga", "Valga", "ee"),
        )
    ]
    return tree("instance", tree("root", *items))


class Form(Host):
    """A form that knows two labels and one text."""

    version = "3"

    def choice_label(self, value: str, question: str, node: Node) -> str:
        return {"red": "sarkans", "green": "zaļš"}.get(value, "") if question.endswith("colours") else ""

    def translate(self, text_id: str) -> str:
        return f"[{text_id}]"

    def property(self, name: str) -> str:
        return {"username": "anna"}.get(name, "")


def compute(expression: str, at: str = "/data", **options: object) -> Value:
    """The value with the answers above, at the node of a path."""
    root = answers()
    here = Context(root, now=RIGA, root=root)
    node = parse(at).as_nodes(here)[0]
    settings: dict[str, object] = {
        "now": RIGA,
        "root": root,
        "instances": {"regions": regions()},
        "host": Form(),
        "seed": "session 1",
        **options,
    }
    return parse(expression).evaluate(Context(node, **settings))  # type: ignore[arg-type]


def paths(expression: str, at: str = "/data") -> list[str]:
    value = compute(expression, at)
    assert isinstance(value, tuple)
    return [node.path() for node in value]
