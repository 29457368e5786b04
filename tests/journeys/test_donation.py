"""A donation from hello to receipt, driven over HTTP as people and vendors would, on both transports."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from tests.journeys.donor import confirm_gift, introduce
from tests.journeys.outside import Json, Outside
from tests.journeys.phone import Phone
from tests.journeys.system import System
from tests.journeys.waiting import eventually


def test_a_new_donor_gives_and_gets_one_receipt_and_staff_see_the_sum(system: System) -> None:
    outside = system.outside
    donor, staff = outside.new_phone(), outside.phone("+263773000001")
    before = given_today(staff)
    donor.say("hi")
    assert "Welcome" in donor.hears("Ruvimbo Development Church")
    introduce(donor)
    confirm_gift(donor, "20 usd", "0771111111")
    prompt = donor.hears("enter your PIN")
    assert "USD 20.00" in prompt
    prompted_in = trace_of(donor)
    receipt = donor.hears("Receipt")
    assert "USD 20.00" in receipt
    assert "Tariro Moyo" in receipt
    [reference] = re.findall(r"Reference: (\S+)", receipt)
    [transaction] = [one for one in outside.transactions() if one["reference"] == reference]
    assert (transaction["amount"], transaction["phone"], transaction["status"]) == ("20.00", "0771111111", "Paid")
    assert trace_of(donor) == prompted_in
    see_one_trace(outside, prompted_in)
    eventually(lambda: given_today(staff) == before + 20, "the gift in /stats")


def test_what_the_payer_cancels_is_told_and_can_be_tried_again(system: System) -> None:
    donor = system.outside.new_phone()
    introduce(donor)
    confirm_gift(donor, "20 usd", "0773333333")
    donor.hears("enter your PIN")
    prompted_in = trace_of(donor)
    told = donor.hears("cancelled on the phone; nothing was charged")
    assert "[Try again]" in told
    assert trace_of(donor) == prompted_in
    donor.tap("Try again")
    summary = donor.hears("Please check")
    assert "USD 20.00" in summary
    donor.tap("Confirm")
    donor.hears("enter your PIN")


def test_a_wallet_without_enough_money_is_told(system: System) -> None:
    donor = system.outside.new_phone()
    introduce(donor)
    confirm_gift(donor, "20 usd", "0774444444")
    told = donor.hears("not enough balance on that wallet")
    assert "Nothing was charged" in told
    assert not [text for text in donor.talk() if "PIN" in text]


def trace_of(phone: Phone) -> str:
    """The trace in which the last message waited for was sent."""
    parent = phone.last["traceparent"]
    assert parent, "the Graph API was called without a trace"
    return str(parent.split("-")[1])


def given_today(staff: Phone) -> Decimal:
    """The sum of today's paid gifts in US dollars, as `/stats` tells it."""
    staff.say("/stats")
    found = re.search(r"\*USD ([\d.]+)\*", staff.hears(" 20"))
    return Decimal(found[1]) if found else Decimal(0)


def see_one_trace(outside: Outside, trace_id: str) -> None:
    """From the donor's confirmation to the receipt: one root, no span without its parent, every step within."""
    spans = eventually(lambda: _whole(outside.trace(trace_id)), "one connected trace of the gift", 10)
    assert {span["service"] for span in spans} >= {"gateway", "conversation", "payments", "notifier"}
    assert [span["name"] for span in spans if span["parent_span_id"] is None] == ["POST /webhook"]
    names = Counter(span["name"] for span in spans)
    assert names["joined by a later message"], "Paynow's callback did not join the trace"
    assert (names["call paynow.initiate"], names["payments issue_receipt"], names["call whatsapp.send"]) == (1, 1, 2)


def _whole(spans: list[Json]) -> list[Json]:
    """The spans, once they hang together and the last step is there: each service exports its own, when it likes."""
    ids = {span["span_id"] for span in spans}
    connected = all(span["parent_span_id"] in ids for span in spans if span["parent_span_id"] is not None)
    sends = [span for span in spans if span["name"] == "call whatsapp.send"]
    return spans if connected and len(sends) == 2 else []
