"""Conversation turns a second: update -> inbox -> turn -> outbox -> sendMessage, beside a bare echo bot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from intake import migrations
from intake.store import opened as open_store
from tests.benchmarks.child import ATSAUCE, Child, module, running
from tests.benchmarks.place import Kind, Place
from tests.benchmarks.table import Result

CHATS = 200
TEXTS = (
    "Ģimenes atelpas brīdis",
    "Atelpas brīža pakalpojums ģimenēm, kurās aug bērni ar invaliditāti.",
    "Vecākiem nav, kam uzticēt bērnu, un viņi izdeg bez atpūtas.",
    *("b", "b", "d", "b", "a", "Rīga", "d", "2019", "Biedrība Saules stars", "a", "-", "a", "a"),
)
"""Answers to the first sixteen questions that this respondent gets; each is answered with the next question."""
FIRST_QUESTION = "1/"
KNOWN = (
    f"Turns at full load, {CHATS} chats. Known from runs of the same kind elsewhere: python-telegram-bot's"
    " ConversationHandler\nwith PicklePersistence 292/s, an aiogram 3 FSM in memory 890/s; neither is durable."
)
_first = count(1_000, 1_000)


def measure(place: Place, runs: int, tell: Callable[[str], None]) -> list[Result]:
    """The service on each kind of database and the echo bot, in turn, so that all meet the same machine."""
    times: dict[str, list[tuple[float, float]]] = {}
    for run in range(runs):
        for kind in place.kinds:
            tell(f"turns, run {run + 1} of {runs}: {kind.name}")
            times.setdefault(kind.name, []).append(_service(place, kind))
        tell(f"turns, run {run + 1} of {runs}: the echo bot")
        times.setdefault("", []).append(_echo())
    bare = times.pop("")
    return [Result("conversation turns", name, own, bare, "echo bot") for name, own in times.items()]


def _service(place: Place, kind: Kind) -> tuple[float, float]:
    """Turns a second, and CPU seconds a turn."""
    url = kind.fresh("empty", migrate)
    with _bot_server() as (server, address):
        settings = {"ATSAUCE_TELEGRAM_API_URL": address["url"], "ATSAUCE_TELEGRAM_TOKEN": address["token"]}
        with running([ATSAUCE, "run"], place.settings(url, **settings)) as service:
            service.until("ready")
            first = next(_first)
            server.ask(first=first, chats=CHATS, open="/start", until=FIRST_QUESTION)
            return _talk(server, service, first)


def _echo() -> tuple[float, float]:
    with _bot_server() as (server, address), running(module("echo_bot", address["url"], address["token"])) as bot:
        first = next(_first)
        server.ask(first=first, chats=CHATS, say=["Labdien!"])
        return _talk(server, bot, first)


def _talk(server: Child, bot: Child, first: int) -> tuple[float, float]:
    before = bot.cpu_s()
    talked = server.ask(first=first, chats=CHATS, say=TEXTS)
    return talked["turns"] / talked["seconds"], (bot.cpu_s() - before) / talked["turns"]


@contextmanager
def _bot_server() -> Iterator[tuple[Child, dict[str, str]]]:
    with running(module("bot_server")) as server:
        yield server, server.line()


def migrate(url: str) -> None:
    """An empty database with its tables."""
    with open_store(url) as store:
        migrations.upgrade(store.engine)
