"""The worker that asks Telegram: for the files people sent, and whether somebody is in the staff chat."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import bindparam, exists, select
from sqlmodel import Session, col

from intake import attachments, crash, membership, staff_chat
from intake.attachments import Wanted
from intake.bell import LOOK_AGAIN_S, Bell
from intake.channels import SendFailed, TryLater
from intake.channels.telegram import TelegramChannel
from intake.chat import files
from intake.clock import Clock
from intake.desk import Desk
from intake.store import Store
from intake.tables import Attachment, AttachmentState, StaffMember

log = structlog.get_logger()

_ANYTHING = select(
    exists().where(col(StaffMember.inbox_id).is_not(None)),
    exists().where(col(Attachment.state) == AttachmentState.WAITING, col(Attachment.due_at) <= bindparam("at")),
    exists().where(col(Attachment.state) == AttachmentState.ERASED, col(Attachment.digest) != ""),
)
"""Whether somebody's membership is to be asked, a file is due, one is to be removed: nearly always nothing is."""


WRITTEN_WITHIN_S = 3600.0
"""A file younger than this may be noted in a moment."""


class Fetch:
    """Asks for ever, one thing at a time; what was found is written in a transaction of its own."""

    def __init__(self, channel: TelegramChannel, store: Store, desk: Desk, clock: Clock, folder: Path) -> None:
        self._channel, self._store, self._desk, self._clock = channel, store, desk, clock
        self._folder = folder / attachments.FOLDER

    async def work(self, bell: Bell, heard: Bell, answered: Bell) -> None:
        """`bell` rings when there may be something to ask, `heard` and `answered` are rung when an answer is there."""
        await self._tidy_up()
        while True:
            found = await self._store.insist(self._anything)
            if not found or not await self._ask(heard, answered):
                await bell.wait(LOOK_AGAIN_S)

    async def _tidy_up(self) -> None:
        """Content that was kept, but not noted when a process died; what somebody writes right now is left alone."""
        before_s = time.time() - WRITTEN_WITHIN_S
        known = await self._store.read(attachments.digests)
        if removed := await asyncio.to_thread(attachments.remove_strays, self._folder, known, before_s):
            log.info("files that nobody knows are removed", files=removed)

    def _anything(self, session: Session) -> bool:
        return any(session.connection().execute(_ANYTHING, {"at": self._clock.now()}).one())

    async def _ask(self, heard: Bell, answered: Bell) -> bool:
        asked = await self._membership(heard)
        fetched = await self._file(answered)
        if not asked and not fetched:
            await self._sweep()
        return asked or fetched

    async def _file(self, answered: Bell) -> bool:
        wanted = await self._store.insist(lambda session: attachments.lease(session, self._clock.now()))
        if wanted is None:
            return False
        crash.point("fetching")
        try:
            content = await self._channel.download(wanted.provider_id)
        except SendFailed as failure:
            log.warning("not fetched", attachment=wanted.id, failure=type(failure).__name__, code=failure.code)
            await self._store.insist(partial(self._give_up, wanted=wanted, failure=failure))
            answered.ring()
            return True
        digest = await asyncio.to_thread(attachments.keep, self._folder, content)
        crash.point("fetched")
        size = len(content)
        await self._store.insist(lambda s: attachments.stored(s, wanted.id, self._clock.now(), digest, size))
        crash.point("stored")
        return True

    def _give_up(self, session: Session, wanted: Wanted, failure: SendFailed) -> None:
        again = isinstance(failure, TryLater)
        after_s = failure.after_s if isinstance(failure, TryLater) else None
        row = attachments.failed(
            session, wanted.id, self._clock.now(), failure.code or failure.reason, again=again, after_s=after_s
        )
        files.tell(session, self._desk, row, self._clock.now())

    async def _membership(self, heard: Bell) -> bool:
        asked, chat = await self._store.insist(self._next_question)
        if asked is None or chat is None:
            return False
        try:
            member = await self._channel.is_member(chat, asked)
        except SendFailed as failure:
            log.warning("membership not known", failure=type(failure).__name__, code=failure.code)
            return False
        await self._store.insist(lambda session: membership.learn(session, asked, member, self._clock.now()))
        heard.ring()
        return True

    def _next_question(self, session: Session) -> tuple[int | None, int | None]:
        """Whose membership somebody waits for, and in which chat."""
        return membership.next_question(session, self._clock.now()), staff_chat.current(session, self._desk)

    async def _sweep(self) -> None:
        """Remove what was erased; a file that is sent again meanwhile is fetched again."""
        digests = await self._store.read(attachments.orphans)
        for digest in digests:
            attachments.path_of(self._folder, digest).unlink(missing_ok=True)
        if digests:
            await self._store.insist(lambda session: attachments.removed(session, digests))
