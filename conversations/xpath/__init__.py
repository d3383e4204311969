"""The ODK dialect of XPath 1.0: expressions are parsed once and computed over a tree of answers."""

from conversations.xpath.context import Context, Host
from conversations.xpath.errors import XPathError
from conversations.xpath.expression import Expression, evaluate, parse
from conversations.xpath.node import Node, NodeSet, Value
from conversations.xpath.reference import Reference, Start
from conversations.xpath.value import to_boolean, to_number, to_string

__all__ = [
    "Context",
    "Expression",
    "Host",
    "Node",
    "NodeSet",
    "Reference",
    "Start",
    "Value",
    "XPathError",
    "evaluate",
    "parse",
    "to_boolean",
    "to_number",
    "to_string",
]
