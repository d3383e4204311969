"""Functions of nodes, other trees and repeats (ODK XForms, "Node-set Functions", "Repeat Functions")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conversations.xpath.context import Context, document_of
from conversations.xpath.errors import XPathError, fault
from conversations.xpath.library import function
from conversations.xpath.node import Node
from conversations.xpath.seed import context_seed, number_seed, shuffled, text_seed
from conversations.xpath.value import text_of_nodes, to_number, to_string


@function("count", "N -> n")
def count(nodes: list[Node]) -> float:
    return float(len(nodes))


@function("count-non-empty", "N -> n")
def count_non_empty(nodes: list[Node]) -> float:
    return float(sum(node.string_value() != "" for node in nodes))


@function("position", "N? -> n", fixed=False)
def position(nodes: list[Node]) -> float:
    """The place of a node among the siblings of its name that stand together."""
    if not nodes:
        raise XPathError(fault("position_of_none"))
    return float(nodes[0].position())


@function("last", "-> n", fixed=False)
@function("current", "-> N")
@function("instance", "s -> N")
def _by_special(*values: Any) -> Any:
    raise AssertionError(values)


@function("randomize", "N v? -> N", context=True, fixed=False)
def randomize(c: Context, nodes: list[Node], *seed: Any) -> list[Node]:
    """The nodes shuffled; the same seed gives the same order as in the other engines."""
    return shuffled(nodes, _seed(seed[0]) if seed else context_seed(c))


def _seed(value: Any) -> int:
    number, text = to_number(value), to_string(value)
    if number == number or isinstance(value, float) or text == "":
        return number_seed(number)
    return text_seed(text)


@function("indexed-repeat", "N N n N? n? N? n? -> N")
def indexed_repeat(nodes: list[Node], *pairs: Any) -> list[Node]:
    """The nodes inside the repeat instances that the pairs of repeat and number (from 1) choose, outermost first."""
    if len(pairs) % 2:
        raise XPathError(fault("indexed_pairs"))
    chosen: Node | None = None
    for repeats, number in sorted(zip(pairs[::2], pairs[1::2], strict=True), key=_depth):
        inside = repeats if chosen is None else [node for node in repeats if _within(node, chosen)]
        if not (1 <= number <= len(inside)) or number != int(number):
            return []
        chosen = inside[int(number) - 1]
    return [node for node in nodes if chosen is not None and _within(node, chosen)]


def _depth(pair: tuple[list[Node], float]) -> int:
    return len(pair[0][0].order()) if pair[0] else 0


def _within(node: Node, owner: Node) -> bool:
    return any(each is owner for each in _line(node))


def _line(node: Node) -> Iterable[Node]:
    here: Node | None = node
    while here is not None:
        yield here
        here = here.parent


@function("pulldata", "s s s s -> s", context=True, fixed=False)
def pulldata(c: Context, instance: str, column: str, key_column: str, value: str) -> str:
    """A column of the first row whose key column has a value; "" where there is none."""
    known = c.host.pulldata(instance, column, key_column, value)
    if known is not None:
        return known
    table = c.instances.get(instance)
    for row in _rows(table):
        if any(text_of_nodes((key,)) == value for key in row.named(key_column)):
            return text_of_nodes(row.named(column))
    return ""


def _rows(table: Node | None) -> Iterable[Node]:
    """The rows below `root` of a table, whether the instance or its root element was given."""
    if table is None:
        return
    document = table if table.name in ("", "instance") else document_of(table)
    for root in document.children:
        yield from root.children


@function("name", "N? -> s")
def name(nodes: list[Node]) -> str:
    return nodes[0].name if nodes else ""


@function("local-name", "N? -> s")
def local_name(nodes: list[Node]) -> str:
    return nodes[0].name.rpartition(":")[2] if nodes else ""


@function("namespace-uri", "N? -> s")
def namespace_uri(nodes: list[Node]) -> str:
    """The namespace of the first node's prefix, as declared on it or above it."""
    if not nodes or not nodes[0].name:
        return ""
    prefix = nodes[0].name.rpartition(":")[0]
    declared = f"xmlns:{prefix}" if prefix else "xmlns"
    return next((node.attributes[declared] for node in _line(nodes[0]) if declared in node.attributes), "")


@function("lang", "s -> b", context=True, fixed=False)
def lang(c: Context, language: str) -> bool:
    """Whether `xml:lang` of the node, or of the nearest above it, is the language (XPath 1.0)."""
    spoken = next((n.attributes["xml:lang"].lower() for n in _line(c.node) if "xml:lang" in n.attributes), "")
    wanted = language.lower()
    return bool(wanted) and (spoken == wanted or spoken.startswith(f"{wanted}-"))


@function("id", "v -> N", context=True, fixed=False)
def by_id(c: Context, value: Any) -> list[Node]:
    """The elements whose attribute `id` is one of the words (XPath 1.0)."""
    values = [text_of_nodes((node,)) for node in value] if isinstance(value, list) else [to_string(value)]
    words = {word for text in values for word in text.split()}
    return [node for node in c.root.root().walk() if node.attributes.get("id") in words]
