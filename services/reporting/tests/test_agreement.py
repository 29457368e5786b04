"""One period, asked for every way: chat, pages, PDF, Excel, CSV and ledger tell the same figures."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import UTC, timedelta
from decimal import Decimal

import openpyxl
import pypdf
import pytest

from services.reporting.domain.calendar import Period
from services.reporting.tests.pages_world import TREASURER, Browser, PagesWorld
from services.reporting.tests.test_ledger import NOW, USD, ZWG, about, balances, journal, settled
from shared.contracts.credex import CredexMoved
from shared.contracts.payments import PaymentDisputed, PaymentFailed, PaymentRefunded
from shared.contracts.reporting import MakeReport, MakeStatistics, ReportReady, StatisticsReady
from shared.kernel.clock import HARARE
from shared.kernel.credit import Credit
from shared.kernel.money import Money

MIDNIGHT = NOW.astimezone(HARARE).replace(hour=0, minute=0)
MONTH = Period((MIDNIGHT - timedelta(days=29)).date(), MIDNIGHT.date())
"""The thirty days of the first page."""
BEFORE = (MIDNIGHT - timedelta(days=29, microseconds=1)).astimezone(UTC)
ABOUT = {"asked_by": TREASURER, "first": MONTH.first, "last": MONTH.last}


async def what_happened(world: PagesWorld) -> None:
    """Two currencies, every way that money goes, one payment at each side of midnight, credexes of two kinds."""
    say = world.harness.say
    await say(*(settled(f"P-{place}", purpose=("Tithe", "Building")[place % 2]) for place in range(5)))
    await say(settled("P-z", ZWG), settled("P-y", ZWG, method="manual"))
    await say(settled("P-old").model_copy(update={"settled_at": BEFORE}))
    await say(settled("P-new").model_copy(update={"settled_at": BEFORE + timedelta(microseconds=1)}))
    await say(PaymentRefunded(refunded_at=NOW, **about("P-0")), PaymentDisputed(disputed_at=NOW, **about("P-1")))
    await say(PaymentRefunded(refunded_at=NOW, after="disputed", **about("P-1")))
    await say(PaymentDisputed(disputed_at=NOW, **about("P-2")))
    await say(PaymentFailed(failed_at=NOW, intent="i", reason="declined", **about("P-f", ZWG)))
    for id, amount in (("C-1", Credit.of("12.345", "CXX")), ("C-2", Credit.of("5", "USD"))):
        await say(CredexMoved(credex_id=id, outcome="open", amount=amount))
    for id in ("C-1", "C-elsewhere"):
        await say(CredexMoved(credex_id=id, outcome="accepted"))


async def files(world: PagesWorld, browser: Browser, **change: object) -> dict[str, bytes]:
    """The report in every form, as fetched from the pages."""
    kinds = ("pdf", "excel", "csv", "credex")
    await world.harness.say(*(MakeReport.model_validate({"kind": kind, **ABOUT, **change}) for kind in kinds))
    await world.quiet()
    made = {ready.kind: ready.file.url.rsplit("/", 1)[1] for ready in world.harness.all(ReportReady)}
    return {kind: (await browser.get(f"/finance/reports/{id}")).content for kind, id in made.items()}


async def told(world: PagesWorld) -> tuple[Browser, str, dict[str, bytes], StatisticsReady]:
    """What is told of it: the pages, the first of them, the reports' files, and the figures of the chat."""
    await what_happened(world)
    browser = await world.signed_in()
    page = browser.page
    made = await files(world, browser)
    await world.harness.say(MakeStatistics.model_validate(ABOUT))
    return browser, page, made, world.harness.only(StatisticsReady)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def test_one_period_has_the_same_figures_wherever_it_is_told() -> None:
    async with PagesWorld() as world:
        browser, page, made, in_chat = await told(world)

        # What is in: P-3, P-4 and P-new; both of ZWG. The chat:
        whole = {"USD": Decimal(60), "ZWG": ZWG.amount * 2}
        assert {one.total.currency: one.total.amount for one in in_chat.figures} == whole
        usd, zwg = in_chat.figures
        assert (usd.settled, usd.refunded, usd.disputed, usd.failed) == (3, 2, 1, 0)
        assert (zwg.settled, zwg.refunded, zwg.disputed, zwg.failed) == (2, 0, 0, 1)

        # The CSV:
        rows = rows_of(made["csv"])
        states = Counter((row["currency"], row["state"]) for row in rows)
        assert states == {
            ("USD", "Settled"): 3,
            ("USD", "Refunded"): 2,
            ("USD", "Disputed"): 1,
            ("ZWG", "Settled"): 2,
            ("ZWG", "Failed"): 1,
        }
        for currency, amount in whole.items():
            of = [row for row in rows if (row["currency"], row["state"]) == (currency, "Settled")]
            assert sum(Decimal(row["amount"]) for row in of) == amount

            # Excel: the summary, and its sheet of payments.
            book = openpyxl.load_workbook(io.BytesIO(made["excel"]))
            summary = [row[:3] for row in book["Summary"].iter_rows(values_only=True)]
            assert ("Settled", len(of), float(amount)) in summary
            sheet = [row for row in book[currency].iter_rows(min_row=2, values_only=True) if row[4] == "Settled"]
            assert sum(Decimal(str(row[5])) for row in sheet) == amount

            # PDF and pages:
            pages = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(made["pdf"])).pages)
            assert f"{currency}: {amount:,.2f} settled" in pages
            assert f"Last 30 days: {amount:,.2f} in {len(of)} payments" in page
            filtered = {"currency": currency, "state": "settled", "first": str(MONTH.first), "last": str(MONTH.last)}
            query = "&".join(f"{name}={value}" for name, value in filtered.items())
            exported = rows_of((await browser.get(f"/finance/payments.csv?{query}")).content)
            assert sorted(row["reference"] for row in exported) == sorted(row["reference"] for row in of)
            donors = (await browser.get(f"/finance/donors?first={MONTH.first}&last={MONTH.last}")).text
            assert f"<h2>{currency}: {len(of)} donors</h2>" in donors

            # The ledger, which has P-old, too: what funds got, less what went back or is held.
            accounts = balances(await journal(world.harness, currency))
            funds = -sum(minor for account, minor in accounts.items() if account.startswith("fund:"))
            older = USD.minor if currency == "USD" else 0
            away = accounts.get("refunds", 0) + accounts.get("suspense", 0)
            assert funds - away - older == amount * 100


