"""The local Bot API server with people who talk to the bot, in a process of its own.

Reads lines of JSON and answers each: {"first": 1000, "chats": 200, "open": "/start", "until": "1/"} lets people write
`open` and wait for a message that begins with `until`; {"first": 1000, "chats": 200, "say": [...]} lets each of them
say these texts one after another, each after the answer to the one before; {..., "pace": 30, "seconds": 20} lets them
speak in turn instead, so many a second for so long.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from intake.playground.bot_api import BotApi
from intake.playground.bot_api.person import Person

TIMEOUT_S = 60.0


async def main() -> None:
    async with BotApi() as api:
        print(json.dumps({"url": api.url, "token": api.token}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            request = json.loads(line)
            people = [api.person(request["first"] + number) for number in range(request["chats"])]
            if "open" in request:
                answer = await _open(people, request["open"], request["until"])
            elif "pace" in request:
                answer = await _pace(people, request["say"], request["pace"], request["seconds"])
            else:
                answer = await _talk(api, people, request["say"])
            print(json.dumps(answer), flush=True)


async def _open(people: Sequence[Person], text: str, until: str) -> dict[str, Any]:
    for person in people:
        person.write(text)
    for person in people:
        await person.sees(lambda message: str(message.get("text", "")).startswith(until), timeout_s=TIMEOUT_S)
    return {"opened": len(people)}


async def _talk(api: BotApi, people: Sequence[Person], texts: Sequence[str]) -> dict[str, Any]:
    calls, waits = sum(api.account.calls.values()), list[float]()
    began = time.perf_counter()
    await asyncio.gather(*(_say(person, texts, waits) for person in people))
    seconds = time.perf_counter() - began
    waits.sort()
    return {
        "turns": len(waits),
        "seconds": seconds,
        "calls": sum(api.account.calls.values()) - calls,
        "median_wait_s": waits[len(waits) // 2],
        "longest_wait_s": waits[-1],
    }


async def _pace(people: Sequence[Person], texts: Sequence[str], a_second: float, seconds: float) -> dict[str, Any]:
    """Whoever speaks does so when it is time, however late the answers are."""
    waits, began = list[float](), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(a_second * seconds)):
            await asyncio.sleep(began + number / a_second - time.perf_counter())
            turn, who = divmod(number, len(people))
            group.create_task(_say(people[who], texts[turn : turn + 1], waits))
    return {"waits_s": waits}


async def _say(person: Person, texts: Sequence[str], waits: list[float]) -> None:
    """A turn is over when the newest message of the chat is the bot's: its sendMessage was answered."""
    for text in texts:
        said, began = person.write(text)["message_id"], time.perf_counter()
        await person.chat.until(lambda said=said: next(reversed(person.chat.messages)) > said, TIMEOUT_S)
        waits.append(time.perf_counter() - began)


if __name__ == "__main__":
    asyncio.run(main())
