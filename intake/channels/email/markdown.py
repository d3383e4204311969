"""Markdown -> the two parts of a letter, from one parse, in a form that survives being answered.

What clients do to letters is measured in the project's collection of real replies: no `<ol>` (its numbers collide with
those of the questions), no `<title>` (leaks in as the first line), emphasis by style and not by element (clients turn
`<em>` and `<strong>` into `/…/`, `_…_`, `*…*` when they quote as text), nothing loaded from anywhere.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

import css_inline
from markdown_it import MarkdownIt
from markdown_it.token import Token

LINKS = ("http://", "https://", "tg://", "mailto:")
_INLINE = {
    "em_open": '<span class="hint">',
    "em_close": "</span>",
    "strong_open": '<span class="strong">',
    "strong_close": "</span>",
    "link_close": "</a>",
    "hardbreak": "<br>\n",
    "softbreak": "\n",
}
_BLOCKS = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bullet_list": "ul",
    "ordered_list": "ul",
    "list_item": "li",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "td": "td",
}


def parse(source: str) -> list[Token]:
    """The blocks of a letter."""
    return _markdown().parse(source)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    """CommonMark with tables; no HTML, no images, no code (an indented line of a template is just indented)."""
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("table")
    reader.disable(["image", "autolink", "html_block", "html_inline", "code", "fence", "backticks", "reference"])
    reader.validateLink = lambda url: url.lower().startswith(LINKS)  # type: ignore[method-assign]
    return reader


def to_html(tokens: Sequence[Token], language: str, style: str, on_paper: str) -> str:
    """A whole page with the style inlined, that for paper in the head: it cannot be inlined, and most may drop it.

    Readable in dark mode, because no colour is set for the text.
    """
    body = "".join(_html(tokens))
    page = (
        f'<!DOCTYPE html>\n<html lang="{html.escape(language)}">\n<head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"></head>\n'
        f"<body>\n{body}</body>\n</html>\n"
    )
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, extra_css=style)
    inlined: str = inliner.inline(page)
    return inlined.replace("</head>", f"<style>{' '.join(on_paper.split())}</style></head>", 1)


def _html(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        name, _, side = token.type.rpartition("_")
        if token.type == "inline":
            yield _inline_html(token.children or [])
        elif token.type == "hr":
            yield "<hr>\n"
        elif token.hidden:  # the paragraph of a tight list
            continue
        elif name == "heading":
            yield f"<{token.tag}>" if side == "open" else f"</{token.tag}>\n"
        elif name == "th":
            yield '<th scope="col">' if side == "open" else "</th>\n"
        else:
            yield f"<{_BLOCKS[name]}>" if side == "open" else f"</{_BLOCKS[name]}>\n"
            if token.type == "list_item_open" and token.info:  # the number of an ordered item, as text
                yield f"{token.info}{token.markup} "


def _inline_html(children: Sequence[Token]) -> str:
    out = []
    for token in children:
        if token.type == "link_open":
            out.append(f'<a href="{html.escape(str(token.attrGet("href")))}">')
        elif token.type == "text":
            out.append(html.escape(token.content, quote=False))
        else:
            out.append(_INLINE[token.type])
    return "".join(out)


def to_text(tokens: Sequence[Token]) -> str:
    """The text part: a paragraph is a line, blocks are a blank line apart, a question and its options are not."""
    blocks: list[str] = []
    joined = ""
    for block, tight in _text_blocks(tokens):
        blocks.append(joined + block)
        joined = "\n" if tight else "\n\n"
    return "".join(blocks) + "\n"


def _text_blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """(text, whether the next block follows without a blank line)."""
    prefix, level = "", ""
    for n, token in enumerate(tokens):
        if token.type == "heading_open":
            level = token.tag
        elif token.type == "list_item_open":
            prefix = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type == "table_open":
            yield _table(tokens[n:]), False
        elif token.type == "hr":
            yield "* * *", False  # never "-- ": clients cut a quoted letter there
        elif token.type == "inline" and tokens[n - 1].type not in ("th_open", "td_open"):
            tight = level == "h3" or (token.level > 1 and tokens[n - 1].hidden and _item_follows(tokens[n + 1 :]))
            yield prefix + _inline_text(token.children or []), tight
            prefix, level = "", ""


def _item_follows(tokens: Sequence[Token]) -> bool:
    """Whether the item just ended is not the last of its list."""
    following = next((token for token in tokens if token.type not in ("paragraph_close", "list_item_close")), None)
    return following is not None and following.type == "list_item_open"


def _inline_text(children: Sequence[Token]) -> str:
    """Plain text; a link as `text: address`, or the address alone where that is its text."""
    out: list[str] = []
    href, start = "", 0
    for token in children:
        if token.type == "text":
            out.append(token.content)
        elif token.type in ("hardbreak", "softbreak"):
            out.append("\n" if token.type == "hardbreak" else " ")
        elif token.type == "link_open":
            href, start = str(token.attrGet("href")), len(out)
        elif token.type == "link_close" and "".join(out[start:]) != href:
            out.append(f": {href}")
    return "".join(out)


def _table(tokens: Sequence[Token]) -> str:
    """Columns padded with blanks; the last one is not."""
    rows: list[list[str]] = []
    for n, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and tokens[n - 1].type in ("th_open", "td_open"):
            rows[-1].append(_inline_text(token.children or []))
        elif token.type == "table_close":
            break
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows)
    return "\n".join(line for line in lines if line)
