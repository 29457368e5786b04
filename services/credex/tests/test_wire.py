"""The core's JSON as it may come: the contract's own samples, other builds' shapes, and nonsense."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.credex.adapters.wire import Envelope, NotAnEnvelope, moment
from shared.contracts.credex_parts import PendingOffer
from shared.kernel.credit import Credit

RUDO = {"memberID": "3f0b8f5e-9a3d-4c1e-8a57-0d6f5f2f1a01", "firstname": "Rudo", "lastname": "Ncube"}
ACCOUNT: dict[str, Any] = {
    "accountID": "7c2b6a10-52f4-4e0a-9d11-6f1f1b9c0a01",
    "accountName": "Rudo Ncube Personal",
    "accountHandle": "263770000001",
    "accountType": "PERSONAL",
    "defaultDenom": "USD",
    "isOwnedAccount": True,
    "sendOffersTo": RUDO,
    "balanceData": {
        "securedNetBalancesByDenom": ["1,017.50 USD", "0.0125 XAU"],
        "unsecuredBalancesInDefaultDenom": {
            "totalPayables": "0.00 USD",
            "totalReceivables": "0.00 USD",
            "netPayRec": "-1,000.00 USD",
        },
        "netCredexAssetsInDefaultDenom": "53.40 USD",
    },
    "pendingInData": [
        {
            "credexID": "c0ffee01-2b3c-4d5e-8f60-112233445501",
            "formattedInitialAmount": "3.00 USD",
            "counterpartyAccountName": "Farai Dube Personal",
            "secured": True,
        }
    ],
    "pendingOutData": [
        {
            "credexID": "c0ffee02-2b3c-4d5e-8f60-112233445502",
            "formattedInitialAmount": "-2,500.00 USD",
            "counterpartyAccountName": "Farai Dube Personal",
            "dueDate": "2025-01-29",
        }
    ],
}
MEMBER = {**RUDO, "memberTier": 1, "remainingAvailableUSD": 7.5, "memberHandle": "263770000001", "defaultDenom": "USD"}


def envelope(details: Any = None, dashboard: Any = None, **action: Any) -> Envelope:
    told = {"id": "x", "type": "T", "timestamp": "2025-01-15T10:00:00.000Z", "details": details or {}, **action}
    return Envelope(json.dumps({"message": "m", "data": {"action": told, "dashboard": dashboard or {}}}).encode())


def test_the_contract_s_dashboard_is_read_whole() -> None:
    answer = envelope(dashboard={"member": MEMBER, "accounts": [ACCOUNT]}).answer(accounts_needed=True)
    assert answer.standing is not None
    assert (answer.standing.tier, answer.standing.remaining_usd) == (1, Decimal("7.5"))
    [account] = answer.accounts
    assert account.balances.secured == (Credit.of("1017.50", "USD"), Credit.of("0.0125", "XAU"))
    assert account.balances.net_unsecured == Credit.of("-1000.00", "USD")
    assert account.pending_out == (
        PendingOffer(
            credex_id="c0ffee02-2b3c-4d5e-8f60-112233445502",
            amount=Credit.of("2500.00", "USD"),
            counterparty="Farai Dube Personal",
            secured=False,
            due_date=date(2025, 1, 29),
        ),
    )
    assert answer.at == datetime(2025, 1, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [
        {"pendingInData": {}, "pendingOutData": {}},
        {"pendingInData": None},
        {"sendOffersTo": None},
        {"authFor": [RUDO]},
        {"accountType": "PHYSICAL_ASSET"},
        {"sendOffersTo": {}},
        {"sendOffersTo": {"memberID": "x"}},
        {"sendOffersTo": "nobody"},
    ],
)
def test_other_builds_shapes_are_taken(change: dict[str, Any]) -> None:
    dashboard = {"member": {**MEMBER, "memberTier": {"low": 3, "high": 0}}, "accounts": [ACCOUNT | change]}
    answer = envelope(dashboard=dashboard).answer(accounts_needed=True)
    assert answer.standing is not None
    assert answer.standing.tier == 3
    assert len(answer.accounts) == 1


@pytest.mark.parametrize(
    ("change", "tier", "left"),
    [
        ({"memberTier": None}, 1, Decimal("7.5")),
        ({"remainingAvailableUSD": None}, 1, None),
        ({"remainingAvailableUSD": "7.50"}, 1, Decimal("7.50")),
        ({"remainingAvailableUSD": "all of it"}, 1, None),
        ({"remainingAvailableUSD": float("nan")}, 1, None),
        ({"remainingAvailableUSD": {"low": 7}}, 1, None),
    ],
)
def test_a_tier_or_limit_that_is_not_told_keeps_nobody_from_their_balances(
    change: dict[str, Any], tier: int, left: Decimal | None
) -> None:
    answer = envelope(dashboard={"member": MEMBER | change, "accounts": [ACCOUNT]}).answer(accounts_needed=True)
    assert answer.standing is not None
    assert (answer.standing.tier, answer.standing.remaining_usd, len(answer.accounts)) == (tier, left, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"accountID": None},
        {"balanceData": {}},
        {"pendingInData": "none"},
        {"pendingInData": [{"credexID": "x"}]},
        {"isOwnedAccount": "perhaps"},
    ],
)
def test_a_senseless_dashboard_is_no_answer_where_it_is_needed_and_left_out_where_not(change: dict[str, Any]) -> None:
    dashboard = {"member": MEMBER, "accounts": [ACCOUNT | change]}
    with pytest.raises(NotAnEnvelope):
        envelope(dashboard=dashboard).answer(accounts_needed=True)
    answer = envelope(dashboard=dashboard).answer(accounts_needed=False)
    assert (answer.id, answer.standing, answer.accounts) == ("x", None, ())


def test_a_list_that_is_missing_is_no_empty_one_where_absence_counts() -> None:
    with pytest.raises(NotAnEnvelope):
        envelope({"accountID": "x"}).ledger(0)
    empties: tuple[Any, ...] = ([], {})
    for empty in empties:
        assert envelope({"ledger": empty}).ledger(0).ledger is not None
        whole = {"member": MEMBER, "accounts": [ACCOUNT | {"pendingInData": empty, "pendingOutData": empty}]}
        assert envelope(dashboard=whole).answer(accounts_needed=True, offers_needed=True).accounts
    for side in ("pendingInData", "pendingOutData"):
        part = {key: value for key, value in ACCOUNT.items() if key != side}
        told = envelope(dashboard={"member": MEMBER, "accounts": [part]})
        assert told.answer(accounts_needed=True).accounts
        with pytest.raises(NotAnEnvelope):
            told.answer(accounts_needed=True, offers_needed=True)


def test_a_login_without_a_member_is_no_answer() -> None:
    with pytest.raises(NotAnEnvelope):
        envelope().answer(accounts_needed=True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"null",
        b"[]",
        b"7",
        b'{"message":"x"}',
        b'{"data":{}}',
        b'{"data":{"action":[]}}',
        b"[" * 9999,
    ],
)
def test_what_is_no_envelope_is_told_so(body: bytes) -> None:
    with pytest.raises(NotAnEnvelope):
        Envelope(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["low", "ledger", "summary", "amount", "denomination", "timestamp"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_no_details_break_the_reading(details: Any) -> None:
    """Whatever stands in the details, it is an answer or it is not: nothing else is ever raised."""
    try:
        read = envelope(details=details)
    except NotAnEnvelope:
        return
    read.amount()
    parts: list[Callable[[], object]] = [
        lambda: read.ledger(0),
        read.credex,
        read.balances,
        read.bulk,
        lambda: read.found("a", "b", "c"),
    ]
    for part in parts:
        try:
            part()
        except NotAnEnvelope:
            continue


@pytest.mark.parametrize(
    ("value", "at", "day"),
    [
        ("2025-01-14T08:00:00.123456789Z", datetime(2025, 1, 14, 8, 0, 0, 123456, tzinfo=UTC), date(2025, 1, 14)),
        ("2025-01-14T08:00:00.000+02:00", datetime(2025, 1, 14, 6, tzinfo=UTC), date(2025, 1, 14)),
        ("2025-01-14", None, date(2025, 1, 14)),
        ("yesterday", None, None),
        (None, None, None),
        (7, None, None),
        ({"year": {"low": 2025, "high": 0}, "month": {"low": 1}, "day": {"low": 15}}, None, date(2025, 1, 15)),
        (
            {"year": 2025, "month": 1, "day": 15, "hour": 9, "minute": 30, "second": 1, "nanosecond": {"low": 5000}},
            datetime(2025, 1, 15, 9, 30, 1, 5, tzinfo=UTC),
            date(2025, 1, 15),
        ),
        ({"year": 2025, "month": 13, "day": 15}, None, None),
    ],
)
def test_dates_in_every_form(value: Any, at: datetime | None, day: date | None) -> None:
    assert moment(value) == (at, day)
