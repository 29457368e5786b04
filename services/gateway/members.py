"""Finds, or makes, the member of each person in a webhook. Beside handlers, since the edge has no message to handle.

Who is who is not cached: the reads of concurrent webhooks travel together, and an answer is never older than the
store. Only that identities were known lately is remembered, for statuses, which say themselves whom they are about.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from services.gateway.domain.identities import Identity, resolve
from services.gateway.domain.updates import Person, Succession
from services.gateway.store import ALIASES, IDENTITIES, Alias
from shared.bus.entry import Entry
from shared.bus.work import Missing
from shared.contracts.base import Message
from shared.contracts.gateway import Address, IdentityChanged, MemberMet
from shared.kernel.ids import Chance, MemberId, new_id

SEEN_AGAIN_AFTER = timedelta(days=1)
"""`last_seen` is as coarse as this, so that a chat costs no write per message."""
KNOWN_FOR = timedelta(hours=1)
"""How long identities count as known lately."""
MOST_KNOWN = 10_000
"""People remembered as known lately."""


class Members:
    """Who is which member, over the gateway's own store.

    What is news of identities is said by the document of one of them, in the commit that makes it so, whichever
    replica was quicker and whichever of them then takes the message.
    """

    def __init__(self, entry: Entry, chance: Chance) -> None:
        self._entry = entry
        self._chance = chance
        self._known_until: OrderedDict[tuple[str, ...], datetime] = OrderedDict()

    def were_known(self, identities: tuple[str, ...], now: datetime) -> bool:
        """Whether all of these identities were found together, or noted as new, within the last hour."""
        return self._known_until.get(identities, now) > now

    async def find(self, address: Address, identities: tuple[str, ...], now: datetime) -> MemberId:
        """The member of these identities, made if there is none. Raises Away. Safe against a race of replicas.

        `address` is what the identities tell of how the person is reached.
        """
        while True:
            known = await self._entry.read(IDENTITIES, identities)
            resolution = resolve(identities, known, MemberId(new_id("M", self._chance)))
            member = resolution.member
            if known and await self._entry.is_erased(member):
                # A webhook that raced with the erasure left an identity behind: whoever comes by it now is new.
                await self._entry.remove(IDENTITIES, member=member)
                continue
            try:
                if resolution.new:
                    news = (IdentityChanged if known else MemberMet)(member=member, address=address)
                    if not await self._note(resolution.new, member, news, now):
                        continue  # somebody was quicker: look again at who it is now
                aliases = {known[name].member for name in resolution.moved}
                links = {f"{alias}:{member}": Alias(alias=alias, member=member) for alias in aliases}
                await self._entry.create(ALIASES, links)
                for name in resolution.moved:
                    await self._move(name, member, address)
                for name, identity in known.items():
                    if now - identity.last_seen > SEEN_AGAIN_AFTER:
                        await self._see(name, now)
            except Missing:
                continue  # the person was erased in between
            self._remember(identities, now)
            return member

    async def _note(self, new: Sequence[str], member: MemberId, news: Message, now: datetime) -> bool:
        """Write new identities of a member, whose news one of them says for all; False when some were there already."""
        fresh = Identity(member=member, first_seen=now, last_seen=now)
        said, silent = await asyncio.gather(
            self._entry.create(IDENTITIES, dict.fromkeys(new[:1], fresh), [news]),
            self._entry.create(IDENTITIES, dict.fromkeys(new[1:], fresh)),
        )
        if silent and not said:
            # Whoever was quicker with the first may not know of the others.
            await self._entry.change(IDENTITIES, min(silent), lambda _: [news])
        return len(said | silent) == len(new)

    async def follow(self, number: str, succession: Succession, now: datetime) -> None:
        """Note that, as WhatsApp says, the person of some identities goes by others now. Moves nobody."""
        before, after = succession.before, succession.after
        if not await self._entry.read(IDENTITIES, before.identities):
            return  # nobody that we know
        old = await self.find(_address(number, before), before.identities, now)
        address = _address(number, after)
        new = await self.find(address, after.identities, now)
        if new == old:
            return
        with suppress(Missing):  # the person was erased in between
            for name in after.identities:
                await self._follow(name, old, new, address)

    def _remember(self, identities: tuple[str, ...], now: datetime) -> None:
        self._known_until[identities] = now + KNOWN_FOR
        self._known_until.move_to_end(identities)
        if len(self._known_until) > MOST_KNOWN:
            self._known_until.popitem(last=False)

    async def _follow(self, name: str, old: MemberId, new: MemberId, address: Address) -> None:
        def change(identity: Identity) -> list[Message]:
            if identity.follows == old or identity.member != new:
                return []
            identity.follows = old
            return [IdentityChanged(member=new, address=address, follows=old)]

        await self._entry.change(IDENTITIES, name, change)

    async def _move(self, name: str, member: MemberId, address: Address) -> None:
        def change(identity: Identity) -> list[Message]:
            if identity.member == member:
                return []
            alias, identity.member = identity.member, member
            return [
                IdentityChanged(member=member, address=address),
                IdentityChanged(member=alias, address=address, alias_of=member),
            ]

        await self._entry.change(IDENTITIES, name, change)

    async def _see(self, name: str, now: datetime) -> None:
        def change(identity: Identity) -> list[Message]:
            identity.last_seen = max(identity.last_seen, now)
            return []

        await self._entry.change(IDENTITIES, name, change)


def _address(number: str, person: Person) -> Address:
    return Address(phone_number_id=number, phone=person.phone, bsuid=person.bsuid)
