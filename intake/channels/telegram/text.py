"""Text in and out: what arrives is cleaned, what leaves is Telegram's HTML in pieces of at most 4,096 characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate

LONGEST_TEXT = 4096
"""UTF-16 units of a message (Bot API: sendMessage); we count the HTML itself, which is never shorter than the text."""

LONGEST_SPAN = 100_000
_TAGS = len("<b></b>")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_WIDTHS = {"&": 5, "<": 4, ">": 4}


def clean(text: str, limit: int = LONGEST_TEXT) -> str:
    """Without NUL, other control characters and lone surrogates; line ends are LF; at most `limit` characters."""
    return _UNFIT.sub("", text[: 2 * limit].replace("\r\n", "\n").replace("\r", "\n"))[:limit]


def escape(text: str) -> str:
    """`text` in Telegram's HTML (Bot API: HTML style)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut at a word where one ends near, with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ", limit // 2)
    return (cut[:space] if space > 0 else cut).rstrip(" ,;:.(–-") + "…"


@dataclass(frozen=True, slots=True)
class Span:
    """Plain text, to be shown as it is or in one style: `tag` is "", "b" or "i"."""

    text: str
    tag: str = ""

    def html(self, start: int, end: int) -> str:
        """The part of the span between two positions; empty when nothing of it is seen."""
        part = escape(self.text[max(start, 0) : max(end, 0)])
        if not self.tag or not part.strip():
            return part
        return f"<{self.tag}>{part}</{self.tag}>"


def pages(spans: Sequence[Span], limit: int = LONGEST_TEXT) -> list[str]:
    """The spans as HTML messages: cut between paragraphs, lines or words, never inside a tag, an entity or a pair."""
    spans = [Span(clean(span.text, LONGEST_SPAN), span.tag) for span in spans]
    plain = "".join(span.text for span in spans)
    cuts = (_trimmed(plain, *cut) for cut in _cuts(plain, _starts(spans), limit))
    return [_html(spans, start, end) for start, end in cuts if start < end]


def _html(spans: Sequence[Span], start: int, end: int) -> str:
    parts, at = [], 0
    for span in spans:
        parts.append(span.html(start - at, end - at))
        at += len(span.text)
    return "".join(parts)


def _trimmed(plain: str, start: int, end: int) -> tuple[int, int]:
    """Without the white space around, which Telegram would cut away."""
    part = plain[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _starts(spans: Sequence[Span]) -> set[int]:
    """Where a style begins."""
    ends = accumulate(len(span.text) for span in spans)
    return {end - len(span.text) for span, end in zip(spans, ends, strict=True) if span.tag}


def _cuts(plain: str, starts: Set[int], room: int) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(plain):
        reach = _reach(plain, starts, start, room - _TAGS)
        end = reach if reach == len(plain) else _break_before(plain, start, reach)
        yield start, end
        start = end


def _reach(plain: str, starts: Set[int], start: int, room: int) -> int:
    """How far the text fits, in UTF-16 units of its HTML."""
    for position in range(start, len(plain)):
        character = plain[position]
        room -= _WIDTHS.get(character, 1 if character < "\U00010000" else 2) + (_TAGS if position in starts else 0)
        if room < 0:
            return position
    return len(plain)


def _break_before(plain: str, start: int, reach: int) -> int:
    """The best place to cut in the last half of what fits: a paragraph, a line, a word; else where it ends."""
    for mark in ("\n\n", "\n", " "):
        found = plain.rfind(mark, (start + reach) // 2, reach)
        if found > start:
            return found + len(mark)
    return reach
