"""CSV for accountants: UTF-8, a row per payment or per credex, columns as COLUMNS and CREDEX_COLUMNS document them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from services.reporting.domain.accounts import credit_of
from services.reporting.domain.cells import safe
from services.reporting.domain.credexes import Credex
from services.reporting.domain.gifts import Gift
from services.reporting.domain.rows import PaymentRow
from services.reporting.domain.summary import CREDEX_STEPS, METHOD_NAMES, STATE_NAMES, UNKNOWN_DENOMINATION
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


CREDEX_COLUMNS = {
    "credex": "id at credex-core",
    "offered_date": "day of the offer in Harare, YYYY-MM-DD; empty where it was not offered through us",
    "offered_time": "time of the offer in Harare, HH:MM:SS",
    "denomination": f"never to be added to another; `{UNKNOWN_DENOMINATION}` where nothing told it",
    "amount": "in units of the denomination with a point; empty where it is not known",
    "outcome": "`Still open` until it ended",
    "outcome_date": "day of the outcome in Harare; may be after the period, which has the offer or its outcome",
    "outcome_time": "time of the outcome in Harare",
}
"""The same of credexes. They are credit between members, no money of ours."""


class _Csv:
    """Writes one file: `add` batches in order, then `close`."""

    def __init__(self, path: Path, columns: Iterable[str], *, bom: bool) -> None:
        self._file = path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow(columns)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class CredexCsv(_Csv):
    """A row per credex."""

    def __init__(self, path: Path, *, bom: bool) -> None:
        super().__init__(path, CREDEX_COLUMNS, bom=bom)

    def add(self, credexes: Iterable[Credex]) -> None:
        """The next credexes."""
        for one in credexes:
            self._writer.writerow(
                (
                    safe(one.credex_id),
                    *_moment(one.made_at),
                    one.denomination or UNKNOWN_DENOMINATION,
                    credit_of(one.units) if one.amount else "",
                    CREDEX_STEPS[one.outcome],
                    *_moment(one.ended_at),
                )
            )


class CsvReport(_Csv):
    """A row per payment."""

    def __init__(self, path: Path, *, bom: bool) -> None:
        super().__init__(path, COLUMNS, bom=bom)

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


def _moment(at: datetime | None) -> tuple[str, str]:
    here = at.astimezone(HARARE) if at else None
    return (f"{here:%Y-%m-%d}", f"{here:%H:%M:%S}") if here else ("", "")
