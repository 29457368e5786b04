"""Credex in tests of the conversation: what it would say to each command, without being there."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.conversation.domain.credex import CredexView
from services.conversation.tests.talk import Talk
from shared.contracts import credex
from shared.contracts.base import REGISTRY, Command, Event
from shared.contracts.credex_parts import (
    Balances,
    CredexAccount,
    LedgerEntry,
    OfferResult,
    PendingOffer,
    Person,
    Standing,
)
from shared.contracts.gateway import Content
from shared.contracts.notifier import Outgoing
from shared.kernel.credit import Credit

ME, RUDO = Person(core_id="c-tariro", name="Tariro Moyo"), Person(core_id="c-rudo", name="Rudo Ncube")
THEMBA = Person(core_id="c-themba", name="Themba Ndlovu")
CREDEX_ON = {"CREDEX_API_URL": "http://127.0.0.1:1/"}
"""Settings under which credex is offered; nobody is there."""
ZERO = Credit.of("0.00", "USD")
USUAL: dict[type[Command], str] = {
    credex.OpenDashboard: "dashboard_shown",
    credex.JoinCredex: "credex_joined",
    credex.FindAccount: "account_found",
    credex.FindMember: "member_found",
    credex.MakeOffer: "offer_made",
    credex.AcceptOffers: "offers_accepted",
    credex.ReadLedger: "ledger_shown",
    credex.ReadCredex: "credex_shown",
    credex.OpenAccount: "account_opened",
    credex.ListAuthorised: "authorised_listed",
    credex.AuthoriseMember: "member_authorised",
    credex.RemoveMember: "member_removed",
    credex.DirectNotices: "notices_directed",
    credex.UpgradeTier: "tier_upgraded",
}
ACTIONS = {"accept": "offer_accepted", "decline": "offer_declined", "cancel": "offer_cancelled"}


def offer(id: str, amount: str, name: str, due: date | None = None) -> PendingOffer:
    return PendingOffer(
        credex_id=id, amount=Credit.of(amount, "USD"), counterparty=name, secured=due is None, due_date=due
    )


def account(id: str, name: str, type: str = "PERSONAL", **more: Any) -> CredexAccount:
    balances = Balances(
        secured=(Credit.of("50.00", "USD"), Credit.of("0.0025", "XAU")),
        payables=ZERO,
        receivables=ZERO,
        net_unsecured=ZERO,
        net=Credit.of("50.00", "USD"),
    )
    return CredexAccount(
        account_id=id,
        name=name,
        handle=name.lower().replace(" ", "_"),
        type=type,
        default_denomination="USD",
        owned=True,
        notices_to=ME,
        balances=balances,
        **more,
    )


def view(tier: int, *accounts: CredexAccount, left: str | None = None) -> CredexView:
    standing = Standing(
        core_id=ME.core_id,
        first_name="Tariro",
        last_name="Moyo",
        handle="tariro_moyo",
        tier=tier,
        remaining_usd=None if left is None else Credit.of(left, "USD").amount,
        default_denomination="USD",
    )
    return CredexView(standing=standing, accounts=accounts)


PENDING: dict[str, Any] = {
    "pending_in": (offer("in-1", "2.50", "Themba Ndlovu"), offer("in-2", "3.00", "Chipo Dube", date(2026, 12, 20))),
    "pending_out": (offer("out-1", "1.00", "Chipo Dube"),),
}
SMALL = view(2, account("a-1", "Tariro Moyo", **PENDING), left="100.00")
"""Verified, one account, two offers to it and one from it."""
MORE = PENDING | {"pending_out": (offer("out-1", "1.00", "Chipo Dube"), offer("out-2", "4.00", "Themba Ndlovu"))}
LARGE = view(4, account("a-2", "Moyo Bakery", "OPERATIONS", **PENDING), account("a-1", "Tariro Moyo", **MORE))
"""Entrepreneur, two accounts."""
OPEN = view(1, account("a-1", "Tariro Moyo"), left="10.00")
"""Open, with nothing pending."""


def answer(command: Any, name: str, known: CredexView = SMALL) -> Event:
    """The event of a name as credex would say it to a command."""
    kind = REGISTRY[(f"credex.{name}", 1)]
    given: dict[str, Any] = {
        **{field: value for field, value in command if field in kind.model_fields},
        "answers": getattr(command, "intent", None) or getattr(command, "request", ""),
        "asked": command.NAME,
        "rule": "insufficient_balance",
        "reason": "unreachable" if name == "credex_unavailable" else None,
        "standing": known.standing,
        "accounts": known.accounts,
        "state": "OWES" if name == "credex_shown" else "accepted",
        "tier": 3,
    }
    given |= _about(command, name)
    event = kind.model_validate({field: value for field, value in given.items() if field in kind.model_fields})
    assert isinstance(event, Event)
    return event


def _about(command: Any, name: str) -> dict[str, Any]:  # noqa: PLR0911 one for each event
    """What only this event says."""
    amount = getattr(command, "amount", Credit.of("2.50", "USD"))
    match name:
        case "account_found":
            return {"account_id": "a-themba", "name": THEMBA.name}
        case "member_found":
            return {"person": THEMBA}
        case "offer_accepted":
            return {"amount": amount}
        case "offer_made":
            return {"credex_id": "new-1"}
        case "offers_accepted":
            return {"results": [OfferResult(credex_id=id, result="accepted") for id in command.credex_ids]}
        case "ledger_shown":
            rows = range(command.start_row, min(command.start_row + command.rows, 16))
            entries = [
                LedgerEntry(credex_id=f"e-{row}", amount=Credit.of(f"{row + 2}.50", "USD"), counterparty=THEMBA.name)
                for row in rows
            ]
            return {"entries": entries, "has_more": command.start_row + command.rows < 16}
        case "credex_shown":
            return {"amount": amount, "counterparty": THEMBA.name, "secured": True}
        case "account_opened":
            return {"account_id": "a-9", "name": command.account_name}
        case "authorised_listed":
            several = [ME, RUDO, *[THEMBA] * (command.account_id == "a-1")]
            return {"people": several, "complete": False}
        case "tier_upgraded":
            return {"amount": Credit.of("1.00", "USD")}
        case "credex_joined":
            names = {"first_name": command.first_name, "last_name": command.last_name}
            return {"standing": SMALL.standing.model_copy(update=names) if SMALL.standing else None}
        case "credex_queued" | "outcome_uncertain" | "outcome_under_review":
            return {"amount": amount, "counterparty": THEMBA.name}
    return {}


def usual(command: Command, known: CredexView = SMALL) -> Event:
    """What credex says to a command when all is well."""
    name = ACTIONS[command.action] if isinstance(command, credex.AnswerOffer) else USUAL[type(command)]
    return answer(command, name, known)


class CredexTalk(Talk):
    """One person at the bot, with credex behind it; `says` names what it says instead of the usual, once each."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.known: CredexView | None = SMALL
        """None: credex knows nobody."""
        self.says: list[str] = []
        self.is_silent = False
        self.rule = "insufficient_balance"
        """What refusals name."""
        self._answered = 0

    @property
    def commands(self) -> list[Any]:
        """All that was asked of credex for this person."""
        asked = [envelope.message() for envelope in self.harness.said if envelope.type.startswith("credex.")]
        return [one for one in asked if isinstance(one, Command) and getattr(one, "member", "") == self.member]

    async def send(self, content: Content) -> list[Outgoing]:
        before = len(self.heard)
        await super().send(content)
        while not self.is_silent and self._answered < len(self.commands):
            command = self.commands[self._answered]
            self._answered += 1
            await self.told(self.reply(command))
        return self.heard[before:]

    def reply(self, command: Any) -> Event:
        """What credex says to it."""
        if self.says:
            said = answer(command, self.says.pop(0), self.known or SMALL)
            return said.model_copy(update={"rule": self.rule}) if isinstance(said, credex.CredexRefused) else said
        if self.known is None and isinstance(command, credex.OpenDashboard):
            return answer(command, "not_a_member")
        return usual(command, self.known or SMALL)
