"""The functions that are part of the language: they choose, look at the context, or must not compute all arguments."""

from __future__ import annotations

from collections.abc import Callable

from conversations.xpath import moment
from conversations.xpath.compiled import Compiled, Type, as_boolean, as_number, as_string
from conversations.xpath.context import Context, document_of
from conversations.xpath.functions import FUNCTIONS
from conversations.xpath.library import compile_call
from conversations.xpath.node import Node
from conversations.xpath.seed import random_number, random_token, random_uuid
from conversations.xpath.syntax import Call

_OF_CONTEXT_NODE = frozenset(
    {"string", "number", "string-length", "normalize-space", "name", "local-name", "namespace-uri"}
)
_HERE = Compiled(Type.NODES, lambda c: [c.node])
Make = Callable[[Call, list[Compiled], str], Compiled | None]


def compile_special(call: Call, arguments: list[Compiled], text: str) -> Compiled | None:
    """The call of a function of this module, or None for a function that is an ordinary one."""
    if not arguments and call.name in _OF_CONTEXT_NODE:
        return compile_call(FUNCTIONS[call.name], [_HERE], call.position)
    make = _MAKERS.get(call.name)
    return make(call, arguments, text) if make else None


def _if(call: Call, arguments: list[Compiled], text: str) -> Compiled:
    holds, then, otherwise = as_boolean(arguments[0]), arguments[1], arguments[2]
    kind = then.type if then.type is otherwise.type else Type.ANY
    first, second = then.run, otherwise.run
    fixed = all(part.fixed for part in arguments)
    return Compiled(kind, lambda c: first(c) if holds(c) else second(c), fixed=fixed)


def _coalesce(call: Call, arguments: list[Compiled], text: str) -> Compiled:
    runs = [as_string(part) for part in arguments]

    def run(c: Context) -> str:
        for each in runs:
            if found := each(c):
                return str(found)
        return ""

    return Compiled(Type.STRING, run, fixed=all(part.fixed for part in arguments))


def _once(call: Call, arguments: list[Compiled], text: str) -> Compiled:
    value = as_string(arguments[0])
    return Compiled(Type.STRING, lambda c: c.node.string_value() or value(c))


def _current(call: Call, arguments: list[Compiled], text: str) -> Compiled:
    return Compiled(Type.NODES, lambda c: [c.current], fixed=True)


def _last(call: Call, arguments: list[Compiled], text: str) -> Compiled:
    return Compiled(Type.NUMBER, lambda c: float(c.size))


def _position(call: Call, arguments: list[Compiled], text: str) -> Compiled | None:
    if arguments:
        return None
    return Compiled(Type.NUMBER, lambda c: float(c.position))


def _instance(call: Call, arguments: list[Compiled], text: str) -> Compiled:
    name = as_string(arguments[0])

    def run(c: Context) -> list[Node]:
        found = c.instances.get(name(c))
        if found is None:
            return []
        return [found if found.name in ("", "instance") else document_of(found)]

    return Compiled(Type.NODES, run, fixed=arguments[0].fixed)


def _now(call: Call, arguments: list[Compiled], text: str) -> Compiled:
    return Compiled(Type.STRING, lambda c: _instant_text(c), clock=True, fixed=True)


def _instant_text(c: Context) -> str:
    return f"{c.now.replace(tzinfo=None).isoformat(timespec='milliseconds')}{moment.offset_text(c.now.utcoffset())}"


def _date(call: Call, arguments: list[Compiled], text: str) -> Compiled:
    made = compile_call(FUNCTIONS[call.name], arguments, call.position)
    return Compiled(Type.STRING, made.run, clock=arguments[0].clock, fixed=made.fixed)


def _format_date(call: Call, arguments: list[Compiled], text: str) -> Compiled | None:
    if not arguments[0].clock:
        return None
    pattern = as_string(arguments[1])
    return Compiled(Type.STRING, lambda c: moment.write(c.now, pattern(c)), fixed=arguments[1].fixed)


def _random(call: Call, arguments: list[Compiled], text: str) -> Compiled:
    place = f"{call.position}|{text}"
    return Compiled(Type.NUMBER, lambda c: random_number(c, place))


def _uuid(call: Call, arguments: list[Compiled], text: str) -> Compiled:
    place = f"{call.position}|{text}"
    if not arguments:
        return Compiled(Type.STRING, lambda c: random_uuid(c, place))
    length = as_number(arguments[0])
    return Compiled(Type.STRING, lambda c: random_token(c, place, length(c)))


_MAKERS: dict[str, Make] = {
    "if": _if,
    "coalesce": _coalesce,
    "once": _once,
    "current": _current,
    "last": _last,
    "position": _position,
    "instance": _instance,
    "now": _now,
    "date": _date,
    "date-time": _date,
    "format-date": _format_date,
    "format-date-time": _format_date,
    "random": _random,
    "uuid": _uuid,
}
