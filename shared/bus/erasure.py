"""Tombstones: whoever was erased is known by a keyed hash, so that nothing late brings them back (product 9)."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from shared.contracts.base import Message
from shared.store.documents import Document, Kind
from shared.store.stores import Stores
from shared.telemetry.pseudonyms import Pseudonyms


class Tombstone(BaseModel):
    """Says nothing but when."""

    at: datetime


TOMBSTONES = Kind("tombstones", Tombstone, home="redis", keep=timedelta(days=100))
"""Under the keyed hash of the member. Webhooks come late by up to 7 days, dead letters are replayed for up to 90."""


class Erasure:
    """Who was erased, as one service remembers it."""

    def __init__(self, stores: Stores, pseudonyms: Pseudonyms) -> None:
        self._stores = stores
        self._pseudonyms = pseudonyms

    async def is_erased(self, member: str) -> bool:
        """Whether the person was erased. Raises Away."""
        return bool((await self._stores.load(TOMBSTONES, self._pseudonyms.of(member))).version)

    async def stops(self, message: Message, now: datetime) -> bool:
        """Whether the message is about an erased person and must not be handled. A part of an erasure sets the stone.

        Only what is kept in order by `member` is about a person; money is (by `payer`) no less true without them.
        """
        if message.KEY != "member":
            return False
        if not message.OF_ERASURE:
            return await self.is_erased(message.lane_key)
        stone = Tombstone(at=now).model_dump(mode="json")
        document = Document(TOMBSTONES.name, self._pseudonyms.of(message.lane_key), state=stone)
        await self._stores.of(TOMBSTONES).create([document], now=now)
        return False
