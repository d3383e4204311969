"""The worker that takes in: what a channel hears is committed to the inbox before it is confirmed."""

from __future__ import annotations

from functools import partial

from sqlmodel import Session

from intake import crash, inbox
from intake.bell import Bell
from intake.channels import Batch, Channel
from intake.inbox import Vault
from intake.store import Store


async def receive(channel: Channel, store: Store, vault: Vault, bell: Bell) -> None:
    """Listen for ever. Asking the channel for its next batch is what confirms the last one."""
    position = await store.insist(partial(inbox.mark, channel=channel.name))
    async for batch in channel.listen(position):
        crash.point(f"{channel.name}: heard")
        new = await store.insist(partial(_record, name=channel.name, batch=batch, vault=vault))
        crash.point(f"{channel.name}: recorded")
        bell.ring(new)


def _record(session: Session, name: str, batch: Batch, vault: Vault) -> int:
    return inbox.record(session, name, batch, vault)
