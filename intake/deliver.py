"""The worker that sends, the only one: leases what is due, marks it as being sent, calls, marks the result."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlmodel import Session

from intake import crash, outbox, staff_chat
from intake.bell import LOOK_AGAIN_S, Bell
from intake.channels import Channel, Moved, NotYet, Outgoing, SendFailed
from intake.clock import Clock
from intake.store import Store
from intake.tables import Outbox

log = structlog.get_logger()

DRAIN_S = 10.0
AHEAD = 16
"""Messages leased at a time, so that what is due need not be looked for after each of them."""
Result = tuple[int, str | SendFailed]
"""A message's id in the outbox, and the provider's id of it or why it was not sent."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction did: messages to send now, and those leased for later."""

    begun: tuple[Outgoing, ...]
    leased: tuple[int, ...]
    idle: bool
    """Whether there was less to do than could be done."""


async def deliver(channel: Channel, store: Store, clock: Clock, key: bytes, bell: Bell, *, at_once: int = 1) -> None:
    """Send for ever, up to `at_once` messages at a time; messages to one address keep their order.

    One transaction marks what was sent meanwhile and what is sent next: a commit costs more than a message.
    """
    hand = Hand(channel, store, clock, key)
    try:
        while True:
            step = await hand.step(at_once - len(hand.under_way))
            if step.idle or len(hand.under_way) == at_once:
                await hand.wait(bell)
    finally:
        await hand.drain()


class Hand:
    """What one worker holds: messages leased, messages under way, and results not marked yet."""

    def __init__(self, channel: Channel, store: Store, clock: Clock, key: bytes) -> None:
        self._channel, self._store, self._clock, self._key = channel, store, clock, key
        self.under_way: set[asyncio.Task[Result]] = set()
        self._leased: tuple[int, ...] = ()
        self._results: list[Result] = []
        self._stepping: asyncio.Task[Step] | None = None

    async def step(self, free: int) -> Step:
        """Mark what is done and begin up to `free` more."""
        work = partial(self._transact, results=self._results, leased=self._leased, free=free)
        self._stepping = asyncio.create_task(self._store.insist(work))
        step = await asyncio.shield(self._stepping)  # once it is committed, its messages are ours to send
        crash.point(f"{self._channel.name}: {'marked' if self._results else 'leased'}")
        self._stepping, self._results, self._leased = None, [], step.leased
        self.under_way |= {asyncio.create_task(_send(self._channel, outgoing)) for outgoing in step.begun}
        return step

    async def wait(self, bell: Bell) -> None:
        """Until a message is through, the bell rings, or it is time to look again."""
        rung = asyncio.create_task(bell.wait(LOOK_AGAIN_S))
        try:
            await asyncio.wait({rung, *self.under_way}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rung.cancel()
        done = {task for task in self.under_way if task.done()}
        self.under_way -= done
        self._results += [task.result() for task in done]  # a fault of ours ends the worker and is seen

    async def drain(self) -> None:
        """What is being sent may finish, so that nobody need wonder later whether it went out."""
        crash.point(f"{self._channel.name}: draining")
        untouched = [*self._leased, *await self._last_step()]
        if self.under_way:
            done, late = await asyncio.wait(self.under_way, timeout=DRAIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            self._results += [task.result() for task in done if task.exception() is None]
        await self._store.write(lambda session: self._let_go(session, untouched))

    async def _last_step(self) -> Sequence[int]:
        """What the transaction that was under way at the end took and nobody will send now."""
        stepping = self._stepping
        if stepping is None:
            return ()
        await asyncio.wait({stepping}, timeout=DRAIN_S)
        if not stepping.done() or stepping.exception() is not None:
            stepping.cancel()
            return ()
        step = stepping.result()
        self._results = []
        return [*step.leased, *(outgoing.id for outgoing in step.begun)]

    def _transact(self, session: Session, results: Sequence[Result], leased: tuple[int, ...], free: int) -> Step:
        self._mark(session, results)
        if len(leased) < free:
            leased += tuple(outbox.lease(session, self._channel.name, self._clock.now(), max(free, AHEAD)))
        chosen, rest = leased[:free], leased[free:]
        begun = [outbox.begin_sending(session, id_, self._clock.now(), self._key) for id_ in chosen]
        return Step(tuple(one for one in begun if one is not None), rest, idle=len(chosen) < free)

    def _mark(self, session: Session, results: Sequence[Result]) -> None:
        for id_, outcome in results:
            if isinstance(outcome, SendFailed):
                self._follow(session, id_, outcome)
                outbox.failed(session, id_, self._clock.now(), outcome)
            else:
                outbox.sent(session, id_, self._clock.now(), outcome)

    def _follow(self, session: Session, id_: int, failure: SendFailed) -> None:
        """Where the staff chat has gone, its members decide from now on."""
        row = session.get_one(Outbox, id_) if isinstance(failure, Moved) else None
        if isinstance(failure, Moved) and row is not None and row.kind == staff_chat.KIND:
            staff_chat.move(session, self._clock.now(), int(row.address), int(failure.to))

    def _let_go(self, session: Session, untouched: Sequence[int]) -> None:
        self._mark(session, self._results)
        outbox.give_back(session, untouched)


async def _send(channel: Channel, outgoing: Outgoing) -> Result:
    crash.point(f"{channel.name}: sending")
    try:
        provider_id = await channel.send(outgoing)
    except NotYet as failure:
        return outgoing.id, failure
    except SendFailed as failure:
        kind = type(failure).__name__
        log.warning("not sent", outbox=outgoing.id, channel=channel.name, failure=kind, code=failure.code)
        return outgoing.id, failure
    crash.point(f"{channel.name}: sent")
    return outgoing.id, provider_id
