"""Who lives in the playground: invented people, each with a mailbox and, except the staff mailbox, a phone."""

import tomllib
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import product
from typing import Any

DOMAINS = ("tilts.example", "krasts.example", "saule.example", "varaviksne.example", "pagasts.example")


@dataclass(frozen=True)
class Resident:
    """One invented person. `key` names them in the page's addresses; without `chat_id` they have no Telegram.

    With `group` their phone shows that group (a negative id) instead of the private chat with the bot.
    """

    key: str
    name: str
    address: str
    language: str = "lv"
    note: str = ""
    chat_id: int | None = None
    group: int | None = None

    def public(self) -> dict[str, str | bool]:
        return {
            "key": self.key,
            "name": self.name,
            "address": self.address,
            "note": self.note,
            "chat": self.chat_id is not None,
            "group": self.group is not None,
        }


def built_in() -> tuple[Resident, ...]:
    """The residents of residents.toml, practitioners first."""
    return tuple(Resident(**entry) for entry in _table()["resident"])


def invent(known: Collection[str], first: int, count: int, note: str) -> list[Resident]:
    """Up to `count` more people whose addresses are not known yet, numbered after `first`; the same ones each time."""
    found: list[Resident] = []
    for name, address in _invented():
        if len(found) == count:
            break
        if address not in known:
            number = first + len(found) + 1
            found.append(Resident(f"p{number}", name, address, note=note, chat_id=6000 + number))
    return found


def _invented() -> Iterator[tuple[str, str]]:
    """Names with addresses, women and men by turns, no two alike."""
    lists = _table()["names"]
    for shift, place in product(range(len(lists[0]["family"])), range(len(lists[0]["given"]))):
        for names in lists:
            given, family = names["given"][place], names["family"][(place + shift) % len(names["family"])]
            yield f"{given} {family}", f"{_ascii(given)}.{_ascii(family)}@{DOMAINS[place % len(DOMAINS)]}"


def _ascii(name: str) -> str:
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower()


def _table() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("residents.toml").read_text("utf-8"))
