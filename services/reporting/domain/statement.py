"""The provider's statement as CSV: which columns say what, and its rows (product 10).

No description of Paynow's statement is public, so the columns are a setting: `FIELD=HEADING` pairs, separated by
commas. The default is an invented example; check it against a real statement before live use.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from shared.kernel.errors import Refusal
from shared.kernel.money import Money

DEFAULT_COLUMNS = {
    "date": "Date",
    "provider_reference": "Paynow Reference",
    "reference": "Merchant Reference",
    "gross": "Gross",
    "fee": "Fee",
    "net": "Net",
    "method": "Method",
    "status": "Status",
}
"""An invented example, not Paynow's own (product 10)."""

NEEDED = ("date", "reference", "gross", "status")
MOST_ROWS = 200_000
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d %b %Y", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")


class NotAStatement(Refusal):
    """The file is no statement that we can read; the text says what is wrong and where."""


class StatementRow(BaseModel):
    """One line of the statement. `line` counts from 1, the heading included."""

    line: int
    day: date
    reference: str
    provider_reference: str | None
    gross: Money
    fee: Money | None
    status: str


@dataclass(frozen=True)
class Columns:
    """The heading of each field."""

    headings: dict[str, str] = field(default_factory=lambda: dict(DEFAULT_COLUMNS))

    @classmethod
    def parse(cls, text: str) -> Columns:
        """The columns in the text of the setting; fields that it does not name keep their default heading."""
        headings = dict(DEFAULT_COLUMNS)
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, equals, heading = (piece.strip() for piece in part.partition("="))
            if not equals or name not in DEFAULT_COLUMNS or not heading:
                raise ValueError(f"{part!r} is not like 'reference=Merchant Reference'; fields: {', '.join(headings)}")
            headings[name] = heading
        return cls(headings)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Columns) else cls.parse(str(value))
        )


def read_statement(data: bytes, currency: str, columns: Columns) -> Iterator[StatementRow]:
    """The rows of a statement in one currency. Raises NotAStatement that names the column or line at fault."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAStatement("The file is not UTF-8 text; save the statement as CSV (UTF-8).") from None
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        places = _places(next(reader, []), columns)
        for count, cells in enumerate(reader, start=1):
            if count > MOST_ROWS:
                raise NotAStatement(f"The file has more than {MOST_ROWS:,} rows; import it in parts.")
            if any(cell.strip() for cell in cells):
                yield _row(reader.line_num, cells, places, currency)
    except csv.Error:
        raise NotAStatement(f"Line {reader.line_num} is not CSV: check its quotation marks.") from None


def _places(cells: list[str], columns: Columns) -> dict[str, int]:
    found = {cell.strip().casefold(): place for place, cell in reversed(list(enumerate(cells)))}
    places = {
        name: found[heading.casefold()] for name, heading in columns.headings.items() if heading.casefold() in found
    }
    missing = [columns.headings[name] for name in NEEDED if name not in places]
    if missing:
        named = ", ".join(f"“{heading}”" for heading in missing)
        raise NotAStatement(f"The statement lacks the column {named}; STATEMENT_COLUMNS says what columns are called.")
    return places


def _row(line: int, cells: list[str], places: dict[str, int], currency: str) -> StatementRow:
    def cell(name: str) -> str:
        place = places.get(name, -1)
        return cells[place].strip() if 0 <= place < len(cells) else ""

    def money(name: str) -> Money:
        plain = cell(name).replace(",", "").replace(" ", "").lstrip("$").removeprefix(currency)
        try:
            return Money.of(Decimal(plain), currency)
        except (InvalidOperation, ValueError):
            raise NotAStatement(f"Line {line} has no amount of {currency} in “{name}”.") from None

    return StatementRow(
        line=line,
        day=_day(line, cell("date")),
        reference=cell("reference"),
        provider_reference=cell("provider_reference").replace(",", "") or None,
        gross=money("gross"),
        fee=money("fee") if cell("fee") else None,
        status=" ".join(cell("status").lower().split()),
    )


def _day(line: int, text: str) -> date:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 a statement's day is Harare's, with no time
        except ValueError:
            continue
    raise NotAStatement(f"Line {line} has no date that we can read; write it like 2026-11-24 or 24/11/2026.")
