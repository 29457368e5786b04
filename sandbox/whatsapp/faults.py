"""Faults on demand (WhatsApp contract 7.3): what goes wrong with the next sends, the same for the same seed."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from shared.kernel.ids import Chance, seeded_chance

Effect = Literal["code", "html", "reset_before", "reset_after", "delay"]


class Fault(BaseModel):
    """`times` sends are struck (None: all), each with `probability`; `phone` narrows it to one person."""

    effect: Effect
    code: int = 131000
    """For `code`: WhatsApp's error code."""
    status: int = 500
    """For `code` and `html`: the HTTP status."""
    seconds: float = 0
    """For `delay`."""
    retry_after: int | None = None
    phone: str | None = None
    times: int | None = 1
    probability: float = Field(default=1.0, ge=0, le=1)
    seed: int = 1


class Faults:
    """The faults that are armed, oldest first."""

    def __init__(self) -> None:
        self.armed: list[Fault] = []
        self._chances: dict[int, Chance] = {}

    def arm(self, fault: Fault) -> None:
        self.armed.append(fault)
        self._chances[id(fault)] = seeded_chance(fault.seed)

    def disarm(self) -> None:
        self.armed.clear()
        self._chances.clear()

    def strike(self, phone: str) -> Fault | None:
        """The fault that hits this send, if one does; it is used up by that."""
        for fault in self.armed:
            if fault.phone not in (None, phone):
                continue
            if self._chances[id(fault)].uniform(0, 1) >= fault.probability:
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.armed.remove(fault)
            return fault
        return None
