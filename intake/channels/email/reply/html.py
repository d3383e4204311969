"""HTML mail as lines: blocks become lines, blockquotes become depth, and what a person struck out or ticked is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from selectolax.lexbor import LexborHTMLParser

from intake.channels.email.reply.lines import LINK_COPY, MAX_CHARACTERS, MAX_LINES, Line

MAX_TOKENS = 150_000
MAX_SOURCE = 2_000_000
MAX_DEPTH = 6_000
"""Of open elements: the parser's time grows with its square."""
MAX_NAMES = 15_000
"""Different words of the source, attributes' names among them: likewise, within one tag."""
_SHORT = 60_000
_MANY = 2_000
_NAME = re.compile(r"[^\s/>=]+")
_CELL_LINES = 12
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
_USUAL = (
    r"(?:transparent|none|white|black|inherit|initial|unset|currentcolor|windowtext|window|var\(|#fff(?:fff)?\b"
    r"|#000(?:000)?\b|rgba?\(255, ?255, ?255|rgba?\(0, ?0, ?0)"
)
_LIT = re.compile(rf"background(?:-color)?\s*:(?!\s*{_USUAL})")
_COLOURED = re.compile(rf"(?:^|[;\s])color\s*:(?!\s*{_USUAL})|^font\s.*\scolor=\"?(?!{_USUAL})", re.DOTALL)
_UNDERLINED = re.compile(r"text-decoration(?:-line)?\s*:[^;]{0,40}\bunderline")
_TOKEN = re.compile(r'(?:<(/?)([a-zA-Z][^\s/>]*)((?:"[^"]*"|[^">])*)>|<!--.*?-->|<|^)([^<]*)', re.DOTALL)
_PLAIN: frozenset[str] = frozenset()
_LETTER = re.compile(r"\s*\w\s?[.)]\s*")
"""Of an option."""
_MARKING = frozenset({"s", "strike", "del", "b", "strong", "mark", "u", "ins"})
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_CHECKED = re.compile(r"\schecked(?:[\s=]|$)")
_VERBATIM = ["style", "script", "iframe"]
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_SPACES = re.compile(r"[ \t\r\n\f]+")


def html_lines(source: str) -> tuple[Line, ...]:
    """The lines of an HTML part; never raises, bounded in tags and text."""
    writer = _Writer()
    _write(_well_formed(_shallow(_few_names(source[:MAX_SOURCE]))), writer)
    writer.row()
    return tuple(writer.lines)


def _well_formed(source: str) -> str:
    """The body with each element closed where a browser closes it, and without what a browser reads as it stands."""
    parser = LexborHTMLParser(source)
    lower = source.lower()
    if any(f"<{tag}" in lower for tag in _VERBATIM):
        parser.strip_tags(_VERBATIM)
    root = parser.body or parser.root
    html = (root.html or "") if root is not None else ""
    return html if "<pre" in html else _spaced_once(html)


def _spaced_once(html: str) -> str:
    for blank in "\t\r\n\f":
        html = html.replace(blank, " ")
    while "  " in html:
        html = html.replace("  ", " ")
    return html


