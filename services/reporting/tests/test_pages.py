"""The pages of finance over HTTP: who gets in, what they see, and what they may do."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from services.reporting.domain.journal import verify
from services.reporting.store import STAFF_USE
from services.reporting.tests.pages_world import PHONES, SECRETARY, TREASURER, PagesWorld
from services.reporting.tests.test_ledger import journal, settled
from services.reporting.tests.test_people import registered
from shared.contracts.notifier import SendMessage
from shared.contracts.payments import PaymentSettled, ReceiptIssued
from shared.contracts.reporting import MakeReport, ReportReady
from shared.kernel.money import Money


@pytest.fixture
async def world() -> AsyncIterator[PagesWorld]:
    async with PagesWorld() as world:
        yield world


def receipt_of(event: PaymentSettled, name: str) -> ReceiptIssued:
    own = {"receipt_number": "2026-000001", "payer_name": name, "issued_at": event.settled_at}
    return ReceiptIssued(**event.model_dump(include=set(ReceiptIssued.model_fields) - own.keys()), **own)


async def test_who_is_not_signed_in_is_shown_the_way(world: PagesWorld) -> None:
    browser = world.browser()
    for path in ("", "/payments", "/payments.csv", "/payments/P-1", "/exceptions", "/reports", "/donors", "/audit"):
        answer = await browser.get(f"/finance{path}")
        assert (answer.url.path, answer.status_code) == ("/finance/sign-in", 200), path


async def test_nobody_but_the_gateway_reaches_the_pages(world: PagesWorld) -> None:
    async with httpx.AsyncClient(base_url=world.base) as stranger:
        for path in ("/finance", "/finance/sign-in", "/finance/static/finance.css"):
            assert (await stranger.get(path)).status_code == 403


async def test_a_code_signs_in_once_and_signing_out_ends_every_copy_of_the_cookie(world: PagesWorld) -> None:
    browser = await world.signed_in()
    assert "24 November 2026" in browser.page
    copy = world.browser()
    copy.http.cookies = httpx.Cookies(browser.http.cookies)
    assert (await copy.get("/finance")).url.path == "/finance"
    again = world.browser()
    await again.get("/finance/sign-in")
    assert (await browser.send("/finance/sign-out")).url.path == "/finance/sign-in"
    assert (await copy.get("/finance")).url.path == "/finance/sign-in"
    [use] = [document.state["command"] for document in world.harness.documents("reporting", STAFF_USE)]
    assert use == "signed in"


async def test_five_wrong_codes_end_an_attempt_even_for_the_right_one(world: PagesWorld) -> None:
    browser = world.browser()
    await browser.get("/finance/sign-in")
    await browser.send("/finance/sign-in", phone=PHONES[TREASURER])
    await world.quiet()
    right = world.code(TREASURER)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for left in ("4 more times", "3 more times", "2 more times", "1 more time", "over"):
        answer = await browser.send("/finance/code", code=wrong)
        assert answer.status_code == 403
        assert left in browser.page
    assert "over" in (await browser.send("/finance/code", code=right)).text


async def test_a_code_is_over_after_five_minutes_and_after_its_use(world: PagesWorld) -> None:
    browser = world.browser()
    await browser.get("/finance/sign-in")
    await browser.send("/finance/sign-in", phone=PHONES[TREASURER])
    await world.quiet()
    form = browser.page
    await world.harness.clock.advance(280)
    assert (await browser.send("/finance/code", code=world.code(TREASURER))).url.path == "/finance"
    browser.page = form
    assert "over" in (await browser.send("/finance/code", code=world.code(TREASURER))).text
    await browser.get("/finance/sign-in")
    await browser.send("/finance/sign-in", phone=PHONES[TREASURER])
    await world.quiet()
    await world.harness.clock.advance(300)
    assert "over" in (await browser.send("/finance/code", code=world.code(TREASURER))).text


async def test_a_number_that_is_not_of_finance_gets_the_same_page_and_no_code(world: PagesWorld) -> None:
    browser = world.browser()
    await browser.get("/finance/sign-in")
    answer = await browser.send("/finance/sign-in", phone="0773000009")
    stranger = re.sub(r'value="[^"]*"', "", answer.text)
    await browser.get("/finance/sign-in")
    answer = await browser.send("/finance/sign-in", phone="0773 000 001")
    assert re.sub(r'value="[^"]*"', "", answer.text) == stranger
    await world.quiet()
    assert [message.member for message in world.harness.all(SendMessage)] == [TREASURER]


async def test_codes_are_limited_per_number_and_per_address(world: PagesWorld) -> None:
    browser = world.browser()
    for turn in range(6):
        await browser.get("/finance/sign-in")
        answer = await browser.send("/finance/sign-in", phone=PHONES[TREASURER])
        assert answer.status_code == (200 if turn < 5 else 429)
    for turn in range(16):
        await browser.get("/finance/sign-in")
        answer = await browser.send("/finance/sign-in", phone=f"07710000{turn:02}")
    assert answer.status_code == 429
    await world.quiet()
    assert len(world.harness.all(SendMessage)) == 5


async def test_a_session_ends_by_itself(world: PagesWorld) -> None:
    browser = await world.signed_in()
    await world.harness.clock.advance(3500)
    assert (await browser.get("/finance")).url.path == "/finance"
    await world.harness.clock.advance(120)
    assert (await browser.get("/finance")).url.path == "/finance/sign-in"


async def test_forms_from_elsewhere_do_nothing(world: PagesWorld) -> None:
    browser = await world.signed_in()
    await browser.get("/finance/reports")
    fields = {"kind": "pdf", "first": "2026-11-01", "last": "2026-11-30"}
    for headers, extra in (
        ({}, {"csrf": "0" * 64}),
        ({}, {}),
        ({"sec-fetch-site": "cross-site"}, {"csrf": re.findall(r'name="csrf" value="(\w+)"', browser.page)[0]}),
    ):
        answer = await browser.http.post("/finance/reports", data={**fields, **extra}, headers=headers)
        assert answer.status_code == 403
    assert world.harness.all(MakeReport) == []


async def test_every_answer_is_under_the_strict_policy(world: PagesWorld) -> None:
    browser = await world.signed_in()
    for path in ("", "/payments", "/payments/P-none", "/payments.csv", "/sign-in", "/static/finance.css"):
        headers = (await browser.get(f"/finance{path}")).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "script-src" not in policy
    cookies = browser.http.headers
    assert "authorization" not in cookies
    answer = await world.browser().http.get("/finance/sign-in")
    [cookie] = answer.headers.get_list("set-cookie")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/finance"))


async def test_who_came_by_tls_comes_by_nothing_else_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://give.example.org")
    async with PagesWorld() as world:
        headers = (await world.browser().get("/finance/sign-in")).headers
        assert headers["strict-transport-security"] == "max-age=31536000"


async def test_no_page_asks_another_host_or_runs_a_script(world: PagesWorld) -> None:
    await world.fill(60)
    browser = await world.signed_in()
    for path in ("", "/payments", "/exceptions", "/reports", "/donors", "/volunteers", "/audit", "/settings"):
        assert (await browser.get(f"/finance{path}")).status_code == 200
        assert not re.search(r"""<script|<style|style=|(src|href|action)="https?:|javascript:""", browser.page), path


