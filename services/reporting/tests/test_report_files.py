"""The files of a report over 5 000 payments, read back: what is in them is what is in the books, to the cent."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import subprocess
import unicodedata
import zipfile
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from services.reporting.adapters.csv_file import COLUMNS, CsvReport
from services.reporting.adapters.excel import MOST_WIDE, ExcelReport
from services.reporting.adapters.pdf import write_pdf
from services.reporting.adapters.pdf_charts import nice_step
from services.reporting.app import KINDS
from services.reporting.domain.accounts import credit_of, units_of
from services.reporting.domain.cells import safe
from services.reporting.domain.gifts import Gift
from services.reporting.domain.rows import PaymentRow
from services.reporting.domain.summary import STATE_NAMES, Summary
from services.reporting.gather import gather, rows_of, times_of, within
from services.reporting.settings import ReportingSettings
from services.reporting.store import CREDEXES, GIFTS, JOURNAL, ROWS
from services.reporting.tests.data import PERIOD, credexes, fill, payments
from shared.bus.dead_letters import DeadLetters
from shared.bus.entry import Entry
from shared.bus.erasure import Erasure
from shared.bus.memory import MemoryTransport
from shared.bus.publisher import Publisher
from shared.kernel.clock import HARARE, SystemClock
from shared.runtime.settings import read_settings
from shared.store.documents import Kind, Span
from shared.store.memory import MemoryStore
from shared.store.mongo import MongoStore, _steps
from shared.store.stores import Stores
from shared.telemetry.pseudonyms import Pseudonyms

HOW_MANY = 5000
MADE = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)

Payments = list[tuple[PaymentRow, Gift | None]]


@pytest.fixture(scope="module")
def expected() -> Payments:
    return sorted(payments(HOW_MANY), key=lambda payment: payment[0].day)


@pytest.fixture
async def entry(mongo_url: str) -> AsyncIterator[Entry]:
    """One filled database for this module: it is only read."""
    store = MongoStore(mongo_url, "report_files")
    stores = Stores(store, MemoryStore())
    await stores.prepare(KINDS)
    if not await store.find("payment_rows", {}, limit=1):
        await fill(store, HOW_MANY)
    clock = SystemClock()
    publisher = Publisher(stores, MemoryTransport(), clock)
    erasure = Erasure(stores, Pseudonyms("test"))
    yield Entry("reporting", stores, publisher, DeadLetters("reporting", stores, clock), erasure, clock)
    await store.close()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> ReportingSettings:
    monkeypatch.setenv("ORGANISATION_NAME", "Ruvimbo & Sons <Church>")
    return read_settings(ReportingSettings)


@pytest.fixture
async def summary(entry: Entry, settings: ReportingSettings) -> Summary:
    return await gather(entry, settings, PERIOD, MADE)


def total(expected: Payments, currency: str, **equal: object) -> int:
    return sum(
        row.minor
        for row, _ in expected
        if (row.currency, row.state) == (currency, "settled")
        and all(getattr(row, name) == value for name, value in equal.items())
    )


async def test_the_summary_adds_up_each_currency_every_way(summary: Summary, expected: Payments) -> None:
    assert [one.currency for one in summary.currencies] == ["USD", "ZWG"]
    for one in summary.currencies:
        whole = total(expected, one.currency)
        assert one.settled.minor == whole
        for parts in (one.by_purpose, one.by_method, one.by_congregation, one.by_province, list(one.by_day.values())):
            assert sum(part.minor for part in parts) == whole
            assert sum(part.count for part in parts) == one.settled.count
        assert {part.name: part.minor for part in one.by_purpose}["Tithe"] == total(
            expected, one.currency, purpose="Tithe"
        )
        counts = Counter(row.state for row, _ in expected if row.currency == one.currency)
        assert {state: of.count for state, of in one.states.items()} == counts
        assert sum(part.count for part in one.failures) == counts["failed"]
        donors: Counter[str] = Counter()
        for row, gift in expected:
            if gift and gift.member and row.currency == one.currency and gift.counts:
                donors[gift.member] += row.minor
        assert [part.minor for part in one.top_donors] == [minor for _, minor in donors.most_common(10)]


@pytest.mark.parametrize(
    ("kind", "where", "by", "of"),
    [
        (ROWS, {"day": within(PERIOD)}, ("currency", "state"), "minor"),
        (ROWS, {"day": within(PERIOD), "state": "settled"}, ("currency", "day"), "minor"),
        (ROWS, {"day": within(PERIOD), "state": "settled"}, ("currency", "purpose"), "minor"),
        (ROWS, {"day": within(PERIOD), "state": "settled"}, ("currency", "method"), "minor"),
        (ROWS, {"day": within(PERIOD), "state": "settled"}, ("currency", "congregation"), "minor"),
        (ROWS, {"day": within(PERIOD), "state": "settled"}, ("currency", "province"), "minor"),
        (ROWS, {"day": within(PERIOD), "state": "settled"}, ("currency", "day", "purpose", "method"), "minor"),
        (ROWS, {"day": Span(), "state": "needs_review"}, ("state",), "minor"),
        (CREDEXES, {"made": within(PERIOD)}, ("denomination", "outcome"), "units"),
        (CREDEXES, {"ended": within(PERIOD)}, ("denomination", "outcome"), "units"),
        (JOURNAL, {"currency": "USD"}, ("reference",), "to_funds"),
        (GIFTS, {"counts": 1, "day": within(PERIOD)}, ("currency", "member"), "minor"),
    ],
)
async def test_the_figures_of_reports_and_of_the_first_page_come_from_an_index_alone(
    entry: Entry, mongo_url: str, kind: Kind[Any], where: dict[str, Any], by: tuple[str, ...], of: str
) -> None:
    store = MongoStore(mongo_url, "report_files")
    steps = _steps(kind, where, by, of)
    plan = await store._database.command({"explain": {"aggregate": kind.name, "pipeline": steps, "cursor": {}}})
    await store.close()
    wins = str(plan["queryPlanner"]["winningPlan"] if "queryPlanner" in plan else plan["stages"][0])
    assert "IXSCAN" in wins
    assert "COLLSCAN" not in wins
    assert "FETCH" not in wins


async def test_the_latest_payments_are_found_and_put_in_order_by_an_index(entry: Entry, mongo_url: str) -> None:
    store = MongoStore(mongo_url, "report_files")
    await store.prepare(KINDS)
    plan = await store._cursor(ROWS.name, {"at": times_of(PERIOD)}, "-at").limit(50).explain()
    await store.close()
    wins = str(plan["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in wins
    assert "SORT" not in wins


async def test_the_tax_is_told_by_the_rate_of_each_day(summary: Summary) -> None:
    usd, zwg = summary.currencies
    assert usd.imtt is not None
    assert abs(usd.imtt.minor - usd.settled.minor * 0.02) < len(usd.by_day)
    assert zwg.imtt is not None
    assert abs(zwg.imtt.minor - zwg.settled.minor * 0.015) < len(zwg.by_day)


async def test_csv_has_every_payment_byte_for_byte(entry: Entry, expected: Payments, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    report = CsvReport(path, bom=True)
    async for batch in rows_of(entry, PERIOD):
        report.add(batch)
    report.close()
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfdate,time,reference,")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == tuple(COLUMNS)
    assert len(rows) == HOW_MANY
    by_reference = {str(row.payment_id): (row, gift) for row, gift in expected}
    for told in rows:
        row, gift = by_reference.pop(told["reference"])
        assert told == {
            "date": row.day.isoformat(),
            "time": f"{row.at.astimezone(HARARE):%H:%M:%S}",
            "reference": row.payment_id,
            "receipt": row.receipt_number or "",
            "state": STATE_NAMES[row.state],
            "currency": row.currency,
            "amount": str(row.amount.amount),
            "purpose": row.purpose,
            "method": told["method"],
            "congregation": row.congregation or "",
            "province": row.province or "",
            "donor": safe(gift.name) if gift and row.state in {"settled", "refunded"} else "",
            "provider_reference": row.provider_reference,
            "cause": row.cause or "",
        }
    times = [row["date"] + row["time"] for row in rows]
    assert times == sorted(times)
    # Every byte, so that no change of form goes unnoticed by those who import it; of one second, in any order.
    lines = sorted(content.split(b"\r\n"))
    assert hashlib.sha256(b"\n".join(lines)).hexdigest() == GOLDEN_CSV


GOLDEN_CSV = "f87c33fc5710cfa2048c37510a4344bf6ee91bbf18f7952723ff340cf0fa92e1"


def test_csv_without_the_mark_begins_with_its_heads(tmp_path: Path) -> None:
    CsvReport(tmp_path / "r.csv", bom=False).close()
    assert (tmp_path / "r.csv").read_bytes() == (",".join(COLUMNS) + "\r\n").encode()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r\n=1", "\u00a0=1"])
def test_nothing_in_a_csv_is_a_formula(text: str) -> None:
    assert safe(text).startswith("'")
    assert safe("Tariro Moyo") == "Tariro Moyo"


async def test_excel_has_real_numbers_dates_and_text_that_is_never_a_formula(
    entry: Entry, summary: Summary, expected: Payments, tmp_path: Path
) -> None:
    path = tmp_path / "r.xlsx"
    report = ExcelReport(path, summary)
    async for batch in rows_of(entry, PERIOD):
        report.add(batch)
    report.close()
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Summary", "USD", "ZWG", "Credex"]
    assert sum(name.startswith("xl/charts/chart") for name in zipfile.ZipFile(path).namelist()) == 6
    by_reference = {str(row.payment_id): (row, gift) for row, gift in expected}
    for currency in ("USD", "ZWG"):
        sheet = book[currency]
        count = sum(row.currency == currency for row, _ in expected)
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("D2", f"A1:M{count + 1}")
        assert sheet.print_title_rows == "$1:$1"
        amounts = 0
        for cells in sheet.iter_rows(min_row=2):
            values = [cell.value for cell in cells]
            row, gift = by_reference.pop(str(values[2]))
            at = row.at.astimezone(HARARE)
            assert values[0] == datetime.combine(row.day, time())
            assert values[1] == at.time().replace(microsecond=0)
            assert values[3:5] == [row.receipt_number, STATE_NAMES[row.state]]
            assert isinstance(values[5], int | float)
            assert Decimal(str(values[5])) == row.amount.amount
            assert values[6] == row.purpose
            assert values[8:10] == [row.congregation, row.province]
            assert values[10] == (gift.name if gift and row.state in {"settled", "refunded"} else None)
            assert "f" not in {cell.data_type for cell in cells}
            assert not any(cell.hyperlink for cell in cells)
            amounts += row.minor if row.state == "settled" else 0
        assert amounts == total(expected, currency)
        for letter, head in (("G", "Purpose"), ("I", "Congregation"), ("K", "Donor")):
            longest = max(len(str(cell.value or "")) for cell in sheet[letter])
            assert sheet.column_dimensions[letter].width >= min(longest, MOST_WIDE), f"{head} is cut off"
    assert book["Summary"].column_dimensions["A"].width >= MOST_WIDE, "the longest name of a donor has more letters"
    assert not by_reference
    told = {(row[0], row[2]) for row in book["Summary"].iter_rows(values_only=True) if row[0]}
    for one in summary.currencies:
        assert ("Settled", one.settled.minor / 100) in told
        assert ("Total", one.settled.minor / 100) in told
        assert ("Tithe", total(expected, one.currency, purpose="Tithe") / 100) in told


async def test_excel_and_pdf_tell_the_volumes_of_credex_by_denomination(
    summary: Summary, printed: Path, tmp_path: Path
) -> None:
    path = tmp_path / "r.xlsx"
    ExcelReport(path, summary).close()
    sheet = openpyxl.load_workbook(path)["Credex"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert {row[0] for row in rows} == {"CXX", "USD", "XAU", "Amount not known"}
    offered = Counter[str]()
    for one in credexes():
        if one.amount and one.made_at:
            offered[one.amount.denomination] += units_of(one.amount)
    assert {row[3] for row in rows if row[0] == "Amount not known"} == {None}
    assert {row[0]: Decimal(str(row[3])) for row in rows if row[1] == "Offers made"} == {
        denomination: credit_of(units) for denomination, units in offered.items()
    }
    assert sheet.auto_filter.ref == f"A1:D{len(rows) + 1}"
    [page] = [page for page in text_of(printed)[1:] if "Credex between members" in page]
    for denomination, units in offered.items():
        assert f"Amount ({denomination})" in page
        assert f"{credit_of(units):,}" in page


@pytest.fixture
def printed(summary: Summary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report as PDF, written once for this module."""
    path = tmp_path_factory.getbasetemp() / "report.pdf"
    if not path.exists():
        write_pdf(path, summary)
    return path


