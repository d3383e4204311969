"""Who lives in the playground: invented people, each with a mailbox and, except the staff mailbox, a phone."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files


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
    table = tomllib.loads(files(__package__).joinpath("residents.toml").read_text("utf-8"))
    return tuple(Resident(**entry) for entry in table["resident"])
