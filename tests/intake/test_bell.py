"""Whom a ring wakes."""

import asyncio

from intake.bell import Bell

NEVER_S = 600.0


async def waiting(bell: Bell, many: int) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(bell.wait(NEVER_S)) for _ in range(many)]
    await asyncio.sleep(0)
    return tasks


async def woken(tasks: list[asyncio.Task[None]]) -> list[int]:
    """Which of them are awake; the others are sent home."""
    for _ in range(5):
        await asyncio.sleep(0)
    awake = [number for number, task in enumerate(tasks) if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return awake


async def test_a_ring_wakes_as_many_as_there_is_work_for() -> None:
    bell = Bell()
    tasks = await waiting(bell, 4)
    bell.ring()
    bell.ring(2)
    assert await woken(tasks) == [0, 1, 2]


async def test_a_ring_while_nobody_waits_is_not_lost() -> None:
    bell = Bell()
    bell.ring()
    assert await woken(await waiting(bell, 2)) == [0]


async def test_rings_while_nobody_waits_are_one() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    bell.ring(0)
    assert await woken(await waiting(bell, 3)) == [0]


async def test_a_ring_for_one_who_goes_wakes_the_next() -> None:
    bell = Bell()
    [first] = await waiting(bell, 1)
    bell.ring()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert await woken(await waiting(bell, 1)) == [0]


async def test_who_waited_long_enough_is_forgotten() -> None:
    bell = Bell()
    await bell.wait(0)
    tasks = await waiting(bell, 1)
    bell.ring()
    assert await woken(tasks) == [0]
