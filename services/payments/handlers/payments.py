"""A payment from its request to its outcome, and what staff decide about it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_never

from services.payments.domain.apply_status import (
    OUTCOMES,
    PENDING,
    StatusReport,
    apply_status,
    to_review,
    would_be_news,
)
from services.payments.domain.approve import approve, await_approval, refusal, reject
from services.payments.domain.ask_again import is_over, next_question
from services.payments.domain.expire import expire
from services.payments.domain.find_out import found, not_found
from services.payments.domain.initiate import accepted, answer_lost, not_asked, not_made
from services.payments.domain.initiate import initiated as initiated_event
from services.payments.domain.one_time_code import answer_owed, code_not_tried, code_wrong, may_try, no_tries_left
from services.payments.domain.payment import Payment
from services.payments.domain.request import must_be_same, new_payment, refusal_of
from services.payments.domain.states import ANSWERED, ENDED
from services.payments.handlers.receipts import newest_receipt
from services.payments.ports import (
    CHECK,
    DRAW_CODE,
    INITIATE,
    ONE_TIME_CODE,
    POLL,
    TRACE,
    CodePicture,
    Initiation,
    InitiationAnswer,
    MadeFile,
    OneTimeCode,
    OneTimeCodeAnswer,
    Poll,
    Trace,
    TraceAnswer,
)
from services.payments.settings import PaymentsSettings
from services.payments.store import PAYMENTS, RECEIPTS, STRAY_CALLBACKS, StrayCallback
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.base import Event
from shared.contracts.gateway import PaymentStatusReceived
from shared.contracts.payments import (
    ApprovePayment,
    CheckPayment,
    PaymentChecked,
    PaymentSettled,
    RejectPayment,
    RequestPayment,
    SubmitOneTimeCode,
)
from shared.kernel.ids import payment_id_of
from shared.outcalls.calls import Call, Unknown, Unreached
from shared.telemetry import metrics

log = logging.getLogger(__name__)


@on(RequestPayment)
async def request(command: RequestPayment, work: Work) -> None:
    """Charge the wallet, if the request fits the rules. The same intent again changes nothing."""
    if await work.is_erased(command.payer):
        return  # a late copy of a request; nothing is charged for somebody who is gone
    id = payment_id_of(command.intent)
    refused = refusal_of(command, _settings(work).rules, work.now)
    if refused is not None and not await work.exists(PAYMENTS, id):
        work.emit(refused)
        return
    payment = await work.open(PAYMENTS, id, lambda: new_payment(command, work.now, work.traceparent))
    must_be_same(payment, command)
    if payment.state == "requested" and payment.method == "manual":
        work.emit(await_approval(payment, _settings(work).bank_details or "", work.now))
    elif payment.state == "requested":
        payment.move("initiating", work.now, "requested")
        work.call(
            INITIATE,
            Initiation(
                payment_id=payment.id,
                merchant_trace=payment.merchant_trace,
                amount=payment.amount,
                method=payment.method,
                wallet=payment.wallet,
                purpose=payment.purpose,
            ),
        )


@answered(INITIATE, PAYMENTS)
async def initiated(
    payment: Payment, request: Initiation, outcome: InitiationAnswer | Unknown | Unreached, work: Work
) -> None:
    """Wait for the payer, tell of the refusal, or find out what the lost answer was."""
    match outcome:
        case InitiationAnswer(poll_url=str() as poll_url):
            waits = accepted(
                payment,
                poll_url=poll_url,
                paynow_reference=outcome.paynow_reference,
                instructions=outcome.instructions,
                authorisation=outcome.authorisation,
                one_time_code_url=outcome.one_time_code_url,
                now=work.now,
                evidence=outcome.evidence,
            )
            if waits and outcome.authorisation is not None and outcome.authorisation.code is not None:
                work.call(DRAW_CODE, CodePicture(text=outcome.authorisation.code))  # and then tell
            elif waits:
                work.emit(initiated_event(payment, test_mode=_settings(work).paynow_test_mode))
        case InitiationAnswer(away=True):
            work.emit(*not_asked(payment, work.now))
        case InitiationAnswer():
            reason = outcome.refusal or "declined"
            work.emit(*not_made(payment, reason, f"refused: {reason}", work.now, outcome.evidence))
        case Unreached():
            work.emit(*not_made(payment, "unreachable", f"not reached: {outcome.reason}", work.now, None))
        case Unknown():
            work.emit(*answer_lost(payment, f"answer lost: {outcome.reason}", work.now))
        case _:
            assert_never(outcome)
    _ask_on(payment, work)


@answered(DRAW_CODE, PAYMENTS)
async def code_drawn(
    payment: Payment, request: CodePicture, outcome: MadeFile | Unknown | Unreached, work: Work
) -> None:
    """Tell the payer of the code, with its picture if there is one."""
    if isinstance(outcome, MadeFile) and payment.authorisation is not None:
        payment.authorisation = payment.authorisation.model_copy(update={"picture": outcome.file})
    if payment.state == "awaiting_payer":
        work.emit(initiated_event(payment, test_mode=_settings(work).paynow_test_mode))


@on(PaymentStatusReceived)
async def note_hint(event: PaymentStatusReceived, work: Work) -> None:
    """A callback is a hint: ask Paynow itself, by what we stored and not by what the callback says."""
    known = await work.read(PAYMENTS, event.payment_id)
    if known is None or known.amount.currency != event.currency or known.method == "manual":
        fields = event.model_dump(include={"currency", "status", "paynow_reference", "amount", "received_at"})
        stray = StrayCallback(reference=event.payment_id, **fields)
        log.error("a callback names a payment that Paynow cannot have", extra={"currency": event.currency})
        await work.open(STRAY_CALLBACKS, event.body_digest, lambda: stray)
        work.emit(stray.told())
        return
    payment = await work.load(PAYMENTS, event.payment_id)
    work.join_trace(payment.traceparent)
    payment.note(work.now, "callback", event.body_digest)
    if would_be_news(payment, event.status):
        _ask_now(payment, work)


@answered(POLL, PAYMENTS)
async def polled(payment: Payment, request: Poll, outcome: StatusReport | Unknown | Unreached, work: Work) -> None:
    """The poll is the truth: apply it, and ask again while the outcome is open."""
    _apply(payment, outcome, "poll", work)
    work.emit(*answer_owed(payment))
    _ask_on(payment, work, polled=True)


@answered(TRACE, PAYMENTS)
async def traced(payment: Payment, request: Trace, outcome: TraceAnswer | Unknown | Unreached, work: Work) -> None:
    """What became of a request whose answer was lost, or the last question about one that stayed open."""
    if isinstance(outcome, TraceAnswer):
        if outcome.found is not None and outcome.poll_url is not None:
            test_mode = _settings(work).paynow_test_mode
            _tell(work, found(payment, outcome.found, outcome.poll_url, test_mode=test_mode, now=work.now))
        else:
            work.emit(*not_found(payment, work.now, outcome.evidence))
        if is_over(payment, work.now):
            work.emit(*expire(payment, work.now, outcome.evidence))
    _ask_on(payment, work)


@on(CheckPayment)
async def check(command: CheckPayment, work: Work) -> None:
    """Ask the provider now and tell; what is known for good, or has nothing yet to ask by, is told at once."""
    payment = await work.load(PAYMENTS, command.payment_id)
    if payment.poll_url is not None and payment.state not in ANSWERED:
        work.call(CHECK, Poll(currency=payment.amount.currency, poll_url=payment.poll_url))
        return
    if payment.state == "uncertain":
        _ask_now(payment, work)
    await _tell_checked(payment, work, asked=True)


@answered(CHECK, PAYMENTS)
async def checked(payment: Payment, request: Poll, outcome: StatusReport | Unknown | Unreached, work: Work) -> None:
    """Apply the poll that somebody waited for, and tell."""
    _apply(payment, outcome, "check", work)
    _ask_on(payment, work)
    await _tell_checked(payment, work, asked=isinstance(outcome, StatusReport))


@on(SubmitOneTimeCode)
async def submit_code(command: SubmitOneTimeCode, work: Work) -> None:
    """Give O'mari's code to Paynow; one at a time, since each wrong one counts."""
    payment = await work.load(PAYMENTS, command.payment_id)
    if not may_try(payment, command) or payment.one_time_code_url is None or _has_due(work, ONE_TIME_CODE):
        work.emit(code_not_tried(payment))
        return
    currency = payment.amount.currency
    work.call(ONE_TIME_CODE, OneTimeCode(currency=currency, url=payment.one_time_code_url, code=command.code))


@answered(ONE_TIME_CODE, PAYMENTS)
async def code_tried(
    payment: Payment, request: OneTimeCode, outcome: OneTimeCodeAnswer | Unknown | Unreached, work: Work
) -> None:
    """Apply what the right code brought. After a wrong one too many, or a lost answer, ask what became of it."""
    match outcome:
        case OneTimeCodeAnswer(report=StatusReport() as report):
            _apply(payment, report, "one-time code", work)
        case OneTimeCodeAnswer():
            work.emit(*code_wrong(payment, work.now, outcome.evidence))
        case _:
            work.emit(code_not_tried(payment))
    if payment.is_open and (no_tries_left(payment) or isinstance(outcome, Unknown)):
        _ask_now(payment, work)
    _ask_on(payment, work)


@on(ApprovePayment)
async def approve_payment(command: ApprovePayment, work: Work) -> None:
    """Somebody of the staff says that the money has come."""
    if not await work.exists(PAYMENTS, command.payment_id):
        work.emit(refusal(command.payment_id, command.approver, "unknown"))
        return
    payment = await work.load(PAYMENTS, command.payment_id)
    work.emit(*approve(payment, command.approver, _settings(work).approval_threshold, work.now))


@on(RejectPayment)
async def reject_payment(command: RejectPayment, work: Work) -> None:
    """Somebody of the staff says that the money has not come."""
    if not await work.exists(PAYMENTS, command.payment_id):
        work.emit(refusal(command.payment_id, command.approver, "unknown"))
        return
    payment = await work.load(PAYMENTS, command.payment_id)
    work.emit(*reject(payment, command.approver, command.reason, work.now))


def _settings(work: Work) -> PaymentsSettings:
    settings: PaymentsSettings = work.settings
    return settings


def _apply(payment: Payment, outcome: StatusReport | Unknown | Unreached, source: str, work: Work) -> None:
    if not isinstance(outcome, StatusReport):
        return
    if outcome.word not in OUTCOMES and outcome.word not in PENDING:
        log.error("Paynow uses a status that we don't know", extra={"status": outcome.word})
    _tell(work, apply_status(payment, outcome, source, work.now))


def _tell(work: Work, events: Sequence[Event]) -> None:
    """Say what the provider's word made of a payment; money after we called it off is told to staff, too."""
    for event in events:
        if isinstance(event, PaymentSettled) and event.after in ENDED:
            metrics.contradictions.add(1, {"before": event.after})
            log.error("money came for a payment that had ended", extra={"payment": event.payment_id})
    work.emit(*events)