async def test_credexes_are_the_same_wherever_they_are_told_and_unknown_amounts_are_called_so() -> None:
    async with PagesWorld() as world:
        _, page, made, in_chat = await told(world)
        cxx, usd, unknown = in_chat.credex
        assert [(one.step, one.count, str(one.amount)) for one in cxx.steps] == [
            ("made", 1, "CXX 12.345"),
            ("accepted", 1, "CXX 12.345"),
        ]
        assert [(one.step, str(one.amount)) for one in usd.steps] == [("made", "USD 5.00"), ("open", "USD 5.00")]
        assert unknown.denomination is None
        assert [(one.step, one.count, one.amount) for one in unknown.steps] == [("accepted", 1, None)]

        rows = {row["credex"]: row for row in rows_of(made["credex"])}
        here = f"{world.harness.clock.now().astimezone(HARARE):%Y-%m-%d}"
        assert [(id, row["denomination"], row["amount"], row["outcome"]) for id, row in rows.items()] == [
            ("C-1", "CXX", "12.345", "Accepted"),
            ("C-2", "USD", "5.00", "Still open"),
            ("C-elsewhere", "Amount not known", "", "Accepted"),
        ]
        assert (rows["C-elsewhere"]["offered_date"], rows["C-elsewhere"]["outcome_date"]) == ("", here)

        sheet = openpyxl.load_workbook(io.BytesIO(made["excel"]))["Credex"]
        assert [row[:4] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
            ("CXX", "Offers made", 1, 12.345),
            ("CXX", "Accepted", 1, 12.345),
            ("USD", "Offers made", 1, 5),
            ("USD", "Still open", 1, 5),
            ("Amount not known", "Accepted", 1, None),
        ]
        printed = " ".join(pypdf.PdfReader(io.BytesIO(made["pdf"])).pages[-1].extract_text().split())
        for text in ("Amount (CXX)", "12.345", "Amount (USD)", "Still open 1 5.00", "Amount not known"):
            assert text in printed
        for text in ("12.345", "5.00", "Amount not known"):
            assert text in page


