"""A gift by EcoCash as finance sees it: on the pages, in an export, in a report and in the ledger, all the same."""

from __future__ import annotations

import csv
import io
import re

from tests.journeys.donor import confirm_gift, introduce
from tests.journeys.pages import Pages
from tests.journeys.system import System
from tests.journeys.waiting import eventually

STAFF = "+263773000001"


def test_a_gift_is_the_same_on_the_pages_in_the_export_in_the_report_and_in_the_ledger(system: System) -> None:
    staff, donor = system.outside.phone(STAFF), system.outside.new_phone()
    staff.say("hi")
    staff.hears("Ruvimbo")
    introduce(donor)
    confirm_gift(donor, "23.45 usd", "0771111111")
    [reference] = re.findall(r"Reference: (\S+)", donor.hears("Receipt"))
    pages = Pages(system, staff)

    def trail() -> str:
        text = pages.get(f"/finance/payments/{reference}").text
        return text if "Receipt issued" in text and "provider:ecocash" in text else ""

    shown = eventually(trail, "the payment's trail with its entry in the ledger")
    for told in (
        "USD 23.45",
        "Tariro Moyo",
        "Mutare, Manicaland",
        "Youth Conference",
        "fund:Youth Conference",
        "EcoCash",
    ):
        assert told in shown, told
    export = pages.get(f"/finance/payments.csv?q={reference}")
    [row] = csv.DictReader(io.StringIO(export.content.decode("utf-8-sig")))
    assert (row["state"], row["currency"], row["amount"], row["donor"]) == ("Settled", "USD", "23.45", "Tariro Moyo")

    pages.get("/finance/reports")
    pages.send("/finance/reports", kind="csv")
    place = eventually(lambda: _latest(pages), "the report")
    rows = {row["reference"]: row for row in csv.DictReader(io.StringIO(pages.get(place).content.decode("utf-8-sig")))}
    assert rows[reference] == row

    proved = system.ruvimbo("ledger", "verify")
    assert proved.returncode == 0, proved.stderr
    lines = [line for line in system.ruvimbo("ledger", "export").stdout.splitlines() if reference in line]
    assert [line.split(",")[5:8] for line in lines] == [
        ["provider:ecocash", "23.45", ""],
        ["fund:Youth Conference", "", "23.45"],
    ]
    pages.get("/finance/audit")
    assert "signed in" in pages.last.text
    pages.send("/finance/sign-out")
    assert pages.get("/finance").url.path == "/finance/sign-in"
    pages.close()


def _latest(pages: Pages) -> str:
    found = re.findall(r'href="(/finance/reports/F-\w+)"', pages.get("/finance/reports").text)
    return str(found[0]) if found else ""