def text_of(path: Path) -> list[str]:
    """The text of each page, by poppler: another library than the one that wrote it."""
    return poppler("pdftotext", "-layout", path, "-").decode().split("\f")[:-1]


def poppler(tool: str, *arguments: str | Path) -> bytes:
    """What a tool of poppler-utils writes, without a complaint."""
    place = shutil.which(tool)
    assert place, f"{tool} is missing; bash deploy/local/debian-packages.sh installs it"
    found = subprocess.run([place, *arguments], capture_output=True, check=True, timeout=60)
    assert found.stderr == b""
    return found.stdout


def test_the_pdf_looks_printed(summary: Summary, printed: Path) -> None:
    pages = text_of(printed)
    assert len(pages) == len(pypdf.PdfReader(printed).pages)
    assert len(pages) in range(14, 21)
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Ruvimbo & Sons <Church> · Payments, 1 to 30 November 2026" in page
    assert "Made on 1 December 2026 at 07:00" in pages[0]
    for one in summary.currencies:
        heading = f"{one.currency}: {one.settled.minor / 100:,.2f} settled"
        [section] = [number for number, page in enumerate(pages[1:], start=2) if heading in page]
        [line] = [line for line in pages[0].splitlines() if heading in line]
        assert line.rstrip().endswith(f". {section}"), "the contents name another page"
    for part in ("Tithe", "EcoCash", "Congregation 5", "Mashonaland East", "Top donors", "insufficient balance"):
        assert any(part in page for page in pages), part
    # A long table breaks under its heads.
    heads = [page for page in pages if "Congregation Payments Amount (USD) Share" in " ".join(page.split())]
    assert len(heads) >= 2
    assert all(word in pages[-1] for word in ("Prepared by", "Checked by", "Approved by"))


