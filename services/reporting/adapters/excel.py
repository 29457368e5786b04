"""Payments as an Excel workbook: a summary with native charts, a sheet of payments per currency, and credex.

Written row by row (`constant_memory`): a million payments need no more memory than a hundred. Text is only ever
text: no cell that somebody typed can be a formula or a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.reporting.domain.accounts import credit_of
from services.reporting.domain.gifts import Gift
from services.reporting.domain.rows import PaymentRow
from services.reporting.domain.summary import (
    METHOD_NAMES,
    STATE_NAMES,
    CurrencySummary,
    Slice,
    Summary,
    in_steps,
    step_name,
)
from shared.kernel.clock import HARARE

HEADS = {
    "Date": 11,
    "Time": 9,
    "Reference": 17,
    "Receipt": 13,
    "State": 11,
    "Amount": 13,
    "Purpose": 24,
    "Method": 14,
    "Congregation": 22,
    "Province": 22,
    "Donor": 28,
    "Provider reference": 18,
    "Cause": 22,
}
"""The columns of a currency's sheet and their least widths, in letters."""
MOST_WIDE = 50
"""Of a column, however long a text in it is."""

CHART_COLUMN = 5
ROWS_BESIDE_CHART = 16
MOST_ROWS = 1_048_575
"""That a sheet holds beside its heads."""


class ExcelReport:
    """Writes one file. `add` batches in order, then `close`."""

    def __init__(self, path: Path, summary: Summary) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.set_properties({"title": summary.title, "company": summary.organisation})
        self._book.set_size(1600, 1000)
        self._formats = _formats(self._book)
        self._summary = self._book.add_worksheet("Summary")
        _write_summary(self._book, self._summary, summary, self._formats)
        self._sheets = {one.currency: self._payments_sheet(one.currency) for one in summary.currencies}
        if summary.credex:
            _write_credex(self._book.add_worksheet("Credex"), summary, self._formats)
        self._widths = {currency: list(HEADS.values()) for currency in self._sheets}
        self._next = dict.fromkeys(self._sheets, 1)

    def add(self, payments: Iterable[tuple[PaymentRow, Gift | None]]) -> None:
        """The next payments. A currency that the summary does not know came after it was made, and is left out."""
        for row, gift in payments:
            sheet = self._sheets.get(row.currency)
            if sheet is None or self._next[row.currency] > MOST_ROWS:
                continue
            number = self._next[row.currency]
            self._next[row.currency] = number + 1
            at = row.at.astimezone(HARARE)
            sheet.write_datetime(number, 0, row.day, self._formats["date"])
            sheet.write_datetime(number, 1, at.time().replace(microsecond=0), self._formats["time"])
            self._write_texts(row.currency, number, 2, (row.payment_id, row.receipt_number, STATE_NAMES[row.state]))
            sheet.write_number(number, 5, _number(row.minor), self._formats["money"])
            texts = (
                row.purpose,
                METHOD_NAMES.get(row.method, row.method),
                row.congregation,
                row.province,
                gift.name if gift else None,
                row.provider_reference,
                (row.cause or "").replace("_", " "),
            )
            self._write_texts(row.currency, number, 6, texts)

    def close(self) -> None:
        """Finish the file."""
        for currency, sheet in self._sheets.items():
            sheet.autofilter(0, 0, max(1, self._next[currency] - 1), len(HEADS) - 1)
            for column, width in enumerate(self._widths[currency]):
                sheet.set_column(column, column, width)
        self._book.close()

    def _write_texts(self, currency: str, row: int, first: int, texts: Iterable[str | None]) -> None:
        sheet, widths = self._sheets[currency], self._widths[currency]
        for column, text in enumerate(texts, start=first):
            _write_text(sheet, row, column, text)
            widths[column] = _wide_enough(widths[column], text)

    def _payments_sheet(self, currency: str) -> Worksheet:
        sheet = self._book.add_worksheet(currency)
        sheet.freeze_panes(1, 3)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")
        for column, head in enumerate(HEADS):
            shown = f"Amount ({currency})" if head == "Amount" else head
            sheet.write_string(0, column, shown, self._formats["head"])
        return sheet


def _write_summary(book: xlsxwriter.Workbook, sheet: Worksheet, summary: Summary, formats: dict[str, Format]) -> None:
    sheet.hide_gridlines(2)
    names = [name for one in summary.currencies for name in _names(one)]
    sheet.set_column(0, 0, max((_wide_enough(30, name) for name in names), default=30))
    sheet.set_column(1, 2, 15)
    sheet.set_column(3, 3, 11)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, summary.organisation, formats["title"])
    sheet.write_string(1, 0, summary.title, formats["soft"])
    made = summary.made_at.astimezone(HARARE)
    sheet.write_string(
        2, 0, f"Made on {made:%-d %B %Y at %H:%M} in Harare. Currencies are never added.", formats["soft"]
    )
    row = 4
    if not summary.currencies:
        sheet.write_string(row, 0, "There were no payments in this period.")
    for one in summary.currencies:
        row = _write_currency(book, sheet, row, one, summary, formats)


