"""Reporting's documents."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, computed_field

from services.reporting.domain.credexes import Credex
from services.reporting.domain.exceptions import Finding
from services.reporting.domain.gifts import Gift
from services.reporting.domain.journal import JournalEntry
from services.reporting.domain.log import LogEntry
from services.reporting.domain.rows import PaymentRow, harare_day
from services.reporting.domain.volunteers import Volunteer
from services.reporting.ports import Compared
from shared.contracts.files import FileRef
from shared.contracts.reporting import ReportKind, Schedule
from shared.http.files import StoredFile
from shared.kernel.ids import MemberId
from shared.store.documents import Kind


class StaffUse(BaseModel):
    """One use of a staff command, or of the pages; allowed or not."""

    member: MemberId
    command: str
    allowed: bool
    at: datetime

    @computed_field  # type: ignore[prop-decorator]  # mypy#1362: decorators on top of a property
    @property
    def day(self) -> date:
        """The Harare day."""
        return harare_day(self.at)


class FailedDelivery(BaseModel):
    """A message of ours that will not arrive."""

    member: MemberId
    reference: str
    code: int | None
    at: datetime


LOG = Kind(
    "event_log", LogEntry, unique=(("event_id",),), indexes=(("number",), ("currency", "place"), ("fact.payment_id",))
)
"""The event log, under the entries' numbers."""

JOURNAL = Kind("journal", JournalEntry, indexes=(("currency", "number"), ("currency", "reference", "to_funds")))
"""The ledger, under currency and number."""

ROWS = Kind(
    "payment_rows",
    PaymentRow,
    indexes=(
        ("state", "day", "currency", "method", "purpose", "congregation", "province", "minor"),
        ("day", "state", "currency", "minor"),
        ("at", "state", "currency", "method", "minor"),
        ("words", "at"),
    ),
)
"""One per payment, under the payment id. The first two indexes alone answer every figure of a
period (measured: a third of the time with the documents), the third finds every list of one."""

GIFTS = Kind("gifts", Gift, indexes=(("counts", "day", "currency", "member", "minor"), ("words", "day"), ("member",)))
"""One per settled payment, under its id: personal."""

CREDEXES = Kind(
    "credexes",
    Credex,
    indexes=(("made", "denomination", "outcome", "units"), ("ended", "denomination", "outcome", "units")),
)
"""One per credex that we heard of, under the core's id: without any person."""

STAFF_USE = Kind("staff_use", StaffUse, indexes=(("day", "at"), ("member", "day", "at")))
"""The audit trail: one per use, under the id of the event that told of it."""

FAILED_DELIVERIES = Kind("failed_deliveries", FailedDelivery, indexes=(("at",),))
"""One per message, under its reference."""

VOLUNTEERS = Kind("volunteers", Volunteer, indexes=(("words", "full_name"), ("full_name",)))
"""Who registered, under the member's id: personal."""

EXCEPTIONS = Kind("exceptions", Finding, indexes=(("open", "day"), ("reference",)))
"""What a reconciliation found, each under an id of its own: found again, it is the same."""


class Report(BaseModel):
    """A report that was asked for, and the file that came of it."""

    asked_by: MemberId
    also_to: tuple[MemberId, ...]
    kind: ReportKind
    first: date
    last: date
    schedule: Schedule | None
    asked_at: datetime
    state: Literal["making", "ready", "failed"] = "making"
    file: FileRef | None = None
    """Its URL expires after a day; the file stays in REPORT_FILES for longer."""

    @property
    def file_id(self) -> str | None:
        """The id of the file."""
        return id_of(self.file) if self.file else None


def id_of(file: FileRef) -> str:
    """The id of a file: the last part of the address that it was given."""
    return PurePosixPath(urlsplit(file.url).path).name


REPORTS = Kind("reports", Report, indexes=(("asked_at",),))
"""Kept and listed, under an id derived from the command."""

REPORT_FILES = Kind("report_files", StoredFile, keep=timedelta(days=90))
"""They hold names: they go after a while, so that no file outlives an erasure for long. Reports can be made again."""


class Plan(BaseModel):
    """A schedule that is running: the entry of the calendar that its timer was set by, as text; empty: none."""

    time: str = ""


PLANS = Kind("plans", Plan)
"""One per schedule, under its name."""


class FinancePerson(BaseModel):
    """Which member a finance phone is, as last heard of."""

    phone: str
    member: MemberId


FINANCE_PEOPLE = Kind("finance_people", FinancePerson, indexes=(("member",),))
"""Under the number, E.164."""


class Statement(BaseModel):
    """A provider's statement that was imported; its rows are in the file. Nothing is ever taken out again."""

    currency: str
    name: str
    imported_by: MemberId
    imported_at: datetime
    content: str
    """Base64; at most MOST_STATEMENT_BYTES of it."""
    result: Compared | None = None


MOST_STATEMENT_BYTES = 3_500_000

STATEMENTS = Kind("statements", Statement, indexes=(("imported_at",),))
"""Under the digest of currency and content: the same statement again is the same."""
