"""What a donor does in the chat, step by step."""

from __future__ import annotations

from tests.journeys.phone import Phone


def introduce(phone: Phone) -> None:
    """Begin a gift as somebody who is not known yet, up to the question for the amount."""
    phone.say("donate")
    phone.hears("full name")
    phone.say("Tariro Moyo")
    phone.hears("province")
    phone.say("Manicaland")
    phone.hears("town")
    phone.say("Mutare")
    phone.hears("give to")
    phone.tap("Youth Conference")


def confirm_gift(phone: Phone, amount: str, wallet: str) -> None:
    """From the question for the amount to the confirmation."""
    phone.hears("How much")
    phone.say(amount)
    phone.hears("like to pay")
    phone.tap("EcoCash")
    phone.hears("should we charge")
    phone.say(wallet)
    phone.hears("Please check")
    phone.tap("Confirm")


def give_again(phone: Phone, amount: str) -> None:
    """A whole gift of somebody whose details are kept, up to the confirmation."""
    phone.say("donate")
    phone.hears("How much")
    phone.say(amount)
    phone.hears("Please check")
    phone.tap("Confirm")