async def test_what_was_refunded_or_disputed_after_a_period_is_told_where_its_settled_figure_stands() -> None:
    async with PagesWorld() as world:
        then = BEFORE - timedelta(days=1)
        gone = ("P-0", "P-1", "P-2")
        early = [settled(id).model_copy(update={"settled_at": then}) for id in (*gone, "P-stays")]
        only_one = settled("P-z", ZWG).model_copy(update={"settled_at": then})
        await world.harness.say(*early, only_one, PaymentDisputed(disputed_at=then, **about("P-held")))
        for id, amount in (("P-0", USD), ("P-1", USD), ("P-z", ZWG), ("P-held", USD)):
            await world.harness.say(PaymentRefunded(refunded_at=NOW, after="settled", **about(id, amount)))
        await world.harness.say(PaymentDisputed(disputed_at=NOW, after="settled", **about("P-2")))
        day = then.astimezone(HARARE).date()
        browser = await world.signed_in()
        sentences = {
            "USD": "Settled in this period but no longer counted: USD 40.00 (2 payments), refunded after its end; "
            "USD 20.00 (1 payment), disputed after its end.",
            "ZWG": "Settled in this period but no longer counted: ZWG 300.50 (1 payment), refunded after its end.",
        }

        page = (await browser.get(f"/finance/payments?first={day}&last={day}")).text
        made = await files(world, browser, first=day, last=day)
        printed = " ".join(
            " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(made["pdf"])).pages).split()
        )
        sheet = openpyxl.load_workbook(io.BytesIO(made["excel"]))["Summary"]
        cells = [row[0] for row in sheet.iter_rows(values_only=True)]
        for currency, sentence in sentences.items():
            assert sentence in page
            assert printed.count(sentence) == 2, "beside each figure: at a glance, and in the currency's part"
            assert sentence in cells, currency
        filtered = (await browser.get(f"/finance/payments?first={day}&last={day}&currency=ZWG&method=ecocash")).text
        assert [sentence in filtered for sentence in sentences.values()] == [False, True]
        for query in (f"first={day}", f"first={day}&last={day}&method=manual", f"first={day}&last={day}&state=failed"):
            assert "after its end" not in (await browser.get(f"/finance/payments?{query}")).text, query


async def test_the_purposes_on_the_first_page_add_up_to_its_total_however_many_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    purposes = [f"Purpose {place}" for place in range(12)]
    monkeypatch.setenv("PURPOSES", ",".join(purposes))
    async with PagesWorld() as world:
        given = [Money.of(place + 1, "USD") for place in range(12)]
        gifts = zip(given, purposes, strict=True)
        await world.harness.say(*(settled(f"P-{of}", amount, purpose=of) for amount, of in gifts))
        page = (await world.signed_in()).page
        table = page[page.index("Purpose, last 30 days") : page.index("Method, last 30 days")]
        rows = re.findall(
            r'<th scope="row">(.+?)</th><td class="number">(\d+)</td><td class="number">(.+?)</td>', table
        )
        assert rows[0] == ("Purpose 11", "1", "12.00")
        assert rows[-1] == ("All others (4)", "4", "10.00")
        assert sum(Decimal(amount) for _, _, amount in rows) == sum(money.amount for money in given)
        assert sum(int(count) for _, count, _ in rows) == 12
