"""The mobile network between the phones and WhatsApp: slow or away when the switches say so."""

from __future__ import annotations

from functools import partial

from sandbox.timers import Action, Timers
from sandbox.whatsapp.webhooks import Webhooks


class Network:
    """Carries what phones send and get. What cannot pass waits, in its order, until the phones are back."""

    def __init__(self, timers: Timers, webhooks: Webhooks) -> None:
        self._timers = timers
        self._webhooks = webhooks
        self._held: list[Action] = []

    def carry(self, action: Action, after: float = 0) -> None:
        """Carry out `action` when `after` seconds have passed and the network lets it through."""
        self._timers.after(after + self._webhooks.switches.slow_seconds, partial(self._pass, action))

    async def cross(self) -> bool:
        """Wait as long as a phone's question and its answer are on their way; False when the phones are offline."""
        if seconds := self._webhooks.switches.slow_seconds:
            await self._timers.sleep(2 * seconds)
        return not self._webhooks.switches.offline

    def look(self) -> None:
        """The switches changed: let through what was held, if the phones are back."""
        if not self._webhooks.switches.offline:
            held, self._held = self._held, []
            for action in held:
                self._timers.after(0, action)

    def forget(self) -> None:
        """Drop what is held."""
        self._held.clear()

    async def _pass(self, action: Action) -> None:
        if self._webhooks.switches.offline:
            self._held.append(action)
        else:
            await action()
