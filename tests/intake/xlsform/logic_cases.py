"""Questionnaires with one mistake each, as staff would make it, and what the checker says: key, sheet, row, column."""

from __future__ import annotations

from typing import NamedTuple

HEAD = "|  | type | name | label | relevant | constraint | calculation | choice_filter | repeat_count |\n"
CHOICES = """\
| choices |
|  | list_name | name | label | region |
|  | yn | yes | Yes |  |
|  | yn | no | No |  |
|  | region | east | East |  |
|  | region | west | West |  |
|  | town | riga | Rīga | west |
|  | town | ludza | Ludza | east |
"""
ASKED = """\
|  | select_one yn | a | A? |  |  |  |  |  |
|  | select_multiple region | m | M? |  |  |  |  |  |
|  | integer | n | N? |  | . >= 0 and . <= 50 |  |  |  |
|  | decimal | f | F? |  |  |  |  |  |
|  | date | d | D? |  |  |  |  |  |
|  | text | t | T? |  |  |  |  |  |
|  | select_one town | town | Town? |  |  |  |  |  |
"""
"""Lines 3 to 9; what a case adds begins at line 10."""
NEW = 10


class Case(NamedTuple):
    says: str
    rows: str
    found: tuple[tuple[str, str, int | None, str | None], ...] = ()


def row(type: str, name: str, **cells: str) -> str:
    """A line of the survey."""
    order = ("relevant", "constraint", "calculation", "choice_filter", "repeat_count")
    values = [type, name, "" if type.startswith(("end", "calc")) else "Label", *(cells.get(one, "") for one in order)]
    return f"|  | {' | '.join(values)} |\n"


def form(rows: str) -> bytes:
    return f"| survey |\n{HEAD}{ASKED}{rows}{CHOICES}".encode()


def asked_if(relevant: str, key: str = "") -> Case:
    found = ((key, "survey", NEW, "relevant"),) if key else ()
    return Case(relevant, row("text", "q", relevant=relevant), found)


def answered_with(type: str, constraint: str, key: str = "") -> Case:
    found = ((key, "survey", NEW, "constraint"),) if key else ()
    return Case(f"{type}: {constraint}", row(type, "q", constraint=constraint), found)


