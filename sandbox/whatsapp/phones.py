"""The phones of the sandbox: their talk with the bot, and who watches it."""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]

KEPT = 500
"""Items of a talk that are remembered."""

RANK = {"sent": 1, "delivered": 2, "read": 3}


@dataclass
class Item:
    """One bubble. `in` is from the person to the bot."""

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


@dataclass
class Phone:
    """One person. `changed` wakes whoever waits; `watchers` get each event."""

    number: str
    name: str
    items: deque[Item] = field(default_factory=lambda: deque(maxlen=KEPT))
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    watchers: set[asyncio.Queue[tuple[str, Json]]] = field(default_factory=set)
    last_seq: int = 0

    @property
    def wa_id(self) -> str:
        return self.number.removeprefix("+")

    @property
    def bsuid(self) -> str:
        """The business-scoped user id: the same for the same phone (contract 2.6)."""
        return f"ZW.{int(self.wa_id) * 7919}"

    async def add(self, item: Item) -> Item:
        """One more bubble."""
        self.last_seq += 1
        item.seq = self.last_seq
        self.items.append(item)
        await self.tell("message", asdict(item))
        return item

    async def move(self, wamid: str, status: str) -> bool:
        """A status of a message, forward only; False when it changes nothing."""
        item = self.find(wamid)
        if item is None or RANK.get(status, 9) <= RANK.get(item.status or "", 0):
            return False
        item.status = status
        await self.tell("status", {"wamid": wamid, "status": status, "seq": item.seq})
        return True

    def find(self, wamid: str) -> Item | None:
        """The bubble of a message id."""
        return next((item for item in self.items if item.wamid == wamid), None)

    async def tell(self, event: str, data: Json) -> None:
        """Tell watchers and whoever waits."""
        for watcher in self.watchers:
            watcher.put_nowait((event, data))
        async with self.changed:
            self.changed.notify_all()


class Phones:
    """All phones, and new message ids."""

    def __init__(self, phones: dict[str, str]) -> None:
        self._phones = {number: Phone(number, name) for number, name in phones.items()}
        self._numbers = itertools.count(1)

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._phones.values())

    def get(self, number: str) -> Phone | None:
        """The phone of a number, with or without `+`."""
        return self._phones.get(f"+{number.removeprefix('+')}")

    def of_bsuid(self, bsuid: str) -> Phone | None:
        return next((phone for phone in self._phones.values() if phone.bsuid == bsuid), None)

    def add(self, number: str, name: str) -> Phone:
        """One more phone, or the known one of that number."""
        return self._phones.setdefault(number, Phone(number, name))

    def new_wamid(self, phone: Phone) -> str:
        """Always new, and with the phone in it as the real ones have (contract 2.2)."""
        inside = f"{phone.wa_id}\x15\x02{next(self._numbers):016X}"
        return f"wamid.{base64.b64encode(inside.encode()).decode()}"


def visible_text(item: Item) -> str:
    """What a person reads of a bubble of the bot: its words and the titles of its choices."""
    body = item.body
    inner = body.get("body")
    words = [inner.get("text", "") if isinstance(inner, dict) else str(inner or "")]
    action = body.get("action") or {}
    words += [button["reply"]["title"] for button in action.get("buttons", [])]
    words += [row["title"] for section in action.get("sections", []) for row in section["rows"]]
    words += [str(body.get(name, "")) for name in ("caption", "filename", "name")]
    return "\n".join(word for word in words if word)
