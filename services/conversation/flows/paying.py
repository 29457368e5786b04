"""Pays a gift that was confirmed: at once, or in parts, one after the other.

In parts (the first was confirmed with the summary):

    < Please look at your phone and enter your PIN
    < Your gift of *USD 480.00* has arrived. … Part 2 of 3: *USD 480.00*. [Send it] [Stop here]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.conversation.engine.chat import Chat
from services.conversation.engine.formats import money
from services.conversation.engine.questions import NO, YES, Option
from services.conversation.engine.texts import _
from services.conversation.facts import method_in_sentence
from shared.contracts.payments import (
    Method,
    PaymentCancelled,
    PaymentExpired,
    PaymentFailed,
    PaymentInitiated,
    PaymentNeedsReview,
    PaymentRefused,
    PaymentUncertain,
    ReceiptIssued,
    RequestPayment,
)
from shared.kernel.ids import MemberId, payment_id_of
from shared.kernel.money import Money

PART_PATIENCE = timedelta(minutes=15)
"""How long the next part waits for the outcome of the one before it."""


@dataclass(frozen=True)
class Gift:
    """Who gives what for, and how it is paid."""

    payer: MemberId
    payer_name: str
    purpose: str
    method: Method
    wallet: str | None
    congregation: str
    province: str

    def request(self, amount: Money, intent: str) -> RequestPayment:
        """The command for one payment."""
        return RequestPayment(
            intent=intent,
            payer=self.payer,
            amount=amount,
            method=self.method,
            wallet=self.wallet,
            purpose=self.purpose,
            payer_name=self.payer_name,
            congregation=self.congregation,
            province=self.province,
        )


async def pay(chat: Chat, gift: Gift, parts: list[Money]) -> None:
    """Request the payment, or one part after the other; what became of each is told by the service itself."""
    if len(parts) > 1:
        await _pay_in_parts(chat, gift, parts)
        return
    intent = chat.new_intent()
    await chat.request(
        gift.request(parts[0], intent),
        PaymentInitiated,
        PaymentUncertain,
        PaymentRefused,
        PaymentFailed,
        about={"intent": intent},
    )


async def _pay_in_parts(chat: Chat, gift: Gift, parts: list[Money]) -> None:
    paid = Money.of(0, parts[0].currency)
    total = sum(parts[1:], start=parts[0])
    for number, part in enumerate(parts, 1):
        first = number == 1
        while first or await _wants(chat, gift, part, number, len(parts)):
            first = False
            intent = chat.new_intent()
            outcome = await chat.request(
                gift.request(part, intent),
                ReceiptIssued,
                PaymentRefused,
                PaymentFailed,
                PaymentCancelled,
                PaymentExpired,
                PaymentNeedsReview,
                about={"intent": intent, "payment_id": payment_id_of(intent)},
                patience=PART_PATIENCE,
            )
            if isinstance(outcome, ReceiptIssued):
                paid += part
                break
            if isinstance(outcome, PaymentNeedsReview):
                await chat.say(_so_far(paid, total))
                return
        else:
            await chat.say(_so_far(paid, total))
            return
    await chat.say(_("All {count} parts have arrived: *{total}*.").format(count=len(parts), total=money(total)))


async def _wants(chat: Chat, gift: Gift, part: Money, number: int, count: int) -> bool:
    text = _("Part {number} of {count}: *{amount}* by {method}. Shall I send it now?")
    prompt = text.format(number=number, count=count, amount=money(part), method=method_in_sentence(gift.method))
    options = (Option("go", _("Send it"), also=YES), Option("stop", _("Stop here"), also=NO))
    return await chat.choose("next", prompt, options) == "go"


def _so_far(paid: Money, total: Money) -> str:
    return _("We stop here. Paid: *{paid}* of {total}. Nothing more is charged.").format(
        paid=money(paid), total=money(total)
    )
