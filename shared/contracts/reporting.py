"""What reporting is asked and says: figures, reports and lists from its read models; and what it asks of itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.contracts.base import Command, Event
from shared.contracts.files import FileRef
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId
from shared.kernel.money import Money

ReportKind = Literal["pdf", "excel", "csv", "credex"]
"""`credex`: a CSV of the credexes between members; the others are of payments."""

Schedule = Literal["daily", "weekly", "monthly"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class MakeStatistics(Command, name="reporting.make_statistics", version=1, key="asked_by"):
    """Figures of the payments settled on days `first` to `last` (Harare days, both included)."""

    asked_by: MemberId
    first: date
    last: date


class CurrencyFigures(_Part):
    """One currency's figures; currencies are never added together."""

    total: Money
    settled: int
    cancelled: int
    failed: int
    open: int
    disputed: int = 0
    refunded: int = 0


class CredexStep(_Part):
    """What members offered each other, or what became of it: how many, and the amount, None where it is not known."""

    step: Literal["made", "accepted", "declined", "cancelled", "upgraded", "open"]
    count: int
    amount: Credit | None


class CredexFigures(_Part):
    """One denomination's figures, never added to another's; None: of credexes whose amount nothing told."""

    denomination: str | None
    steps: tuple[CredexStep, ...]


class StatisticsReady(Event, name="reporting.statistics_ready", version=1, key="asked_by"):
    """Answers MakeStatistics; one entry per currency in which there was a payment."""

    asked_by: MemberId
    first: date
    last: date
    figures: tuple[CurrencyFigures, ...]
    credex: tuple[CredexFigures, ...] = ()
    """One entry per denomination in which there was a credex."""


class MakeReport(Command, name="reporting.make_report", version=1, key="asked_by"):
    """A report over Harare days `first` to `last`, both included. Answered by ReportReady or ReportFailed."""

    asked_by: MemberId
    kind: ReportKind
    first: date
    last: date
    also_to: tuple[MemberId, ...] = ()
    """Who else gets it: each their own ReportReady."""
    schedule: Schedule | None = None
    """Set when it was not asked for by a person but by the calendar."""


class ReportProgress(Event, name="reporting.report_progress", version=1, key="asked_by"):
    """The report takes longer than a few seconds; said once. Not said of scheduled ones."""

    asked_by: MemberId
    kind: ReportKind
    first: date
    last: date


class ReportReady(Event, name="reporting.report_ready", version=1, key="asked_by"):
    """Answers MakeReport. `figures` make the one line beside the document."""

    asked_by: MemberId
    report_id: str
    kind: ReportKind
    first: date
    last: date
    file: FileRef
    figures: tuple[CurrencyFigures, ...]
    schedule: Schedule | None = None
    link: str | None = None
    """Set when the file is too big to be sent: its signed address for a browser, good for a week."""


class ReportFailed(Event, name="reporting.report_failed", version=1, key="asked_by"):
    """The report could not be made."""

    asked_by: MemberId
    kind: ReportKind
    first: date
    last: date
    rule: Literal["period", "too_long", "broken"]
    """`period`: it ends before it begins. `too_long`: more days, or a larger file, than one report may have; a shorter
    period helps. `broken`: our own fault; it has been noted."""


class PaymentLine(_Part):
    """One payment in a list, without the person."""

    reference: str
    amount: Money
    method: str
    state: str
    purpose: str | None
    at: datetime
    """When it entered that state."""
    receipt_number: str | None = None
    cause: str | None = None
    """Why it failed, or what is to be reviewed."""


class TrailLine(_Part):
    """One thing that happened to a payment: the short name of payments' event, and its cause where there is one."""

    at: datetime
    event: str
    cause: str | None = None


class ShowPayment(Command, name="reporting.show_payment", version=1, key="asked_by"):
    """One payment's trail, by its id, its receipt's number or the provider's reference. Answered by PaymentShown."""

    asked_by: MemberId
    reference: str


class PaymentShown(Event, name="reporting.payment_shown", version=1, key="asked_by"):
    """Answers ShowPayment; `payment` None when there is none of that reference."""

    asked_by: MemberId
    reference: str
    payment: PaymentLine | None
    provider_reference: str | None = None
    trail: tuple[TrailLine, ...] = ()


class ShowReview(Command, name="reporting.show_review", version=1, key="asked_by"):
    """What waits for staff: payments to review, disputes, payments by bank or cash. Answered by ReviewShown."""

    asked_by: MemberId


