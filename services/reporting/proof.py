"""Proves and exports the stored ledger: what `ruvimbo ledger` does. Beside handlers, since it hears no message."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from typing import Any, TextIO

from services.reporting.domain.accounts import CREDEX, Rules, amount_in
from services.reporting.domain.journal import START, Broken, Proof, Verifier, entry_for
from services.reporting.store import JOURNAL, LOG
from shared.kernel.money import DECIMALS
from shared.store.documents import Kind, Span, State
from shared.store.stores import Stores

COLUMNS = ("currency", "number", "date", "event", "reference", "account", "debit", "credit", "log", "hash")
"""Of the export: a row per line of an entry; amounts in major units, in debit or in credit."""


async def prove(stores: Stores, currency: str, rules: Rules) -> Proof:
    """Verify a journal of `journals`: its chain and sums, and each entry against the event of the log behind it."""
    verifier = Verifier(currency)
    logged = _all(stores, LOG, {"currency": currency, "place": Span(1)}, "place")
    hash = START
    async for entry in _all(stores, JOURNAL, {"currency": currency}, "number"):
        verifier.take(entry)
        if verifier.broken:
            return verifier.proof
        event = await anext(logged, None)
        if event is None or entry_for(event, hash, rules).hash != entry.hash:
            broken = Broken(currency, entry.number, "is not what the event log says by today's rules")
            return Proof(currency, entry.number - 1, hash, verifier.proof.balances, broken)
        hash = entry.hash
    if await anext(logged, None) is not None:
        proof = verifier.proof
        broken = Broken(currency, proof.entries + 1, "is missing: its event is in the log and not posted")
        return Proof(currency, proof.entries, hash, proof.balances, broken)
    return verifier.proof


async def export(stores: Stores, currencies: list[str], to: TextIO) -> None:
    """Write the journals as CSV."""
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(COLUMNS)
    for currency in currencies:
        async for entry in _all(stores, JOURNAL, {"currency": currency}, "number"):
            for line in entry.lines:
                amount = amount_in(currency, abs(line.minor))
                sides = (amount, "") if line.minor > 0 else ("", amount)
                start = (currency, entry.number, entry.day, entry.event, entry.reference, line.account)
                writer.writerow([*start, *sides, entry.log_number, entry.hash])


async def journals(stores: Stores) -> list[str]:
    """The journals of every currency, and of the denominations of credex that were ever used."""
    logged = await stores.sums(LOG, {}, by=("currency",), of="number")
    used = {journal for (journal,), _, _ in logged if journal and journal.startswith(CREDEX)}
    return [*sorted(DECIMALS), *sorted(used)]


async def _all(stores: Stores, kind: Kind[State], where: dict[str, Any], order: str) -> AsyncIterator[State]:
    async for batch in stores.of(kind).stream(kind.name, where, order=order):
        for state in batch:
            yield kind.state.model_validate(state)
