"""Faults on demand (WhatsApp contract 7.3): what goes wrong with the next sends, the same for the same seed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from shared.kernel.ids import Chance, seeded_chance

Effect = Literal["code", "html", "empty", "reset_before", "reset_after", "delay", "failed"]

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
    """`failed`: taken, and failed by a status with the code later; `empty`: an answer without a body."""
    code: int = 131000
    """For `code` and `failed`: WhatsApp's error code."""
    status: int | None = Field(default=None, ge=400, le=599)
    """For `code` the HTTP status, by default the code's own; for `html` and `empty` 502 unless given."""
    retry_after: int | None = Field(default=None, ge=0)
    """For `code`: the header, in seconds."""
    usage_minutes: int | None = Field(default=None, ge=0)
    """For `code`: the usage header that says in how many minutes access comes back (contract 4.1)."""
    seconds: float = Field(default=30, ge=0)
    """For `delay`: how much later the message is taken and answered."""
    number: str | None = None
    phone: str | None = None
    type: str | None = None
    template: str | None = None
    """Only messages over this business number, to this phone, of this type, by this template."""
    times: int | None = Field(default=1, ge=1)
    """How often it strikes before it is gone; null: until disarmed."""
    for_seconds: float | None = Field(default=None, gt=0)
    """It is gone so long after its first strike, however often it struck: a maintenance of a minute."""
    every: int = Field(default=1, ge=1)
    """It strikes each nth of the sends that fit."""
    probability: float = Field(default=1.0, ge=0, le=1)
    seed: int = 1

    _seen: int = PrivateAttr(default=0)
    _chance: Chance | None = PrivateAttr(default=None)
    _until: datetime | None = PrivateAttr(default=None)

    def strikes(self, target: Target) -> bool:
        """Whether this send is struck; it is counted by asking."""
        wanted = (self.number, self.phone, self.type, self.template)
        given = (target.number, target.phone, target.type, target.template)
        if any(want not in (None, have) for want, have in zip(wanted, given, strict=True)):
            return False
        self._seen += 1
        self._chance = self._chance or seeded_chance(self.seed)
        return self._seen % self.every == 0 and self._chance.uniform(0, 1) < self.probability

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return self._until is not None and now >= self._until

    def use_up(self, now: datetime) -> bool:
        """Count a strike; True when it was the last."""
        if self.for_seconds is not None:
            self._until = self._until or now + timedelta(seconds=self.for_seconds)
            return False
        if self.times is not None:
            self.times -= 1
        return self.times == 0

    @property
    def http_status(self) -> int:
        return self.status or (502 if self.effect in ("html", "empty") else HTTP_BY_CODE.get(self.code, 400))

    @property
    def headers(self) -> dict[str, str]:
        headers = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        if self.usage_minutes is not None:
            usage = [{"type": "messaging", "call_count": 100, "estimated_time_to_regain_access": self.usage_minutes}]
            headers["x-business-use-case-usage"] = json.dumps({"104996122399160": usage})
        return headers


class Target(BaseModel):
    """What a send is aimed at."""

    number: str
    phone: str
    type: str
    template: str | None = None


class Faults:
    """The faults that are armed, oldest first."""

    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def strike(self, target: Target, now: datetime) -> Fault | None:
        """The fault that hits this send, if one does; one of its times is used up by that."""
        self.armed = [fault for fault in self.armed if not fault.is_over(now)]
        for fault in self.armed:
            if fault.strikes(target):
                if fault.use_up(now):
                    self.armed.remove(fault)
                return fault
        return None
