"""Switches for what differs between builds of the core (contract 5.3), and faults on demand."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from shared.kernel.ids import Chance, seeded_chance


class Quirks(BaseModel):
    """The names are the contract's, the defaults too. `authFor` adds who is authorised to each account."""

    model_config = ConfigDict(extra="forbid")

    emptyBalanceBug: bool = False  # noqa: N815 the contract's name, as are the others
    rawNeo4jDates: bool = False  # noqa: N815
    ledgerIgnoresPaging: bool = False  # noqa: N815
    getLedgerDashboardBare: bool = True  # noqa: N815
    hustlerEmptyDashboard: bool = False  # noqa: N815
    hustlerErrors500: bool = False  # noqa: N815
    cancelNotFoundStatus: Literal[400, 404] = 400  # noqa: N815
    forbiddenStatus: Literal[400, 403] = 403  # noqa: N815
    showZeroBalances: bool = False  # noqa: N815
    subtractOffersFromNetAssets: bool = False  # noqa: N815
    fullDashboard: bool = False  # noqa: N815
    authFor: bool = False  # noqa: N815


class Fault(BaseModel):
    """What goes wrong with the next requests that fit, and when.

    `answer`: `status` with `body` instead of acting. `hang` and `reset`: no answer, for `seconds` or at once, before
    or after acting. `answer_after`: acts, then answers `status` with `body`. `delay`: acts `seconds` later.
    """

    model_config = ConfigDict(extra="forbid")

    effect: Literal["answer", "answer_after", "hang_before", "hang_after", "reset_before", "reset_after", "delay"] = (
        "answer"
    )
    path: str | None = None
    """Only this endpoint, such as `createCredex`."""
    status: int = Field(default=500, ge=200, le=599)
    body: str = "<html><body><h1>502 Bad Gateway</h1></body></html>"
    retry_after: int | None = Field(default=None, ge=0)
    seconds: float = Field(default=60, ge=0)
    times: int | None = Field(default=1, ge=1)
    """How often it strikes before it is gone; null: until disarmed."""
    probability: float = Field(default=1.0, ge=0, le=1)
    seed: int = 1

    _chance: Chance | None = PrivateAttr(default=None)

    def strikes(self, path: str) -> bool:
        """Whether it hits this request."""
        if self.path not in (None, path):
            return False
        self._chance = self._chance or seeded_chance(self.seed)
        return self._chance.uniform(0, 1) < self.probability


class Faults:
    """The faults that are armed, oldest first."""

    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def strike(self, path: str) -> Fault | None:
        """The fault that hits this request, if one does; one of its times is used up."""
        for fault in self.armed:
            if fault.strikes(path):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self.armed.remove(fault)
                return fault
        return None