NEVER, NEVER_WITH, NO_CHOICE = "never_relevant", "never_relevant_with", "no_such_choice"
CONDITIONS = [
    asked_if("${d} > today() and ${d} < today()", NEVER),
    asked_if("${d} > today() and ${d} < date('2020-01-01')", NEVER),
    asked_if("${d} > today() + 7 and ${d} <= today()", NEVER),
    asked_if("${d} <= today() and ${d} > date('2999-01-01')", NEVER),
    asked_if("today() < date('2020-01-01')", NEVER),
    asked_if("${d} = date('2021-02-30')", NEVER),
    asked_if("${d} > today() and ${d} < date('2030-01-01')"),
    asked_if("${d} > today() - 30 and ${d} < today()"),
    asked_if("${d} <= now() and ${d} >= today()"),
    asked_if("${n} != ${n}", NEVER),
    asked_if("${n} > ${f} and ${f} > ${n}", NEVER),
    asked_if("${n} > ${f} and not(${f} = ${n})"),
    asked_if("selected(${m}, 'east west')", NO_CHOICE),
    asked_if("yes"),
    asked_if("${a} = 'yes' and ${a} = 'no'", NEVER),
    asked_if("${a} = 'yes' or ${a} = 'no'"),
    asked_if("${a} = 'yes' and ${a} != 'no'"),
    asked_if("${a} != 'yes' and ${a} != 'no' and ${a} != ''", NEVER),
    asked_if("${a} != 'yes' and ${a} != 'no'"),
    asked_if("not(${a} = 'yes') and 'yes' = ${a}", NEVER),
    asked_if("selected(${a}, 'yes') and ${a} = 'no'", NEVER),
    asked_if("${a} = 'maybe'", NO_CHOICE),
    asked_if("${a} = 'maybe' or ${a} = 'yes'", NO_CHOICE),
    asked_if("if(${a} = 'Yes', ${n} > 1, ${n} > 2)", NO_CHOICE),
    asked_if("selected(${m}, 'north')", NO_CHOICE),
    asked_if("selected(${m}, 'east') and selected(${m}, 'west')"),
    asked_if("selected(${m}, 'east') and selected(${m}, 'west') and count-selected(${m}) = 1", NEVER),
    asked_if("count-selected(${m}) > 2", NEVER),
    asked_if("count-selected(${m}) = 0 and selected(${m}, 'east')", NEVER),
    asked_if("not(selected(${m}, 'east')) and count-selected(${m}) = 1"),
    asked_if("${n} > 5 and ${n} < 3", NEVER),
    asked_if("${n} > 5 and 6 > ${n}", NEVER),
    asked_if("${n} >= 5 and 6 > ${n}"),
    asked_if("${f} > 5 and 6 > ${f}"),
    asked_if("${f} > 5 and ${f} <= 5", NEVER),
    asked_if("${n} = '' and ${n} > 3", NEVER),
    asked_if("${n} = 'many'", NEVER),
    asked_if("${n} != 3 and not(${n} < 3) and not(${n} > 3)"),
    asked_if("${n} != '' and ${n} != 3 and not(${n} < 3) and not(${n} > 3)", NEVER),
    asked_if("${n} > 60", NEVER_WITH),
    asked_if("number(${n}) > 5 and ${n} < 3 + 2", NEVER),
    asked_if("${d} > date('2026-02-01') and ${d} < date('2026-01-01')", NEVER),
    asked_if("${d} >= date('2026-01-01') and ${d} < date('2026-01-02')"),
    asked_if("${d} > date('2026-01-01') and ${d} < date('2026-01-02')", NEVER),
    asked_if("${t} = 'x' and ${t} = 'y'", NEVER),
    asked_if("${t} = 'x' and string-length(${t}) > 1", NEVER),
    asked_if("string-length(${t}) > 5 and string-length(${t}) < 6", NEVER),
    asked_if("string-length(${t}) > 5 and string-length(${t}) < 7"),
    asked_if("contains(${t}, 'x') and not(contains(${t},  'x'))", NEVER),
    asked_if("contains(${t}, 'x') and not(contains(${t}, 'y'))"),
    asked_if("random() > 0.5 and not(random() > 0.5)"),
    asked_if("1 = 2", NEVER),
    asked_if("'yes' = 'no' or ${a} = 'yes'"),
    asked_if("false()"),
    asked_if("true()"),
    asked_if("(${a} = 'yes' or ${n} > 3) and ${a} = 'no' and ${n} < 2", NEVER),
    asked_if("${n} + 1 > 5 and ${n} < 3"),
]
CONSTRAINTS = [
    answered_with("integer", ". > 5 and . < 3", "never_valid"),
    answered_with("integer", ". > 5 or . < 3"),
    answered_with("text", ". = ''", "never_valid"),
    answered_with("text", "string-length(.) < 1", "never_valid"),
    answered_with("text", "string-length(.) <= 100000"),
    answered_with("select_multiple region", "count-selected(.) > 2", "never_valid"),
    answered_with("select_multiple region", "selected(., 'north')", NO_CHOICE),
    answered_with("date", ". > date('2026-01-01') and . < date('2025-01-01')", "never_valid"),
    answered_with("select_one yn", "regex(., '^y.*$')"),
]
TOGETHER = [
    Case(
        "a group and what is in it",
        row("begin_group", "g", relevant="${a} = 'yes'")
        + row("text", "q", relevant="${a} = 'no'")
        + row("end_group", ""),
        ((NEVER_WITH, "survey", NEW + 1, "relevant"),),
    ),
    Case(
        "what is asked about is not asked then",
        row("text", "why", relevant="${a} = 'yes'") + row("text", "q", relevant="${a} = 'no' and ${why} != ''"),
        ((NEVER_WITH, "survey", NEW + 1, "relevant"),),
    ),
    Case(
        "a group that is switched off on purpose is not told for each of its questions",
        row("begin_group", "g", relevant="false()") + row("text", "q", relevant="${a} = 'no'") + row("end_group", ""),
    ),
    Case(
        "a constraint against the condition",
        row("text", "q", relevant="${n} > 10", constraint="${n} < 5 and string-length(.) > 2"),
        (("never_valid_with", "survey", NEW, "constraint"),),
    ),
    Case(
        "a gate, which only opens when others are corrected, is meant",
        row("acknowledge", "q", relevant="${n} != 10", constraint="${n} = 10"),
    ),
    Case(
        "answers of a repeat seen from outside are many",
        row("begin_repeat", "r")
        + row("select_one yn", "inner")
        + row("text", "same", relevant="${inner} = 'yes' and ${inner} = 'no'")
        + row("end_repeat", "")
        + row("text", "q", relevant="${inner} = 'yes' and ${inner} = 'no'"),
        ((NEVER, "survey", NEW + 2, "relevant"),),
    ),
]
ORDER = [
    Case(
        "a condition on a later question",
        row("text", "q", relevant="${z} = 'x'") + row("text", "z"),
        (("later_question", "survey", NEW, "relevant"),),
    ),
    Case(
        "a calculation may stand anywhere",
        row("text", "q", relevant="${z} = 'x'") + row("calculate", "z", calculation="${t}"),
    ),
    Case(
        "a circle names all of it",
        row("calculate", "x", calculation="${y} + 1")
        + row("calculate", "y", calculation="${z} + 1")
        + row("calculate", "z", calculation="${x} + 1"),
        (("circle", "survey", NEW, "calculation"),),
    ),
    Case(
        "its own value", row("calculate", "x", calculation="${x} + 1"), (("own_value", "survey", NEW, "calculation"),)
    ),
    Case("kept once", row("calculate", "x", calculation="once(${x} + 1)")),
]
ENGINES = [
    asked_if("${d} > '2026-01-01'", "engines_date_text"),
    asked_if("today() > '2026-01-01'", "engines_date_text"),
    asked_if("${d} > date('2026-01-01')"),
    asked_if("${d} < format-date(today(), '%Y-%m-%d')", "engines_date_text"),
    asked_if("${d} = '2026-01-01'"),
    asked_if("number('2026-01-01') > ${n}", "engines_date_number"),
    asked_if("${n} < '2026-01-01' + 1", "engines_date_number"),
    asked_if("regex(${t}, '[0-9]')", "engines_regex"),
    asked_if("regex(${t}, '^[0-9]+$')"),
    asked_if("regex(${t}, '^a$\\|^b$')", "engines_regex"),
    asked_if("regex(${t}, '^(a\\|b)$')"),
    asked_if("regex(${t}, '.*a.*')"),
    asked_if("max(${n}, 3) > 4"),
    asked_if("max(${f}, 3) > 4", "engines_max"),
    asked_if("max(-3, ${n}) > 4", "engines_max"),
    asked_if("instance('town')/root/item[2]/name = 'riga'", "engines_position"),
    asked_if("instance('town')/root/item[position() = 2]/name = 'riga'"),
    asked_if("${t}", "engines_bare_question"),
    asked_if("${a} = 'yes' and not(${t})", "engines_bare_question"),
    asked_if("${t} != ''"),
]
LISTS = [
    Case("a filter", row("select_one town", "q", choice_filter="region = ${m}")),
    Case(
        "a column that the list lacks",
        row("select_one town", "q", choice_filter="county = ${m}"),
        (("filter_column", "survey", NEW, "choice_filter"),),
    ),
    Case(
        "a column that is empty",
        row("select_one yn", "q", choice_filter="region = ${m}"),
        (("filter_empty_column", "survey", NEW, "choice_filter"),),
    ),
    Case(
        "choices that never match",
        row("select_one town", "q", choice_filter="region = ${a}"),
        (("filter_no_match", "survey", NEW, "choice_filter"),),
    ),
    Case(
        "a value that no row has",
        row("select_one town", "q", choice_filter="region = 'north'"),
        (("filter_value", "survey", NEW, "choice_filter"),),
    ),
    Case(
        "nothing goes through",
        row("select_one town", "q", choice_filter="1 = 2"),
        (("filter_never", "survey", NEW, "choice_filter"),),
    ),
    Case(
        "no list to filter",
        row("text", "q", choice_filter="region = ${m}"),
        (("filter_without_list", "survey", NEW, "choice_filter"),),
    ),
    Case(
        "a later question",
        row("select_one town", "q", choice_filter="region = ${z}") + row("select_one region", "z"),
        (("later_question", "survey", NEW, "choice_filter"),),
    ),
]
REPEAT_END = row("text", "inner") + row("end_repeat", "")
REPEATS = [
    Case("a number", row("begin_repeat", "r", repeat_count="3") + REPEAT_END),
    Case("a question", row("begin_repeat", "r", repeat_count="${n}") + REPEAT_END),
    *(
        Case(count, row("begin_repeat", "r", repeat_count=count) + REPEAT_END, ((key, "survey", NEW, "repeat_count"),))
        for count, key in (
            ("-1", "count_no_number"),
            ("2.5", "count_no_number"),
            ("0", "count_zero"),
            ("1000", "count_too_many"),
            ("${t}", "count_no_number"),
            ("${a}", "count_no_number"),
            ("${f}", "count_unbounded"),
        )
    ),
    Case(
        "a question inside",
        row("begin_repeat", "r", repeat_count="${inner}") + row("integer", "inner") + row("end_repeat", ""),
        (("circle", "survey", NEW, "repeat_count"), ("count_inside", "survey", NEW, "repeat_count")),
    ),
    Case(
        "nothing to repeat",
        row("text", "q", repeat_count="3"),
        (("count_without_repeat", "survey", NEW, "repeat_count"),),
    ),
]
NAMES = [
    Case("names in capital letters", row("text", "T"), (("case_twin", "survey", NEW, "name"),)),
    Case(
        "functions that a conversation has not",
        row("calculate", "q", calculation="area(${t})"),
        (("geographic", "survey", NEW, "calculation"),),
    ),
    Case(
        "last saved", row("text", "q", relevant="${last-saved#t} != ''"), (("last_saved", "survey", NEW, "relevant"),)
    ),
]
CASES = [*CONDITIONS, *CONSTRAINTS, *TOGETHER, *ORDER, *ENGINES, *LISTS, *REPEATS, *NAMES]
