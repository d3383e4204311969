"""A session opened as it was stored is the same, at every node, as one computed from its answers alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import quoteattr

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations import forms
from conversations.forms import Form, Instance
from conversations.forms.document import instance_xml
from conversations.forms.place import Place
from conversations.turn.route import Route

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
FIELDS = ["a", "b", "c", "d", "g", "g/e", "g/h", "g/h/f", "g/r", "g/r/x", "g/r/y", "g/r/z", "k"]
FIELDS += ["n", "n/p", "n/q", "n/s", "n/s/t", "l", "m", "m/u", "m/v", "w"]
REPEATS = ["g/r/", "n/s/", "n/"]
CALCULATED = {"g/r/y", "k", "n/q", "l"}
CONDITIONS = ["{one} = 'x'", "{one} != ''", "{one} > 1 or {two} = 'a'", "selected({one}, 'b')", "not({one} = {two})"]
CONDITIONS += ["today() >= '2026-11-25'", "today() >= '2026-11-25' and {one} != ''", "position(..) != 1"]
CONDITIONS += [
    "jr:choice-name({one}, '/data/c') = 'A'",
    "count({one}) > 1",
    "string-length({two}) > 1",
    "sum({one}) > 2",
]
VALUES = [
    "concat({one}, {two})",
    "sum({one})",
    "count({two})",
    "{one} + 1",
    "position(..)",
    "if({one} = 'x', {two}, 1)",
]
VALUES += ["concat(today(), {one})", "once({two})"]
ANSWERS = st.sampled_from(["", "x", "a", "b", "1", "2", "3", "a b"])
ITEMS = "".join(
    f"<item><name>{name}</name><itextId>{name}</itextId><of>{of}</of></item>" for name, of in ("ax", "bx", "x1", "11")
)
ITEXT = "".join(
    f'<translation lang="{code}">'
    + "".join(f'<text id="{name}"><value>{label}</value></text>' for name, label in zip("abx1", labels, strict=True))
    + "</translation>"
    for code, labels in (("lv", "ABXY"), ("en", "BAYX"))
)
TREE = (
    "<a/><b/><c/><d/><g><e/><h><f/></h><r><x/><y/><z/></r></g><k/><n><p>x</p><q/><s><t/></s></n><l/><m><u/><v/></m><w/>"
)


def select(path: str, nodeset: str) -> str:
    return (
        f'<select1 ref="/data/{path}"><label>?</label><itemset nodeset="{nodeset}">'
        '<value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>'
    )


def typed(*paths: str) -> str:
    return "".join(f'<input ref="/data/{path}"><label>?</label></input>' for path in paths)


def body(count: str) -> str:
    choices = "instance('list')/root/item"
    return (
        typed("a", "b") + select("c", choices) + select("d", f"{choices}[of = /data/a]")
        + f'<group ref="/data/g"><label>G</label>{typed("g/e")}<group ref="/data/g/h">{typed("g/h/f")}</group>'
        + f'<repeat nodeset="/data/g/r">{typed("g/r/x", "g/r/z")}</repeat></group>'
        + f'<repeat nodeset="/data/n" jr:count={quoteattr(count)}>{typed("n/p")}'
        + f'<repeat nodeset="/data/n/s">{typed("n/s/t")}</repeat></repeat>'
        + f'<group ref="/data/m"><label>M</label>{typed("m/u", "m/v")}</group>' + typed("w")
    )  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """An expression that reads two fields, given as places among those before its own.

    Those in the same repeat are read in the same instance, or in all of them.
    """

    text: str
    one: int
    two: int
    relative: bool

    def of(self, path: str) -> str:
        earlier = [one for one in FIELDS[: FIELDS.index(path)] if not path.startswith(f"{one}/")]
        one, two = (self._path(earlier[number % len(earlier)], path) for number in (self.one, self.two))
        text = self.text if "/data/c" not in self.text or path > "c" else "{one} = {two}"
        return text.format(one=one, two=two)

    def _path(self, read: str, path: str) -> str:
        inside = next((repeat for repeat in REPEATS if f"{path}/".startswith(repeat) and read.startswith(repeat)), None)
        if inside is None or not self.relative:
            return f"/data/{read}"
        return "../" * path.removeprefix(inside).count("/") + "../" + read.removeprefix(inside)


def rules(texts: list[str]) -> st.SearchStrategy[Rule]:
    return st.builds(Rule, st.sampled_from(texts), st.integers(0, 20), st.integers(0, 20), st.booleans())


@st.composite
def made(draw: st.DrawFn) -> str:
    """A form of one shape with any rules on it; each reads what stands before."""
    binds = []
    for path in FIELDS[1:]:
        relevant = draw(st.none() | rules(CONDITIONS))
        found = f" relevant={quoteattr(relevant.of(path))}" if relevant else ""
        if path in CALCULATED:
            found += f" calculate={quoteattr(draw(rules(VALUES)).of(path))}"
        binds.append(f'<bind nodeset="/data/{path}" type="string"{found}/>')
    count = draw(st.sampled_from(["/data/b", "count(/data/g/r)", "number(/data/b) + 1", "2"]))
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>T</h:title><model>'
        f'<itext>{ITEXT}</itext><instance><data id="t" version="1">{TREE}</data></instance>'
        f'<instance id="list"><root>{ITEMS}</root></instance>{"".join(binds)}</model></h:head>'
        f"<h:body>{body(count)}</h:body></h:html>"
    )


changes = st.one_of(
    st.tuples(st.just("set"), st.integers(0, 40), ANSWERS),
    st.tuples(st.just("set"), st.integers(0, 40), ANSWERS),
    st.tuples(st.just("offer"), st.integers(0, 40), ANSWERS),
    st.tuples(st.sampled_from(["add", "remove", "day", "language", "empty"]), st.integers(0, 40), st.just("")),
)


def carry_out(instance: Instance, what: str, number: int, value: str) -> None:
    """Somewhere, known by its number among the places where it can be done."""
    places = instance.tree.places.values()
    if what in ("set", "offer"):
        paths = [place.key for place in places if place.field.leaf and place.field.control is not None]
        (instance.set if what == "set" else instance.offer)(paths[number % len(paths)], value)
    elif what == "add":
        open_to = [place for place in places if any(one in place.field.children for one in instance.form.open_repeats)]
        parent = open_to[number % len(open_to)]
        instance.add_repeat(f"{parent.key}/{next(one.name for one in parent.field.children if one.repeat)}")
    elif what == "remove":
        paths = [place.key for place in places if place.field in instance.form.open_repeats]
        if paths:
            instance.remove_repeat(paths[number % len(paths)])
    elif what == "empty":
        instance.drop_empty()


def picture(instance: Instance) -> dict[str, object]:
    return {
        path: (instance.relevant(path), instance.value(path), str(instance.valid(path)), instance.choices(path))
        for path in instance.tree.places
    }


def opened(form: Form, like: Instance, now: datetime, language: str, hidden: tuple[str, ...] | None) -> Instance:
    return Instance(
        form, now=now, answers=like.stored, repeats=like.repeats, language=language, seed="s", initial=0, hidden=hidden
    )


@settings(max_examples=40, deadline=None)
@given(made(), st.lists(changes, max_size=8))
def test_as_it_was_stored_it_opens_as_computed(xform: str, doing: list[tuple[str, int, str]]) -> None:
    form = forms.read(xform)
    now, language = NOW, "lv"
    instance = Instance(form, now=now, language=language, seed="s", initial=0)
    for what, number, value in doing:
        now += timedelta(days=what == "day")
        language = "en" if (what == "language") is (language == "lv") else "lv"
        instance = opened(form, instance, now, language, instance.hidden)
        carry_out(instance, what, number, value)
        kept = instance.hidden
        computed = opened(form, instance, now, language, None)
        as_stored = opened(form, instance, now, language, kept)
        assert kept == computed.hidden
        assert Route(as_stored).steps == Route(instance).steps == Route(computed).steps
        assert picture(instance) == picture(as_stored) == picture(computed)
        assert instance_xml(instance) == instance_xml(as_stored) == instance_xml(computed)


@settings(max_examples=30, deadline=None)
@given(made(), st.lists(changes, max_size=6), st.integers(0, 40))
def test_one_place_looked_at_alone_is_as_among_all(xform: str, doing: list[tuple[str, int, str]], number: int) -> None:
    form = forms.read(xform)
    before = Instance(form, now=NOW, seed="s", initial=0)
    for change in doing:
        carry_out(before, *change)
    kept = before.hidden
    keys = [*before.tree.places]
    key = keys[number % len(keys)]
    alone = opened(form, before, NOW, "", kept).tree.find(key)
    among = opened(form, before, NOW, "", kept).tree.places[key]
    assert isinstance(alone, Place)
    assert _facts(alone) == _facts(among)


def _facts(place: Place) -> tuple[object, ...]:
    siblings = place.parent.children if place.parent is not None else ()
    at = siblings[place.index].path() if not place.field.attribute else ""
    return (place.key, place.text, place.answer, place.relevant, place.position(), place.order(), at, place.path())
