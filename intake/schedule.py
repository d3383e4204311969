"""The worker that watches the clock: asks the tables what is due at this instant and lets the rules write it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel import Session

from intake import crash, digest, outbox, outreach, retention
from intake.chat import announce
from intake.clock import Clock
from intake.desk import Desk
from intake.store import Store

log = structlog.get_logger()

EVERY_S = 1.0


async def schedule(store: Store, desk: Desk, clock: Clock, ring: Callable[[], None]) -> None:
    """Tick for ever. APScheduler is the clock only (docs/decisions): what is due stands in the tables."""

    async def job() -> None:
        if await store.insist(lambda session: tick(session, desk, clock)):
            ring()
        crash.point("ticked")

    scheduler = AsyncIOScheduler(timezone="UTC")
    every = {"seconds": EVERY_S, "max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    scheduler.add_job(job, "interval", next_run_time=datetime.now(UTC), **every)  # at once: what waited is due
    scheduler.start()
    try:
        await asyncio.Event().wait()
    finally:
        scheduler.shutdown(wait=False)


def tick(session: Session, desk: Desk, clock: Clock) -> int:
    """What is due now goes into the outbox; how much changed."""
    now = desk.campaign.local(clock.now())
    recovered = outbox.recover(session, now)
    reminded = outreach.remind(session, desk, now)
    reminded += outreach.fall_back(session, desk, now)
    reported = digest.send_if_due(session, desk, now)
    told = announce.announce(session, desk, now)
    deleted = retention.delete_due(session, desk, now).total if retention.is_time(now) else 0
    if recovered or reminded or reported or deleted:
        log.info("tick", recovered=recovered, reminders=reminded, digest=bool(reported), deleted=deleted)
    crash.point("ticking")
    return recovered + reminded + int(reported) + told
