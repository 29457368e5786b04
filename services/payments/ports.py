"""What payments needs from outside: Paynow, asked to charge, and asked what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from pydantic import BaseModel, SecretStr, model_validator

from services.payments.domain.apply_status import StatusReport
from shared.contracts.payments import Method, Reason
from shared.kernel.ids import PaymentId
from shared.kernel.money import Money
from shared.outcalls.calls import Call


@dataclass(frozen=True)
class Integration:
    """A merchant integration at Paynow. It is what makes a currency: no message names one (Paynow contract 7)."""

    id: int
    key: SecretStr
    auth_email: str


class Initiation(BaseModel):
    """Ask the payer's wallet for money (Paynow contract 2). `wallet` is E.164; None where the method needs none."""

    payment_id: PaymentId
    merchant_trace: str
    amount: Money
    method: Method
    wallet: str | None
    purpose: str


class InitiationAnswer(BaseModel):
    """Paynow took the request (`poll_url`) or refused it (`refusal`): exactly one of the two."""

    poll_url: str | None = None
    paynow_reference: str | None = None
    instructions: str | None = None
    refusal: Reason | None = None
    evidence: str

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.poll_url is None) == (self.refusal is None):
            raise ValueError("an answer has either a poll URL or a refusal")
        return self


class Poll(BaseModel):
    """Ask for the status by the URL that the initiation gave."""

    currency: str
    poll_url: str


class Trace(BaseModel):
    """Ask whether Paynow has a request, by the trace that it was sent with."""

    currency: str
    merchant_trace: str


class TraceAnswer(BaseModel):
    """What Paynow has (`found`, with its `poll_url`), or its proof that it has nothing."""

    found: StatusReport | None = None
    poll_url: str | None = None
    evidence: str


INITIATE = Call(
    "paynow.initiate",
    Initiation,
    InitiationAnswer,
    deadline=timedelta(seconds=45),
    repeats=False,
    # A connection that was never made may be tried again, as long as the payer still expects a prompt.
    give_up=timedelta(seconds=20),
)
"""Never made twice once it may have arrived: a second one could debit twice (Paynow contract 11)."""

POLL = Call("paynow.poll", Poll, StatusReport, deadline=timedelta(seconds=20), repeats=True, give_up=timedelta(0))
"""Made once at its time: the schedule in the domain says when again."""

CHECK = Call("paynow.check", Poll, StatusReport, deadline=timedelta(seconds=20), repeats=True, give_up=timedelta(0))
"""A poll that somebody waits for."""

TRACE = Call("paynow.trace", Trace, TraceAnswer, deadline=timedelta(seconds=20), repeats=True, give_up=timedelta(0))
"""Made once at its time, like a poll."""
