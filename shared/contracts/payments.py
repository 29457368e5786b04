"""What payments is asked and says: the truth about every payment, and receipts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.contracts.base import Command, Event
from shared.contracts.files import FileRef
from shared.kernel.ids import MemberId, PaymentId
from shared.kernel.languages import Language
from shared.kernel.money import Money

Method = Literal["ecocash", "onemoney", "innbucks", "omari", "web", "manual"]
"""How the money moves. `web` is Paynow's own page (cards, TeleCash, Zimswitch); `manual` is bank or cash."""

NOT_IN_TEST_MODE: frozenset[Method] = frozenset({"innbucks"})
"""What Paynow refuses while an integration is in test mode (Paynow contract 6.4)."""

Reason = Literal["cancelled_by_payer", "insufficient_balance", "declined", "misconfigured", "unreachable"]
"""Why a payment did not happen, as far as the provider said."""


class Authorisation(BaseModel):
    """What the payer must do beyond a PIN prompt on their phone; which fields are there depends on the method."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str | None = None
    """InnBucks: to type or scan in the app; leading zeros count (Paynow contract 2.3)."""
    code_expires: str | None = None
    """InnBucks: as the provider writes it, Harare time; for display only."""
    link: str | None = None
    """`web`: Paynow's page. `innbucks`: opens the app with the code."""
    code_reference: str | None = None
    """O'mari: names the SMS that the one-time code comes in. The code goes to SubmitOneTimeCode."""
    picture: FileRef | None = None
    """InnBucks: a QR picture (PNG) of the code; None when it could not be made."""


class RequestPayment(Command, name="payments.request_payment", version=1, key="payer"):
    """Charge a wallet for a gift. The same `intent` never charges twice (architecture 5)."""

    intent: str
    """From the conversation: session and confirmation. A double tap is the same intent."""
    payer: MemberId
    amount: Money
    method: Method
    wallet: str | None
    """E.164 number to charge; None where the method needs none."""
    purpose: str
    payer_name: str
    congregation: str | None = None
    province: str | None = None
    """Where the payer gives from, as they chose or typed it: for the reports."""


class CheckPayment(Command, name="payments.check_payment", version=1, key="payer"):
    """Ask the provider now. Never starts another payment. Answered by PaymentChecked."""

    payment_id: PaymentId
    payer: MemberId


class SubmitOneTimeCode(Command, name="payments.submit_one_time_code", version=1, key="payer"):
    """The one-time code that O'mari sent to the payer (Paynow contract 2.4). Wrong ones: OneTimeCodeRefused."""

    payment_id: PaymentId
    payer: MemberId
    code: str
    """Digits; leading zeros count."""


class ApprovePayment(Command, name="payments.approve_payment", version=1, key="approver"):
    """Staff say that the money of a bank or cash payment, or of one held for review, has come."""

    payment_id: PaymentId
    approver: MemberId


class RejectPayment(Command, name="payments.reject_payment", version=1, key="approver"):
    """Staff say that the money has not come."""

    payment_id: PaymentId
    approver: MemberId
    reason: str


class IssueReceipt(Command, name="payments.issue_receipt", version=1, key="series"):
    """Number the receipt of a settled payment; payments asks it of itself, once the money is in."""

    series: str
    """What numbers are given out in order within."""
    payment_id: PaymentId
    replaces: str | None = None
    """The number of the receipt that the new one takes the place of; None: the payment's first."""
    corrected_by: MemberId | None = None


class CorrectReceipt(Command, name="payments.correct_receipt", version=1, key="by"):
    """Staff put right what was typed: a new receipt takes the place of the old one, which stays as it is (product 2).

    Amount, currency and state are never corrected: refunds and disputes are for those. Answered by ReceiptIssued with
    `corrected_by`, or by CorrectionRefused.
    """

    receipt_number: str
    what: Literal["name", "purpose"]
    value: str
    """What it should say."""
    by: MemberId


class VerifyReceipt(Command, name="payments.verify_receipt", version=1, key="asked_by"):
    """Is this receipt true? `code` is what the QR or the receipt says: its number, its signed payload, or the address
    of its page. Answered by ReceiptVerified."""

    code: str
    asked_by: MemberId


class MakeReceiptDocument(Command, name="payments.make_receipt_document", version=1, key="payer"):
    """The receipt of a settled payment as PDF. Answered by ReceiptDocumentMade."""

    payment_id: PaymentId
    payer: MemberId
    language: Language = "en"
    """Of the printed labels."""


