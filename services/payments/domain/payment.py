"""The payment: one intent of one payer, its state, and the trail of everything that moved it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel

from services.payments.domain.states import MOVES, OPEN, IllegalMove, State
from shared.contracts.payments import Authorisation, Method
from shared.kernel.ids import MemberId, PaymentId
from shared.kernel.money import Money


class TrailEntry(BaseModel):
    """What happened to the payment: the state since then, why, and the SHA-256 of the raw message that said so."""

    at: datetime
    state: State
    cause: str
    evidence: str | None = None


class Approval(BaseModel):
    """One person's word that the money has come."""

    approver: MemberId
    at: datetime


class Payment(BaseModel):
    """Stored under its id, which is Paynow's `reference`. Nothing is ever charged twice for one `intent`."""

    id: PaymentId
    intent: str
    payer: MemberId
    payer_name: str
    amount: Money
    method: Method
    wallet: str | None
    """E.164; personal."""
    purpose: str
    congregation: str | None = None
    province: str | None = None
    merchant_trace: str
    """What the one attempt at Paynow is found by when its answer is lost (contract 4.2)."""
    requested_at: datetime
    traceparent: str | None
    state: State = "requested"
    poll_url: str | None = None
    """Holds a secret: never logged, never shown."""
    paynow_reference: str | None = None
    instructions: str | None = None
    """What to tell the payer to do, in the provider's words."""
    authorisation: Authorisation | None = None
    """What the payer must authorise with, where the method needs it."""
    one_time_code_url: str | None = None
    """O'mari: where the payer's code goes. Holds a secret, as `poll_url` does."""
    wrong_codes: int = 0
    """One-time codes that the provider called wrong."""
    owes_answer: bool = False
    """The payer was not told yet of the last wrong code: what became of the payment by it is asked first."""
    approvals: list[Approval] = []
    status_word: str | None = None
    """Paynow's latest word, in its normal form: tells "paid" from "awaiting delivery"."""
    asked_since: datetime | None = None
    """When the provider was first known to have the request, or its answer was lost: schedules count from here."""
    not_found_at: datetime | None = None
    """When Paynow first said, provably, that it knows no such request."""
    settled_at: datetime | None = None
    replaced_receipts: list[str] = []
    """Numbers of its receipts whose place a newer one takes, in that order."""
    trail: list[TrailEntry] = []

    def forget(self, public_purpose: Callable[[str], str]) -> None:
        """Take the person off: who paid is a member id that leads to nobody any more."""
        self.payer_name = ""
        self.wallet = None
        self.instructions = None
        self.authorisation = None
        self.purpose = public_purpose(self.purpose)

    @property
    def receipt_ids(self) -> list[str]:
        """The documents of its receipts, the newest last; the last one may still be on its way."""
        return [self.id, *self.replaced_receipts]

    @property
    def is_open(self) -> bool:
        """Whether the outcome is still to be found out."""
        return self.state in OPEN

    def may_become(self, state: State) -> bool:
        """Whether the table allows the move."""
        return state in MOVES[self.state]

    def move(self, state: State, at: datetime, cause: str, evidence: str | None = None) -> None:
        """Enter a state and write it into the trail. Raises IllegalMove."""
        if not self.may_become(state):
            raise IllegalMove(self.state, state)
        self.state = state
        self.trail.append(TrailEntry(at=at, state=state, cause=cause, evidence=evidence))

    def note(self, at: datetime, cause: str, evidence: str | None = None) -> None:
        """Write into the trail what did not move the payment; what the same evidence said before is not repeated."""
        said = (cause, evidence)
        if evidence is None or said not in [(entry.cause, entry.evidence) for entry in self.trail]:
            self.trail.append(TrailEntry(at=at, state=self.state, cause=cause, evidence=evidence))