async def test_payments_are_searched_filtered_sorted_and_paged(world: PagesWorld) -> None:
    await world.fill(400)
    browser = await world.signed_in()
    whole = "first=2026-11-01&last=2026-11-30"

    async def shown(query: str) -> list[str]:
        assert (await browser.get(f"/finance/payments?{whole}&{query}")).status_code == 200
        return re.findall(r'href="/finance/payments/(P-\d+)"', browser.page)

    first, second = await shown("page=1"), await shown("page=2")
    assert len(first) == len(second) == 50
    assert not set(first) & set(second)
    assert "400 payments" in browser.page
    assert "Page 2 of 8" in browser.page
    await shown("sort=-minor")
    amounts = [
        float(text.replace(",", "")) for text in re.findall(r'class="number">\w{3} ([\d,.]+)</td>', browser.page)
    ]
    assert amounts == sorted(amounts, reverse=True)
    await shown("state=failed&currency=USD")
    assert set(re.findall(r'class="state (\w+)"', browser.page)) == {"failed"}
    assert await shown("q=P-000000000123") == ["P-000000000123"]
    assert await shown("q=2026-000001") in (["P-000000000000"], [])
    accents = await shown("q=olafur+NGUGI")
    assert accents
    assert accents == await shown("q=%C3%93lafur")
    assert await shown("q=nobody") == []
    assert (await browser.get(f"/finance/payments?{whole}&page=99")).status_code == 200
    assert (await browser.get("/finance/payments?first=2026-11-30&last=2026-11-01")).status_code == 422
    assert (await browser.get("/finance/payments?first=yesterday")).status_code == 422


