"""The worker that sends, the only one: leases what is due, marks it as being sent, calls, marks the result."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog
from sqlmodel import Session

from intake import crash, outbox
from intake.bell import LOOK_AGAIN_S, Bell
from intake.channels import Channel, SendFailed
from intake.clock import Clock
from intake.store import Store

log = structlog.get_logger()

DRAIN_S = 10.0


async def deliver(channel: Channel, store: Store, clock: Clock, key: bytes, bell: Bell, *, at_once: int = 1) -> None:
    """Send for ever, up to `at_once` messages at a time; messages to one address keep their order."""
    under_way: set[asyncio.Task[None]] = set()
    try:
        while True:
            free = at_once - len(under_way)
            ids = await store.insist(partial(_lease, channel=channel.name, clock=clock, limit=free)) if free else []
            crash.point(f"{channel.name}: leased")
            under_way |= {asyncio.create_task(_deliver(channel, store, clock, key, id_)) for id_ in ids}
            under_way = await _until_something_happens(under_way, bell, wait=len(ids) < free or not free)
    finally:
        await _drain(under_way)


def _lease(session: Session, channel: str, clock: Clock, limit: int) -> list[int]:
    return outbox.lease(session, channel, clock.now(), limit)


async def _until_something_happens(
    under_way: set[asyncio.Task[None]], bell: Bell, *, wait: bool
) -> set[asyncio.Task[None]]:
    """Until a message is through, the bell rings, or it is time to look again."""
    if not wait:
        return under_way
    rung = asyncio.create_task(bell.wait(LOOK_AGAIN_S))
    done, _ = await asyncio.wait({rung, *under_way}, return_when=asyncio.FIRST_COMPLETED)
    if rung not in done:
        rung.cancel()
    for task in done - {rung}:
        task.result()  # a fault of ours ends the worker and is seen
    return under_way - done


async def _drain(under_way: set[asyncio.Task[None]]) -> None:
    """What is being sent may finish, so that nobody need wonder later whether it went out."""
    if under_way:
        _, late = await asyncio.wait(under_way, timeout=DRAIN_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _deliver(channel: Channel, store: Store, clock: Clock, key: bytes, id_: int) -> None:
    outgoing = await store.insist(lambda session: outbox.begin_sending(session, id_, clock.now(), key))
    if outgoing is None:
        return
    crash.point(f"{channel.name}: sending")
    try:
        provider_id = await channel.send(outgoing)
    except SendFailed as failure:
        log.warning("not sent", outbox=id_, channel=channel.name, failure=type(failure).__name__, code=failure.code)
        lost = failure
        await store.insist(lambda session: outbox.failed(session, id_, clock.now(), lost))
        return
    crash.point(f"{channel.name}: sent")
    await store.insist(lambda session: outbox.sent(session, id_, clock.now(), provider_id))
    crash.point(f"{channel.name}: marked")
