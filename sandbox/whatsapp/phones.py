"""The phones of the sandbox: their talk with the bot, and who waits for it."""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.whatsapp.feed import Feed
from shared.kernel.ids import system_chance

Json = dict[str, Any]

KEPT = 500
"""Items of a talk that are remembered."""

RANK = {"sent": 1, "delivered": 2, "read": 3}


@dataclass
class Item:
    """One bubble. `in` is from the person to the bot: `body` is the webhook's message, `out`: the type's object."""

    seq: int
    direction: str
    at: str
    wamid: str
    type: str
    body: Json
    reference: str | None = None
    status: str | None = None
    accepted: bool | None = None
    traceparent: str | None = None
    error: str | None = None
    """Why it failed, in words."""
    revision: int = 0
    """The number of its last change in the feed."""


@dataclass
class Phone:
    """One person. `changed` wakes whoever waits; the feed tells whoever watches."""

    number: str
    name: str
    feed: Feed
    username: str | None = None
    hidden: bool = False
    """WhatsApp tells the business no number, only the user id (contract 2.6)."""
    blocks: bool = False
    """The person has blocked the business."""
    has_whatsapp: bool = True
    receipts: bool = True
    """Off: the business never hears that something was read."""
    items: deque[Item] = field(default_factory=lambda: deque(maxlen=KEPT))
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    last_seq: int = 0

    @property
    def wa_id(self) -> str:
        return self.number.removeprefix("+")

    @property
    def bsuid(self) -> str:
        """The business-scoped user id: the same for the same phone (contract 2.6)."""
        return f"ZW.{int(self.wa_id) * 7919}"

    @property
    def contact(self) -> Json:
        """Who it is, as webhooks tell it (contract 2.1)."""
        profile = {"name": self.name, **({"username": self.username} if self.username else {})}
        number = {} if self.hidden else {"wa_id": self.wa_id}
        return {"profile": profile, **number, "user_id": self.bsuid}

    @property
    def sender(self) -> Json:
        """Who it is, as a message of theirs tells it (contract 2.2)."""
        return {**({} if self.hidden else {"from": self.wa_id}), "from_user_id": self.bsuid}

    async def add(self, item: Item) -> Item:
        """One more bubble."""
        self.last_seq += 1
        item.seq = self.last_seq
        self.items.append(item)
        item.revision = self.feed.next()
        await self.tell("message", asdict(item), item.revision)
        return item

    async def move(self, wamid: str, status: str) -> bool:
        """A status of a message, forward only; False when it changes nothing."""
        item = self.find(wamid)
        if item is None or RANK.get(status, 9) <= RANK.get(item.status or "", 0):
            return False
        item.status = status
        await self.tell_status(item)
        return True

    def find(self, wamid: str) -> Item | None:
        """The bubble of a message id."""
        return next((item for item in self.items if item.wamid == wamid), None)

    async def tell_status(self, item: Item) -> None:
        """A bubble's status, or whether the gateway took it, has changed."""
        item.revision = self.feed.next()
        names = ("wamid", "status", "accepted", "seq", "traceparent")
        await self.tell("status", {name: getattr(item, name) for name in names}, item.revision)

    async def tell(self, event: str, data: Json, number: int | None = None) -> None:
        """Tell watchers and whoever waits."""
        self.feed.tell(event, {"phone": self.number, **data}, number)
        await self.wake()

    async def wake(self) -> None:
        """Whoever waits for this phone looks again."""
        async with self.changed:
            self.changed.notify_all()


class Phones:
    """All phones, and new message ids."""

    def __init__(self, phones: dict[str, str]) -> None:
        self.feed = Feed()
        self._phones = {number: Phone(number, name, self.feed) for number, name in phones.items()}
        self._chance = system_chance()

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._phones.values())

    def get(self, number: str) -> Phone | None:
        """The phone of a number, with or without `+`."""
        return self._phones.get(f"+{number.removeprefix('+')}")

    def of_bsuid(self, bsuid: str) -> Phone | None:
        return next((phone for phone in self._phones.values() if phone.bsuid == bsuid), None)

    def add(self, number: str, name: str) -> Phone:
        """One more phone, or the known one of that number."""
        if number not in self._phones:
            self._phones[number] = Phone(number, name, self.feed)
            self.feed.tell("phone", {"phone": number, "name": name})
        return self._phones[number]

    def rename(self, phone: Phone, number: str) -> None:
        """The person has another number from now on, and with it another user id (contract 2.6)."""
        del self._phones[phone.number]
        phone.number = number
        self._phones[number] = phone
        self.feed.tell("phone", {"phone": number, "name": phone.name})

    async def forget(self) -> None:
        """Start all talk anew. A bubble's `seq` goes on."""
        for phone in self:
            phone.items.clear()
        self.feed.begin_anew()
        for phone in self:
            await phone.wake()

    def new_wamid(self, phone: Phone) -> str:
        """Always new, also after a restart, and with the phone in it as the real ones have (contract 2.2)."""
        inside = f"{phone.wa_id}\x15\x02{self._chance.getrandbits(80):020X}"
        return f"wamid.{base64.b64encode(inside.encode()).decode()}"


def visible_text(item: Item) -> str:
    """What a person reads of a bubble of the bot: its words, the titles of its choices, a file's name."""
    body = item.body
    inner = body.get("body")
    words = [inner.get("text", "") if isinstance(inner, dict) else str(inner or "")]
    action = body.get("action") or {}
    words += [button["reply"]["title"] for button in action.get("buttons", [])]
    words += [row["title"] for section in action.get("sections", []) for row in section["rows"]]
    words.append(str((action.get("parameters") or {}).get("display_text", "")))
    for component in body.get("components", []):
        words += [str(parameter.get("text", "")) for parameter in component.get("parameters", [])]
    words += [str(body.get(name, "")) for name in ("caption", "filename", "name")]
    return "\n".join(word for word in words if word)
