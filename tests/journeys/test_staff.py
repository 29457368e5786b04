"""Staff in the chat: a report that opens, a payment's trail; the same figures on the pages and in the ledger."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.journeys.donor import confirm_gift, introduce
from tests.journeys.outside import Outside
from tests.journeys.pages import Pages
from tests.journeys.phone import Phone
from tests.journeys.system import System
from tests.journeys.waiting import eventually

RUDO, FARAI = "+263773000001", "+263773000002"


def test_staff_get_a_report_that_opens_and_a_payments_trail(embedded: System) -> None:
    outside = embedded.outside
    staff, donor = outside.phone(RUDO), outside.new_phone()
    introduce(donor)
    confirm_gift(donor, "31.07 usd", "0771111111")
    receipt = donor.hears("Receipt")
    [reference] = re.findall(r"Reference: (P-\w+)", receipt)
    [number] = set(re.findall(r"\d{4}-\d{6}", receipt))
    trail = _until(staff, f"/payment {number}", "receipt (")
    assert reference in trail
    assert "*USD 31.07*  EcoCash, Youth Conference" in trail
    assert "the payer was asked" in trail

    staff.say("/report pdf month")
    staff.hears("Report, 1 ")
    assert re.search(r"\*USD [\d,.]+\* from \d+ paid", staff.last["body"]["caption"])
    pages = PdfReader(io.BytesIO(outside.file(staff.last))).pages
    assert any("31.07" in page.extract_text() for page in pages)
    staff.say("/report excel today")
    staff.hears("Report, ")
    assert "USD" in " ".join(load_workbook(io.BytesIO(outside.file(staff.last))).sheetnames)
    staff.say("/audit")
    assert "/report" in staff.hears("/payment")


@pytest.fixture(scope="module")
def two_people(tmp_path_factory: pytest.TempPathFactory, mongo_url: str) -> Iterator[System]:
    """A system in which two people approve what is above USD 50."""
    given = {"ADMIN_PHONE": RUDO, "FINANCE_PHONE": FARAI, "APPROVAL_THRESHOLD": "USD 50"}
    with System(tmp_path_factory.mktemp("two"), mongo_url, **given) as system:
        yield system


def test_a_gift_a_bank_payment_of_two_a_refund_and_a_dispute_are_the_same_everywhere(two_people: System) -> None:
    outside = two_people.outside
    rudo, farai = outside.phone(RUDO), outside.new_phone(FARAI)
    for one in (rudo, farai):
        one.say("/admin")
        one.hears("/approve ID")
    by_bank = _give_by_bank(outside.new_phone(), "80 usd", rudo, farai)
    _correct(by_bank, rudo, outside)
    _, by_wallet = _give_by_wallet(outside.new_phone(), "12.34 usd")
    refunded, disputed = (_give_by_wallet(outside.new_phone(), amount) for amount in ("40 usd", "25 usd"))
    donors = {"refund": (refunded, "paid back"), "dispute": (disputed, "disputed")}
    for what, ((donor, reference), words) in donors.items():
        outside.change_transaction(reference, what)
        assert reference in donor.hears(words, 60)
    ids = {"settled": by_bank, "paid": by_wallet, "refunded": refunded[1], "disputed": disputed[1]}

    assert ids["refunded"] in _until(farai, "/refunds", ids["refunded"])
    assert ids["disputed"] in _until(farai, "/review", ids["disputed"])
    figures = _until(farai, "/stats", "*USD 92.34* from 2 paid")
    assert "ZiG" not in figures
    assert "paid back" in _until(rudo, f"/payment {ids['refunded']}", "paid back")
    rudo.say("/audit")
    audit = rudo.hears("/payment")
    assert f"/approve {by_bank}" in audit
    assert re.search(r"/correct \d{4}-\d{6}", audit)

    pages = Pages(two_people, farai)
    for state, shown in (("settled", "80.00"), ("paid", "12.34"), ("refunded", "40.00"), ("disputed", "25.00")):
        assert shown in pages.get(f"/finance/payments/{ids[state]}").text, state
    pages.close()
    assert eventually(lambda: _entries(two_people, ids), "the ledger has all of it") == _expected(ids)
    proved = two_people.ruvimbo("ledger", "verify")
    assert proved.returncode == 0, proved.stderr
    told = {
        (by_bank, "Settled", Decimal("80.00")),
        (by_wallet, "Settled", Decimal("12.34")),
        (ids["refunded"], "Refunded", Decimal("40.00")),
        (ids["disputed"], "Disputed", Decimal("25.00")),
    }
    rows = csv.DictReader(io.StringIO(_report(farai, "csv", outside).decode("utf-8-sig")))
    assert {(row["reference"], row["state"], Decimal(row["amount"])) for row in rows} == told
    sheet = load_workbook(io.BytesIO(_report(farai, "excel", outside)))["USD"]
    cells = list(sheet.iter_rows(min_row=2, values_only=True))
    assert {(row[2], row[4], Decimal(str(row[5]))) for row in cells} == told
    printed = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(_report(farai, "pdf", outside))).pages)
    assert "USD: 92.34 settled" in printed
    for reference, state, amount in told:
        line = rf"(?s){reference}\s+{state}\s+Youth Conference, EcoCash\s+{amount}\b"
        assert state == "Settled" or re.search(line, printed), reference


def _correct(reference: str, staff: Phone, outside: Outside) -> None:
    """Another purpose on another receipt; whoever has the old one sees it."""
    [old] = set(re.findall(r"\d{4}-\d{6}", _until(staff, f"/payment {reference}", "receipt (")))
    staff.say(f"/correct {old} purpose construction")
    [new] = set(re.findall(r"\d{4}-\d{6}", staff.hears("takes the place of"))) - {old}
    assert f'has taken its place: <a href="{new}">' in outside.gateway.get(f"/verify/{old}").text
    assert f"({old} → {new})" in _until(staff, f"/payment {old}", "corrected receipt")


def _report(staff: Phone, kind: str, outside: Outside) -> bytes:
    """Today's, as it comes to the phone, with its figures in the one line beside it."""
    staff.say(f"/report {kind} today")
    staff.hears("Report, ")
    assert "*USD 92.34* from 2 paid" in staff.last["body"]["caption"]
    return outside.file(staff.last)