async def test_what_people_typed_is_only_ever_text(world: PagesWorld) -> None:
    await world.fill(400)
    browser = await world.signed_in()
    await browser.get("/finance/payments?q=bold&first=2026-11-01&last=2026-11-30")
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; Sons" in browser.page
    assert "<b>Bold" not in browser.page
    await browser.get('/finance/payments?q="><script>alert(1)</script>')
    assert "<script" not in browser.page


async def test_the_export_is_what_the_filter_shows(world: PagesWorld) -> None:
    await world.fill(400)
    browser = await world.signed_in()
    answer = await browser.get("/finance/payments.csv?first=2026-11-01&last=2026-11-30&state=failed")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows
    assert {row["state"] for row in rows} == {"Failed"}
    answer = await browser.get("/finance/payments.csv?first=2026-11-01&last=2026-11-30&q=hyperlink")
    names = [row["donor"] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))]
    assert names
    assert all(name.startswith("'=HYPERLINK") for name in names)
    uses = [document.state["command"] for document in world.harness.documents("reporting", STAFF_USE)]
    assert "exported payments of 1 to 30 November 2026" in uses


async def test_one_payment_shows_its_trail_its_entries_and_its_trace(
    world: PagesWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.harness.say(settled("P-1").model_copy(update={"congregation": "Mbare", "province": "Harare"}))
    event = settled("P-1")
    await world.harness.say(receipt_of(event, "Tariro Moyo"))
    browser = await world.signed_in()
    assert (await browser.get("/finance/payments/P-1")).status_code == 200
    for told in (
        "Tariro Moyo",
        "2026-000001",
        "Payment settled",
        "Receipt issued",
        "provider:ecocash",
        "Mbare, Harare",
    ):
        assert told in browser.page, told
    assert (await browser.get("/finance/payments/P-2")).status_code == 404


async def test_a_report_is_asked_for_and_fetched(world: PagesWorld) -> None:
    await world.fill(50)
    browser = await world.signed_in()
    await browser.get("/finance/reports")
    await browser.send("/finance/reports", kind="csv", first="2026-11-01", last="2026-11-30")
    await world.quiet()
    assert world.harness.only(ReportReady).asked_by == TREASURER
    await browser.get("/finance/reports")
    [place] = re.findall(r'href="(/finance/reports/F-\w+)"', browser.page)
    answer = await browser.get(place)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbfdate,time,reference")
    assert (await browser.get("/finance/reports/F-none")).status_code == 404


STATEMENT = (
    b"Date,Paynow Reference,Merchant Reference,Gross,Fee,Net,Method,Status\n"
    b"24/11/2026,1,P-1,20.00,,,EcoCash,Paid\n"
    b"24/11/2026,2,P-2,25.00,,,EcoCash,Paid\n"
)


async def test_an_exception_is_corrected_by_two_people_and_the_ledger_shows_it(world: PagesWorld) -> None:
    await world.harness.say(settled("P-1"), settled("P-2"))
    treasurer, secretary = await world.signed_in(TREASURER), await world.signed_in(SECRETARY)
    for _ in range(2):  # the same statement again finds nothing new
        await treasurer.get("/finance/exceptions")
        await treasurer.send("/finance/statements", STATEMENT, currency="USD")
        await world.quiet()
    await treasurer.get("/finance/exceptions")
    assert "2 rows, 1 fit, 1 exception" in treasurer.page
    [place] = re.findall(r'href="(/finance/exceptions/X-\w+)"', treasurer.page)
    await treasurer.get(place)
    entry = {"debit": "provider:ecocash", "credit": "corrections", "amount": "5.00", "text": "They have 25."}
    assert (await treasurer.send(place, do="propose", **{**entry, "amount": "five"})).status_code == 422
    await treasurer.get(place)
    assert (await treasurer.send(place, do="propose", **entry)).status_code == 200
    assert 'value="confirm"' not in treasurer.page
    assert (await treasurer.send(place, do="confirm")).status_code == 422
    await secretary.get(place)
    assert (await secretary.send(place, do="confirm")).status_code == 200
    await world.quiet()
    proof = verify("USD", await journal(world.harness, "USD"))
    assert proof.broken is None
    assert proof.balances == {"corrections": -500, "fund:Tithe": -4000, "provider:ecocash": 4500}
    await secretary.get("/finance/exceptions")
    assert "Nothing is open." in secretary.page
    await secretary.get("/finance/exceptions?state=settled")
    assert place in secretary.page
    uses = [document.state["command"] for document in world.harness.documents("reporting", STAFF_USE)]
    assert sum(use.startswith(("propose", "confirm")) for use in uses) == 2


async def test_a_file_that_is_no_statement_says_why(world: PagesWorld) -> None:
    browser = await world.signed_in()
    await browser.get("/finance/exceptions")
    await browser.send("/finance/statements", b"Date,Gross\n", currency="USD")
    await world.quiet()
    await browser.get("/finance/exceptions")
    assert "lacks the column" in browser.page
    await browser.get("/finance/exceptions")
    assert (await browser.send("/finance/statements", b"", currency="USD")).status_code == 422


async def test_the_first_page_tells_each_currency_on_its_own(world: PagesWorld) -> None:
    await world.harness.say(settled("P-1"), settled("P-2"), settled("P-3", Money.of("300.50", "ZWG")))
    browser = await world.signed_in()
    for told in ('<p class="figure">40.00</p>', '<p class="figure">300.50</p>', "2 settled", "1 settled", 'role="img"'):
        assert told in browser.page, told
    assert "340.50" not in browser.page


async def test_the_first_page_names_the_donors_of_the_latest_payments(world: PagesWorld) -> None:
    await world.harness.say(settled("P-1"))
    await world.harness.say(receipt_of(settled("P-1"), "Tariro Moyo"))
    browser = await world.signed_in()
    assert '<td data-head="Donor">Tariro Moyo</td>' in browser.page


async def test_the_audit_trail_is_shown_and_exported(world: PagesWorld) -> None:
    browser = await world.signed_in()
    await browser.get("/finance/audit")
    assert "signed in" in browser.page
    answer = await browser.get("/finance/audit.csv")
    assert [row["what"] for row in csv.DictReader(io.StringIO(answer.text))] == ["'signed in"]


async def test_volunteers_are_searched_and_exported(world: PagesWorld) -> None:
    await world.harness.say(
        registered("M-1", "Tariro Moyo", "Teaching"), registered("M-2", "=Chipo Dube", "Plumbing", "Teaching")
    )
    browser = await world.signed_in()
    await browser.get("/finance/volunteers?skill=plumbing&place=mbare")
    assert "1 volunteer." in browser.page
    assert "=Chipo Dube" in browser.page
    answer = await browser.get("/finance/volunteers.csv?skill=teaching")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["'=Chipo Dube", "Tariro Moyo"]
    assert rows[1]["place"] == "Mbare"
