"""Prompts of the conversation as payloads for the outbox, in the order in which they are sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from conversations.turn.prompts import (
    Accepted,
    Ask,
    AskRepeat,
    Notice,
    NotUnderstood,
    Prompt,
    ReviewList,
    Said,
    Submitted,
)
from intake.channels.telegram import question, screens
from intake.channels.telegram.buttons import Action, Button, Markup, Row, inline, keyboard, rows, token
from intake.channels.telegram.screens import REMOVE_KEYBOARD, Payload, messages
from intake.channels.telegram.text import Span, pages, shorten
from intake.channels.telegram.wording import Words, words

LONGEST_HEAD = 60
"""A note as short as this (the name of a group of questions) stands above the question, longer ones by themselves."""
LONGEST_ECHO = 300
LONGEST_ABOVE = 80
"""Characters of an answer repeated above the next question."""

LONGEST_ON_BUTTON = 14
"""Characters of a question on a button of the review: with its number, two fit beside each other."""

MOST_REVIEW_BUTTONS = 90
_KEEPS = (Action.HELP, Action.HUMAN)


@dataclass(frozen=True, slots=True)
class Touched:
    """What the person's act concerned.

    `message_id`: the message with the pressed button or, for a typed answer, the one with the open question, if it
    is known. `button` and `callback_id`: of a pressed button. `reply_keyboard`: whether a keyboard in place of the
    phone's own (to send a number or a place) was up, which is put away when its question is left.
    """

    message_id: int | None = None
    button: Button | None = None
    callback_id: str | None = None
    reply_keyboard: bool = False


NOTHING = Touched()


def render(prompts: Sequence[Prompt], language: str, *, salt: str = "", touched: Touched = NOTHING) -> list[Payload]:
    """Payloads for `sending`. `salt` names the respondent's submission in the buttons' tokens (see buttons.token)."""
    page = _Page(words(language), salt, touched)
    for prompt in _joined(prompts):
        page.add(prompt)
    return page.payloads(prompts)


def _joined(prompts: Sequence[Prompt]) -> Iterator[Prompt]:
    """Notes that follow each other are one message: four of them at the beginning would push each other off a phone."""
    for is_note, group in groupby(prompts, key=lambda prompt: isinstance(prompt, Notice)):
        found = list(group)
        if is_note:
            notes = [prompt for prompt in found if isinstance(prompt, Notice)]
            yield Notice(notes[-1].path, "\n\n".join(note.text for note in notes))
        else:
            yield from found


class _Page:
    """Payloads while they are collected: what changes in the touched message, then what is said anew."""

    def __init__(self, spoken: Words, salt: str, touched: Touched) -> None:
        self._words, self._salt, self._touched = spoken, salt, touched
        self._edit: Payload | None = None
        self._new: list[Payload] = []
        self._accepted: list[str] = []
        self._closed = False
        """Whether it was said that everything is submitted: there is nothing to submit then."""
        self._asked_anew = False
        """Whether something with buttons is said below: those of the touched message have served."""

    def payloads(self, prompts: Sequence[Prompt]) -> list[Payload]:
        touched, first = self._touched, []
        if touched.callback_id:
            first.append(screens.answer_callback(touched.callback_id, _notice_of(prompts)))
        if self._edit is not None:
            first.append(self._edit)
        elif touched.message_id and (self._asked_anew or (touched.button and touched.button.action not in _KEEPS)):
            first.append({"kind": "edit_markup", "message_id": touched.message_id})
        self._new += self._say_accepted()
        return [*first, *self._put_keyboard_away()]

    def add(self, prompt: Prompt) -> None:
        match prompt:
            case Accepted():
                self._accept(prompt)
            case Ask():
                self._ask(prompt)
            case AskRepeat():
                self._put(*_repeat(prompt, self._words, self._salt))
            case ReviewList():
                self._put(*_review(prompt, self._words, self._salt, closed=self._closed))
            case Said(key="closed", text=text):
                self._closed = True
                self._put([Span(text)])
            case Said(key="stale") if self._touched.callback_id:
                pass  # said over the chat, see _notice_of
            case Notice(text=text) if len(text) <= LONGEST_HEAD:
                self._accepted.append(text)
            case Notice(text=text) | Said(text=text):
                self._put([Span(text)])
            case NotUnderstood():
                self._put([Span(f"⚠ {prompt.reason_text}\n"), Span(shorten(prompt.text, LONGEST_ECHO), "i")])
            case Submitted():
                self._new += [*self._say_accepted(), *screens.submitted(self._words.language)]

    def _accept(self, prompt: Accepted) -> None:
        """The question's own message becomes "question ✔ answer"; without one, the next message begins with it."""
        if self._edit is None and self._stands_in_touched(prompt.path) and not self._touched.reply_keyboard:
            line = self._checked(prompt.value_text, LONGEST_ECHO)
            text = pages([Span(prompt.label, "b"), Span(f"\n{line}")])[-1]
            self._edit = {"kind": "edit", "message_id": self._touched.message_id, "text": text}
        else:
            self._accepted.append(self._checked(prompt.value_text, LONGEST_ABOVE))

    def _checked(self, value_text: str, limit: int) -> str:
        value = shorten(value_text, limit)
        return f"✔ {value}" if value else self._words.sentence("skipped")

    def _ask(self, ask: Ask) -> None:
        """A toggle or a turned page changes the keyboard alone; a mistake at a button is said in place."""
        button = self._touched.button
        markup = question.markup(ask, self._words, self._salt, button)
        spans = question.spans(ask, self._words)
        elsewhere = button is None or button.action is Action.JUMP or not self._stands_in_touched(ask.path)
        if button is None or elsewhere or self._edit is not None:
            self._put(spans, question.markup(ask, self._words, self._salt))
            if "keyboard" in self._new[-1].get("markup", {}):
                self._new[-1]["typed"] = question.typed_buttons(ask, self._words, self._salt)
        elif ask.error is None and button.action in (Action.TOGGLE, Action.PAGE, Action.GROUP):
            self._edit = {"kind": "edit_markup", "message_id": self._touched.message_id, "markup": markup}
        else:
            text = pages(spans)[-1]
            self._edit = {"kind": "edit", "message_id": self._touched.message_id, "text": text, "markup": markup}

    def _stands_in_touched(self, path: str) -> bool:
        touched = self._touched
        return touched.message_id is not None and (touched.button is None or touched.button.belongs(path, self._salt))

    def _put(self, spans: Sequence[Span], markup: Markup | None = None) -> None:
        self._asked_anew = self._asked_anew or bool(markup)
        if self._touched.reply_keyboard and (markup or {}).get("inline_keyboard"):
            self._new += self._say_accepted()  # with it goes the other keyboard: a message has only one
        head = [Span("\n".join(self._accepted) + "\n\n")] if self._accepted else []
        self._accepted = []
        self._new += messages([*head, *spans], markup)

    def _say_accepted(self) -> list[Payload]:
        lines, self._accepted = "\n".join(self._accepted), []
        return messages([Span(lines)])

    def _put_keyboard_away(self) -> list[Payload]:
        """With the first message that has no keyboard, unless another such keyboard takes its place."""
        new = self._new
        if not self._touched.reply_keyboard or not new or any("keyboard" in one.get("markup", {}) for one in new):
            return new
        bare = next((one for one in new if "markup" not in one), None)
        if bare is not None:
            bare["markup"] = REMOVE_KEYBOARD
            return new
        return [*messages([Span(self._words.sentence("going_on"))], REMOVE_KEYBOARD), *new]


