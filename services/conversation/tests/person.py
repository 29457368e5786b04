"""A person without a service around: the conversation as pure functions, fast enough for thousands of turns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.conversation.domain.profile import Profile
from services.conversation.engine.engine import Turn
from services.conversation.engine.session import Session
from services.conversation.engine.texts import speaking
from services.conversation.handlers.telling import turn_for
from services.conversation.listening import hear
from services.conversation.listening.situation import Situation
from services.conversation.settings import ConversationSettings
from shared.contracts.base import Command, Event
from shared.contracts.conversation import ChooseLanguage, RememberDonor
from shared.contracts.gateway import Address, Content
from shared.contracts.notifier import Buttons, ChoiceList, Outgoing
from shared.contracts.payments import (
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
from shared.kernel.clock import VirtualClock
from shared.kernel.ids import MemberId, payment_id_of

GOOD_ANSWERS = {
    "name": "Tariro Moyo",
    "congregation": "Mutare",
    "purpose": "youth",
    "other_purpose": "Roof repair",
    "amount": "20 usd",
    "email": "tariro@example.org",
    "skill": "teaching",
    "wallet": "0771111111",
    "first_name": "Tariro",
    "last_name": "Moyo",
    "handle": "themba_n",
    "due": "2026-12-20",
    "account_name": "Moyo Bakery",
    "new_handle": "moyo_bakery",
    "member_handle": "themba_n",
}
"""What may be typed where free text is asked for, by the key of the question."""
METHODS = ("ecocash", "onemoney", "innbucks", "omari", "web", "manual")
SETTINGS = ConversationSettings.model_validate(
    {
        "paynow_usd_id": 1,
        "paynow_zwg_id": 2,
        "paynow_usd_methods": METHODS,
        "paynow_zwg_methods": ("ecocash", "onemoney"),
        "paynow_test_mode": True,
        "credex_api_url": "http://127.0.0.1:1/",
        "organisation_name": "Ruvimbo Church of the Very Long Name in Harare and Bulawayo",
    }
)
NOW = VirtualClock().now()


class Person:
    """Writes, taps, and is told things; each turn goes through JSON, as it does in the store."""

    def __init__(self, settings: ConversationSettings = SETTINGS) -> None:
        self.settings = settings
        self.session = Session(address=Address(phone_number_id="100", phone="+263771111111"))
        self.profile = Profile()
        self.requests: list[RequestPayment] = []
        self.asked: list[Command] = []
        """What was asked of credex."""
        self.taps: list[str] = []
        self.now = NOW

    def hear(self, content: Content) -> Turn:
        """Send something; what comes back."""
        with speaking(self.profile.language or "en"):
            return self._after(hear(self.here, content))

    def told(self, event: Event, text: str = "News.") -> Turn:
        """Another service says something."""
        with speaking(self.profile.language or "en"):
            return self._after(turn_for(self.here, event, lambda _here: text))

    @property
    def here(self) -> Situation:
        return Situation(MemberId("M-1"), self.session, self.profile, self.settings, self.now)

    def _after(self, turn: Turn) -> Turn:
        self.now += timedelta(seconds=5)
        self.session = Session.model_validate_json(self.session.model_dump_json())
        for message in turn.messages:
            if isinstance(message, RequestPayment):
                self.requests.append(message)
            if isinstance(message, Command) and message.NAME.startswith("credex."):
                self.asked.append(message)
            if isinstance(message, ChooseLanguage):
                self.profile.language = message.language
            if isinstance(message, RememberDonor):
                self.profile.name, self.profile.answers = message.name, message.answers
        self.taps += [id for content in turn.outgoing for id in ids_of(content)]
        return turn


def ids_of(content: Outgoing) -> list[str]:
    """What can be tapped of a message."""
    if isinstance(content, Buttons):
        return [choice.id for choice in content.buttons]
    if isinstance(content, ChoiceList):
        return [row.id for section in content.sections for row in section.rows]
    return []


def events_about(request: RequestPayment) -> dict[str, Event]:
    """Every event that payments may say of a request."""
    about: dict[str, Any] = {
        "payment_id": payment_id_of(request.intent),
        "payer": request.payer,
        "amount": request.amount,
        "method": request.method,
    }
    full = {**about, "purpose": request.purpose}
    events: list[Event] = [
        PaymentInitiated(intent=request.intent, **about),
        PaymentUncertain(intent=request.intent, **about),
        PaymentRefused(
            intent=request.intent,
            payer=request.payer,
            amount=request.amount,
            rule="amount_too_large",
            limit=request.amount,
        ),
        PaymentFailed(intent=request.intent, reason="declined", failed_at=NOW, **full),
        PaymentCancelled(cancelled_at=NOW, **full),
        PaymentExpired(expired_at=NOW, **full),
        PaymentNeedsReview(cause="open_too_long", noticed_at=NOW, **full),
        ReceiptIssued(
            receipt_number="2026-000001",
            payer_name=request.payer_name,
            provider_reference=None,
            settled_at=NOW,
            issued_at=NOW,
            **full,
        ),
    ]
    return {event.NAME: event for event in events}