def _until(staff: Phone, command: str, words: str) -> str:
    """Ask until the read models know it; the answer."""

    def ask() -> str:
        staff.say(command)
        try:
            return staff.hears(words, 3)
        except AssertionError:
            return ""

    return eventually(ask, f"{command} says {words!r}")


def _give_by_bank(donor: Phone, amount: str, rudo: Phone, farai: Phone) -> str:
    introduce(donor)
    donor.hears("How much")
    donor.say(amount)
    donor.hears("like to pay")
    donor.tap("Bank")
    donor.hears("Please check")
    donor.tap("Confirm")
    reference = re.findall(r"P-\w+", donor.hears("by bank or cash and name"))[0]
    assert reference in _until(farai, "/review", reference)
    rudo.say(f"/approve {reference}")
    rudo.hears("still missing: 1")
    rudo.say(f"/approve {reference}")
    rudo.hears("somebody else has to, now")
    farai.say(f"/approve {reference}")
    farai.hears(f"Approved: {reference}")
    donor.hears("Receipt")
    return str(reference)


def _give_by_wallet(donor: Phone, amount: str) -> tuple[Phone, str]:
    introduce(donor)
    confirm_gift(donor, amount, "0771111111")
    return donor, re.findall(r"Reference: (P-\w+)", donor.hears("Receipt"))[0]


def _entries(system: System, ids: dict[str, str]) -> set[tuple[str, ...]]:
    """What the ledger has of the payments once all is posted: reference, account, debit, credit."""
    lines = [line.split(",") for line in system.ruvimbo("ledger", "export").stdout.splitlines()]
    found = {tuple(line[4:8]) for line in lines if line[4] in ids.values()}
    return found if len(found) >= 14 else set()


def _expected(ids: dict[str, str]) -> set[tuple[str, ...]]:
    """The gift by bank was given for something else, as its receipt says now."""
    fund = "fund:Youth Conference"
    return {
        (ids["settled"], "bank", "80.00", ""),
        (ids["settled"], fund, "", "80.00"),
        (ids["settled"], fund, "80.00", ""),
        (ids["settled"], "fund:Construction", "", "80.00"),
        (ids["paid"], "provider:ecocash", "12.34", ""),
        (ids["paid"], fund, "", "12.34"),
        (ids["refunded"], "provider:ecocash", "40.00", ""),
        (ids["refunded"], fund, "", "40.00"),
        (ids["refunded"], "refunds", "40.00", ""),
        (ids["refunded"], "provider:ecocash", "", "40.00"),
        (ids["disputed"], "provider:ecocash", "25.00", ""),
        (ids["disputed"], fund, "", "25.00"),
        (ids["disputed"], "suspense", "25.00", ""),
        (ids["disputed"], "provider:ecocash", "", "25.00"),
    }
