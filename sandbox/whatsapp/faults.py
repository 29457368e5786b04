"""Faults on demand (WhatsApp contract 7.3): what goes wrong with the next sends, the same for the same seed."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from shared.kernel.ids import Chance, seeded_chance

Effect = Literal["code", "html", "reset_before", "reset_after", "delay"]

HTTP_BY_CODE = {
    **dict.fromkeys((0, 190), 401),
    **dict.fromkeys((10, 368, 130497, 131031), 403),
    132001: 404,
    **dict.fromkeys((131000, 131016, 131045, 131057, 2494100), 500),
    **dict.fromkeys((2, 133004), 503),
}
"""The HTTP status that comes with a code where it is not 400 (contract 4.2)."""


class Fault(BaseModel):
    """One armed fault: which sends it can strike, which of those it strikes, and what happens then."""

    model_config = ConfigDict(extra="forbid")

    effect: Effect
    code: int = 131000
    """For `code`: WhatsApp's error code."""
    status: int | None = Field(default=None, ge=400, le=599)
    """For `code` the HTTP status, by default the code's own; for `html` 502 unless given."""
    retry_after: int | None = Field(default=None, ge=0)
    """For `code`: the header, in seconds."""
    seconds: float = Field(default=30, ge=0)
    """For `delay`: how much later the message is taken and answered."""
    phone: str | None = None
    type: str | None = None
    """Only messages to this phone, or of this type."""
    times: int | None = Field(default=1, ge=1)
    """How often it strikes before it is gone; null: until disarmed."""
    every: int = Field(default=1, ge=1)
    """It strikes each nth of the sends that fit."""
    probability: float = Field(default=1.0, ge=0, le=1)
    seed: int = 1

    _seen: int = PrivateAttr(default=0)
    _chance: Chance | None = PrivateAttr(default=None)

    def strikes(self, phone: str, type: str) -> bool:
        """Whether this send is struck; it is counted by asking."""
        if self.phone not in (None, phone) or self.type not in (None, type):
            return False
        self._seen += 1
        self._chance = self._chance or seeded_chance(self.seed)
        return self._seen % self.every == 0 and self._chance.uniform(0, 1) < self.probability

    @property
    def http_status(self) -> int:
        return self.status or (502 if self.effect == "html" else HTTP_BY_CODE.get(self.code, 400))


class Faults:
    """The faults that are armed, oldest first."""

    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def strike(self, phone: str, type: str) -> Fault | None:
        """The fault that hits this send, if one does; one of its times is used up by that."""
        for fault in self.armed:
            if fault.strikes(phone, type):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self.armed.remove(fault)
                return fault
        return None