def _has_due(work: Work, *calls: Call[Any, Any]) -> bool:
    """Whether the document asks for such a call already, or makes it now."""
    return bool({call.name for call in calls} & {call.name for call in work.held[1].outcalls})


def _ask_now(payment: Payment, work: Work) -> None:
    """Bring the next question forward."""
    work.drop_calls(POLL)
    work.drop_calls(TRACE)
    _ask(payment, work, work.now)


def _ask_on(payment: Payment, work: Work, *, polled: bool = False) -> None:
    """Plan the next question while the outcome is open: one at a time; when there is none left, staff must look."""
    if not payment.is_open:
        work.drop_calls(POLL)
        work.drop_calls(TRACE)
        return
    if payment.asked_since is None or _has_due(work, POLL, TRACE):
        return
    at = next_question(payment, work.now, polled=polled)
    if at is None:
        work.emit(*to_review(payment, "outcome_unknown", "no answer after the last trace", work.now))
    else:
        _ask(payment, work, at, by_trace=payment.state == "uncertain" or is_over(payment, work.now))


def _ask(payment: Payment, work: Work, at: datetime, *, by_trace: bool = False) -> None:
    currency = payment.amount.currency
    if payment.poll_url is None or by_trace:
        work.call(TRACE, Trace(currency=currency, merchant_trace=payment.merchant_trace), due=at)
    else:
        work.call(POLL, Poll(currency=currency, poll_url=payment.poll_url), due=at)


async def _tell_checked(payment: Payment, work: Work, *, asked: bool) -> None:
    id = await newest_receipt(payment, work) if payment.state == "settled" else None
    receipt = await work.read(RECEIPTS, id) if id else None
    work.emit(
        PaymentChecked(
            payment_id=payment.id,
            payer=payment.payer,
            amount=payment.amount,
            method=payment.method,
            state=payment.state,
            asked=asked,
            receipt_number=receipt.code if receipt else None,
            authorisation=payment.authorisation if payment.state == "awaiting_payer" else None,
        )
    )
