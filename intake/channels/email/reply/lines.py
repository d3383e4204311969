"""A mail's text as lines: quote marks counted and taken off, client's soft breaks joined, nothing else changed."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_CHARACTERS = 200_000
"""Of one mail's text; the rest is not read (the raw mail is kept whole)."""
MAX_LINES = 20_000
_QUOTE = re.compile(r"(?:[ \t]{0,3}[>|]){1,200}(?=[^|]|$)")
_MAY_QUOTE = (" ", "\t", ">", "|")
LINK_COPY = re.compile(r"\s?<(?:https?://|mailto:|tel:)[^<>]{0,2000}>")


class Line(NamedTuple):
    """One line as the person saw it: `depth` levels of quotation, and how wide it was before marks were taken off.

    A tuple, because a mail has hundreds of them and a frozen dataclass takes three times as long to make.
    """

    text: str
    depth: int = 0
    width: int = 0
    marks: frozenset[str] = frozenset()
    """"struck", "bold", "ticked": said of the whole line by HTML."""

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def text_lines(text: str, *, flowed: bool = False, delsp: bool = False) -> tuple[Line, ...]:
    """Lines of a text/plain part (RFC 3676 for format=flowed; a backslash at the end of a quoted line is a fold)."""
    text = text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    split = text.split("\n", MAX_LINES)[:MAX_LINES]
    if ">" in text or "|" in text:
        lines = [_unquoted(line) if line[:1] in _MAY_QUOTE else Line(line, 0, len(line)) for line in split]
    else:
        lines = [Line(line, 0, len(line)) for line in split]
    if flowed or " \\\n" in text:
        lines = _joined(lines, flowed, delsp)
    links = "<" in text
    return tuple(
        [_tidied(line) if (links and "<" in line.text) or line.text[-1:].isspace() else line for line in lines]
    )


def _unquoted(line: str) -> Line:
    if line[:2] == "> " and line[2:3] not in " >|":  # nearly all quoted lines
        return Line(line[2:], 1, len(line))
    if line.lstrip(" ")[:1] not in (">", "|"):
        return Line(line, 0, len(line))
    match = _QUOTE.match(line)
    if match is None or "|" in match.group():
        return Line(line, 0, len(line))
    rest = line[match.end() :]
    return Line(rest[1:] if rest.startswith(" ") else rest, match.group().count(">"), len(line))


def _joined(lines: list[Line], flowed: bool, delsp: bool) -> list[Line]:
    done: list[Line] = []
    pending: list[str] = []
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        fold = _fold(line, following, flowed)
        if not fold and not pending:
            done.append(line)
            continue
        text = line.text[: len(line.text) - fold] if fold else line.text
        pending.append(text if not fold or delsp else text + " ")
        if not fold:
            done.append(Line("".join(pending), line.depth, line.width))
            pending = []
    return done


def _fold(line: Line, following: Line | None, flowed: bool) -> int:
    """How many characters at the end of a line say that it goes on in the next one."""
    if following is None or following.depth != line.depth:
        return 0
    if line.depth and line.text.endswith(" \\"):
        return 2
    soft = flowed and line.text.endswith(" ") and line.text != "-- " and not following.blank and not line.blank
    return 1 if soft and not _begins_anew(following.text) else 0


def _begins_anew(text: str) -> bool:
    return text == "-- "


def _tidied(line: Line) -> Line:
    text = LINK_COPY.sub("", line.text) if "<" in line.text else line.text
    stripped = text.rstrip()
    return line if stripped == line.text else Line(stripped, line.depth, line.width, line.marks)
