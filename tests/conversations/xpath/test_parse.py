"""What is refused, with its place; what an expression reads; bounds that hold for any input."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.xpath import Context, Expression, Node, XPathError, evaluate, parse
from conversations.xpath.expression import _read
from conversations.xpath.parser import MAX_DEPTH, MAX_STEPS, MAX_TOKENS
from conversations.xpath.tokens import MAX_LENGTH
from tests.conversations.xpath.forms import RIGA, answers

WRONG = [
    ("", 0, "empty"),
    ("   ", 0, "empty"),
    ("1 +", 3, "the expression ends"),
    ("a b", 2, "operator is missing"),
    ("(1", 2, "\\) is missing"),
    ("1)", 1, "left over"),
    ("a[", 2, "missing"),
    ("a[1", 3, "\\] is missing"),
    ("[1]", 0, "missing"),
    ("'abc", 0, "never ends"),
    ("$age > 3", 0, "Variables"),
    ("“a”", 0, "typographic"),
    ("a ! b", 2, "not\\(\\.\\.\\.\\)"),
    ("a & b", 2, "no meaning"),
    ("a # b", 2, "no place"),
    ("a == b", 3, "missing"),
    ("foo(1)", 0, "no function foo\\(\\)"),
    ("1 + area(/data/x)", 4, "geographic"),
    ("sideways::a", 0, "no axis"),
    ("a/comment()", 2, "cannot stand"),
    ("a/foo(1)", 2, "cannot stand"),
    ("concat(1,)", 9, "missing"),
    ("concat(1 2)", 9, "missing"),
    ("node(1)", 5, "missing"),
    ("/ /", 2, "missing"),
    ("jr:choice-name(1, 'a b')", 18, "path of a question"),
]


@pytest.mark.parametrize(("text", "position", "reason"), WRONG)
def test_what_is_wrong_is_named_with_its_place(text: str, position: int, reason: str) -> None:
    with pytest.raises(XPathError, match=reason) as caught:
        parse(text)
    assert caught.value.position == position
    assert f"character {position + 1}" in str(caught.value)


def test_problems_are_those_that_fail_only_when_reached() -> None:
    expression = parse("true() or substring()")
    (problem,) = expression.problems
    assert problem.position == 10
    assert expression.as_boolean(Context(now=RIGA))
    assert parse("regex(., '(a')").problems[0].position == 9
    assert parse("regex(., '(?=a)')").problems[0].message.endswith("(at its character 3)")
    assert parse("concat()").problems == ()


def test_an_unknown_function_is_refused_at_load_and_computed_around() -> None:
    with pytest.raises(XPathError, match="no function unknown"):
        parse("0 and unknown(../a)")
    assert evaluate("0 and unknown(../a)", now=RIGA) is False
    with pytest.raises(XPathError, match="no function unknown"):
        evaluate("1 and unknown(../a)", now=RIGA)


READS = [
    ("../a + b", ("/data/g/a", "/data/g/q/b")),
    ("/data/x", ("/data/x",)),
    (".", ("/data/g/q",)),
    ("current()/../a", ("/data/g/a",)),
    ("current()", ("/data/g/q",)),
    ("/data/h[n = ../k and . = current()/../a]/m", ("/data/h/n", "/data/k", "/data/h", "/data/g/a", "/data/h/m")),
    (
        "instance('l')/root/item[region = current()/../r]/name",
        ("instance('l')/root/item/region", "/data/g/r", "instance('l')/root/item/name"),
    ),
    ("count(//a)", ("//a",)),
    ("../*", ("/data/g/*",)),
    ("../following-sibling::b", ("/data/b",)),
    ("ancestor::b/c", ("//b/c",)),
    ("../@id", ("/data/g/@id",)),
    ("(../a | ../b)/c", ("/data/g/a", "/data/g/b", "/data/g/a/c", "/data/g/b/c")),
    ("once(../a)", ("/data/g/q", "/data/g/a")),
    ("string-length()", ("/data/g/q",)),
    ("position(..)", ("/data/g",)),
    ("indexed-repeat(/data/h/n, /data/h, ../i)", ("/data/h/n", "/data/h", "/data/g/i")),
    ("jr:choice-name(../a, '/data/b')", ("/data/g/a", "/data/b")),
    ("jr:choice-name(../a, ' ../b ')", ("/data/g/a", "/data/g/b")),
    ("pulldata('t', 'a', 'b', ../c)", ("/data/g/c", "instance('t')/")),
    ("today() > '2020-01-01'", ()),
    ("randomize(/data/h)/n", ("/data/h", "/data/h/n")),
    ("../../../../x", ("/x",)),
    ("../a/text()", ("/data/g/a",)),
]


@pytest.mark.parametrize(("text", "expected"), READS)
def test_reads(text: str, expected: tuple[str, ...]) -> None:
    assert tuple(reference.resolve("/data/g/q") for reference in parse(text).references) == expected


def test_functions_and_wide_references_are_known() -> None:
    expression = parse("if(selected(../a, 'x'), count(//b), now())")
    assert expression.functions == {"if", "selected", "count", "now"}
    assert [reference.wide for reference in expression.references] == [False, True]


def test_parse_is_the_same_each_time() -> None:
    first = parse("../a = 1")
    _read.cache_clear()
    second = parse("../a = 1")
    assert first is not second
    assert (first.text, first.references, first.functions) == (second.text, second.references, second.functions)
    assert repr(first) == "Expression('../a = 1')"


def _deep(opening: str, inside: str, closing: str, levels: int) -> str:
    return opening * levels + inside + closing * levels


@pytest.mark.parametrize(
    ("opening", "inside", "closing"),
    [
        ("(", "1", ")"),
        ("not(", "1", ")"),
        ("if(1 = 1, 2, ", "3", ")"),
        ("a[", "1", "]"),
        ("1 + (2 * -(", "3", "))"),
        ("(a | b)[c = ", "1", "]"),
        ("concat(1, ", "2", ", 3)"),
        ("coalesce('', ", "2", ")"),
        ("house[number = 1 or ", "2", "]"),
    ],
)
@pytest.mark.parametrize("levels", [5, 45, 90, 99, 1_000, 5_000])
def test_nesting_is_computed_or_refused(opening: str, inside: str, closing: str, levels: int) -> None:
    text = _deep(opening, inside, closing, levels)
    refusal = _outcome(text)
    assert refusal is None or (levels > 40 and re.search("nested too deeply|too long|too many paths", refusal))


def _outcome(text: str) -> str | None:
    try:
        parse(text).evaluate(Context(answers(), now=RIGA))
    except XPathError as error:
        return error.message
    return None


def test_nesting_stays_far_from_the_recursion_limit() -> None:
    expression = parse(_deep("(1 + not(", "1", "))", MAX_DEPTH // 4))
    deepest = 0

    def watch(frame: object, event: str, argument: object) -> None:
        nonlocal deepest
        depth, here = 0, sys._getframe()
        while here is not None:
            depth, here = depth + 1, here.f_back  # type: ignore[assignment]
        deepest = max(deepest, depth)

    sys.setprofile(watch)
    try:
        expression.evaluate(Context(now=RIGA))
    finally:
        sys.setprofile(None)
    assert deepest < 600


LONG = [
    "+".join(["1"] * 9_000),
    " or ".join(["0"] * 9_000),
    " = ".join(["1"] * 9_000),
    "|".join(["a"] * 9_000),
    "-" * 9_000 + "1",
    "concat(" + ",".join(["'x'"] * 9_000) + ")",
    "a" + "[1]" * 6_000,
    "/".join(["a"] * MAX_STEPS),
]


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:12])
def test_length_is_no_depth(text: str) -> None:
    parse(text).evaluate(Context(answers(), now=RIGA))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1" * (MAX_LENGTH + 1), "characters"),
        ("+".join(["1"] * MAX_TOKENS), "parts"),
        ("/".join(["a"] * (MAX_STEPS + 2)), "steps"),
        ("(" + "|".join(f"a{n}" for n in range(1_500)) + ")[" + " and ".join(["."] * 8_000) + "]", "too many paths"),
        ("(" * 30 + "a|b" + ")[c|d]" * 30, "too many paths|None"),
    ],
    ids=["length", "parts", "steps", "paths", "doubling"],
)
def test_what_is_too_much_is_refused(text: str, reason: str) -> None:
    if reason.endswith("None"):
        parse(text)
        return
    with pytest.raises(XPathError, match=reason):
        parse(text)


WORDS = st.sampled_from(
    """a b /data .. . / // :: @ [ ] ( ) , | + - * div mod and or = != < <= > >= ' " 1 2.5 .5 'x' "y" child:: ancestor::
    node() text() position() last() current() count( if( concat( string( not( house number $ # € ī""".split()  # noqa: SIM905
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map(" ".join), st.lists(WORDS).map("".join)))
def test_no_input_raises_anything_but_an_xpath_error(text: str) -> None:
    expression = _parsed(text)
    if isinstance(expression, Expression):
        _computes(expression)
    else:
        assert expression.position is None or 0 <= expression.position <= len(text)


def _parsed(text: str) -> Expression | XPathError:
    try:
        return parse(text)
    except XPathError as error:
        return error


def _computes(expression: Expression) -> None:
    context = Context(answers(), now=RIGA, seed="s")
    try:
        value = expression.evaluate(context)
    except XPathError:
        return
    assert isinstance(value, bool | float | str | tuple)
    if isinstance(value, tuple):
        assert all(isinstance(node, Node) for node in value)
    assert isinstance(expression.as_string(context), str)
    assert isinstance(expression.as_number(context), float)
    assert isinstance(expression.as_boolean(context), bool)


VALUES = st.sampled_from(
    """'' 'x' '1' '2018-01-02' '2018-01-02T03:04:05.000+02:00' '99999-01-01'
    '0001-01-01T00:00:00+14:00' '9999-12-31T23:59:59-14:00' '9999-12-31' '0000-01-01'
    '1e400' 1 -1 0.5 1e308 (0div0) (1div0) (-1div0)
    true() . house //age missing now() today()""".split()  # noqa: SIM905
)


@given(st.data())
def test_no_function_raises_anything_but_an_xpath_error(data: st.DataObject) -> None:
    from conversations.xpath.functions import FUNCTIONS

    name = data.draw(st.sampled_from(sorted(FUNCTIONS)))
    arguments = data.draw(st.lists(VALUES, max_size=5))
    expression = _parsed(f"{name}({', '.join(arguments)})")
    if isinstance(expression, Expression):
        _computes(expression)


@given(VALUES, VALUES, st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod"]))
def test_no_operator_raises(left: str, right: str, sign: str) -> None:
    _computes(parse(f"{left} {sign} {right}"))
