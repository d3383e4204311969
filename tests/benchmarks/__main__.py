"""`make bench`: how fast the whole way is, beside things a reader knows.

    python -m tests.benchmarks [turns] [latency] [letters] [engine] [replies] [--runs N]

Turns: people in Telegram chats answer the built-in questionnaire by typing; one turn is an update taken from the local
Bot API server, committed, understood, answered with committed messages (the old question without its buttons, the next
question) and sent. Latency: how long such a turn takes at a steady pace, and the memory, in one run. Letters:
invitations of the built-in campaign that are due in the outbox. Each server is a process of its own; the figures are
medians of runs that take turns with the yardstick's.
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks import engine, latency, letters, place, replies, turns
from tests.benchmarks.table import table

RUNS = 3
ALL = ("turns", "latency", "letters", "engine", "replies")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("what", nargs="*", choices=[*ALL, []], default=[])
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    wanted = given.what or ALL
    with place.opened() as here:
        results = []
        for name, measure in (("turns", turns.measure), ("letters", letters.measure)):
            if name in wanted:
                results += measure(here, given.runs, _tell)
        waited = latency.measure(here, _tell) if "latency" in wanted else None
        _tell("")
        if waited:
            print(waited.lines())
        if results:
            print(table(results))
        if "turns" in wanted:
            print(turns.KNOWN)
        for reason in here.missing:
            print(f"PostgreSQL was left out: {reason}")
    if "engine" in wanted:
        print("\nThe questionnaire engine, beside ODK Web Forms on the same form and answers:")
        engine.main()
    if "replies" in wanted and replies.SHARED.is_dir():
        print("\nReplies of recorded mail clients, read:")
        replies.main(replies.SHARED)
        replies.beside(replies.SHARED)


def _tell(progress: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{progress}", end="", file=sys.stderr, flush=True)
    elif progress:
        print(progress, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
