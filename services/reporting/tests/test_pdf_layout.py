"""What a report looks like at its edges: a long name, a single day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from services.reporting.adapters.pdf import write_pdf
from services.reporting.domain.calendar import Period
from services.reporting.domain.summary import CurrencySummary, Slice, Summary
from services.reporting.tests.data import PERIOD
from services.reporting.tests.test_report_files import text_of

MADE = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
LONG = "Ruvimbo Apostolic Fellowship of the Great Eastern Highlands & Lowveld, Harare"


def test_a_long_name_of_ours_stays_inside_the_letterhead_and_the_foot(tmp_path: Path) -> None:
    write_pdf(tmp_path / "r.pdf", Summary(LONG, PERIOD, MADE, ()))
    [page] = text_of(tmp_path / "r.pdf")
    lines = [line.strip() for line in page.splitlines() if line.strip()]
    assert " ".join(lines[:2]) == LONG
    assert lines[-1].startswith("Ruvimbo Apostolic")
    assert "… · Payments, 1 to 30 November 2026" in lines[-1]
    assert lines[-1].endswith("Page 1 of 1")


def test_a_report_of_one_day_has_no_chart_of_one_column(tmp_path: Path) -> None:
    day, one = PERIOD.first, Slice("settled", 1, 2000)
    usd = CurrencySummary("USD", {"settled": one}, by_day={day: one})
    write_pdf(tmp_path / "day.pdf", Summary("Ruvimbo", Period(day, day), MADE, (usd,)))
    told = "\n".join(text_of(tmp_path / "day.pdf"))
    assert told.count("By day") == 1
    assert "Sunday 1 November 2026" in told
    write_pdf(tmp_path / "month.pdf", Summary("Ruvimbo", PERIOD, MADE, (usd,)))
    assert "\n".join(text_of(tmp_path / "month.pdf")).count("By day") == 2