@pytest.mark.parametrize("greatest", [0.01, 0.99, 4.6, 99, 101, 57_363.31, 1e9])
def test_a_chart_has_a_few_lines_at_round_amounts_and_ends_at_one(greatest: float) -> None:
    step = nice_step(greatest)
    assert 2 <= ceil(greatest / step) <= 5
    assert f"{step:e}".partition("e")[0].rstrip("0").rstrip(".") in {"1", "2", "2.5", "5"}


def test_names_in_any_script_and_with_any_character_do_not_break_the_pdf(printed: Path) -> None:
    told = "\n".join(text_of(printed))
    for name in ("Ólafur Ngũgĩ-Dubé", "<b>Bold</b> & Sons", "Tariro Moyo", "李小龍", "さくら"):
        assert name in told, name
    assert unicodedata.normalize("NFKC", told).count("محمد علي") >= 1
    assert "Praise \ufffd Ncube" in told
    assert poppler("pdftoppm", "-r", "30", "-gray", printed).startswith(b"P5")


async def test_a_period_without_payments_makes_every_file(
    entry: Entry, settings: ReportingSettings, tmp_path: Path
) -> None:
    period = type(PERIOD)(date(2020, 1, 1), date(2020, 1, 1))
    empty = await gather(entry, settings, period, MADE)
    assert empty.currencies == ()
    write_pdf(tmp_path / "r.pdf", empty)
    assert "There were no payments" in pypdf.PdfReader(tmp_path / "r.pdf").pages[0].extract_text()
    ExcelReport(tmp_path / "r.xlsx", empty).close()
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames == ["Summary"]
