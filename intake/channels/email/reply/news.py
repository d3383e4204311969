"""What a reply says that the letter did not: the writer's own blocks, without quotations, headers and signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conversations.reading.meaning import without_greeting
from intake.channels.email.reply.align import Alignment, align
from intake.channels.email.reply.boilerplate import notices, warning
from intake.channels.email.reply.borders import border, client_noise, forwards, without_footer
from intake.channels.email.reply.letter import Letter, question_lines
from intake.channels.email.reply.lines import Line
from intake.channels.email.reply.pieces import Block, blocks, unwrapped
from intake.channels.email.reply.signature import signature
from intake.channels.email.reply.written import Written

_BELOW = re.compile(r"\b(?:zemāk|tekstā|below|inline|in the text|ниже|unten)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class News:
    """The writer's own blocks in order, and whether they handed the letter on to somebody."""

    blocks: tuple[Block, ...]
    forwarded: bool
    alignment: Alignment | None = None

    @property
    def text(self) -> str:
        return "\n".join(unwrapped(block.lines) for block in self.blocks)


def news(mail: Written, letter: Letter) -> News:
    """Subtract the letter from the mail; without a letter, or when none of it came back, by its borders alone."""
    if not letter.words.words:
        return _without_letter(mail, letter.names)
    alignment = align(mail.lines, letter.words)
    inside = [reply for reply, word in alignment.matches.items() if alignment.letter.rows[word]]
    if not inside:
        return _without_letter(mail, letter.names)
    first = min(alignment.reply.rows[i] for i in inside)
    above = mail.lines[:first]
    cut = border(above, names=letter.names)
    found = blocks(alignment)
    own = _own(found, cut, first)
    if _handed_on(above) and not _answers_inside(own, mail.name):
        own = [block for block in own if not block.depth]
    forwarded = mail.lines[first].depth == 0 and any(not line.depth and forwards(line.text) for line in above[cut:])
    if own and own[0].after is None:
        own[0].skip(warning(own[0].lines))
    _sign_off(own, mail.name, letter)
    return News(tuple(block for block in own if not block.blank), forwarded, alignment)


def _without_letter(mail: Written, names: Sequence[str]) -> News:
    """What stands above the first border, and what is not quoted among quoted lines below it."""
    cut = border(mail.lines, names=names)
    found = [_unquoted(mail.lines, 0, cut)]
    forwarded = mail.encloses or any(forwards(line.text) for line in mail.lines[cut : cut + 1])
    if not forwarded:
        quoted = next((row for row in range(cut, len(mail.lines)) if mail.lines[row].depth), len(mail.lines))
        found.append(_unquoted(mail.lines, quoted, len(mail.lines)))
    found[0].skip(warning(found[0].lines))
    written = [block for block in found if not block.blank]
    if written and not mail.automatic:
        for block in {id(block): block for block in (written[0], written[-1])}.values():
            _trim(block, 0, mail.name)
    return News(tuple(block for block in written if not block.blank), forwarded)


def _unquoted(lines: Sequence[Line], begin: int, end: int) -> Block:
    """The lines of a stretch that are not quoted, as one block."""
    block = Block(0, None)
    for row in range(begin, end):
        if not lines[row].depth:
            block.add(lines[row], row)
        elif block.lines and not block.lines[-1].blank:
            block.add(Line(""), row)
    return block


def _handed_on(above: Sequence[Line]) -> bool:
    """Whether the letter was quoted from somebody else's mail: then quoted additions are theirs."""
    quoted = [line for line in above if line.depth]
    return border(quoted) < len(quoted)


def _answers_inside(own: Sequence[Block], name: str) -> bool:
    """Whether the writer typed into what somebody handed on: nothing else is theirs, or they say that it is below."""
    outside = [block for block in own if not block.depth]
    if any(block.after is not None and signature(block.lines, name) for block in outside):
        return False
    text = "\n".join(unwrapped(block.lines[: signature(block.lines, name)]) for block in outside)
    return not without_greeting(text) or bool(_BELOW.search(text))


def _own(found: list[Block], cut: int, first: int) -> list[Block]:
    """Blocks that may be the writer's: nothing quoted from above the letter, nothing of the headers."""
    own = []
    for block in found:
        if block.depth and block.after is None:
            continue
        kept = sum(1 for row in block.rows if row < cut or row >= first)
        if block.after is None:
            block.cut(kept)
        _drop_rules(block)
        if not block.blank:
            own.append(block)
    return own


def _drop_rules(block: Block) -> None:
    """ "End forwarded message" is nobody's news."""
    kept = [
        (line, row)
        for line, row in zip(block.lines, block.rows, strict=True)
        if not forwards(line.text) and not client_noise(line)
    ]
    block.lines, block.rows = [line for line, _ in kept], [row for _, row in kept]


def _sign_off(own: list[Block], name: str, letter: Letter) -> None:
    """Take signatures off the end of the text above the letter and off the end of all."""
    asking = question_lines(letter)
    tops = [block for block in own if block.after is None and not block.depth]
    for block in dict.fromkeys([id(block) for block in (*tops[-1:], *own[-1:])]):
        signed = next(one for one in own if id(one) == block)
        _trim(signed, 0 if signed.after is None or asking[signed.after] is None else 1, name)


def _trim(block: Block, first: int, name: str) -> None:
    """Cut the signature and a mobile footer; an answer keeps its first line whatever it looks like."""
    block.cut(len(without_footer(block.lines)))
    block.cut(first + notices(block.lines[first:]))
    block.cut(first + signature(block.lines[first:], name))
    block.cut(len(without_footer(block.lines)))
