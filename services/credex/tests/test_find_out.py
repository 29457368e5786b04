"""What counts as the lost offer, what does not, and what is too doubtful to say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.credex.domain.answer import Answer, LedgerPage
from services.credex.domain.find_out import Verdict, verdict
from services.credex.domain.issue import Issue
from services.credex.domain.request import Asked
from shared.contracts.credex import MakeOffer, UpgradeTier
from shared.contracts.credex_parts import Balances, CredexAccount, LedgerEntry, PendingOffer, Standing
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId

ME = MemberId("M-1")
NOTED = datetime(2026, 11, 24, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NOTHING = Credit.of("0.00", "USD")


def offer(**change: Any) -> Issue:
    given = {
        "member": ME,
        "intent": "i",
        "issuer_account_id": "mine",
        "receiver_account_id": "theirs",
        "receiver_name": "Themba",
        "receiver_handle": "themba",
        "amount": Credit.of("2.5", "USD"),
        "secured": True,
    }
    command = MakeOffer.model_validate(given | change)
    asked = Asked.of(command, ME, "+263771111111")
    return Issue(intent="i", asked=asked, amount=command.amount, asked_at=NOTED, noted_at=NOTED, noted_ids=["old"])


def upgrade() -> Issue:
    asked = Asked.of(UpgradeTier(member=ME, intent="i", account_id="mine"), ME, "+263771111111")
    return Issue(intent="i", asked=asked, amount=Credit.of("1.00", "USD"), asked_at=NOTED, noted_at=NOTED)


def pending(id: str = "new", **change: Any) -> PendingOffer:
    given = {"credex_id": id, "amount": Credit.of("2.50", "USD"), "counterparty": "Themba", "secured": True}
    return PendingOffer.model_validate(given | change)


def entry(id: str = "new", **change: Any) -> LedgerEntry:
    given = {"credex_id": id, "amount": Credit.of("-2.50", "USD"), "counterparty": "Themba", "at": NOTED + SECOND}
    return LedgerEntry.model_validate(given | change)


def answer(*parts: PendingOffer | LedgerEntry, tier: int = 1) -> Answer:
    account = CredexAccount(
        account_id="mine",
        name="Mine",
        handle="mine",
        type="PERSONAL",
        default_denomination="USD",
        owned=True,
        balances=Balances(secured=(), payables=NOTHING, receivables=NOTHING, net_unsecured=NOTHING, net=NOTHING),
        pending_out=tuple(part for part in parts if isinstance(part, PendingOffer)),
    )
    entries = tuple(part for part in parts if isinstance(part, LedgerEntry))
    names = {"core_id": "c", "first_name": "T", "last_name": "M", "handle": "t", "default_denomination": "USD"}
    standing = Standing.model_validate(names | {"tier": tier})
    return Answer(accounts=(account,), standing=standing, ledger=LedgerPage(entries=entries, has_more=False))


@pytest.mark.parametrize("part", [pending(), entry(), entry(at=None, day=date(2026, 11, 25))])
def test_one_that_is_new_and_looks_like_it_is_it(part: Any) -> None:
    assert verdict(offer(), "mine", answer(part), set()) == Verdict("made", ("new",))


def test_one_that_was_accepted_between_two_readings_is_one() -> None:
    assert verdict(offer(), "mine", answer(pending(), entry()), set()) == Verdict("made", ("new",))


@pytest.mark.parametrize(
    "part",
    [
        pending("old"),
        pending("known"),
        pending(amount=Credit.of("2.51", "USD")),
        pending(amount=Credit.of("2.50", "CAD")),
        pending(counterparty="Chipo"),
        pending(secured=False),
        pending(due_date=date(2026, 12, 20)),
        entry("old"),
        entry("known"),
        entry(at=NOTED - SECOND),
        entry(at=None, day=date(2026, 11, 23)),
        entry(amount=Credit.of("2.50", "USD")),
        entry(amount=Credit.of("-2.5", "ZWG")),
        entry(counterparty="Chipo"),
    ],
    ids=str,
)
def test_what_was_there_before_or_looks_different_is_not_it(part: Any) -> None:
    assert verdict(offer(), "mine", answer(part), {"known"}) == Verdict("absent")


def test_a_promise_is_told_apart_by_its_due_date() -> None:
    promise = offer(secured=False, due_date=date(2026, 12, 20))
    parts = [pending(f"{day}", secured=False, due_date=date(2026, 12, day)) for day in (19, 20)]
    assert verdict(promise, "mine", answer(*parts), set()) == Verdict("made", ("20",))


@pytest.mark.parametrize(
    "parts",
    [
        (pending("a"), pending("b")),
        (pending("a"), entry("b")),
        (entry("a", at=NOTED),),
        (entry("a", at=None, day=date(2026, 11, 24)),),
        (entry("a", at=None, day=None),),
    ],
    ids=str,
)
def test_two_or_a_doubtful_one_are_for_people(parts: Any) -> None:
    assert verdict(offer(), "mine", answer(*parts), set()).result == "review"


def charge(id: str = "charge") -> LedgerEntry:
    return entry(id, amount=Credit.of("-1.00", "USD"), counterparty="Operations")


@pytest.mark.parametrize(
    ("parts", "tier", "expected"),
    [
        ((charge(),), 3, Verdict("made", ("charge",))),
        ((), 3, Verdict("made")),
        ((charge("a"), charge("b")), 3, Verdict("made")),
        ((charge(),), 1, Verdict("review", ("charge",))),
        ((pending("half", amount=Credit.of("1", "USD"), counterparty="Operations"),), 1, Verdict("review", ("half",))),
        ((pending("other"),), 1, Verdict("absent")),
        ((), 2, Verdict("absent")),
    ],
)
def test_an_upgrade_is_the_tier_and_the_charge_together(parts: Any, tier: int, expected: Verdict) -> None:
    assert verdict(upgrade(), "mine", answer(*parts, tier=tier), set()) == expected


def test_an_account_that_is_no_longer_shown_has_nothing() -> None:
    assert verdict(offer(), "another", answer(pending()), set()) == Verdict("absent")
