"""The desk of finance: statements to compare."""

from __future__ import annotations

from services.reporting.ports import COMPARE, Compared, Comparison
from services.reporting.store import STATEMENTS, Statement
from shared.bus.handlers import answered, on
from shared.bus.work import Work
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
