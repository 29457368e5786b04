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
    "*Receipt ",
    "*USD 20.00*  Youth Conference  paid",
)
UNCERTAIN = "We do not know yet whether"
"""May be said beside: a lost answer of Paynow is told to the payer and then found out."""


def give_disturbed(system: System, disturb: Mapping[Moment, Callable[[], None]]) -> Phone:
    """Give USD 20 by EcoCash with disturbances, and see that all ends well. Returns the donor's phone."""
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
    phone.hears("Reference ", 90)  # the prompt, or that we don't know yet
    now("prompted")
    eventually(lambda: _new(system, before)[0]["status"] == "Paid", "the payer pays")
    now("paid")
    phone.hears("*Receipt ", 90)
    # A message is sent when those before it are known to have arrived: after this answer, nothing is left to come.
    phone.say("history")
    phone.hears("Your latest payments", 90)
    assert len(_new(system, before)) == 1
    _see_each_reply_once(phone)
    return phone


def _new(system: System, before: set[str]) -> list[dict[str, str]]:
    return [one for one in system.outside.transactions() if one["reference"] not in before]


def _see_each_reply_once(phone: Phone) -> None:
    said = [text_of(message) for message in phone.said_by_bot()]
    certain = [text for text in said if UNCERTAIN not in text]
    assert len(said) - len(certain) <= 1, said
    expected = list(SAID)
    if certain != said and not any(PROMPT in text for text in said):
        expected.remove(PROMPT)  # what was lost was found when the payer had paid already
    assert len(certain) == len(expected), said
    for text, words in zip(certain, expected, strict=True):
        assert words in text, said
