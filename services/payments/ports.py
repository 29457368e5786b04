"""What payments needs from outside: Paynow, asked to charge and what became of it; and pictures to send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from pydantic import BaseModel, SecretStr, model_validator

from services.payments.domain.apply_status import StatusReport
from services.payments.domain.receipt import Receipt
from shared.contracts.files import FileRef
from shared.contracts.payments import Authorisation, Method, Reason
from shared.kernel.ids import MemberId, PaymentId
from shared.kernel.languages import Language
from shared.kernel.money import Money
from shared.outcalls.calls import Call


@dataclass(frozen=True)
class Integration:
    """A merchant integration at Paynow. It is what makes a currency: no message names one (Paynow contract 7)."""

    id: int
    key: SecretStr
    auth_email: str


class Initiation(BaseModel):
    """Ask the payer for money (Paynow contract 1, 2). `wallet` is E.164; None where the method needs none."""

    payment_id: PaymentId
    merchant_trace: str
    amount: Money
    method: Method
    wallet: str | None
    purpose: str


class InitiationAnswer(BaseModel):
    """Paynow took the request (`poll_url`), refused it (`refusal`), or was not asked since it is known to be down
    (`away`): exactly one of the three. `evidence`: SHA-256 of the raw body."""

    poll_url: str | None = None
    paynow_reference: str | None = None
    instructions: str | None = None
    authorisation: Authorisation | None = None
    one_time_code_url: str | None = None
    refusal: Reason | None = None
    away: bool = False
    evidence: str | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if [self.poll_url is not None, self.refusal is not None, self.away].count(True) != 1:
            raise ValueError("an answer has either a poll URL or a refusal, or there is none")
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


class OneTimeCode(BaseModel):
    """The payer's code for O'mari, and where it goes (Paynow contract 2.4)."""

    currency: str
    url: str
    code: str


class OneTimeCodeAnswer(BaseModel):
    """The status that the right code brought, or `report` None: the code is wrong."""

    report: StatusReport | None = None
    evidence: str


class CodePicture(BaseModel):
    """Draw this text as a QR picture."""

    text: str


class ReceiptPicture(BaseModel):
    """Draw this receipt as a PDF."""

    receipt: Receipt
    payer: MemberId
    payer_name: str
    language: Language = "en"


class MadeFile(BaseModel):
    """What was drawn, kept by payments."""

    file: FileRef


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

ONE_TIME_CODE = Call(
    "paynow.one_time_code",
    OneTimeCode,
    OneTimeCodeAnswer,
    deadline=timedelta(seconds=30),
    repeats=False,
    give_up=timedelta(0),
)
"""Each wrong one counts at Paynow, so none is sent twice by itself."""

DRAW_CODE = Call(
    "payments.draw_code", CodePicture, MadeFile, deadline=timedelta(seconds=5), repeats=True, give_up=timedelta(0)
)
"""The payer waits for the code itself, so a picture that cannot be made at once is left out."""

DRAW_RECEIPT = Call("payments.draw_receipt", ReceiptPicture, MadeFile, deadline=timedelta(seconds=20), repeats=True)
"""Drawn again until it is kept (decision 0006)."""