class ReviewShown(Event, name="reporting.review_shown", version=1, key="asked_by"):
    """Answers ShowReview: the oldest first, by bank or cash last, at most ten; `more` are not in the list."""

    asked_by: MemberId
    payments: tuple[PaymentLine, ...]
    more: int
    exceptions: int = 0
    """Open exceptions of the reconciliation: worked off on the pages."""


class ShowRefunds(Command, name="reporting.show_refunds", version=1, key="asked_by"):
    """The latest refunds. Answered by RefundsShown."""

    asked_by: MemberId


class RefundsShown(Event, name="reporting.refunds_shown", version=1, key="asked_by"):
    """Answers ShowRefunds: the newest first, at most ten; `more` are not in the list."""

    asked_by: MemberId
    payments: tuple[PaymentLine, ...]
    more: int


class AuditLine(_Part):
    """One use of a staff command or page. `who` is the member; the conversation knows how to name them."""

    at: datetime
    who: MemberId
    command: str
    allowed: bool


class ShowAudit(Command, name="reporting.show_audit", version=1, key="asked_by"):
    """Who did what on days `first` to `last`; `who` None: everybody. Answered by AuditShown."""

    asked_by: MemberId
    first: date
    last: date
    who: MemberId | None = None


class AuditShown(Event, name="reporting.audit_shown", version=1, key="asked_by"):
    """Answers ShowAudit: the newest first, at most twenty; `more` are not in the list."""

    asked_by: MemberId
    first: date
    last: date
    entries: tuple[AuditLine, ...]
    more: int


class VolunteerLine(_Part):
    """Somebody who registered. Personal."""

    member: MemberId
    full_name: str
    email: str | None
    province: str
    place: str
    skills: tuple[str, ...]


class ListVolunteers(Command, name="reporting.list_volunteers", version=1, key="asked_by"):
    """Who registered, by words of a skill and of a place; None: any. Answered by VolunteersListed."""

    asked_by: MemberId
    skill: str | None = None
    place: str | None = None


class VolunteersListed(Event, name="reporting.volunteers_listed", version=1, key="asked_by"):
    """Answers ListVolunteers: by name, at most ten; `more` are not in the list, but on the pages."""

    asked_by: MemberId
    skill: str | None
    place: str | None
    volunteers: tuple[VolunteerLine, ...]
    more: int


class Fact(_Part):
    """What the event log keeps of an event: nothing of a person. Which fields are there depends on the event."""

    payment_id: str | None = None
    amount: Money | None = None
    method: str | None = None
    purpose: str | None = None
    """One of the configured purposes, else "Other": free text may name somebody."""
    purpose_before: str | None = None
    """As `purpose`: what the receipt was for until it was corrected, where that is another fund."""
    after: str | None = None
    """The payment's state before the event."""
    cause: str | None = None
    debit: str | None = None
    credit: str | None = None
    """Accounts of a correction."""
    credex_id: str | None = None
    credex: Credit | None = None
    """Credit that was offered or given, and the core's id of it: never money, never in a journal of money."""


class LogEvent(Command, name="reporting.log_event", version=1, key="book"):
    """Number this event in the log. Reporting asks it of itself: one key, so that one lane writes the log."""

    book: Literal["log"] = "log"
    event_id: str
    event: str
    at: datetime
    """When it happened."""
    fact: Fact


class PostEntry(Command, name="reporting.post_entry", version=1, key="currency"):
    """Post the oldest event of the log that a journal lacks. Reporting asks it of itself.

    `currency` names the journal: an ISO code, or `credex:` with a denomination.
    """

    currency: str


class ReconcileStatement(Command, name="reporting.reconcile_statement", version=1, key="statement"):
    """Compare a statement that was imported. Reporting asks it of itself, when somebody of finance gave it one."""

    statement: str


class ForgetGift(Command, name="reporting.forget_gift", version=1, key="member"):
    """Take the person off one gift of theirs. Reporting asks it of itself, for each gift, when a person is erased."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
    payment_id: str


class PersonErased(Event, name="reporting.person_erased", version=1, key="member"):
    """Reporting keeps nothing more that tells who this was: the answer to `conversation.erasure_requested`."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
    at: datetime


class ConfirmErasure(Command, name="reporting.confirm_erasure", version=1, key="member"):
    """Say that a person is erased. Reporting asks it of itself, behind all that is to be erased, in one lane."""

    OF_ERASURE: ClassVar[bool] = True

    member: MemberId