class PaymentRefused(Event, name="payments.payment_refused", version=1, key="payer"):
    """The request does not fit a rule (limit, method, currency); nothing was charged. Answers RequestPayment."""

    intent: str
    payer: MemberId
    amount: Money
    rule: Literal["currency", "method", "amount_too_small", "amount_too_large", "wallet", "provider_away"]
    """`provider_away`: the provider is known to be down just now; try later or choose another way."""
    limit: Money | None = None


class PaymentInitiated(Event, name="payments.payment_initiated", version=1, key="payer"):
    """The provider took the request and waits for the payer. Answers RequestPayment. Not paid yet."""

    payment_id: PaymentId
    intent: str
    payer: MemberId
    amount: Money
    method: Method
    instructions: str | None = None
    """The provider's own words for the payer (Paynow contract 2.3). `manual`: where to pay, and the reference."""
    test_mode: bool = False
    authorisation: Authorisation | None = None
    """None for methods that need none. For the others too when the provider's answer was lost and the payment was
    found again: the payer cannot authorise it then, is charged nothing, and may give anew."""


class OneTimeCodeRefused(Event, name="payments.one_time_code_refused", version=1, key="payer"):
    """Answers SubmitOneTimeCode when the code was wrong (`tries_left` says how many more fit), or when it could not be
    tried now or nobody knows whether it was (`tries_left` None). The last wrong one cancels the payment: 0 left, said
    when the provider does not confirm that at once; else PaymentCancelled is the answer."""

    payment_id: PaymentId
    payer: MemberId
    tries_left: int | None


class PaymentApproved(Event, name="payments.payment_approved", version=1, key="payer"):
    """Staff approved; with `missing` above zero, that many other people still have to (maker-checker)."""

    payment_id: PaymentId
    payer: MemberId
    approver: MemberId
    missing: int
    approved_at: datetime


class PaymentRejected(Event, name="payments.payment_rejected", version=1, key="payer"):
    """Staff rejected a payment: no money came."""

    payment_id: PaymentId
    payer: MemberId
    approver: MemberId
    amount: Money
    method: Method
    purpose: str
    reason: str
    rejected_at: datetime


class ApprovalRefused(Event, name="payments.approval_refused", version=1, key="approver"):
    """The approval or rejection does not fit a rule; nothing changed."""

    payment_id: PaymentId
    approver: MemberId
    rule: Literal["unknown", "own_payment", "same_person", "not_waiting"]


class PaymentUncertain(Event, name="payments.payment_uncertain", version=1, key="payer"):
    """The answer to the initiation was lost: we do not know yet whether the payer was asked, and find out."""

    payment_id: PaymentId
    intent: str
    payer: MemberId
    amount: Money
    method: Method


class PaymentSettled(Event, name="payments.payment_settled", version=1, key="payer"):
    """The provider confirmed the money, or staff did (approval); the payment is final."""

    payment_id: PaymentId
    payer: MemberId
    amount: Money
    method: Method
    purpose: str
    provider_reference: str | None
    settled_at: datetime
    after: str
    """The state before. After `cancelled`, `failed`, `expired` or `rejected` it is a late contradiction that staff
    should know of; after `needs_review` the provider or staff found that it is right; after `awaiting_approval` staff
    approved; after `disputed` the dispute ended, and the receipt stays the one that was issued."""
    congregation: str | None = None
    province: str | None = None


class PaymentCancelled(Event, name="payments.payment_cancelled", version=1, key="payer"):
    """The provider says that the payer cancelled. No money moved."""

    payment_id: PaymentId
    payer: MemberId
    amount: Money
    method: Method
    purpose: str
    cancelled_at: datetime
    wrong_codes: bool = False
    """The provider cancelled it, after the last wrong one-time code: said in place of OneTimeCodeRefused."""


class PaymentFailed(Event, name="payments.payment_failed", version=1, key="payer"):
    """The provider refused or gave up; `reason` as far as it was told. No money moved."""

    payment_id: PaymentId
    intent: str
    payer: MemberId
    amount: Money
    method: Method
    purpose: str
    reason: Reason
    failed_at: datetime


class PaymentExpired(Event, name="payments.payment_expired", version=1, key="payer"):
    """The provider says, after the last poll and trace, that there is no money and no open request."""

    payment_id: PaymentId
    payer: MemberId
    amount: Money
    method: Method
    purpose: str
    expired_at: datetime


class PaymentDisputed(Event, name="payments.payment_disputed", version=1, key="payer"):
    """The payer disputed a settled payment at the provider; the funds are held."""

    payment_id: PaymentId
    payer: MemberId
    amount: Money
    method: Method
    purpose: str
    disputed_at: datetime
    after: str = "settled"
    """The state before. After any other than `settled`, the money was never counted."""