def _notice_of(prompts: Sequence[Prompt]) -> str:
    """What is shown over the chat for a moment: a mistake at the pressed button, or that its question is closed."""
    for prompt in prompts:
        match prompt:
            case Ask(error=str(text)) | AskRepeat(error=str(text)) | Said(key="stale", text=text):
                return shorten(text, screens.LONGEST_CALLBACK_ANSWER)
    return ""


def _repeat(prompt: AskRepeat, spoken: Words, salt: str) -> tuple[list[Span], Markup]:
    mark = token(prompt.path, salt)
    add = inline(spoken.button("add"), Button(Action.ADD, 0, mark))
    enough = inline(spoken.button("enough"), Button(Action.ENOUGH, 0, mark))
    spans = [Span(f"⚠ {prompt.error}\n\n")] if prompt.error else []
    spans.append(Span(prompt.label, "b"))
    if prompt.count:
        spans.append(Span("\n" + spoken.sentence("repeat_count", count=prompt.count)))
    return spans, keyboard([[add, enough]])


def _review(prompt: ReviewList, spoken: Words, salt: str, *, closed: bool) -> tuple[list[Span], Markup]:
    spans = [Span(spoken.sentence("review"), "b"), Span("\n")]
    for item in prompt.items:
        spans += [Span(f"\n{_numbered(item.number, shorten(item.label, 120))}\n"), Span(_echo(item.value_text), "b")]
    if prompt.missing:
        spans += [Span("\n\n"), Span(spoken.sentence("missing"), "b")]
    for ask in prompt.missing:
        spans.append(Span(f"\n{_numbered(ask.number, shorten(ask.label, 120))}"))
        if ask.error:
            spans.append(Span(f"\n⚠ {ask.error}"))
    spans.append(Span("\n\n" + spoken.sentence("review_how")))
    lines = _review_rows(prompt, spoken, salt)
    return spans, keyboard(lines[:-1] if closed else lines)


def _review_rows(prompt: ReviewList, spoken: Words, salt: str) -> list[Row]:
    """What is missing comes first; an answer that is there but wrong is in both lists and has one button."""
    places = {ask.path: (ask.path, ask.number, ask.label) for ask in prompt.missing}
    for item in prompt.items:
        places.setdefault(item.path, (item.path, item.number, item.label))
    jumps = [
        inline(
            _numbered(number, shorten(label, LONGEST_ON_BUTTON)),
            Button(Action.JUMP, number or 0, token(path, salt)),
        )
        for path, number, label in list(places.values())[:MOST_REVIEW_BUTTONS]
    ]
    submit = [inline(spoken.button("submit"), Button(Action.SUBMIT, 0, token("submit", salt)))]
    return [*rows(jumps), [] if prompt.missing else submit]


def _numbered(number: int | None, label: str) -> str:
    return f"{number}. {label}" if number else label


def _echo(value_text: str) -> str:
    return shorten(value_text, LONGEST_ECHO) or "–"
