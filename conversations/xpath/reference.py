"""What an expression reads: its location paths, also those inside predicates, ready to be set against a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from conversations.xpath.errors import XPathError
from conversations.xpath.syntax import Axis, Call, Chain, Filter, Literal, Negation, Path, Step, Syntax

MAX_REFERENCES = 2_000
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
                bases = tuple(base for operand in syntax.operands for base in self.read(operand, context))
                return bases if syntax.operators[0] == "|" else ()
            case Negation():
                self.read(syntax.operand, context)
            case Call():
                return self._call(syntax, context)
        return ()

    def _note(self, references: tuple[Reference, ...]) -> None:
        self.found.update(dict.fromkeys(references))
        if len(self.found) > MAX_REFERENCES:
            raise XPathError(f"The expression reads too many paths: more than {MAX_REFERENCES:,}")

    def _path(self, path: Path, context: tuple[Reference, ...]) -> tuple[Reference, ...]:
        bases = (_ROOT,) if path.absolute else context
        if path.start is not None:
            bases = self.read(path.start, context)
        for step in path.steps:
            bases = tuple(dict.fromkeys(_taken(base, step) for base in bases))
            self._predicates(step.predicates, bases)
        self._note(bases)
        return bases

    def _predicates(self, predicates: tuple[Syntax, ...], bases: tuple[Reference, ...]) -> None:
        for predicate in predicates:
            self.read(predicate, bases)

    def _call(self, call: Call, context: tuple[Reference, ...]) -> tuple[Reference, ...]:
        self.functions[call.name] = None
        if call.name == "current":
            return (_HERE,)
        if call.name == "once" or (call.name in _READS_CONTEXT and not call.arguments):
            self._note(context)
        bases = [self.read(argument, context) for argument in call.arguments]
        first = call.arguments[0] if call.arguments else None
        if call.name in ("instance", "pulldata"):
            return self._table(call, first)
        if call.name == "id":
            return (Reference(Start.ROOT, (ANYWHERE, "*")),)
        nodes = tuple(base for each in bases for base in each)
        self._note(tuple(bases[0]) if call.name in ("indexed-repeat", "randomize", "position") and bases else ())
        return (
            bases[0] if call.name in ("indexed-repeat", "randomize") and bases else nodes if call.name == "if" else ()
        )

    def _table(self, call: Call, name: Syntax | None) -> tuple[Reference, ...]:
        base = Reference(Start.INSTANCE, (), name.value if isinstance(name, Literal) else None)
        if call.name == "instance":
            return (base,)
        self._note((base,))
        return ()


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