def _write_credex(sheet: Worksheet, summary: Summary, formats: dict[str, Format]) -> None:
    """A row per denomination and step, so that a filter finds each; nothing is added up."""
    sheet.freeze_panes(1, 0)
    sheet.set_paper(9)
    for column, (head, width) in enumerate({"Denomination": 19, "What": 19, "Offers": 11, "Amount": 18}.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, formats["head" if column < 2 else "head_right"])
    rows = [(volume, step) for volume in summary.credex for step in volume.steps]
    for number, (volume, step) in enumerate(rows, start=1):
        _write_text(sheet, number, 0, volume.denomination)
        _write_text(sheet, number, 1, step.name)
        sheet.write_number(number, 2, step.count, formats["count"])
        if volume.is_known:
            sheet.write_number(number, 3, float(credit_of(step.minor)), formats["credit"])
    sheet.autofilter(0, 0, len(rows), 3)


def _write_currency(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    row: int,
    one: CurrencySummary,
    summary: Summary,
    formats: dict[str, Format],
) -> int:
    sheet.write_string(row, 0, one.currency, formats["section"])
    row += 1
    states = [Slice(STATE_NAMES[state], of.count, of.minor) for state, of in one.states.items()]
    row = _write_table(sheet, row, "State", states, None, formats)
    if one.taken_back:
        sheet.write_string(row - 1, 0, one.taken_back, formats["soft"])
        row += 1
    if one.imtt is not None:
        sheet.write_string(row - 1, 0, "IMTT on settled, for information", formats["soft"])
        sheet.write_number(row - 1, 2, _number(one.imtt.minor), formats["money"])
        row += 1
    steps = in_steps(one.by_day, summary.period)
    parts = (
        ("Purpose", one.by_purpose, "bar"),
        (step_name(summary.period).capitalize(), steps, "column"),
        ("Method", one.by_method, "bar"),
        ("Province", one.by_province, None),
        ("Congregation", one.by_congregation, None),
        ("Failed, by cause", one.failures, None),
        ("Top donors", one.top_donors, None),
    )
    for head, slices, chart in parts:
        if not slices:
            continue
        start = row
        whole = one.settled.minor if head not in {"Failed, by cause", "Top donors"} else None
        row = _write_table(sheet, row, head, slices, whole, formats)
        if chart and any(part.minor for part in slices):
            name = f"{one.currency} by {head.lower()}"
            _add_chart(book, sheet, chart, name, first=start + 1, last=start + len(slices))
            row = max(row, start + ROWS_BESIDE_CHART)
    return row + 1


def _write_table(
    sheet: Worksheet, row: int, head: str, slices: list[Slice], whole: int | None, formats: dict[str, Format]
) -> int:
    """A table of slices; with `whole` in minor units, a share and a total. Returns the row after it and a blank."""
    for column, text in enumerate((head, "Payments", "Amount", *(("Share",) if whole else ()))):
        sheet.write_string(row, column, text, formats["head"] if column == 0 else formats["head_right"])
    for number, part in enumerate(slices, start=row + 1):
        _write_text(sheet, number, 0, part.name)
        sheet.write_number(number, 1, part.count, formats["count"])
        sheet.write_number(number, 2, _number(part.minor), formats["money"])
        if whole:
            sheet.write_number(number, 3, part.minor / whole, formats["share"])
    row += len(slices) + 1
    if whole is not None:
        sheet.write_string(row, 0, "Total", formats["total"])
        sheet.write_number(row, 1, sum(part.count for part in slices), formats["total_count"])
        sheet.write_number(row, 2, _number(sum(part.minor for part in slices)), formats["total_money"])
        row += 1
    return row + 1


def _add_chart(book: xlsxwriter.Workbook, sheet: Worksheet, type: str, name: str, *, first: int, last: int) -> None:
    chart = book.add_chart({"type": type})
    chart.add_series(
        {
            "name": name,
            "categories": ["Summary", first, 0, last, 0],
            "values": ["Summary", first, 2, last, 2],
            "fill": {"color": "#0f5f78"},
            "gap": 60,
        }
    )
    chart.set_legend({"none": True})
    chart.set_title({"name": name, "name_font": {"size": 11}})
    if type == "bar":
        chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 560, "height": 300})
    sheet.insert_chart(first - 1, CHART_COLUMN, chart, {"description": name})


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    money, head = "#,##0.00", {"bold": True, "font_color": "#ffffff", "bg_color": "#14313d", "valign": "vcenter"}
    total = {"bold": True, "top": 1}
    given: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 18, "font_color": "#14313d"},
        "section": {"bold": True, "font_size": 14, "font_color": "#0f5f78"},
        "soft": {"font_color": "#52646d"},
        "head": head,
        "head_right": {**head, "align": "right"},
        "date": {"num_format": "yyyy-mm-dd", "align": "left"},
        "time": {"num_format": "hh:mm:ss", "align": "left"},
        "money": {"num_format": money},
        "credit": {"num_format": "#,##0.00####"},
        "count": {"num_format": "#,##0"},
        "share": {"num_format": "0.0%"},
        "total": total,
        "total_money": {**total, "num_format": money},
        "total_count": {**total, "num_format": "#,##0"},
    }
    return {name: book.add_format(properties) for name, properties in given.items()}


def _names(one: CurrencySummary) -> Iterator[str]:
    """What stands in the first column of the summary."""
    for slices in (one.by_purpose, one.by_method, one.by_province, one.by_congregation, one.failures, one.top_donors):
        yield from (part.name for part in slices)


def _wide_enough(width: int, text: str | None) -> int:
    return min(MOST_WIDE, max(width, len(text or "") + 1))


def _write_text(sheet: Worksheet, row: int, column: int, text: str | None) -> None:
    if text:
        sheet.write_string(row, column, text[:32_767])


def _number(minor: int) -> float:
    """Excel has no other numbers than doubles: exact to the cent below 90 million million."""
    return minor / 100
