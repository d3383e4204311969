"""Messages that belong to the chat and not to the questionnaire: confirmations, the choice of language, a welcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from intake.channels.telegram.buttons import Action, Button, Markup, inline, keyboard, rows, token
from intake.channels.telegram.text import Span, pages
from intake.channels.telegram.wording import words

Payload = dict[str, Any]
Confirmed = Literal["submit", "withdraw", "restart", "erase"]

_CONFIRMED = {
    "submit": Action.SUBMIT_CONFIRMED,
    "withdraw": Action.WITHDRAW_CONFIRMED,
    "restart": Action.RESTART_CONFIRMED,
    "erase": Action.ERASE_CONFIRMED,
}
LONGEST_CALLBACK_ANSWER = 200
"""Characters (Bot API: answerCallbackQuery)."""

REMOVE_KEYBOARD: Markup = {"remove_keyboard": True}


def messages(spans: Sequence[Span], markup: Markup | None = None) -> list[Payload]:
    """As many messages as the text needs, the keyboard under the last one."""
    payloads: list[Payload] = [{"kind": "message", "text": text} for text in pages(spans)]
    if payloads and markup and markup.get("inline_keyboard", True):
        payloads[-1]["markup"] = markup
    return payloads


def plain(text: str, markup: Markup | None = None) -> list[Payload]:
    """Somebody else's text (a campaign's, a staff member's), without any markup of its own."""
    return messages([Span(text)], markup)


def say(key: str, language: str) -> list[Payload]:
    """One of the chat's own sentences, such as "help", "group", "unsupported", "stale", "corrected"."""
    return plain(words(language).sentence(key))


def answer_callback(callback_id: str, text: str = "", *, alert: bool = False) -> Payload:
    """Ends the waiting that a phone shows on a pressed button; `text` appears for a moment."""
    payload: Payload = {"kind": "answer_callback", "callback_id": callback_id}
    return payload | ({"text": text[:LONGEST_CALLBACK_ANSWER], "alert": alert} if text else {})


def confirm(what: Confirmed, language: str, salt: str = "") -> list[Payload]:
    """Yes or no, before what cannot be taken back; the buttons' token is that of `what`."""
    spoken, mark = words(language), token(what, salt)
    yes = inline(spoken.button(f"{what}_confirmed"), Button(_CONFIRMED[what], 0, mark))
    no = inline(spoken.button("cancel"), Button(Action.CANCEL, 0, mark))
    return plain(spoken.sentence(f"confirm_{what}"), keyboard([[yes], [no]]))


def choose_language(titles: Sequence[str], language: str) -> list[Payload]:
    """`titles` are the languages' own names ("Latviešu"); a button's index is the place among them."""
    options = [inline(title, Button(Action.LANGUAGE, index=index)) for index, title in enumerate(titles)]
    return plain(words(language).sentence("language"), keyboard(rows(options)))


def welcome_back(position: int, total: int, language: str) -> list[Payload]:
    """A second /start finds a draft: continue, start over, or change the language."""
    spoken = words(language)
    lines = [[inline(spoken.button(action.name.lower()), Button(action))] for action in _ON_RETURN]
    return plain(spoken.sentence("welcome_back", position=position, total=total), keyboard(lines))


_ON_RETURN = (Action.RESUME, Action.RESTART, Action.LANGUAGES)


def reminder(text: str, language: str) -> list[Payload]:
    """A reminder, sent at most once, with a way on and a way out."""
    spoken = words(language)
    lines = [[inline(spoken.button(action.name.lower()), Button(action))] for action in _ON_REMINDER]
    return [payload | {"once": True} for payload in plain(text, keyboard(lines))]


_ON_REMINDER = (Action.RESUME, Action.NO_REMINDERS)


def submitted(language: str) -> list[Payload]:
    """Thanks, and a way to fill in another one."""
    spoken = words(language)
    another = inline(spoken.button("another"), Button(Action.ANOTHER))
    return plain(spoken.sentence("submitted"), keyboard([[another]]))
