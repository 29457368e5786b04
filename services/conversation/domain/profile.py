"""What we remember of a person between conversations."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from shared.kernel.ids import MemberId, PaymentId
from shared.kernel.languages import Language
from shared.kernel.money import Money

REMEMBERED = 50
PENDING = frozenset({"awaiting_payer", "awaiting_approval", "uncertain"})
"""States in which the money may still come."""


class KnownPayment(BaseModel):
    """A payment as its payer sees it."""

    id: PaymentId
    amount: Money
    method: str
    purpose: str | None = None
    state: str
    at: datetime
    receipt_number: str | None = None


class Registration(BaseModel):
    """What a person registered, and when they agreed to which wording of the consent."""

    full_name: str
    email: str | None
    province: str
    place: str
    skills: tuple[str, ...]
    consent_at: datetime
    consent_wording: int
    answers: dict[str, str] = {}


class Staff(BaseModel):
    """A staff phone that this person writes from."""

    phone: str
    member: MemberId


class Profile(BaseModel):
    """Kept under the member id. `answers` are those of the last confirmed gift, as they were typed."""

    language: Language | None = None
    name: str | None = None
    answers: dict[str, str] = {}
    payments: list[KnownPayment] = []
    registration: Registration | None = None
    approved_purposes: tuple[str, ...] = ()
    """Purposes of their own that staff agreed to."""
    staff: Staff | None = None

    @property
    def first_name(self) -> str | None:
        return self.name.split()[0] if self.name else None

    @property
    def is_known(self) -> bool:
        """Whether the person has told us who they are."""
        return self.name is not None or self.registration is not None

    @property
    def latest(self) -> KnownPayment | None:
        """The payment begun last."""
        return self.payments[-1] if self.payments else None

    @property
    def pending(self) -> list[KnownPayment]:
        """The payments whose money may still come."""
        return [payment for payment in self.payments if payment.state in PENDING]

    @property
    def latest_pending(self) -> KnownPayment | None:
        """The payment begun last of those whose money may still come."""
        return self.pending[-1] if self.pending else None

    @property
    def has_pending(self) -> bool:
        """Whether money may still come."""
        return bool(self.pending)

    @property
    def has_prompt(self) -> bool:
        """Whether the person may be busy with a prompt of the provider just now."""
        return any(payment.state != "awaiting_approval" for payment in self.pending)

    @property
    def waits_for_code(self) -> KnownPayment | None:
        """The payment that waits for the one-time code of O'mari."""
        waiting = [paid for paid in self.payments if paid.method == "omari" and paid.state == "awaiting_payer"]
        return waiting[-1] if waiting else None

    def find(self, id: str) -> KnownPayment | None:
        """A payment by its id."""
        return next((payment for payment in self.payments if payment.id == id), None)

    def note(self, payment: KnownPayment) -> None:
        """Keep the latest word on a payment, without losing what was known before."""
        for index, known in enumerate(self.payments):
            if known.id == payment.id:
                payment.at = known.at
                payment.purpose = payment.purpose or known.purpose
                payment.receipt_number = payment.receipt_number or known.receipt_number
                self.payments[index] = payment
                return
        self.payments = [*self.payments, payment][-REMEMBERED:]
