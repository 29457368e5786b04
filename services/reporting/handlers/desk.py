"""The desk of finance: statements to compare, and what the provider says that fits no payment."""

from __future__ import annotations

from services.reporting.domain.exceptions import Finding
from services.reporting.domain.reconcile import finding_id
from services.reporting.domain.rows import harare_day
from services.reporting.ports import COMPARE, Compared, Comparison
from services.reporting.store import EXCEPTIONS, STATEMENTS, Statement
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.payments import CallbackUnmatched
from shared.contracts.reporting import ReconcileStatement
from shared.outcalls.calls import Unknown, Unreached


@on(ReconcileStatement)
async def reconcile_statement(command: ReconcileStatement, work: Work) -> None:
    """Have it compared, outside of the lane."""
    await work.load(STATEMENTS, command.statement)
    work.call(COMPARE, Comparison(statement=command.statement))


@answered(COMPARE, STATEMENTS)
async def compared(
    statement: Statement, request: Comparison, outcome: Compared | Unknown | Unreached, work: Work
) -> None:
    """Keep what came of it."""
    broken = Compared(rows=0, matched=0, found=0, problem="It could not be compared; that is our fault and was noted.")
    statement.result = outcome if isinstance(outcome, Compared) else broken


@on(CallbackUnmatched)
async def note_stray(event: CallbackUnmatched, work: Work) -> None:
    """Put it on the list of exceptions, once however often the provider calls; finance works it off there."""
    finding = Finding(
        type="stray",
        currency=event.currency,
        reference=event.reference,
        provider_reference=event.provider_reference,
        day=harare_day(event.received_at),
        theirs=event.amount,
        found_at=work.now,
    )
    await work.open(EXCEPTIONS, finding_id(finding), lambda: finding)