class PaymentRefunded(Event, name="payments.payment_refunded", version=1, key="payer"):
    """The money of a settled payment went back to the payer."""

    payment_id: PaymentId
    payer: MemberId
    amount: Money
    method: Method
    purpose: str
    refunded_at: datetime
    after: str = "settled"
    """The state before. After `settled` or `disputed` the money was counted; after any other it never was."""


class PaymentNeedsReview(Event, name="payments.payment_needs_review", version=1, key="payer"):
    """What the provider says does not fit the payment, or it stays open too long: staff must look."""

    payment_id: PaymentId
    payer: MemberId
    amount: Money
    method: Method
    purpose: str
    cause: Literal["amount_differs", "reference_differs", "open_too_long", "outcome_unknown"]
    noticed_at: datetime


class CallbackUnmatched(Event, name="payments.callback_unmatched", version=1, key="reference"):
    """Paynow called, with a good hash, about a payment that it cannot have: one that we don't know, of another
    currency, or by bank or cash. Nothing is asked or changed; finance should look."""

    reference: str
    """What Paynow says is ours."""
    currency: str
    """Of the integration that was called for."""
    status: str
    """The provider's word."""
    provider_reference: str | None = None
    amount: Money | None = None
    """None when it is not an amount."""
    received_at: datetime


class PaymentChecked(Event, name="payments.payment_checked", version=1, key="payer"):
    """Answers CheckPayment: the state after asking the provider; `asked` is false when it could not be asked now."""

    payment_id: PaymentId
    payer: MemberId
    amount: Money
    method: Method
    state: str
    """As in services/payments/domain/states.py."""
    asked: bool
    receipt_number: str | None = None
    authorisation: Authorisation | None = None
    """While the payer is waited for: what they still have to do, as PaymentInitiated said it."""


class ReceiptIssued(Event, name="payments.receipt_issued", version=1, key="payer"):
    """A settled payment got its receipt. The number has no gaps within a year (product 2)."""

    receipt_number: str
    """`2026-000001`: the year is that of the Harare issue date."""
    payment_id: PaymentId
    payer: MemberId
    payer_name: str
    amount: Money
    method: Method
    purpose: str
    provider_reference: str | None
    settled_at: datetime
    issued_at: datetime
    verify_url: str | None = None
    """The page where anybody may see that the receipt is true."""
    replaces: str | None = None
    """The number of the receipt that this one takes the place of. The money is the same, and came once."""
    corrected_by: MemberId | None = None
    """Of staff, when it replaces another."""
    purpose_before: str | None = None
    """What the receipt that it replaces was for."""


class CorrectionRefused(Event, name="payments.correction_refused", version=1, key="by"):
    """The correction of a receipt does not fit a rule; nothing changed. Answers CorrectReceipt."""

    receipt_number: str
    by: MemberId
    rule: Literal["unknown", "own_payment", "payer_forgotten", "replaced", "not_settled", "says_so"]
    """`replaced`: a newer one has its place, which may be corrected. `says_so`: that is what it says already."""


class ReceiptVerified(Event, name="payments.receipt_verified", version=1, key="asked_by"):
    """Answers VerifyReceipt. The fields are those of the true receipt; all None when there is no such receipt."""

    code: str
    asked_by: MemberId
    receipt_number: str | None = None
    issued_at: datetime | None = None
    amount: Money | None = None
    purpose: str | None = None
    replaces: str | None = None
    """The number of the receipt that it takes the place of."""
    replaced_by: str | None = None
    """The number of the receipt that has taken its place."""


class ReceiptDocumentMade(Event, name="payments.receipt_document_made", version=1, key="payer"):
    """Answers MakeReceiptDocument; `file` None when the payment has no receipt."""

    payment_id: PaymentId
    payer: MemberId
    receipt_number: str | None
    file: FileRef | None


class PersonErased(Event, name="payments.person_erased", version=1, key="member"):
    """Payments keeps nothing more that tells who this was: the answer to `conversation.erasure_requested`."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
    at: datetime


class ForgetPayment(Command, name="payments.forget_payment", version=1, key="member"):
    """Take the person off one payment of theirs. Payments asks it of itself, for each, when a person is erased."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
    payment_id: PaymentId


class ForgetReceipt(Command, name="payments.forget_receipt", version=1, key="member"):
    """Take a purpose in the person's own words off a receipt. Payments asks it of itself, as above."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
    payment_id: PaymentId
    replaces: str | None = None
    """Which of the payment's receipts, as for IssueReceipt."""


class ConfirmErasure(Command, name="payments.confirm_erasure", version=1, key="member"):
    """Say that a person is erased. Payments asks it of itself, behind all that is to be erased, in one lane."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
