"""Payments as CSV for accountants: UTF-8, a row per payment, columns as COLUMNS documents them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from services.reporting.domain.cells import safe
from services.reporting.domain.gifts import Gift
from services.reporting.domain.rows import PaymentRow
from services.reporting.domain.summary import METHOD_NAMES, STATE_NAMES
from shared.kernel.clock import HARARE

COLUMNS = {
    "date": "day of the state in Harare, YYYY-MM-DD",
    "time": "time of the state in Harare, HH:MM:SS",
    "reference": "our payment id, which is the merchant reference at the provider",
    "receipt": "number of the receipt",
    "state": "Settled is money in; all others are not income",
    "currency": "ISO 4217; ZWG is ZiG",
    "amount": "in major units with a point, without thousands marks; never to be added across currencies",
    "purpose": "what it was given for",
    "method": "how it was paid",
    "congregation": "as the donor said",
    "province": "as the donor said",
    "donor": "name on the receipt; empty where there is none or it was erased",
    "provider_reference": "the provider's own number",
    "cause": "why it failed, or what is to be reviewed",
}
"""Every column, in order, and what it says."""


class CsvReport:
    """Writes one file. `add` batches in order, then `close`."""

    def __init__(self, path: Path, *, bom: bool) -> None:
        self._file = path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow(COLUMNS)

    def add(self, payments: Iterable[tuple[PaymentRow, Gift | None]]) -> None:
        """The next payments."""
        for row, gift in payments:
            at = row.at.astimezone(HARARE)
            self._writer.writerow(
                (
                    row.day.isoformat(),
                    f"{at:%H:%M:%S}",
                    row.payment_id,
                    row.receipt_number or "",
                    STATE_NAMES[row.state],
                    row.currency,
                    str(row.amount.amount),
                    safe(row.purpose),
                    METHOD_NAMES.get(row.method, row.method),
                    safe(row.congregation),
                    safe(row.province),
                    safe(gift.name if gift else None),
                    safe(row.provider_reference),
                    safe(row.cause),
                )
            )

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
