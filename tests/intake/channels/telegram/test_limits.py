"""Whatever a questionnaire and a person's answers hold, Telegram takes every message that is made of it."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from conversations.forms import Kind
from conversations.turn.prompts import Accepted, Ask, Group, Item, Option, Prompt, ReviewList
from intake.channels import Outgoing
from intake.channels.telegram.channel import TelegramChannel
from intake.channels.telegram.render import Touched, render
from intake.playground.bot_api import BotApi
from tests.intake.channels.telegram.asks import ask

PIECES = ("ā", "<b>&", "😀", "a b ", "\n\n", "👩‍👩‍👧", "x" * 50 + " ", "&amp;", "_*[`")
ANNA = 5


class Maker:
    """Prompts of any size and content, the same for a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self, *lengths: int) -> str:
        length = self.random.choice(lengths)
        return (self.random.choice(PIECES) * length)[:length]

    def options(self) -> tuple[Option, ...]:
        many = range(self.random.choice((0, 1, 5, 12, 30, 150)))
        labels = (self.text(0, 1, 20, 45, 300, 1000) for _ in many)
        return tuple(Option(place, chr(97 + place % 26), label, place % 3 == 0) for place, label in enumerate(labels))

    def question(self) -> Ask:
        options, listed = self.options(), self.random.random() < 0.3
        groups = [Group(self.text(1, 30, 100), options[:40]) for _ in range(self.random.choice((1, 3, 50, 99, 150)))]
        return replace(
            ask(self.random.choice((Kind.SELECT_ONE, Kind.SELECT_MULTIPLE) if listed else tuple(Kind))),
            path="/data/" + self.text(3, 300),
            label=self.text(0, 1, 100, 4096, 9000),
            hint=self.text(0, 100, 5000),
            options=() if listed else options,
            error=self.random.choice((None, self.text(600))),
            code_list=listed,
            groups=tuple(groups) if listed else (),
            present=self.text(0, 500),
            errors=self.random.choice((0, 3)),
            required=self.random.random() < 0.5,
            can_go_back=True,
            phone=self.random.random() < 0.1,
        )

    def prompts(self) -> list[Prompt]:
        found = self.question()
        if self.random.random() < 0.2:
            items = (Item(f"/d/{n}", n, self.text(1, 200), self.text(0, 500)) for n in range(200))
            return [
                ReviewList(tuple(items)[: self.random.choice((1, 40, 200))], (found,) * self.random.choice((0, 50)))
            ]
        before = Accepted(found.path, self.text(5000), self.text(5000))
        return [before, found] if self.random.random() < 0.5 else [found]


@pytest.mark.parametrize("seed", range(4))
async def test_no_message_is_refused(seed: int) -> None:
    make = Maker(seed)
    async with BotApi() as api:
        api.person(ANNA).start()
        channel = TelegramChannel(api.token, api.url, paced=False)
        try:
            for _ in range(40):
                up = Touched(reply_keyboard=make.random.random() < 0.5)
                for payload in render(make.prompts(), "lv", salt="5", touched=up):
                    assert await channel.send(Outgoing(1, str(ANNA), payload))
        finally:
            await channel.close()
