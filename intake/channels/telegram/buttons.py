"""Inline buttons: what their `callback_data` means, and how they are laid out."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any

LONGEST_DATA = 64
"""Bytes (Bot API: InlineKeyboardButton)."""

LONGEST_LABEL = 40
"""Characters that a phone shows on a button as wide as the message."""

PER_PAGE = 10
Markup = dict[str, Any]
Row = list[dict[str, Any]]

_DATA = re.compile(r"([A-Za-z])(\d{1,12})(?:\.([\w-]{6})(?:\.(\d{1,12}))?)?", re.ASCII)
_TOKEN_LENGTH = 6
_COLUMN_WIDTHS = ((3, 10), (2, 18))
"""(columns, longest label that fits into one of them)."""


class Action(StrEnum):
    """What a button asks for; the letter is what stands in `callback_data`."""

    CHOOSE = "c"
    TOGGLE = "t"
    DONE = "d"
    ACKNOWLEDGE = "k"
    BACK = "b"
    SKIP = "s"
    HELP = "h"
    PAGE = "p"
    JUMP = "j"
    ADD = "a"
    ENOUGH = "e"
    REVIEW = "v"
    RESUME = "r"
    RESTART = "n"
    LANGUAGES = "g"
    LANGUAGE = "l"
    SUBMIT = "u"
    SUBMIT_CONFIRMED = "U"
    WITHDRAW_CONFIRMED = "W"
    ERASE_CONFIRMED = "E"
    CANCEL = "x"
    NO_REMINDERS = "m"
    MEANT = "q"
    ANOTHER = "o"
    GROUP = "G"
    HUMAN = "y"
    RESTART_CONFIRMED = "N"
    DETACH = "D"
    APPROVE = "A"
    DECLINE = "X"
    HOLD = "H"
    RESOLVE = "R"


_ACTIONS = {str(action): action for action in Action}


@dataclass(frozen=True, slots=True)
class Button:
    """A pressed button: `question` is the number printed in letters (0: none), `token` tells which question it was.

    Of MEANT, `question` is the person whose link it was; of the staff's buttons the number of what they decide about.
    Of GROUP, `index` is the group, from 1 (0: the list of groups), and 100 times the page.
    """

    action: Action
    question: int = 0
    token: str = ""
    index: int = 0

    def belongs(self, path: str, salt: str = "") -> bool:
        """Whether the button stands under the question at `path`; see `token`."""
        return self.token == token(path, salt)

    def find(self, paths: Iterable[str], salt: str = "") -> str | None:
        """The path among `paths` to which the button belongs."""
        return next((path for path in paths if self.belongs(path, salt)), None)


def token(path: str, salt: str = "") -> str:
    """Six characters that stand for a question of one respondent's submission (`salt`)."""
    digest = blake2b(f"{salt}\0{path}".encode("utf-8", "replace"), digest_size=6).digest()
    return urlsafe_b64encode(digest).decode()[:_TOKEN_LENGTH]


def encode(button: Button) -> str:
    """The `callback_data`: far below 64 bytes, with no label or name in it."""
    data = f"{button.action}{button.question}"
    if button.token:
        data += f".{button.token}.{button.index}"
    elif button.index:
        data += f".{'-' * _TOKEN_LENGTH}.{button.index}"
    return data


def decode(data: str) -> Button | None:
    """The button, or None when the data is not ours (an old version's, or forged)."""
    match = _DATA.fullmatch(data)
    if match is None or match[1] not in _ACTIONS:
        return None
    mark = match[3] or ""
    return Button(_ACTIONS[match[1]], int(match[2]), "" if mark == "-" * _TOKEN_LENGTH else mark, int(match[4] or 0))


def inline(label: str, button: Button) -> dict[str, Any]:
    return {"text": label.strip() or "·", "callback_data": encode(button)}


def rows(buttons: Sequence[dict[str, Any]]) -> list[Row]:
    """One a row when a label is long, two or three when all are short."""
    longest = max((len(button["text"]) for button in buttons), default=0)
    columns = next((columns for columns, width in _COLUMN_WIDTHS if longest <= width), 1)
    return [list(buttons[at : at + columns]) for at in range(0, len(buttons), columns)]


def keyboard(lines: Iterable[Row]) -> Markup:
    """An inline keyboard of the rows that hold something."""
    return {"inline_keyboard": [row for row in lines if row]}
