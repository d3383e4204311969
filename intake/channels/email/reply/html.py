"""HTML mail as lines: blocks become lines, blockquotes become depth, and what a person struck out or ticked is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from intake.channels.email.reply.lines import MAX_CHARACTERS, MAX_LINES, Line

MAX_NODES = 60_000
MAX_SOURCE = 2_000_000
MAX_DEPTH = 6_000
"""Of open elements: the parser's time grows with its square."""
_MANY = 2_000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,20})", re.IGNORECASE)
_UNNESTED = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "dd",
        "dt",
        "hr",
        "img",
        "input",
        "li",
        "link",
        "meta",
        "option",
        "p",
        "td",
        "th",
        "tr",
        "wbr",
    ]
)
_BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer"),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("table", "tbody", "tfoot", "thead", "tr", "ul"),
    ]
)
_SKIPPED = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "iframe", "svg", "math"})
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table"})
_STRUCK = re.compile(r"line-through")
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)")
_LIT = re.compile(r"background(?:-color)?\s*:\s*(?!transparent|none|white|#fff|inherit|initial|rgb\(255)")
_SPACES = re.compile(r"[ \t\r\n\f]+")


def html_lines(source: str) -> tuple[Line, ...]:
    """The lines of an HTML part; never raises, bounded in nodes and text."""
    root = LexborHTMLParser(_shallow(source[:MAX_SOURCE])).root
    writer = _Writer()
    if root is not None:
        _walk(root, writer)
    writer.end_line()
    return tuple(writer.lines)


def _shallow(source: str) -> str:
    """The source up to where it nests too deep."""
    if source.count("<") < _MANY:
        return source
    depth = 0
    for tag in _TAG.finditer(source):
        if tag[2].lower() not in _UNNESTED:
            depth = max(0, depth + (-1 if tag[1] else 1))
            if depth > MAX_DEPTH:
                return source[: tag.start()]
    return source


@dataclass(slots=True)
class _Writer:
    """Collects inline text and ends lines at blocks."""

    lines: list[Line] = field(default_factory=list)
    depth: int = 0
    preserved: int = 0
    _parts: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    _marks: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def full(self) -> bool:
        return self._length > MAX_CHARACTERS or len(self.lines) > MAX_LINES

    def write(self, text: str) -> None:
        if self.preserved:
            first, *rest = text.split("\n")
            self._part(first)
            for line in rest:
                self.end_line(always=True)
                self._part(line)
        else:
            self._part(_SPACES.sub(" ", text))

    def _part(self, text: str) -> None:
        if text:
            self._parts.append((text, frozenset(self._marks)))
            self._length += len(text)

    def push(self, marks: list[str]) -> None:
        self._marks.extend(marks)

    def pop(self, marks: list[str]) -> None:
        del self._marks[len(self._marks) - len(marks) :]

    def end_line(self, *, always: bool = False) -> None:
        text = "".join(part for part, _ in self._parts)
        text = text.rstrip() if self.preserved else text.strip()
        if text or always:
            written = [marks for part, marks in self._parts if part.strip(" \xa0:*")]
            common = frozenset.intersection(*written) if written else frozenset()
            self.lines.append(Line(text, self.depth, 0, common))
        self._parts = []

    def gap(self) -> None:
        if self.lines and not self.lines[-1].blank:
            self.lines.append(Line("", self.depth))


def _walk(root: LexborNode, writer: _Writer) -> None:
    """Depth first without recursion: mails nest thousands of elements."""
    stack: list[tuple[LexborNode, list[str] | None]] = [(root, None)]
    seen = 0
    while stack and seen < MAX_NODES and not writer.full:
        node, entered = stack.pop()
        if entered is not None:
            _leave(node.tag or "", writer, entered)
            continue
        seen += 1
        if node.next is not None:
            stack.append((node.next, None))
        if node.is_text_node:
            writer.write(node.text_content or "")
            continue
        tag = node.tag or ""
        if tag in _SKIPPED or tag.startswith("-"):
            continue
        stack.append((node, _enter(node, tag, writer)))
        if node.child is not None:
            stack.append((node.child, None))


def _enter(node: LexborNode, tag: str, writer: _Writer) -> list[str]:
    if tag == "br":
        writer.end_line(always=True)
    elif tag in ("td", "th"):
        writer.write(" ")
    elif tag == "input" and "checked" in node.attributes:
        writer.write("[x] ")
    elif tag in _BLOCKS:
        _begin_block(tag, writer)
    marks = _marks(node, tag)
    writer.push(marks)
    if tag == "pre":
        writer.preserved += 1
    return marks


def _begin_block(tag: str, writer: _Writer) -> None:
    writer.end_line()
    if tag in _SPACED:
        writer.gap()
    if tag == "blockquote":
        writer.depth += 1


def _leave(tag: str, writer: _Writer, marks: list[str]) -> None:
    if tag in _BLOCKS:
        writer.end_line()
        if tag in _SPACED:
            writer.gap()
    if tag == "pre":
        writer.preserved -= 1
    if tag == "blockquote":
        writer.depth -= 1
    writer.pop(marks)


def _marks(node: LexborNode, tag: str) -> list[str]:
    style = (node.attributes.get("style") or "").lower()[:2000] if node.attributes else ""
    marks = []
    if tag in ("s", "strike", "del") or _STRUCK.search(style):
        marks.append("struck")
    if tag in ("b", "strong") or _BOLD.search(style):
        marks.append("bold")
    if tag == "mark" or _LIT.search(style):
        marks.append("lit")
    return marks
