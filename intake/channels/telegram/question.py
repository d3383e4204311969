"""One question as one message: its text and the keyboard under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conversations.forms import Kind, Question
from conversations.turn.prompts import Ask, Option
from intake.channels.telegram.buttons import (
    LONGEST_LABEL,
    PER_PAGE,
    Action,
    Button,
    Markup,
    Row,
    inline,
    keyboard,
    rows,
    token,
)
from intake.channels.telegram.text import Span, shorten
from intake.channels.telegram.wording import Words

LONGEST_PRESENT = 300
MANY_ERRORS = 2
"""In a row at one question; then a way to a human is offered."""
MOST_GROUPS = 50
"""Buttons at once (Bot API: at most 100 a keyboard)."""
GROUPS = 100
"""In the index of a button that opens a group: page times this, plus the group."""
_TICK, _EMPTY = "☑ ", "☐ "
_HOW = {
    Kind.SELECT_MULTIPLE: "pick_several",
    Kind.RANK: "type_order",
    Kind.GEOPOINT: "type_location",
    Kind.IMAGE: "send_file",
    Kind.AUDIO: "send_file",
    Kind.VIDEO: "send_file",
    Kind.FILE: "send_file",
}


def spans(ask: Ask, words: Words) -> list[Span]:
    """An error comes first, then progress, the question in bold, its hint, long options, and how to answer."""
    parts = []
    if ask.error:
        parts.append(Span(f"⚠ {ask.error}\n"))
        if ask.example:
            parts.append(Span(words.sentence("example", example=ask.example) + "\n"))
        parts.append(Span("\n"))
    parts += [Span(f"{ask.position}/≈{ask.total}\n"), Span(ask.label, "b")]
    if ask.hint:
        parts += [Span("\n"), Span(ask.hint, "i")]
    if ask.present:
        parts.append(Span("\n\n" + words.sentence("present", answer=shorten(ask.present, LONGEST_PRESENT))))
    if _written_out(ask):
        parts.append(Span("\n\n" + "\n".join(_lettered(option) for option in ask.options)))
    how = _how(ask)
    return [*parts, Span("\n\n" + words.sentence(how))] if how else parts


def markup(ask: Ask, words: Words, salt: str = "", pressed: Button | None = None) -> Markup:
    """The keyboard under the question: options (a page of them), Done, and Back, Skip, Help as the last row.

    `pressed` is the button of this question that was pressed, so that the page it stood on is shown again.
    """
    if ask.phone or ask.kind is Kind.GEOPOINT:
        return _reply_keyboard(ask, words, salt)
    number, mark = ask.number or 0, token(ask.path, salt)
    options = () if ask.kind is Kind.RANK else ask.options
    if options or not ask.groups:
        lines = _paged(ask, options, _page_asked(pressed, options), mark, words)
    else:
        lines = _grouped(ask, pressed, mark, words)
    if ask.kind is Kind.SELECT_MULTIPLE and (options or ask.code_list):
        picked = sum(option.picked for option in _all(ask))
        label = words.button("done_count", count=picked) if picked else words.button("done")
        lines.append([inline(label, Button(Action.DONE, number, mark))])
    if ask.kind is Kind.ACKNOWLEDGE and not options:
        lines.append([inline(words.button("acknowledge"), Button(Action.ACKNOWLEDGE, number, mark))])
    return keyboard([*lines, *_last_rows(ask, number, mark, words)])


def takes_the_keyboards_place(question: Question) -> bool:
    """Whether a keyboard in place of the phone's own stands under the question as long as it is open."""
    return question.kind is Kind.GEOPOINT or "phone" in question.appearances


def typed_buttons(ask: Ask, words: Words, salt: str = "") -> list[dict[str, Any]]:
    """What the labels on a keyboard in place of the phone's own mean: a press of them arrives as typed text."""
    rows = _last_rows(ask, ask.number or 0, token(ask.path, salt), words)
    return [button for row in rows for button in row]


def _how(ask: Ask) -> str | None:
    """A code list is answered by typing or looked through; its options are the candidates for what was typed."""
    if ask.code_list and not ask.options:
        return "type_or_look" if ask.groups else None if ask.hint else "type_beginning"
    return "type_phone" if ask.phone else _HOW.get(ask.kind)


def _written_out(ask: Ask) -> bool:
    """Long options, and those that are answered by letters, are written out in the text."""
    return ask.kind is Kind.RANK or any(len(option.label) > LONGEST_LABEL for option in ask.options)


def _lettered(option: Option) -> str:
    return f"{option.letter}) {option.label}" if option.letter else f"– {option.label}"


