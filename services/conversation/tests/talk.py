"""A person who talks with the conversation service in tests; payments answers as the script says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.conversation.app import make
from shared.contracts.base import Message
from shared.contracts.gateway import Address, Content, MessageReceived, Tap, Text
from shared.contracts.notifier import Buttons, ChoiceList, Document, Outgoing, Picture, SendMessage, Template
from shared.contracts.payments import (
    Authorisation,
    PaymentCancelled,
    PaymentInitiated,
    PaymentSettled,
    ReceiptIssued,
    RequestPayment,
)
from shared.kernel.ids import MemberId, payment_id_of
from shared.testing.harness import Harness

ENVIRONMENT = {
    "PAYNOW_USD_ID": "30101",
    "PAYNOW_ZWG_ID": "30102",
    "PAYNOW_USD_METHODS": "ecocash,onemoney,innbucks,omari,web,manual",
    "PAYNOW_TEST_MODE": "true",
    "ADMIN_PHONE": "+263773000001",
    "FINANCE_PHONE": "+263773000002",
    "ORGANISATION_NAME": "Ruvimbo Church",
}
NEW_DONOR = ("donate", "Tariro Moyo", "Manicaland", "Mutare", "Youth Conference", "20 usd", "EcoCash", "0771 111 111")


class Talk:
    """One person at the bot."""

    def __init__(self, harness: Harness, phone: str = "+263771111111") -> None:
        self.harness = harness
        self.member = MemberId(f"M-{phone[1:]}")
        self.address = Address(phone_number_id="100", phone=phone)
        self.sent = 0

    def become_new(self) -> None:
        """Who was forgotten is somebody else to the gateway."""
        self.member = MemberId(f"{self.member}-NEW")

    async def say(self, text: str) -> list[Outgoing]:
        """Send a text; what the bot says to it."""
        return await self.send(Text(body=text))

    async def tap(self, title: str) -> list[Outgoing]:
        """Tap a button or row of the bot's last message."""
        choice = next(choice for choice in choices_of(self.last) if choice.title.startswith(title))
        return await self.tap_id(choice.id, choice.title)

    async def tap_id(self, id: str, title: str = "") -> list[Outgoing]:
        return await self.send(Tap(id=id, title=title, of="button"))

    async def be_silent(self, seconds: float) -> list[Outgoing]:
        """Let time pass; what the bot says of its own accord."""
        before = len(self.heard)
        await self.harness.advance(seconds, step=5)
        return self.heard[before:]

    async def give(self, *answers: str) -> list[Outgoing]:
        """Say one thing after the other, by default all that a new donor is asked; what the bot says at the end."""
        said: list[Outgoing] = []
        for answer in answers or NEW_DONOR:
            said = await self.say(answer)
        return said

    async def send(self, content: Content) -> list[Outgoing]:
        before = len(self.heard)
        self.sent += 1
        await self.harness.say(
            MessageReceived(
                member=self.member,
                address=self.address,
                message_id=f"wamid.{self.sent}",
                sent_at=self.harness.clock.now(),
                content=content,
            )
        )
        await self.harness.advance(3)
        return self.heard[before:]

    @property
    def heard(self) -> list[Outgoing]:
        """All that the bot said to this person."""
        return [command.content for command in self.harness.all(SendMessage) if command.member == self.member]

    @property
    def last(self) -> Outgoing:
        return self.heard[-1]

    @property
    def request(self) -> RequestPayment:
        """The latest payment that this person asked for."""
        return [request for request in self.harness.all(RequestPayment) if request.payer == self.member][-1]

    async def told(self, *events: Message) -> list[Outgoing]:
        """Another service says something; what the bot makes of it."""
        before = len(self.heard)
        await self.harness.say(*events)
        await self.harness.advance(3)
        return self.heard[before:]

    def about(self) -> dict[str, Any]:
        """The fields that events about the latest payment share."""
        request = self.request
        return {
            "payment_id": payment_id_of(request.intent),
            "payer": self.member,
            "amount": request.amount,
            "method": request.method,
        }

    def initiated(
        self, authorisation: Authorisation | None = None, instructions: str | None = None
    ) -> PaymentInitiated:
        return PaymentInitiated(
            intent=self.request.intent, authorisation=authorisation, instructions=instructions, **self.about()
        )

    def cancelled(self) -> PaymentCancelled:
        now = self.harness.clock.now()
        return PaymentCancelled(purpose=self.request.purpose, cancelled_at=now, **self.about())

    def settled(self) -> list[Message]:
        now = self.harness.clock.now()
        about = {**self.about(), "purpose": self.request.purpose, "provider_reference": "31000001", "settled_at": now}
        return [
            PaymentSettled(after="awaiting_payer", **about),
            ReceiptIssued(receipt_number="2026-000001", payer_name=self.request.payer_name, issued_at=now, **about),
        ]


def only(said: Sequence[Outgoing]) -> str:
    """The text of what was said, in one message."""
    [content] = said
    return text_of(content)


def text_of(content: Outgoing) -> str:
    """What a person reads of a message, choices in brackets."""
    match content:
        case Document() | Picture():
            said = content.caption or content.file.name
        case Template():
            said = " ".join(content.parameters)
        case _:
            said = content.body
    return said + "".join(f" [{choice.title}]" for choice in choices_of(content))


def choices_of(content: Outgoing) -> list[Any]:
    if isinstance(content, Buttons):
        return list(content.buttons)
    if isinstance(content, ChoiceList):
        return [row for section in content.sections for row in section.rows]
    return []


__all__ = ["ENVIRONMENT", "NEW_DONOR", "Talk", "choices_of", "make", "text_of"]
