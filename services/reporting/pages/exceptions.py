"""Reconciliation: statements are imported, exceptions are worked off. Where money moves, by two people."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

from aiohttp import web

from services.reporting.domain.accounts import CORRECTED, SINGLE, is_account
from services.reporting.domain.exceptions import EXPLAINED, Correction, Finding
from services.reporting.domain.reconcile import finding_id
from services.reporting.domain.summary import METHOD_NAMES
from services.reporting.pages.desk import BadForm, Desk, Form, Visit, field, see_other
from services.reporting.store import EXCEPTIONS, MOST_STATEMENT_BYTES, STATEMENTS, Statement
from shared.bus.entry import Arrival
from shared.contracts.base import Message
from shared.contracts.reporting import Fact, LogEvent, ReconcileStatement
from shared.kernel.ids import derive_id
from shared.kernel.money import DECIMALS, Money

SHOWN = 200


class Exceptions:
    """`/finance/exceptions…` and `/finance/statements`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def table(self, visit: Visit) -> web.StreamResponse:
        """What is open, or what is settled; and the statements."""
        is_open = visit.request.query.get("state") != "settled"
        order = "day" if is_open else "-day"
        found = await self._desk.entry.find(EXCEPTIONS, {"open": is_open}, order=order, limit=SHOWN)
        statements = await self._desk.entry.find(STATEMENTS, {}, order="-imported_at", limit=20)
        return self._desk.show(
            visit,
            "exceptions.html",
            found=[(finding_id(finding), finding) for finding in found],
            is_open=is_open,
            statements=statements,
            explained=EXPLAINED,
            currencies=sorted(DECIMALS),
            most=SHOWN,
        )

    async def load(self, visit: Visit) -> web.StreamResponse:
        """Import a statement. The same one again is the same, and is compared again."""
        form = await visit.request.post()
        file, currency = form.get("file"), field(form, "currency")
        if not isinstance(file, web.FileField) or currency not in DECIMALS:
            raise BadForm("Choose a CSV file and its currency.")
        content = file.file.read()
        if not 0 < len(content) <= MOST_STATEMENT_BYTES:
            raise BadForm(f"The file is empty, or larger than {MOST_STATEMENT_BYTES / 1e6:.1f} MB: import it in parts.")
        encoded = base64.b64encode(content).decode()
        # The time is part of it: a statement may be compared again, when more has come in.
        id = derive_id("T", currency, encoded, self._desk.now.isoformat(timespec="minutes"))
        statement = Statement(
            currency=currency,
            name=file.filename[:100],
            imported_by=visit.member,
            imported_at=self._desk.now,
            content=encoded,
        )
        await self._desk.entry.accept([Arrival(STATEMENTS, id, statement, [ReconcileStatement(statement=id)])])
        await self._desk.note(visit, f"imported a statement in {currency}")
        return see_other("/finance/exceptions")

    async def one(self, visit: Visit) -> web.StreamResponse:
        """One exception."""
        id = visit.request.match_info["id"]
        finding = (await self._desk.entry.read(EXCEPTIONS, [id])).get(id)
        if finding is None:
            raise web.HTTPNotFound
        funds = [f"fund:{purpose}" for purpose in (*self._desk.settings.purposes, "Other")]
        return self._desk.show(
            visit,
            "exception.html",
            id=id,
            finding=finding,
            explained=EXPLAINED[finding.type],
            accounts=[*SINGLE, *(f"provider:{method}" for method in METHOD_NAMES if method != "manual"), *funds],
            member=visit.member,
        )

    async def act(self, visit: Visit) -> web.StreamResponse:
        """Note, resolve, propose an entry, withdraw or confirm it."""
        id = visit.request.match_info["id"]
        if id not in await self._desk.entry.read(EXCEPTIONS, [id]):
            raise web.HTTPNotFound
        form = await visit.request.post()
        text, now, who = field(form, "text"), self._desk.now, visit.member
        what = field(form, "do")

        def note(finding: Finding) -> Sequence[Message]:
            finding.note(who, text, now)
            return []

        def resolve(finding: Finding) -> Sequence[Message]:
            finding.resolve(who, text, now)
            return []

        def propose(finding: Finding) -> Sequence[Message]:
            finding.propose(who, text, self._correction(visit, finding, form), now)
            return []

        def withdraw(finding: Finding) -> Sequence[Message]:
            finding.withdraw(who, text, now)
            return []

        def confirm(finding: Finding) -> Sequence[Message]:
            correction = finding.confirm(who, now)
            fact = Fact(
                payment_id=finding.reference or None,
                amount=correction.amount,
                cause=finding.type,
                debit=correction.debit,
                credit=correction.credit,
            )
            return [LogEvent(event_id=f"correction {id}", event=CORRECTED, at=now, fact=fact)]

        acts: dict[str, Callable[[Finding], Sequence[Message]]] = {
            "note": note,
            "resolve": resolve,
            "propose": propose,
            "withdraw": withdraw,
            "confirm": confirm,
        }
        if what not in acts:
            raise BadForm("Choose what to do with the exception.")
        await self._desk.entry.change(EXCEPTIONS, id, acts[what])
        await self._desk.note(visit, f"{what} exception {id}")
        return see_other(f"/finance/exceptions/{id}")

    def _correction(self, visit: Visit, finding: Finding, form: Form) -> Correction:
        amount, debit, credit = (field(form, name, 80) for name in ("amount", "debit", "credit"))
        if not (is_account(debit) and is_account(credit)):
            raise BadForm("Choose the two accounts.")
        try:
            money = Money.of(amount.replace(",", ""), finding.currency)
        except (ValueError, ArithmeticError):
            raise BadForm(f"Write the amount in {finding.currency} like 20.50.") from None
        return Correction(debit=debit, credit=credit, amount=money, by=visit.member)
