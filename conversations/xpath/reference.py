"""What an expression reads: its location paths, also those inside predicates, ready to be set against a form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from conversations.xpath import parser
from conversations.xpath.errors import XPathError, fault
from conversations.xpath.syntax import Axis, Call, Chain, Filter, Literal, Negation, Path, Step, Syntax

MAX_REFERENCES = 2_000
MAX_WORK = 100_000
ANYWHERE = "//"
_UP_AND_ALONG = frozenset({Axis.FOLLOWING_SIBLING, Axis.PRECEDING_SIBLING})
_WIDE = frozenset({Axis.FOLLOWING, Axis.PRECEDING, Axis.ANCESTOR, Axis.ANCESTOR_OR_SELF})
_READS_CONTEXT = frozenset(
    {"string", "number", "string-length", "normalize-space", "name", "local-name", "namespace-uri"}
)


class Start(Enum):
    """Where a path begins."""

    ROOT = "root"
    CONTEXT = "context"
    INSTANCE = "instance"


@dataclass(frozen=True, slots=True)
class Reference:
    """A path the expression reads.

    `steps` are names, `..`, `*`, `@name`, or `//` for "at any depth below". A path through `current()` begins at the
    context, since both are the node that the expression belongs to; one inside a predicate stands on the path that
    the predicate narrows. `instance` names the secondary instance, or is None where its name is computed.
    """

    start: Start
    steps: tuple[str, ...]
    instance: str | None = None

    def resolve(self, context_path: str) -> str:
        """The absolute path, for an expression that belongs to the node at `context_path`, without positions.

        `/data/*/x` and `/data//x` stay as wide as they are; a secondary instance gives `instance('name')/...`.
        """
        done: list[str] = []
        if self.start is Start.CONTEXT:
            done = [step for step in context_path.split("/") if step]
        for step in self.steps:
            if step == ".." and ANYWHERE not in done:
                del done[-1:]
            elif step != "..":
                done.append(step)
        path = "/" + "/".join("" if step == ANYWHERE else step for step in done)
        return f"instance('{self.instance or ''}'){path}" if self.start is Start.INSTANCE else path

    @property
    def wide(self) -> bool:
        """Whether it may mean nodes of several names: it has `*` or `//`."""
        return ANYWHERE in self.steps or any(step.endswith("*") for step in self.steps)


_HERE = Reference(Start.CONTEXT, ())
_ROOT = Reference(Start.ROOT, ())


@dataclass(slots=True)
class References:
    """Collects the references and function names of one expression."""

    found: dict[Reference, None] = field(default_factory=dict)
    functions: dict[str, None] = field(default_factory=dict)
    _work: int = 0

    def read(self, syntax: Syntax, context: tuple[Reference, ...] = (_HERE,)) -> tuple[Reference, ...]:
        """Notes what a part reads; gives the paths of the nodes it may give."""
        match syntax:
            case Path():
                return self._path(syntax, context)
            case Filter():
                bases = self.read(syntax.operand, context)
                self._predicates(syntax.predicates, bases)
                return bases
            case Chain():
                bases = _once(base for operand in syntax.operands for base in self.read(operand, context))
                return bases if syntax.operators[0] == "|" else ()
            case Negation():
                self.read(syntax.operand, context)
            case Call():
                return self._call(syntax, context)
        return ()

    def _note(self, references: tuple[Reference, ...]) -> None:
        self.found.update(dict.fromkeys(references))
        self._spend(len(references))

    def _spend(self, work: int) -> None:
        self._work += work
        if self._work > MAX_WORK or len(self.found) > MAX_REFERENCES:
            raise XPathError(fault("too_many_paths"))

    def _path(self, path: Path, context: tuple[Reference, ...]) -> tuple[Reference, ...]:
        bases = (_ROOT,) if path.absolute else context
        if path.start is not None:
            bases = (_HERE,) if _is_current(path.start) else self.read(path.start, context)
        for step in path.steps:
            bases = _once(_taken(base, step) for base in bases)
            self._spend(len(bases))
            self._predicates(step.predicates, bases)
        self._note(bases)
        return bases

    def _predicates(self, predicates: tuple[Syntax, ...], bases: tuple[Reference, ...]) -> None:
        for predicate in predicates:
            self.read(predicate, bases)

    def _call(self, call: Call, context: tuple[Reference, ...]) -> tuple[Reference, ...]:
        self.functions[call.name] = None
        if call.name == "current":
            self._note((_HERE,))
            return (_HERE,)
        self._spend(1)
        if call.name == "once" or (call.name in _READS_CONTEXT and not call.arguments):
            self._note(context)
        bases = [self.read(argument, context) for argument in call.arguments]
        first = call.arguments[0] if call.arguments else None
        if call.name in ("instance", "pulldata"):
            return self._table(call, first)
        if call.name == "id":
            return (Reference(Start.ROOT, (ANYWHERE, "*")),)
        if call.name == "jr:choice-name" and call.arguments and isinstance(question := call.arguments[-1], Literal):
            self._question(question, context)
        if call.name == "if":
            return _once(base for each in bases[1:] for base in each)
        return bases[0] if bases and call.name in ("indexed-repeat", "randomize") else ()

    def _question(self, path: Literal, context: tuple[Reference, ...]) -> None:
        """The question whose choices are labelled: its path is written inside quotation marks."""
        try:
            self.read(parser.read(path.value), context)
        except XPathError as error:
            raise XPathError(fault("choice_name_path", reason=error.message), path.position) from None

    def _table(self, call: Call, name: Syntax | None) -> tuple[Reference, ...]:
        base = Reference(Start.INSTANCE, (), name.value if isinstance(name, Literal) else None)
        if call.name == "instance":
            return (base,)
        self._note((base,))
        return ()


def _is_current(syntax: Syntax) -> bool:
    return isinstance(syntax, Call) and syntax.name == "current"


def _once(references: Iterable[Reference]) -> tuple[Reference, ...]:
    return tuple(dict.fromkeys(references))


def _taken(base: Reference, step: Step) -> Reference:
    """The reference after one more step."""
    name = "*" if step.test.endswith(")") else step.test
    if step.test == "text()":
        return base
    if step.axis is Axis.SELF:
        return base
    if step.axis is Axis.PARENT:
        added: tuple[str, ...] = ("..",)
    elif step.axis is Axis.ATTRIBUTE:
        added = (f"@{name}",)
    elif step.axis in _UP_AND_ALONG:
        added = ("..", name)
    elif step.axis is Axis.CHILD:
        added = (name,)
    elif step.axis in _WIDE:
        return Reference(
            Start.INSTANCE if base.start is Start.INSTANCE else Start.ROOT, (ANYWHERE, name), base.instance
        )
    else:
        return _below(base, name, step.axis is Axis.DESCENDANT_OR_SELF)
    return Reference(base.start, _shortened(base.steps, added), base.instance)


def _below(base: Reference, name: str, or_self: bool) -> Reference:
    if or_self and name == "*":
        return base if base.steps[-1:] == (ANYWHERE,) else Reference(base.start, (*base.steps, ANYWHERE), base.instance)
    return Reference(base.start, (*base.steps, ANYWHERE, name), base.instance)


def _shortened(steps: tuple[str, ...], added: tuple[str, ...]) -> tuple[str, ...]:
    """`a/..` is nothing; a leading `..` and one below `//` stay."""
    done = list(steps)
    for step in added:
        if step == ".." and done and done[-1] not in ("..", ANYWHERE) and ANYWHERE not in done:
            done.pop()
        else:
            done.append(step)
    return tuple(done)
