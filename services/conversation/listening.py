"""What a person's message means, and what is done about it: words, taps, answers, staff commands.

Beside handlers, which only load and hand over: this is the conversation outside of its flows.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from services.conversation import texts
from services.conversation.domain.profile import Profile
from services.conversation.engine.engine import Turn, answer, ask_again, go_back, go_on, open_question
from services.conversation.engine.session import Session
from services.conversation.engine.texts import _
from services.conversation.engine.words import Word, word_of
from services.conversation.facts import DonationFacts
from services.conversation.flows import donate as donate_flow
from services.conversation.settings import ConversationSettings
from shared.contracts.conversation import StaffCommandUsed
from shared.contracts.credex import OpenDashboard
from shared.contracts.gateway import (
    Changed,
    Form,
    MessageReceived,
    Reaction,
    SystemNotice,
    Tap,
    Text,
    Unsupported,
    Welcome,
)
from shared.contracts.notifier import Buttons, Choice, Outgoing, PlainText
from shared.contracts.payments import CheckPayment
from shared.contracts.reporting import MakeStatistics
from shared.kernel.clock import HARARE
from shared.kernel.ids import MemberId

GO = "go"
"""Taps that begin with it are words and work however old they are."""
_TAP = re.compile(r"(\d+)\.(\d+)\.(.+)", re.DOTALL)

assert donate_flow  # imported to be declared


class Listener:
    """One message of one member."""

    def __init__(
        self, member: MemberId, session: Session, profile: Profile, settings: ConversationSettings, now: datetime
    ) -> None:
        self._member = member
        self._session = session
        self._profile = profile
        self._settings = settings
        self._now = now

    @property
    def intent(self) -> str:
        """The payment intent that a confirmation in this run stands for: a double tap is the same one."""
        return f"{self._member}:{self._session.run}"

    def hear(self, event: MessageReceived) -> Turn:
        """What to say and do about a message; silence for what asks for no answer."""
        match event.content:
            case Reaction() | Changed() | SystemNotice():
                return Turn()
            case Text(body=body):
                turn = self._text(body, event)
            case Tap(id=id, title=title):
                turn = self._tap(id, title)
            case Welcome():
                turn = self._word("greet")
            case Form() | Unsupported():
                turn = self._again(_("I can read text and taps on buttons."))
            case _:
                turn = self._again(_("Thank you. I can read text and taps on buttons only."))
        return self._left(turn) if turn.cancelled else turn

    def _text(self, body: str, event: MessageReceived) -> Turn:
        if body.strip().startswith("/"):
            return self._staff(body.strip(), event)
        word = word_of(body)
        question = open_question(self._session, self.intent)
        if question is not None and question.option_of(body) is not None:
            return answer(self._session, body, self.intent)
        if word is not None:
            return self._word(word)
        if self._session.waiting:
            return Turn([PlainText(body=_("One moment, your request is on its way. *check* tells how it stands."))])
        if question is not None:
            return answer(self._session, body, self.intent)
        return Turn([self._menu(_("Sorry, I did not understand that. This is what I can do:"))])

    def _tap(self, id: str, title: str) -> Turn:
        go, _dot, word = id.partition(".")
        if go == GO:
            return self._go(word)
        parts = re.fullmatch(_TAP, id)
        if parts is None:
            return self._again(_("That choice is from an older message."))
        run, asked, option = int(parts[1]), int(parts[2]), parts[3]
        if run == self._session.run and self._session.waiting:
            return Turn([PlainText(body=_("That is on its way already; you will not be charged twice."))])
        if (run, asked) != (self._session.run, self._session.asked) or self._session.flow is None:
            return self._again(_("That choice is from an older message."))
        return answer(self._session, option, self.intent)

    def _go(self, word: str) -> Turn:
        if word == "retry":
            return self._donate(self._profile.answers | self._last_amount())
        if word == "donate":
            return self._word("donate")
        if word in {"menu", "history", "help", "check"}:
            return self._word(word)  # type: ignore[arg-type]
        return self._again(_("That choice is from an older message."))

    def _word(self, word: Word) -> Turn:  # noqa: PLR0911 one line per word reads best
        in_flow = self._session.flow is not None and not self._session.waiting
        match word:
            case "greet" if in_flow:
                return self._again(_("Hello!"))
            case "greet":
                greeting = texts.greeting(self._profile, self._settings.organisation_name, self._now)
                return Turn([self._menu(greeting)])
            case "menu":
                self._session.end()
                return Turn([self._menu(_("What would you like to do?"))])
            case "cancel":
                return self._left(Turn())
            case "back":
                turn = go_back(self._session, self.intent) if in_flow else None
                return turn or self._word("menu")
            case "help":
                return self._aside(texts.help_text())
            case "history":
                return self._aside(texts.history(self._profile))
            case "receipt":
                return self._aside(texts.receipt_again(self._profile))
            case "check":
                return self._check()
            case "home":
                return Turn(messages=[OpenDashboard(member=self._member)])
            case "donate":
                return self._donate(self._profile.answers)
            case "thanks":
                return self._aside(_("You are welcome."))

    def _check(self) -> Turn:
        latest = self._profile.latest
        if latest is None:
            return self._aside(_("There is no payment to check. Send *donate* to give."))
        return Turn(messages=[CheckPayment(payment_id=latest.id, payer=self._member)])

    def _donate(self, answers: dict[str, str]) -> Turn:
        settings = self._settings
        if not settings.enable_donations or not settings.methods:
            return Turn([PlainText(body=_("Giving is switched off at the moment."))])
        if self._session.waiting:
            return Turn([PlainText(body=_("One moment, your request is on its way. *check* tells how it stands."))])
        self._session.begin("donate", self._facts().model_dump(mode="json"), answers)
        return go_on(self._session, self.intent)

    def _facts(self) -> DonationFacts:
        settings = self._settings
        limits = {currency: settings.limits.at(self._now, currency) for currency in settings.methods}
        address = self._session.address
        return DonationFacts.model_validate(
            {
                "member": self._member,
                "own_phone": address.phone if address else None,
                "purposes": settings.purposes,
                "methods": settings.methods,
                "limits": {currency: (limit.minimum, limit.maximum) for currency, limit in limits.items()},
                "test_mode": settings.paynow_test_mode,
            }
        )

    def _last_amount(self) -> dict[str, str]:
        latest = self._profile.latest
        return {"amount#1": f"{latest.amount.amount} {latest.amount.currency}"} if latest else {}

    def _left(self, turn: Turn) -> Turn:
        """Out of the flow, keeping nothing half done."""
        was_waiting = self._session.waiting
        had_flow = self._session.flow is not None
        if was_waiting:
            return Turn(
                [
                    PlainText(
                        body=_(
                            "Your request is with the provider already; cancel it on your phone and I will tell you."
                        )
                    )
                ]
            )
        self._session.end()
        text = _("Cancelled; nothing was charged.") if had_flow else _("There is nothing to cancel.")
        return Turn([self._menu(text)], turn.messages)

    def _aside(self, text: str) -> Turn:
        """An answer beside the flow: the open question follows in the same message."""
        return self._again(text) if self._session.flow and not self._session.waiting else Turn([PlainText(body=text)])

    def _again(self, text: str) -> Turn:
        """Something said, and the open question again; the menu when there is none."""
        if self._session.flow is not None and not self._session.waiting:
            return ask_again(self._session, self.intent, text)
        if self._session.waiting:
            return Turn([PlainText(body=text)])
        return Turn([self._menu(text)])

    def _menu(self, text: str) -> Outgoing:
        choices = (
            Choice(id=f"{GO}.donate", title=_("Give")),
            Choice(id=f"{GO}.history", title=_("My payments")),
            Choice(id=f"{GO}.help", title=_("Help")),
        )
        return Buttons(body=text, buttons=choices)

    def _staff(self, text: str, event: MessageReceived) -> Turn:
        command, _blank, rest = text.partition(" ")
        command = command.casefold()
        allowed = event.address.phone in self._settings.staff
        known = command in {"/stats", "/admin"}
        use = StaffCommandUsed(
            member=self._member, command=command if known else "/unknown", allowed=allowed, at=self._now
        )
        if not allowed:
            return Turn([PlainText(body=_("Words with / are for staff only. *menu* shows what I can do."))], [use])
        if command != "/stats":
            return Turn([PlainText(body=_("Staff commands:\n/stats [today|yesterday|week|month]"))], [use])
        today = self._now.astimezone(HARARE).date()
        span = days_of(rest.strip().casefold() or "today", today)
        if span is None:
            return Turn([PlainText(body=_("/stats knows today, yesterday, week and month."))], [use])
        first, last = span
        return Turn(messages=[use, MakeStatistics(asked_by=self._member, first=first, last=last)])


def days_of(word: str, today: date) -> tuple[date, date] | None:
    """First and last Harare day of a word for a span; None when it is none."""
    spans: dict[str, Any] = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "week": (today - timedelta(days=today.weekday()), today),
        "month": (today.replace(day=1), today),
    }
    span: tuple[date, date] | None = spans.get(word)
    return span