def _option(ask: Ask, option: Option, mark: str) -> dict[str, Any]:
    label = f"{option.letter}) {option.label}" if _written_out(ask) and option.letter else option.label
    several = ask.kind is Kind.SELECT_MULTIPLE
    tick = "" if not several else _TICK if option.picked else _EMPTY
    action = Action.TOGGLE if several else Action.CHOOSE
    return inline(tick + shorten(label, LONGEST_LABEL), Button(action, ask.number or 0, mark, option.index))


def _of_page(options: Sequence[Option], page: int) -> Sequence[Option]:
    return options[page * PER_PAGE : (page + 1) * PER_PAGE]


def _page_asked(pressed: Button | None, options: Sequence[Option]) -> int:
    """The page that was asked for, or that held the toggled option; among candidates its index is not its place."""
    if pressed is None or pressed.action not in (Action.PAGE, Action.TOGGLE):
        return 0
    return pressed.index if pressed.action is Action.PAGE else _page_of(pressed.index, options)


def _page_of(index: int, options: Sequence[Option]) -> int:
    return next((place for place, option in enumerate(options) if option.index == index), 0) // PER_PAGE


def _page_within(page: int, options: Sequence[Option]) -> int:
    return max(0, min(page, (len(options) - 1) // PER_PAGE))


def _paged(ask: Ask, options: Sequence[Option], asked: int, mark: str, words: Words, group: int = 0) -> list[Row]:
    """A page of options, and the buttons that turn it; `group`: which group of a code list it is."""
    page = _page_within(asked, options)
    turns = []
    for to, name in ((page - 1, "previous_page"), (page + 1, "next_page")):
        if to == _page_within(to, options):
            action, index = (Action.GROUP, GROUPS * to + group) if group else (Action.PAGE, to)
            turns.append(inline(words.button(name), Button(action, ask.number or 0, mark, index)))
    return [*rows([_option(ask, option, mark) for option in _of_page(options, page)]), turns]


def _grouped(ask: Ask, pressed: Button | None, mark: str, words: Words) -> list[Row]:
    """The groups of a code list, or a page of the one that was opened; more groups than fit are no help."""
    if len(ask.groups) == 1 or len(ask.groups) > MOST_GROUPS:
        options = _all(ask)
        return _paged(ask, options, _page_asked(pressed, options), mark, words)
    page, group = _opened(ask, pressed)
    if not 1 <= group <= len(ask.groups):
        return rows([_group(ask, place, mark) for place in range(1, len(ask.groups) + 1)])
    back = inline(words.button("groups"), Button(Action.GROUP, ask.number or 0, mark))
    return [*_paged(ask, ask.groups[group - 1].options, page, mark, words, group), [back]]


def _opened(ask: Ask, pressed: Button | None) -> tuple[int, int]:
    """Page and group (from 1; 0: none) that were asked for, or that hold the toggled option."""
    if pressed is None or pressed.action not in (Action.GROUP, Action.TOGGLE):
        return 0, 0
    if pressed.action is Action.GROUP:
        return divmod(pressed.index, GROUPS)
    for place, group in enumerate(ask.groups, 1):
        if any(option.index == pressed.index for option in group.options):
            return _page_of(pressed.index, group.options), place
    return 0, 0


def _group(ask: Ask, place: int, mark: str) -> dict[str, Any]:
    group = ask.groups[place - 1]
    picked = sum(option.picked for option in group.options)
    label = shorten(group.label, LONGEST_LABEL)
    return inline(f"{_TICK}{label} ({picked})" if picked else label, Button(Action.GROUP, ask.number or 0, mark, place))


def _all(ask: Ask) -> Sequence[Option]:
    return ask.options or [option for group in ask.groups for option in group.options]


def _last_rows(ask: Ask, number: int, mark: str, words: Words) -> list[Row]:
    """Back, Skip, Help; after some errors a human."""
    row = []
    if ask.can_go_back:
        row.append(inline(words.button("back"), Button(Action.BACK, number, mark)))
    if not ask.required:
        row.append(inline(words.button("skip"), Button(Action.SKIP, number, mark)))
    if ask.error:
        row.append(inline(words.button("help"), Button(Action.HELP, number, mark)))
    human = [inline(words.button("human"), Button(Action.HUMAN, number, mark))] if ask.errors >= MANY_ERRORS else []
    return [row, human]


def _reply_keyboard(ask: Ask, words: Words, salt: str) -> Markup:
    """In place of the phone's own, which alone can ask for a number or a place; its other buttons are typed by it."""
    wanted = "contact" if ask.phone else "location"
    first: dict[str, Any] = {"text": words.button(f"send_{wanted}"), f"request_{wanted}": True}
    others = [{"text": button["text"]} for button in typed_buttons(ask, words, salt)]
    pairs = [others[at : at + 2] for at in range(0, len(others), 2)]
    return {"keyboard": [[first], *pairs], "resize_keyboard": True, "one_time_keyboard": True}
