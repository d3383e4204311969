"""Lists of links that a client writes below an HTML mail turned into text ("Atvērt sarunu [1]" ... "[1] https://...")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from intake.channels.email.reply.lines import Line

_ADDRESS = r"(?:https?://|mailto:|tel:|tg:)\S{1,2000}"
_ENTRY = re.compile(
    rf"\s{{0,8}}(?:\[(?P<mark>\d{{1,3}})\]|(?P<point>\d{{1,3}})\.)\s{{0,3}}(?P<address>{_ADDRESS})?\s*$"
)
_WRAPPED = re.compile(rf"\s{{0,8}}{_ADDRESS}\s*$")
_HEADING = re.compile(r"\s{0,4}(?:links|references|(?:visible|hidden) links|saites)\s?:?\s*$", re.IGNORECASE)
_RULE = re.compile(r"\s{0,4}-{3,80}\s*$")
_FIRST = frozenset("[0123456789")
_REFERENCE = re.compile(r"\s?\[(\d{1,3})\]")


def without_link_list(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines without such a list and the marks that point into it; a person's own footnotes stay."""
    entries = _entries(lines)
    rows = sorted(row for number in entries for row in entries[number])
    if 1 not in entries:
        return lines
    depth = lines[rows[0]].depth
    heading = _heading(lines, rows[0])
    if not heading and (not depth or "[" not in lines[rows[0]].text):
        return lines
    gone = {*rows, *heading}
    return tuple(
        _unmarked(line, entries) if line.depth == depth else line for row, line in enumerate(lines) if row not in gone
    )


def _entries(lines: Sequence[Line]) -> Mapping[int, tuple[int, ...]]:
    """Number of a link -> the rows of its entry, whose address may have been wrapped."""
    found: dict[int, tuple[int, ...]] = {}
    for row, line in enumerate(lines):
        match = _ENTRY.match(line.text) if line.text.lstrip()[:1] in _FIRST else None
        if match is None:
            continue
        wrapped = not match["address"]
        if not wrapped or (row + 1 < len(lines) and match["mark"] and _WRAPPED.match(lines[row + 1].text)):
            found[int(match["mark"] or match["point"])] = (row, row + 1) if wrapped else (row,)
    return found


def _heading(lines: Sequence[Line], first: int) -> list[int]:
    """Rows of the heading over the list and of its rule."""
    rows = []
    for row in range(first - 1, max(-1, first - 8), -1):
        line = lines[row]
        if _HEADING.match(line.text) or _RULE.match(line.text):
            rows.append(row)
        elif not line.blank:
            break
    return rows if any(_HEADING.match(lines[row].text) for row in rows) else []


def _unmarked(line: Line, entries: Mapping[int, tuple[int, ...]]) -> Line:
    if "[" not in line.text:
        return line
    text = _REFERENCE.sub(lambda match: "" if int(match[1]) in entries else match[0], line.text)
    return line if text == line.text else Line(text, line.depth, line.width, line.marks)
