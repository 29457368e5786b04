"""A gift that is disturbed on its way, and what must come of it: one payment, one receipt, each reply once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from tests.journeys.donor import introduce
from tests.journeys.phone import Phone, text_of
from tests.journeys.system import System
from tests.journeys.waiting import eventually

Moment = Literal["answered", "confirm", "confirmed", "prompted", "paid"]
"""After the 200 of an answer's webhook; before the confirmation, after its 200; while the payer is awaited; when Paynow
knows that it is paid and the receipt is on its way."""

PROMPT = "enter your PIN"
RECEIPT = "*Receipt "
SAID = (
    "full name",
    "province",
    "town",
    "give to",
    "How much",
    "like to pay",
    "should we charge",
    "Please check",
    PROMPT,
    RECEIPT,
    "*USD 20.00*  Youth Conference  paid",
)
UNCERTAIN = "We do not know yet whether"
"""May be said beside: a lost answer of Paynow is told to the payer and then found out."""


def give_disturbed(
    system: System, disturb: Mapping[Moment, Callable[[], None]], *, may_cut_off_the_charge: bool = False
) -> Phone:
    """Give USD 20 by EcoCash with disturbances, and see that all ends well. Returns the donor's phone.

    When payments dies while Paynow answers, the payer may have paid before we know that there is something to pay. When
    it dies before the charge has left, Paynow is asked twice whether it ever came, and the payer hears that it did not.
    """
    outside = system.outside
    before = {one["reference"] for one in outside.transactions()}
    phone = outside.new_phone()

    def now(moment: Moment) -> None:
        disturb.get(moment, lambda: None)()

    introduce(phone)
    phone.hears("How much")
    phone.say("20 usd")
    now("answered")
    phone.hears("like to pay")
    phone.tap("EcoCash")
    phone.hears("should we charge")
    phone.say("0771111111")
    phone.hears("Please check")
    now("confirm")
    phone.tap("Confirm")
    now("confirmed")
    told = phone.hears("Reference", 90)
    now("prompted")
    if may_cut_off_the_charge and UNCERTAIN in told and not _new(system, before):
        phone.hears("could not be reached. Nothing was charged", 180)
        assert not _new(system, before)
        return phone
    eventually(lambda: _new(system, before)[0]["status"] == "Paid", "the payer pays")
    now("paid")
    if RECEIPT not in told:
        phone.hears(RECEIPT, 90)
    # A message is sent when those before it are known to have arrived: after this answer, nothing is left to come.
    phone.say("history")
    phone.hears("Your latest payments", 90)
    assert len(_new(system, before)) == 1
    _see_each_reply_once([text_of(message) for message in phone.said_by_bot()], may_cut_off_the_charge)
    return phone


def see_not_repeated(system: System, phone: Phone, call: str) -> None:
    """Wait until the claim of a call that a crash cut off has run out: it is found to be unknown, not made again."""
    [receipt] = [message for message in phone.said_by_bot() if RECEIPT in text_of(message)]
    trace_id = receipt["traceparent"].split("-")[1]

    def second_look() -> list[str]:
        spans = [span["attributes"] for span in system.outside.trace(trace_id) if span["name"] == call]
        return [attributes["ruvimbo.outcome"] for attributes in spans if attributes["ruvimbo.attempt"] == "2"]

    assert eventually(second_look, f"the second look at {call}", 90) == ["Unknown"]


def see_nobody_told_twice(system: System) -> None:
    """No message about a payment ever came twice, to anybody."""
    told = [text_of(message) for phone in system.outside.strangers for message in phone.said_by_bot()]
    about_payments = [text for text in told if "Reference" in text]
    assert about_payments
    assert len(set(about_payments)) == len(about_payments)


def _new(system: System, before: set[str]) -> list[dict[str, str]]:
    return [one for one in system.outside.transactions() if one["reference"] not in before]


def _see_each_reply_once(said: list[str], may_cut_off_the_charge: bool) -> None:
    heard = [text for text in said if UNCERTAIN not in text] if may_cut_off_the_charge else said
    expected = list(SAID)
    if may_cut_off_the_charge:
        assert len(said) - len(heard) <= 1, said
        if not any(PROMPT in text for text in said):
            expected.remove(PROMPT)
    assert len(heard) == len(expected), said
    for text, words in zip(heard, expected, strict=True):
        assert words in text, said
