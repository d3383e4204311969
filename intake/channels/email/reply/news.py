"""What a reply says that the letter did not: the writer's own blocks, without quotations, headers and signature."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from conversations.reading.meaning import without_greeting
from intake.channels.email.reply.align import Alignment, align
from intake.channels.email.reply.boilerplate import notices, warning
from intake.channels.email.reply.borders import authors, border, border_end, forwards, nobodys, without_footer
from intake.channels.email.reply.letter import Letter, question_lines
from intake.channels.email.reply.lines import Line
from intake.channels.email.reply.pieces import Block, blocks, unwrapped
from intake.channels.email.reply.signature import signature
from intake.channels.email.reply.written import Written

_WIDE = 60
_BELOW = re.compile(
    r"\b(?:zemāk|tekstā|below|inline|in the text|ниже|unten|(?:aizpildīj|atbildēj|ierakstīj|pierakstīj)(?:u|ām)"
    r"|filled (?:it )?in|(?:ответил|заполнил)(?:а|и)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class News:
    """The writer's own blocks in order, and whether they handed the letter on to somebody."""

    blocks: tuple[Block, ...]
    forwarded: bool
    alignment: Alignment | None = None
    doubtful: tuple[Block, ...] | None = None
    """Of a letter that came by way of somebody else: what stands in it and may be theirs; None where nothing may be."""

    @property
    def text(self) -> str:
        return "\n".join(unwrapped(block.lines) for block in self.blocks)


def news(mail: Written, letter: Letter) -> News:
    """Subtract the letter from the mail; without a letter, or when none of it came back, by its borders alone."""
    if not letter.words.words:
        return _without_letter(mail, letter.names)
    alignment = align(mail.lines, letter.words)
    ours = alignment.letter.rows
    inside = [reply for reply, word in alignment.matches.items() if ours[word]]
    if not inside:
        return _without_letter(mail, letter.names)
    first = min(alignment.reply.rows[i] for i in inside)
    above, depth = mail.lines[:first], mail.lines[first].depth
    cut = border(above, names=letter.names)
    found = blocks(alignment)
    own = _own(found, set(range(cut, first)).difference(_under_border(above, cut, letter.names) if depth else ()))
    own, doubtful = _told_apart(own, mail, letter, above)
    forwarded = not depth and any(not line.depth and forwards(line.text) for line in above[cut:])
    if own and own[0].after is None:
        own[0].skip(warning(own[0].lines))
    _sign_off(own, mail.name, letter)
    return News(tuple(block for block in own if not block.blank), forwarded, alignment, doubtful)


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


def _told_apart(
    own: list[Block], mail: Written, letter: Letter, above: Sequence[Line]
) -> tuple[list[Block], tuple[Block, ...] | None]:
    """The blocks that are surely the writer's, and those inside the letter that may be of whoever handed it on.

    Where the letter is quoted, quoted additions are doubtful; where it is not, all inside it are. They count as the
    writer's where nothing else is, or the writer says that they are there.
    """
    handed_on = _handed_on(above, letter.names, mail)
    if not handed_on:
        return own, None
    inside = [block for block in own if (block.depth if handed_on is _Shape.QUOTED else block.after is not None)]
    outside = [block for block in own if not any(block is one for one in inside)]
    if _answers_inside(outside, mail.name):
        return own, None
    return outside, tuple(inside)


class _Shape(Enum):
    """How a letter looks that came by way of somebody."""

    QUOTED = auto()
    BARE = auto()


def _handed_on(above: Sequence[Line], names: Sequence[str], mail: Written) -> _Shape | None:
    """Whether the letter came in somebody else's mail: a border of theirs, and below it the one of the letter.

    Without quote marks only blocks of headers are sure borders; the first must name neither us nor the writer, who
    may go on in a mail of their own.
    """
    quoted = [line for line in above if line.depth]
    if border(quoted) < len(quoted):
        return _Shape.QUOTED
    bare = [line for line in above if not line.depth]
    senders = authors(bare)
    known = (*names, mail.address, mail.name) if mail.name else (*names, mail.address)
    if len(senders) < 2 or any(one and one.lower() in senders[0].lower() for one in known):
        return None
    return _Shape.BARE


def _answers_inside(outside: Sequence[Block], name: str) -> bool:
    """Whether the writer typed into what somebody handed on: nothing else is theirs, or they say that it is below."""
    if any(block.after is not None and signature(block.lines, name) for block in outside):
        return False
    text = "\n".join(unwrapped(block.lines[: signature(block.lines, name)]) for block in outside)
    return not without_greeting(text) or bool(_BELOW.search(text))


def _under_border(above: Sequence[Line], cut: int, names: Sequence[str]) -> list[int]:
    """Rows between the border and a quoted letter that are not quoted: what is typed there is the writer's.

    Not so where somebody else's mail stands there without quote marks: its headers name them, or it has a border.
    """
    begin = border_end(above, cut)
    bare = [row for row in range(begin, len(above)) if not above[row].depth]
    senders = authors(above[cut:begin])
    others = bool(senders) and not any(name.lower() in senders[0].lower() for name in names)
    if others or border([above[row] for row in bare]) < len(bare):
        return []
    return [row for row in bare if not (above[row - 1].depth and above[row - 1].width > _WIDE)]  # broken by the client


def _own(found: list[Block], headers: Collection[int]) -> list[Block]:
    """Blocks that may be the writer's: nothing quoted from above the letter, nothing of these rows."""
    own = []
    for block in found:
        if block.depth and block.after is None:
            continue
        if block.after is None:
            block.keep([row not in headers for row in block.rows])
        _drop_rules(block)
        if not block.blank:
            own.append(block)
    return own


def _drop_rules(block: Block) -> None:
    """ "End forwarded message" is nobody's news."""
    if gone := nobodys(block.lines):
        block.keep([row not in gone for row in range(len(block.lines))])


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