def _few_names(source: str) -> str:
    """The source up to where more different names of attributes might stand than the parser can bear in one tag."""
    if len(source) < _SHORT or len(set(_NAME.findall(source))) <= MAX_NAMES:
        return source
    names: set[str] = set()
    for name in _NAME.finditer(source):
        names.add(name.group())
        if len(names) > MAX_NAMES:
            return source[: name.start()]
    return source


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
    _row: int = 0
    """Index of the first line of the table row that is open."""
    _held: Line | None = None
    """The cells of a row so far, one line, which the next cell continues."""

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
        elif self._parts or not text.isspace():
            self._part(_SPACES.sub(" ", text) if "\n" in text else text)

    def _part(self, text: str) -> None:
        if text:
            if self._held is not None and not text.isspace():
                self._parts = [(f"{self._held.text}\t", self._held.marks)]
                self._held = None
            self._parts.append((text, frozenset(self._marks) if self._marks else _PLAIN))
            self._length += len(text)

    def push(self, marks: Sequence[str]) -> None:
        self._marks.extend(marks)

    def pop(self, marks: Sequence[str]) -> None:
        if marks:
            del self._marks[-len(marks) :]

    def end_line(self, *, always: bool = False) -> None:
        if not self._parts and not always:
            return
        text = "".join(part for part, _ in self._parts)
        if self.depth and "<" in text:
            text = LINK_COPY.sub("", text)
        text = text.rstrip() if self.preserved else text.strip()
        if text or always:
            self.lines.append(Line(text, self.depth, 0, self._common()))
        self._parts = []

    def row(self) -> None:
        """A row of a table begins or ends."""
        self.end_line()
        if self._held is not None:
            self.lines.append(self._held)
            self._held = None
        self._row = len(self.lines)

    def cell(self) -> None:
        """A cell goes on in the line of those before it, unless they have several lines."""
        self.end_line()
        written = [line for line in self.lines[self._row : self._row + _CELL_LINES] if not line.blank]
        if self._held is None and len(written) == 1 and written[0].depth == self.depth:
            del self.lines[self._row :]
            self._held = written[0]

    def _common(self) -> frozenset[str]:
        """The marks of at least half of what is written in the line, and those of an option's letter alone."""
        if all(marks is _PLAIN for _, marks in self._parts):
            return _PLAIN
        total, marked = 0, Counter[str]()
        for part, marks in self._parts:
            size = len(part.strip(" \xa0:*"))
            total += size
            marked.update(dict.fromkeys(marks, size))
        first, of_first = next(((part, marks) for part, marks in self._parts if not part.isspace()), ("", _PLAIN))
        lead = of_first if _LETTER.fullmatch(first) else _PLAIN
        return lead | {mark for mark, size in marked.items() if 0 < total <= 2 * size}

    def gap(self) -> None:
        if self.lines and not self.lines[-1].blank:
            self.lines.append(Line("", self.depth))


def _write(source: str, writer: _Writer) -> None:
    """Give each tag and text of well-formed HTML to the writer; a walk over the tree takes three times as long."""
    opened: list[tuple[str, Sequence[str]]] = []
    skipped, depth = "", 0
    for match in islice(_TOKEN.finditer(source), MAX_TOKENS):
        closing, tag, attributes, text = match.groups("")
        if skipped:
            if tag == skipped:
                depth += -1 if closing else 1
            if depth:
                continue
            skipped = ""
        elif closing:
            _close(tag, opened, writer)
        elif tag in _SKIPPED:
            skipped, depth = tag, 1
            continue
        elif tag:
            _open(tag, attributes, opened, writer)
        if text:
            writer.write(_unescaped(text) if "&" in text else text)
        if writer.full:
            return


def _unescaped(text: str) -> str:
    return text.replace("&nbsp;", "\xa0").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _open(tag: str, attributes: str, opened: list[tuple[str, Sequence[str]]], writer: _Writer) -> None:
    marks = _marks(tag, attributes) if attributes or tag in _MARKING else ()
    if tag == "br":
        writer.end_line(always=True)
    elif tag in ("td", "th"):
        writer.cell()
    elif tag == "input" and _CHECKED.search(attributes):
        writer.write("[x] ")
    elif tag in _BLOCKS:
        _begin_block(tag, writer)
    if tag not in _VOID:
        opened.append((tag, marks))
        writer.push(marks)


def _close(tag: str, opened: list[tuple[str, Sequence[str]]], writer: _Writer) -> None:
    while opened:
        name, marks = opened.pop()
        if name in _BLOCKS:
            _end_block(name, writer)
        writer.pop(marks)
        if name == tag:
            return


def _begin_block(tag: str, writer: _Writer) -> None:
    writer.end_line()
    if tag == "tr":
        writer.row()
    if tag in _SPACED:
        writer.gap()
    if tag == "blockquote":
        writer.depth += 1
    if tag == "pre":
        writer.preserved += 1


def _end_block(tag: str, writer: _Writer) -> None:
    writer.end_line()
    if tag == "tr":
        writer.row()
    if tag in _SPACED:
        writer.gap()
    if tag == "pre":
        writer.preserved -= 1
    if tag == "blockquote":
        writer.depth -= 1


def _marks(tag: str, attributes: str) -> list[str]:
    style = found[1].lower()[:2000] if "style" in attributes and (found := _STYLE.search(attributes)) else ""
    marks = []
    if tag in ("s", "strike", "del") or (style and _STRUCK.search(style)):
        marks.append("struck")
    if tag in ("b", "strong") or (style and _BOLD.search(style)):
        marks.append("bold")
    if tag == "mark" or (style and _LIT.search(style)):
        marks.append("lit")
    if tag in ("u", "ins") or (style and tag != "a" and _UNDERLINED.search(style)):
        marks.append("underlined")
    if "color" in attributes and tag != "a" and _COLOURED.search(style or f"{tag} {attributes.lower()[:2000]}"):
        marks.append("coloured")
    return marks
