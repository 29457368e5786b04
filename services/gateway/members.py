"""Finds, or makes, the member of each person in a webhook. Beside handlers, since the edge has no message to handle.

Nothing is cached: the reads of concurrent webhooks travel together, and an answer is never older than the store.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.gateway.domain.identities import Identity, Resolution, resolve
from services.gateway.store import IDENTITIES
from shared.bus.entry import Entry
from shared.contracts.base import Message
from shared.kernel.ids import Chance, MemberId, new_id

SEEN_AGAIN_AFTER = timedelta(days=1)
"""`last_seen` is as coarse as this, so that a chat costs no write per message."""


class Members:
    """Who is which member, over the gateway's own store."""

    def __init__(self, entry: Entry, chance: Chance) -> None:
        self._entry = entry
        self._chance = chance

    async def find(self, identities: tuple[str, ...], now: datetime) -> Resolution:
        """The member of these identities, made if there is none. Raises Away. Safe against a race of replicas."""
        while True:
            known = await self._entry.read(IDENTITIES, identities)
            resolution = resolve(identities, known, MemberId(new_id("M", self._chance)))
            fresh = Identity(member=resolution.member, first_seen=now, last_seen=now)
            written = await self._entry.create(IDENTITIES, dict.fromkeys(resolution.new, fresh))
            if len(written) < len(resolution.new):
                continue  # somebody was quicker: look again at who it is now
            for name in resolution.moved:
                await self._move(name, resolution.member)
            for name, identity in known.items():
                if now - identity.last_seen > SEEN_AGAIN_AFTER:
                    await self._see(name, now)
            return resolution

    async def _move(self, name: str, member: MemberId) -> None:
        def change(identity: Identity) -> list[Message]:
            identity.member = member
            return []

        await self._entry.change(IDENTITIES, name, change)

    async def _see(self, name: str, now: datetime) -> None:
        def change(identity: Identity) -> list[Message]:
            identity.last_seen = max(identity.last_seen, now)
            return []

        await self._entry.change(IDENTITIES, name, change)
