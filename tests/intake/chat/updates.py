"""Random updates of every type that the Bot API knows, made from python-telegram-bot's own classes; seeded."""

from __future__ import annotations

import inspect
import random
import typing
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import telegram

Json = dict[str, Any]
DEEPEST = 4
TEXTS = (
    *(
        "",
        " ",
        "a",
        "jā",
        "nē",
        "gatavs",
        "atpakaļ",
        "sākt no jauna",
        "/start",
        "/start abc",
        "/review",
        "/back",
        "/mydata",
    ),
    *(
        "/stop",
        "/skip@AtsauceBot",
        "-",
        "5",
        "99999999999999999999",
        "c1.AAAAAA.3",
        "u0.xxxxxx.0",
        "E0.aaaaaa.0",
        "A1.q.1",
    ),
    *("\x00\x01", "\ud800", "😀" * 50, "<b>x</b> & <", "x" * 4096, "2026-13-45", "٣٤", "ā̄" * 30, "\u202e\u200b"),
)
TYPES = telegram.Update.ALL_TYPES


class Fuzz:
    """Makes what the classes' own signatures allow, and now and then what they do not."""

    def __init__(self, seed: int, chats: tuple[int, ...]) -> None:
        self.random, self.chats = random.Random(seed), chats

    def updates(self, count: int) -> Iterator[Json]:
        for number in range(count):
            kind = self.random.choice(
                TYPES if self.random.random() < 0.6 else ("message", "callback_query", "edited_message")
            )
            hint = _hints(telegram.Update)[kind]
            yield {"update_id": 1000 + number, str(getattr(kind, "value", kind)): self._spoiled(self.value(hint, 0))}

    def _spoiled(self, body: Any) -> Any:
        """Mostly a plain message of a known chat with one odd field; sometimes nonsense in place of a field."""
        if not isinstance(body, dict):
            return body
        chat = self.random.choice(self.chats)
        if self.random.random() < 0.9:
            body["from"] = {"id": chat, "is_bot": False, "first_name": "Fuzz"}
            place = {"id": chat, "type": "private"}
            if "data" in body or "chat_instance" in body:
                body["message"] = {"message_id": self.random.randrange(1, 400), "date": 0, "chat": place}
            else:
                body["chat"] = place
        if self.random.random() < 0.2 and body:
            body[self.random.choice(sorted(body))] = self.random.choice((None, 5, "x", [], {}, [[]], 2**70, -1, True))
        return body

    def value(self, hint: Any, depth: int) -> Any:
        """Something of the type."""
        origin, inside = typing.get_origin(hint), typing.get_args(hint)
        if origin in (list, tuple) or origin is getattr(typing, "Sequence", None) or "Sequence" in str(origin):
            return [self.value(inside[0], depth + 1) for _ in range(self.random.randrange(3))] if inside else []
        if inside:
            choices = [one for one in inside if one is not type(None)]
            return self.value(self.random.choice(choices), depth) if choices else None
        if inspect.isclass(hint) and issubclass(hint, telegram.TelegramObject):
            return self._object(hint, depth)
        return self._plain(hint)

    def _object(self, cls: type, depth: int) -> Json:
        hints = _hints(cls)
        made = {}
        for name, parameter in inspect.signature(cls.__init__).parameters.items():
            if name in ("self", "api_kwargs", "args", "kwargs") or parameter.kind is parameter.VAR_KEYWORD:
                continue
            needed = parameter.default is parameter.empty
            if (depth < DEEPEST and (needed or self.random.random() < 0.12)) or (needed and depth < 2 * DEEPEST):
                made["from" if name == "from_user" else name] = self.value(hints.get(name, str), depth + 1)
        return made

    def _plain(self, hint: Any) -> Any:
        if hint is bool:
            return self.random.random() < 0.5
        if hint is int:
            return self.random.choice((0, 1, -1, 7, 2**31, 2**53, self.random.randrange(500)))
        if hint is float:
            return self.random.choice((0.0, 1.5, -200.0, 56.9))
        if hint is datetime:
            return self.random.choice((0, 1_790_000_000, -1, 2**40))
        return self.random.choice(TEXTS)


def _hints(cls: type) -> dict[str, Any]:
    names = dict(vars(telegram)) | {"datetime": datetime, "dtm": __import__("datetime")}
    try:
        return typing.get_type_hints(cls.__init__, names)
    except NameError:
        return {}
